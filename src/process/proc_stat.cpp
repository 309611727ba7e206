#include "process/proc_stat.hpp"

#include "process/proc_file.hpp"

#include <charconv>

namespace parlance {
namespace {

// Fields count from 1, as in proc(5); the third comes right behind the name.
std::optional<std::string_view> field(std::string_view behind_name, int number) noexcept {
    for (int at = 3; at < number; ++at) {
        auto const blank = behind_name.find(' ');
        if (blank == std::string_view::npos) return std::nullopt;
        behind_name.remove_prefix(blank + 1);
    }
    return behind_name.substr(0, behind_name.find(' '));
}

template <class Number> bool read_number(std::optional<std::string_view> text, Number& into) noexcept {
    return text && std::from_chars(text->data(), text->data() + text->size(), into).ec == std::errc{};
}

} // namespace

std::optional<proc_stat> parse_proc_stat(std::string_view line) noexcept {
    auto const name_end = line.rfind(") ");
    if (name_end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(name_end + 2);
    proc_stat about{};
    if (line.empty() || !read_number(field(line, 4), about.parent) || !read_number(field(line, 5), about.group) ||
        !read_number(field(line, 22), about.start_ticks))
        return std::nullopt;
    about.state = line.front();
    read_number(field(line, 9), about.flags);
    read_number(field(line, 23), about.memory_bytes);
    read_number(field(line, 51), about.environment_end);
    return about;
}

std::optional<proc_stat> stat_of(pid_t pid) {
    auto const line = proc_file(pid, "stat");
    return line ? parse_proc_stat(*line) : std::nullopt;
}

} // namespace parlance
