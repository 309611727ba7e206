#include "stream/line_reader.hpp"
#include "stream/sink_target.hpp"
#include "wire/delimited.hpp"

#include <parlance/error.hpp>

#include <fcntl.h>

#include <cerrno>

namespace parlance {
namespace {

/// Without waiting: of a named pipe, for a reader.
unique_fd opened(std::string const& path, int how) {
    constexpr mode_t for_all = 0666;
    unique_fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | how, for_all));
    if (int const fault = errno; !file)
        throw_errno(fault,
                    {.input = path, .reason = fault == ENXIO ? "nobody reads this pipe, or it is a socket" : ""});
    return file;
}

/// Cuts what it gets into lines, and hands them on.
class line_giver {
public:
    line_giver(std::function<void(std::string_view)> hear, line_options const& options)
        : hear_(std::move(hear)), delimiter_(options.delimiter), limit_bytes_(options.limit_bytes) {}

    void take(std::string_view bytes) {
        if (pending_.empty()) {
            pending_ = bytes.substr(give(bytes));
        } else {
            pending_ += bytes;
            pending_.erase(0, give(pending_));
        }
    }

    void finish() {
        auto const rest = std::exchange(pending_, {});
        hand_on(wire::finish_delimited(scan_, rest, limit_bytes_));
    }

private:
    /// How many of `bytes` are done with.
    std::size_t give(std::string_view bytes) {
        std::size_t done = 0;
        for (;;) {
            auto const step = wire::cut_delimited(scan_, bytes.substr(done), delimiter_, limit_bytes_);
            done += step.consumed;
            if (step.state == wire::cut_state::need_more) return done;
            hand_on(step);
        }
    }

    void hand_on(wire::cut const& step) {
        if (step.state == wire::cut_state::whole) hear_(step.message);
        if (step.state == wire::cut_state::too_large)
            throw failure(errc::message_too_large,
                          {.input = "lines for a function",
                           .reason = "a line longer than the limit of " + std::to_string(limit_bytes_) + " bytes"});
    }

    std::function<void(std::string_view)> hear_;
    std::string delimiter_;
    std::size_t limit_bytes_;
    std::string pending_;
    wire::delimited_scan scan_;
};

} // namespace

sink::sink(std::unique_ptr<target> what) noexcept : target_(std::move(what)) {}
sink::sink(sink&&) noexcept = default;
sink& sink::operator=(sink&&) noexcept = default;
sink::~sink() = default;

sink sink::into(std::string name, unique_fd writable) {
    auto made = std::make_unique<target>(std::move(name));
    made->own = stream(unique_fd(), std::move(writable));
    made->to = &made->own;
    return sink(std::move(made));
}

sink sink::file(std::string path) {
    auto fd = opened(path, O_TRUNC);
    return into(std::move(path), std::move(fd));
}

sink sink::append(std::string path) {
    auto fd = opened(path, O_APPEND);
    return into(std::move(path), std::move(fd));
}

sink sink::descriptor(int fd) { return into("descriptor " + std::to_string(fd), reopened(fd, O_WRONLY)); }
sink sink::standard_output() { return into("standard output", reopened(1, O_WRONLY)); }
sink sink::standard_error() { return into("standard error", reopened(2, O_WRONLY)); }

sink sink::memory(std::string& text) {
    auto made = std::make_unique<target>("memory");
    made->take = [&text](std::string_view bytes) { text += bytes; };
    return sink(std::move(made));
}

sink sink::to(stream& other) {
    auto made = std::make_unique<target>("another stream");
    made->to = &other;
    made->finish = [&other] { other.close_write(); };
    return sink(std::move(made));
}

sink sink::call(std::function<void(std::string_view)> hear) {
    auto made = std::make_unique<target>("a function");
    made->take = std::move(hear);
    return sink(std::move(made));
}

sink sink::lines(std::function<void(std::string_view)> hear, line_options options) {
    check_delimiter(options.delimiter);
    auto made = std::make_unique<target>("lines for a function");
    auto const giver = std::make_shared<line_giver>(std::move(hear), options);
    made->take = [giver](std::string_view bytes) { giver->take(bytes); };
    made->finish = [giver] { giver->finish(); };
    return sink(std::move(made));
}

sink sink::at_most(std::size_t bytes) && {
    target_->left_bytes = target_->at_most_bytes = bytes;
    return std::move(*this);
}

sink sink::stays_open() && {
    if (target_->to && target_->to != &target_->own) target_->finish = nullptr;
    return std::move(*this);
}

} // namespace parlance
