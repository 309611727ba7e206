#include "ipc/ipc_core.hpp"
#include "work/worker_talk.hpp"

#include <parlance/ipc.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace parlance {
namespace {

/// What Node reads at once.
constexpr std::uint64_t one_read_bytes = 64 << 10;

bool is_of_one_message(failure const& fault) {
    return fault.code() == errc::not_a_message || fault.code() == errc::bad_frame ||
           fault.code() == errc::message_too_large;
}

/// Node's IPC channel, in JSON. The socket is made here, not by `fork`: what is left in it when the worker is dead is
/// read as the rest of a pipe is.
class ipc_talk final : public worker_talk {
public:
    ~ipc_talk() override {
        if (over_) over_->drop();
    }

    void give_to(worker_start& how) override {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw_errno(errno, {.input = "socket for a worker"});
        ours_ = unique_fd(ends[0]), theirs_ = unique_fd(ends[1]);
        how.in = stdio::ignore();
        how.channel = theirs_.get();
    }
    void begin(std::shared_ptr<crew>, std::shared_ptr<worker_process> worker) override {
        worker_ = std::move(worker);
        theirs_.reset();
        fd_ = ours_.get();
        auto const name = worker_->name();
        over_ = std::make_shared<ipc_core>(stream(std::move(ours_)), serialization::json, ipc_options{.name = name});
    }

    asio::awaitable<void> send(std::string json) override {
        return ipc_core::send(over_, ipc_message(message(std::move(json))), false);
    }
    asio::awaitable<std::vector<message>> receive() override {
        for (;;) {
            auto came = co_await as_result(ipc_core::receive_some(over_));
            if (!came && (over_->end() || !is_of_one_message(came.error()))) throw came.error();
            if (!came) {
                worker_->show(came.error().what());
                continue;
            }
            std::vector<message> said;
            said.reserve(came->size());
            for (auto const& each : *came) said.emplace_back(std::string(each.text())); // a handle is closed here
            co_return said;
        }
    }
    asio::awaitable<void> say_goodbye() override {
        co_await ipc_core::disconnect(over_, std::chrono::milliseconds::max());
    }
    void close() noexcept override { over_->drop(); }

    int read_end() const noexcept override { return fd_; }
    std::uint64_t bytes_in() const noexcept override { return over_->engine().statistics_.bytes_in; }
    bool took_anything(bool answered) const noexcept override { return parlance::took_anything(at_end(), answered); }
    bool has_begun(unanswered const& first) const noexcept override { return parlance::has_begun(at_end(), first); }
    std::string_view how_it_left() const noexcept override { return "the worker closed its IPC channel"; }

private:
    socket_end at_end() const noexcept {
        return {.written = over_->engine().statistics_.bytes_out, .left_bytes = over_->peer_left_unread()};
    }

    unique_fd ours_, theirs_;
    int fd_ = -1; ///< of `over_`, to ask what we did not read
    std::shared_ptr<worker_process> worker_;
    std::shared_ptr<ipc_core> over_;
};

} // namespace

std::unique_ptr<worker_talk> talk_over_ipc() { return std::make_unique<ipc_talk>(); }

bool took_anything(socket_end const& end, bool answered) noexcept {
    return answered || (end.written > 0 && !end.left_bytes);
}

bool has_begun(socket_end const& end, unanswered const& first) noexcept {
    if (end.written <= first.from_byte) return false;
    if (!end.left_bytes) return true;
    return first.answered && (!first.is_last || first.bytes > one_read_bytes);
}

} // namespace parlance
