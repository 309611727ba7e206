#pragma once
/// What an ended worker left running.

#include <parlance/process.hpp>

#include <set>
#include <string>

namespace parlance {

/// Ends all that has `token` in its environment. Looking for it means reading all of /proc; where this process adopts
/// orphans (it is a child subreaper, and starts nothing but workers) it has a child that is none of `living` if there
/// is anything to find, and that is reaped too.
void end_orphans(std::string const& token, std::set<child*> const& living, bool adopts_orphans);

/// Takes the status of those of our children that are none of `living` and have ended, so that no zombies gather.
void reap_strangers(std::set<child*> const& living);

} // namespace parlance
