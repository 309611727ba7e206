#pragma once
/// The processes that belong to a child: those of its group, and those that carry its token.

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Calls `see` for each process in /proc, our own excepted.
void for_each_process(std::function<void(pid_t)> const& see);

/// Whether any process of group `group`, other than its leader, still runs. A zombie does not run.
bool group_has_members(pid_t group);

/// Whether the environment with which `pid` began has PARLANCE_WORKER=`token`. False where it may not be read.
bool carries_token(pid_t pid, std::string_view token);

/// The token that `pid` carries; empty where it has none, has ended or may not be looked at. None in the middle of an
/// execve: ask again.
std::optional<std::string> token_of(pid_t pid);

/// Sends `signal_number` to every process that carries `token`, except `leader` and those of its group, who were told
/// already; says to how many.
std::size_t signal_by_token(std::string_view token, int signal_number, pid_t leader);

/// As `kill_by_token` (parlance/process.hpp), for every token that begins with `prefix`: one look for a whole crew.
std::size_t kill_by_token_prefix(std::string_view prefix);

/// Whether any process carries `token`. None does where it is empty.
bool token_is_carried(std::string_view token);

} // namespace parlance
