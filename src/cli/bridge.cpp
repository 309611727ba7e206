#include "cli/bridge.hpp"

#include "cli/json_line.hpp"
#include "cli/message_argument.hpp"

#include <parlance/size.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace parlance::cli {
namespace {

constexpr std::size_t read_size_bytes = 256 << 10;
constexpr std::size_t line_limit_bytes = 64 << 20;
constexpr std::chrono::milliseconds patience{500};

/// Lines from our standard input, numbered, however long; only what is over the limit is left out.
class input_lines {
public:
    /// The next line without its newline; none where more must be read (`ended`: there is nothing more).
    std::optional<std::string_view> next(bool ended) {
        auto const end = buffer_.find('\n', std::max(scanned_, first_));
        scanned_ = buffer_.size();
        if (end == buffer_.npos && (!ended || first_ == buffer_.size())) return {};
        auto const last = std::min(end, buffer_.size());
        auto const line = std::string_view(buffer_).substr(first_, last - first_);
        first_ = scanned_ = std::min(last + 1, buffer_.size());
        ++number_;
        return line;
    }
    /// Room for the next read; what was handed out is gone then.
    std::span<char> room() {
        buffer_.erase(0, first_);
        scanned_ -= first_, first_ = 0;
        auto const size = buffer_.size();
        buffer_.resize(size + read_size_bytes);
        return {buffer_.data() + size, read_size_bytes};
    }
    void took(std::size_t bytes) { buffer_.resize(buffer_.size() - read_size_bytes + bytes); }
    std::size_t number() const noexcept { return number_; }
    std::size_t waiting_bytes() const noexcept { return buffer_.size() - first_; }

private:
    std::string buffer_;
    std::size_t first_ = 0, scanned_ = 0, number_ = 0;
};

void tell_bad_line(bridge& state, problem told) {
    state.bad_input = true;
    told.hint = "one JSON value on each line";
    state.line.tell(std::move(told));
}

problem line_too_long(std::size_t number) {
    problem told;
    told.code = "messageTooLarge";
    told.message = "longer than " + format_size(line_limit_bytes);
    told.input = "standard input";
    told.place = "line " + std::to_string(number);
    told.facts = {{"line", number}, {"column", 1}};
    return told;
}

/// Gives the peer one line. False when it takes no more.
asio::awaitable<bool> carry_line(bridge& state, std::string_view line, std::size_t number) {
    if (line.find_first_not_of(" \t\r") == line.npos) co_return true;
    std::string json;
    try {
        if (line.size() > line_limit_bytes) throw line_too_long(number);
        json = checked_json(line, "standard input", number);
    } catch (problem const& told) {
        tell_bad_line(state, told);
        co_return true;
    }
    auto const sent = co_await as_result(state.talk.send(message(std::move(json))));
    if (!sent) ++state.not_taken;
    co_return static_cast<bool>(sent);
}

asio::awaitable<void> carry_lines(bridge& state) {
    stream input(reopened(STDIN_FILENO, O_RDONLY));
    input_lines lines;
    for (bool ended = false; !ended;) {
        state.reading_input = true;
        auto const got = co_await input.read_some(lines.room());
        state.reading_input = false;
        lines.took(got);
        ended = got == 0;
        while (auto const line = lines.next(ended))
            if (!co_await carry_line(state, *line, lines.number())) co_return;
        if (lines.waiting_bytes() > line_limit_bytes) {
            tell_bad_line(state, line_too_long(lines.number() + 1));
            co_return; // where the next line begins is as far away as its sender likes
        }
    }
}

/// A fault of the peer's stream. True where its next messages can still be read.
bool survives(bridge& state, failure const& fault) {
    auto told = explained(fault);
    if (told.input.empty()) told.input = state.peer;
    state.line.tell(std::move(told));
    state.broken = true;
    return fault.code() != errc::not_a_message && !state.talk.end(); // `--noise error` ends the talk
}

/// What the peer has sent, a line for each message; empty at its end.
asio::awaitable<std::string> next_lines(bridge& state) {
    std::string text;
    while (text.empty()) {
        state.waiting_for_peer = true;
        auto got = co_await as_result(state.talk.receive_some());
        state.waiting_for_peer = false;
        if (!got && !survives(state, got.error())) break;
        if (!got) continue;
        if (got->empty()) break;
        state.taken += got->size();
        for (auto const& each : *got) text += on_one_line(each.text()) + "\n";
    }
    co_return text;
}

} // namespace

bridge::bridge(channel way, std::string peer_name, command_line& told, asio::any_io_executor loop)
    : talk(std::move(way)), peer(std::move(peer_name)), line(told), changed(std::move(loop)) {
    talk.on_noise([this, warned = false](std::string_view noise) mutable {
        if (!std::exchange(warned, true))
            line.warn(peer + " prints what is no message; it goes to standard error (--noise skip drops it)");
        line.err().line(noise);
        line.err().flush();
    });
}

asio::awaitable<void> carry_input(std::shared_ptr<bridge> state) {
    try {
        co_await carry_lines(*state);
    } catch (failure const& fault) {
        state->reading_input = false;
        state->line.tell(explained(fault));
        state->bad_input = true;
    }
    auto left = co_await as_result(state->talk.close());
    if (left) state->not_taken += left->size();
    state->input_over = true;
}

asio::awaitable<void> carry_output(std::shared_ptr<bridge> state, std::function<void()> stop_peer) {
    try {
        stream output(unique_fd{}, reopened(STDOUT_FILENO, O_WRONLY));
        while (true) {
            auto text = co_await next_lines(*state);
            if (text.empty()) break;
            co_await output.write(std::move(text));
        }
    } catch (failure const& fault) {
        state->output_gone = fault.code() == errc::peer_closed;
        if (!state->output_gone) state->line.tell(explained(fault)), state->broken = true;
    }
    if (state->output_gone || state->broken) stop_peer();
    state->output_over = true;
    state->changed.cancel();
}

asio::awaitable<void> finish_output(std::shared_ptr<bridge> state) {
    auto seen = state->taken + 1;
    while (!state->output_over) {
        if (state->waiting_for_peer && seen == state->taken) {
            state->line.warn("a process that " + state->peer + " left behind holds its output open");
            co_return;
        }
        seen = state->taken;
        state->changed.expires_after(patience);
        boost::system::error_code over;
        co_await state->changed.async_wait(asio::redirect_error(asio::use_awaitable, over));
    }
}

} // namespace parlance::cli
