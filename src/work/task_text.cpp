#include "work/task_text.hpp"

#include <parlance/message.hpp>

#include <boost/json/serialize.hpp>

namespace parlance {
namespace {

std::optional<json::value> parsed(std::string_view text) {
    try {
        return parse_json(text);
    } catch (failure const&) {
        return std::nullopt;
    }
}

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

/// The JSON text of the message, on one line.
std::string message_json(task_view const& task) {
    if (task.as_text) return quoted(task.text);
    auto const value = parsed(task.text);
    if (!value) return quoted(task.text);
    bool const one_line = task.text.find_first_of("\r\n") == std::string_view::npos;
    return one_line ? std::string(task.text) : json::serialize(*value);
}

/// The message as one argument.
std::string message_argument(task_view const& task) {
    if (task.as_text) return std::string(task.text);
    auto const value = parsed(task.text);
    return value && value->is_string() ? std::string(value->get_string()) : std::string(task.text);
}

} // namespace

std::string task_line(task_view const& task) {
    std::string line = R"({"id":")";
    line.append(task.id).append(R"(","queue":")").append(task.queue);
    line.append(R"(","attempt":)").append(std::to_string(task.attempt));
    return line.append(R"(,"message":)").append(message_json(task)).append("}");
}

std::vector<std::string> task_arguments(std::span<std::string const> arguments, task_view const& task) {
    constexpr std::string_view place = "{}";
    auto const replacement = message_argument(task);
    std::vector<std::string> filled(arguments.begin(), arguments.end());
    for (auto& argument : filled)
        for (auto at = argument.find(place); at != argument.npos; at = argument.find(place, at + replacement.size()))
            argument.replace(at, place.size(), replacement);
    return filled;
}

std::vector<std::string> task_environment(task_view const& task) {
    return {"PARLANCE_QUEUE=" + std::string(task.queue), "PARLANCE_ID=" + std::string(task.id),
            "PARLANCE_ATTEMPT=" + std::to_string(task.attempt)};
}

} // namespace parlance
