#pragma once
/// How a message is put to a worker. Pure.

#include <parlance/queue.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// What a worker is told of one message.
struct task_view {
    std::string_view id, queue, text;
    std::uint32_t attempt = 1;
    bool as_text = false; ///< the message is a string, whatever it looks like
};

/// The line for a `lines` worker, without its newline: `{"id":…,"queue":…,"attempt":1,"message":…}`. A message that is
/// JSON stands there as its own bytes, without line breaks; one that is not, as a string.
std::string task_line(task_view const& task);

/// Arguments with each `{}` replaced by the message: the content of a JSON string, a number as it is written, anything
/// else as JSON; with `as_text`, and where it is not JSON, the text itself.
std::vector<std::string> task_arguments(std::span<std::string const> arguments, task_view const& task);

/// PARLANCE_QUEUE, PARLANCE_ID, PARLANCE_ATTEMPT, as `NAME=value`.
std::vector<std::string> task_environment(task_view const& task);

} // namespace parlance
