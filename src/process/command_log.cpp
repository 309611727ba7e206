#include "process/command_log.hpp"

#include <parlance/duration.hpp>
#include <parlance/size.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <mutex>

namespace parlance {
namespace {

using hearer = std::function<void(command_event const&)>;

std::string time_of_day() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm local{};
    ::localtime_r(&now.tv_sec, &local);
    std::array<char, 16> text{};
    auto const length = std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
    auto const ms = std::to_string(now.tv_nsec / 1'000'000);
    return std::string(text.data(), length) + '.' + std::string(3 - ms.size(), '0') + ms;
}

/// In one write, so that lines of several processes do not mix.
void tell_standard_error(command_event const& event) {
    auto const line = log_line(event, time_of_day()) + '\n';
    [[maybe_unused]] auto const wrote = ::write(STDERR_FILENO, line.data(), line.size());
}

struct log {
    std::mutex mutex;
    std::shared_ptr<hearer const> hear; // shared: it may be replaced while it is called
    std::atomic<bool> is_heard{false};
    log() {
        char const* const asked = std::getenv("PARLANCE_LOG");
        if (asked && std::string_view(asked) == "debug") set(tell_standard_error);
    }
    void set(hearer to) {
        std::lock_guard const lock(mutex);
        is_heard = static_cast<bool>(to);
        hear = to ? std::make_shared<hearer const>(std::move(to)) : nullptr;
    }
    std::shared_ptr<hearer const> get() {
        std::lock_guard const lock(mutex);
        return hear;
    }
};

log& all_commands() {
    static auto* const the_log = new log; // never destroyed: a child may be dropped after main
    return *the_log;
}

/// Without the command, which stands behind it.
std::string how_it_ended(process_end const& end) {
    auto const sentence = end.sentence();
    return sentence.starts_with(end.command + ' ') ? sentence.substr(end.command.size() + 1) : sentence;
}

/// A line break in an argument would begin a line that is none of ours, and a terminal obeys what is escaped here.
std::string on_one_line(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    line.reserve(text.size());
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n')
            line += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            line.append("\\x") += digits[byte >> 4], line += digits[byte & 15];
        else
            line += c;
    }
    return line;
}

std::string what_it_used(resource_usage const& used) {
    auto const rounded = [](std::chrono::microseconds time) {
        return format_duration(std::chrono::round<std::chrono::milliseconds>(time));
    };
    return "user " + rounded(used.user_time) + ", system " + rounded(used.system_time) + ", memory " +
           format_size(used.peak_memory_bytes);
}

} // namespace

bool commands_are_heard() noexcept { return all_commands().is_heard.load(std::memory_order_relaxed); }

void tell_command(command_event const& event) noexcept {
    try {
        if (auto const hear = all_commands().get()) (*hear)(event);
    } catch (...) { // see the header
    }
}

std::string log_line(command_event const& event, std::string_view time) {
    std::string line = std::string(time) + " parlance: ";
    if (event.fault) return on_one_line(line + "not started: " + event.fault->what());
    line += event.end ? "ended " : "started ";
    line += std::to_string(event.pid) + ": ";
    line += event.command;
    if (event.end) line += ": " + how_it_ended(*event.end) + " (" + what_it_used(event.end->used) + ')';
    return on_one_line(line);
}

void on_every_command(std::function<void(command_event const&)> hear) { all_commands().set(std::move(hear)); }

} // namespace parlance
