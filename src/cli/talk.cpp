#include "cli/talk.hpp"

#include "cli/json_line.hpp"

#include <parlance/js.hpp>

#include <optional>
#include <utility>

namespace parlance::cli {
namespace {

class pipe_talk final : public talk {
public:
    pipe_talk(channel over, std::string peer, std::string advice, command_line& line) : over_(std::move(over)) {
        over_.on_noise(tells_noise(std::move(peer), std::move(advice), line));
    }

    asio::awaitable<void> send(std::string json) override { return over_.send(message(std::move(json))); }
    asio::awaitable<std::vector<std::string>> receive() override {
        auto const came = co_await over_.receive_some();
        std::vector<std::string> lines;
        lines.reserve(came.size());
        for (auto const& each : came) lines.push_back(on_one_line(each.text()));
        co_return lines;
    }
    bool goes_on_after(failure const& fault) const override {
        return fault.code() != errc::not_a_message && !over_.end(); // `--noise error` ends the talk
    }
    asio::awaitable<std::size_t> close() override {
        auto const left = co_await over_.close();
        co_return left.size();
    }

private:
    channel over_;
};

std::string_view name_of(ipc_handle::kind what) noexcept {
    switch (what) {
    case ipc_handle::kind::none: return "a handle";
    case ipc_handle::kind::server: return "a net.Server";
    case ipc_handle::kind::socket: return "a net.Socket";
    case ipc_handle::kind::native: return "a net.Native";
    case ipc_handle::kind::datagram: return "a dgram.Socket";
    case ipc_handle::kind::native_datagram: return "a dgram.Native";
    }
    return "a handle";
}

class ipc_talk final : public talk {
public:
    ipc_talk(ipc_channel over, std::string peer, noise bad, command_line& line)
        : over_(std::move(over)), peer_(std::move(peer)), bad_(bad), line_(line) {}

    asio::awaitable<void> send(std::string json) override {
        if (over_.mode() == serialization::json) return over_.send(ipc_message(message(std::move(json))));
        return over_.send(ipc_message(js::from_tagged_json(json)));
    }
    asio::awaitable<std::vector<std::string>> receive() override {
        for (;;) {
            if (broken_by_) throw *broken_by_;
            auto got = co_await as_result(over_.receive_some());
            if (!got && !goes_on_after(got.error())) throw got.error();
            if (!got) {
                tell_bad(got.error());
                continue;
            }
            if (got->empty()) co_return std::vector<std::string>();
            auto lines = lines_of(*got);
            if (!lines.empty()) co_return lines;
        }
    }
    bool goes_on_after(failure const& fault) const override { return bad_ != noise::error && is_of_one(fault); }
    asio::awaitable<std::size_t> close() override {
        auto const left = co_await over_.disconnect();
        co_return left.size();
    }
    bool peer_left_unread() const noexcept override { return over_.peer_left_unread(); }

private:
    bool is_of_one(failure const& fault) const {
        return !over_.end() && (fault.code() == errc::not_a_message || fault.code() == errc::bad_frame ||
                                fault.code() == errc::message_too_large);
    }
    void tell_bad(failure const& fault) {
        if (bad_ == noise::skip) return;
        auto told = explained(fault);
        if (told.input.empty()) told.input = peer_;
        line_.tell(std::move(told));
    }
    /// Up to one that ends the talk; the next call throws what is wrong with that one.
    std::vector<std::string> lines_of(std::vector<ipc_message>& came) {
        std::vector<std::string> lines;
        lines.reserve(came.size());
        for (auto& each : came) {
            if (each.has_handle())
                line_.warn(peer_ + " sent " + std::string(name_of(each.take_handle().what())) +
                           ", which is closed here: there is nobody to take it");
            try {
                lines.push_back(text_of(each));
            } catch (failure const& fault) {
                if (bad_ == noise::error) {
                    broken_by_ = fault;
                    return lines;
                }
                tell_bad(fault);
            }
        }
        return lines;
    }
    std::string text_of(ipc_message const& m) const {
        if (over_.mode() == serialization::advanced) return js::to_tagged_json(m.value());
        return on_one_line(m.text());
    }

    ipc_channel over_;
    std::string peer_;
    noise bad_;
    command_line& line_;
    std::optional<failure> broken_by_; ///< what stands behind the lines that were handed out
};

} // namespace

bool is_fault_of_a_message(boost::system::error_code code) noexcept {
    return code == errc::message_too_large || code == errc::not_json || code == errc::invalid_argument;
}

std::function<void(std::string_view)> tells_noise(std::string peer, std::string advice, command_line& line) {
    return [peer = std::move(peer), advice = std::move(advice), &line, warned = false](std::string_view noise) mutable {
        if (!std::exchange(warned, true))
            line.warn(peer + " prints what is no message; it goes to standard error" + advice);
        line.err().line(noise);
        line.err().flush();
    };
}

std::unique_ptr<talk> talk_over(channel over, std::string peer, std::string advice, command_line& line) {
    return std::make_unique<pipe_talk>(std::move(over), std::move(peer), std::move(advice), line);
}

std::unique_ptr<talk> talk_over(ipc_channel over, std::string peer, noise bad, command_line& line) {
    return std::make_unique<ipc_talk>(std::move(over), std::move(peer), bad, line);
}

} // namespace parlance::cli
