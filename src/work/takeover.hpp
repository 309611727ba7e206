#pragma once
/// After a crew was killed: the next one ends what it left running, then takes its messages.

#include "queue/holder.hpp"

#include <parlance/process.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace parlance {

/// What the store is told of a worker, so that it can be found again.
worker_record record_of(child const& worker, std::string token);

/// For each crew of this machine, user and pid namespace that died without leaving: its workers' trees are ended, then
/// what it held is due at once, charged to nobody. What it did is said to `note`.
asio::awaitable<void> take_over(store where, std::function<void(std::string_view)> note);

} // namespace parlance
