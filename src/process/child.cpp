#include "process/child_core.hpp"
#include "process/child_pipe.hpp"
#include "process/child_state.hpp"

#include <boost/asio/this_coro.hpp>

namespace parlance {
namespace {

asio::awaitable<process_end> wait_for(std::shared_ptr<child_core> core) {
    auto const executor = co_await asio::this_coro::executor;
    core->bind(executor);
    core->let_go_of_untaken(executor);
    try {
        co_await child_core::until_finished(core, false);
        co_return core->end();
    } catch (boost::system::system_error const& fault) {
        if (fault.code() != asio::error::operation_aborted) throw;
    }
    // A cancelled wait still sees the child end; the caller's cancellation is then as it was.
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    core->begin_stop(core->plan(), end_reason::stopped);
    co_await child_core::until_finished(core, true);
    co_await asio::this_coro::throw_if_cancelled(throws);
    throw boost::system::system_error(asio::error::operation_aborted);
}

asio::awaitable<process_end> stop_and_wait(std::shared_ptr<child_core> core, stop_plan plan) {
    core->begin_stop(plan, end_reason::stopped);
    co_return co_await wait_for(core);
}

} // namespace

child::child(std::shared_ptr<state> what) noexcept : state_(std::move(what)) {}
child::child(child&&) noexcept = default;
child& child::operator=(child&&) noexcept = default;
child::~child() = default;

child::state::~state() {
    if (left_alone)
        core->release();
    else
        core->end_at_once();
    reap_those_left();
}

pid_t child::pid() const noexcept { return state_->core->pid(); }
std::string const& child::command() const noexcept { return state_->core->command(); }

stream& child::in() { return at(0); }
stream& child::out() { return at(1); }
stream& child::err() { return at(2); }

stream& child::at(int number) {
    auto& core = state_->core;
    if (core->is_read_away(number))
        throw failure(errc::invalid_argument,
                      {.input = "descriptor " + std::to_string(number) + " of " + command(),
                       .reason = number == 2 ? "is being kept as the tail of errors since the first await"
                                             : "is read and dropped since `wait`",
                       .mend = "ask for it before that"});
    auto const [place, is_new] = state_->streams.try_emplace(number);
    if (auto fd = is_new ? core->take(static_cast<std::size_t>(number)) : unique_fd{}) {
        std::unique_ptr<child_pipe> pipe;
        if (number == 0)
            pipe = std::make_unique<child_pipe>(core, unique_fd{}, std::move(fd));
        else if (number <= 2)
            pipe = std::make_unique<child_pipe>(core, std::move(fd), unique_fd{});
        else
            pipe = std::make_unique<child_pipe>(core, std::move(fd));
        place->second = stream(std::move(pipe));
    }
    return place->second;
}

asio::awaitable<process_end> child::wait() { return wait_for(state_->core); }
asio::awaitable<process_end> child::stop() { return stop(state_->core->plan()); }
asio::awaitable<process_end> child::stop(stop_plan plan) { return stop_and_wait(state_->core, plan); }
bool child::kill(signal which) noexcept { return state_->core->send(which); }

void child::detach() noexcept {
    state_->left_alone = true;
    state_->core->release();
}

} // namespace parlance
