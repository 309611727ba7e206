#pragma once
/// The processes that belong to a child: those of its group, and those that carry its token.

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace parlance {

/// Calls `see` for each process in /proc, our own excepted.
void for_each_process(std::function<void(pid_t)> const& see);

/// Whether any process of group `group`, other than its leader, still runs. A zombie does not run.
bool group_has_members(pid_t group);

/// Whether the environment with which `pid` began has PARLANCE_WORKER=`token`. False where it may not be read.
bool carries_token(pid_t pid, std::string_view token);

/// Sends `signal_number` to every process that carries `token`, except `leader` and those of its group, who were told
/// already; says to how many.
std::size_t signal_by_token(std::string_view token, int signal_number, pid_t leader);

/// Whether any process carries `token`. None does where it is empty.
bool token_is_carried(std::string_view token);

} // namespace parlance
