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

} // namespace parlance
