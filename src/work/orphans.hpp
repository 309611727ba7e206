#pragma once
/// What ended workers left running.

#include "process/strangers.hpp"

#include <map>
#include <string>

namespace parlance {

/// Ends what workers leave behind. Looking for it by its token means reading all of /proc. Where this process adopts
/// orphans (it is a child subreaper, and starts nothing but workers) whatever a worker left is, sooner or later, a
/// child of ours that nobody here started, a stranger: without a stranger of that worker's there is nothing to look
/// for.
class orphans {
public:
    /// Children that are here already were not left by workers. They, and what they leave, are let live.
    explicit orphans(bool adopts);

    /// Ends all that has `token` in its environment.
    void end_those_of(std::string const& token);
    /// Ends all whose token begins with `prefix`, in one look; and, where we adopt, every stranger, also one that
    /// cleared its environment: no worker is left that could have a use for it.
    void end_all(std::string const& prefix);
    /// Takes the status of strangers that have ended, so that no zombies gather.
    void reap() const;

private:
    bool one_may_be_of(std::string const& token);

    bool adopts_, had_children_ = false;
    /// Whose each living stranger is: its token, empty where it has none. One that lives on for its worker is judged
    /// once, not at the end of each other worker.
    std::map<stranger, std::string> judged_;
};

} // namespace parlance
