#include "cli/output.hpp"

#include <parlance/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace parlance::cli {
namespace {

constexpr std::size_t flush_above_bytes = 64 << 10;

constexpr std::string_view code_of(paint which) noexcept {
    switch (which) {
    case paint::bold: return "\x1b[1m";
    case paint::dim: return "\x1b[2m";
    case paint::red: return "\x1b[1;31m";
    case paint::green: return "\x1b[32m";
    case paint::yellow: return "\x1b[33m";
    case paint::cyan: return "\x1b[36m";
    }
    return "";
}

} // namespace

bool wants_color(color_choice choice, char const* no_color, char const* term, bool terminal) noexcept {
    if (choice != color_choice::automatic) return choice == color_choice::always;
    if (no_color && *no_color) return false;
    return terminal && !(term && std::string_view(term) == "dumb");
}

output::output(int fd, color_choice color)
    : fd_(fd), terminal_(::isatty(fd) == 1),
      color_(wants_color(color, std::getenv("NO_COLOR"), std::getenv("TERM"), terminal_)) {}

std::string output::painted(paint which, std::string_view text) const {
    if (!color_) return std::string(text);
    return std::string(code_of(which)).append(text).append("\x1b[0m");
}

void output::write(std::string_view text) {
    waiting_ += text;
    if (waiting_.size() >= flush_above_bytes) flush();
}

void output::line(std::string_view text) {
    waiting_ += text;
    write("\n");
}

bool output::stands_still() const noexcept {
    pollfd ready{fd_, POLLOUT, 0};
    return ::poll(&ready, 1, 0) == 0;
}

void output::flush() {
    std::string_view left = waiting_;
    while (!left.empty()) {
        auto const wrote = ::write(fd_, left.data(), left.size());
        if (wrote >= 0) {
            left.remove_prefix(static_cast<std::size_t>(wrote));
            continue;
        }
        auto const fault = errno;
        if (fault == EINTR) continue;
        if (fault == EAGAIN) { // another process made the file that we share non-blocking
            pollfd ready{fd_, POLLOUT, 0};
            ::poll(&ready, 1, -1);
            continue;
        }
        waiting_.clear(); // else the report of this fault would try to write it again
        if (fault == EPIPE) throw output_closed{};
        throw_errno(fault, {.input = fd_ == STDOUT_FILENO ? "standard output" : "standard error"});
    }
    waiting_.clear();
}

} // namespace parlance::cli
