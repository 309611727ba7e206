#include "process/child_core.hpp"
#include "process/child_pipe.hpp"
#include "process/child_state.hpp"
#include "process/strangers.hpp"

#include <boost/asio/this_coro.hpp>

namespace parlance {
namespace {

asio::awaitable<process_end> wait_for(std::shared_ptr<child_core> core) {
    auto const executor = co_await asio::this_coro::executor;
    core->read_channel(executor);
    core->let_go_of_untaken(executor); // before its end can be seen: what is read then belongs to it
    core->bind(executor);
    co_await child_core::until_finished(core);
    co_return core->end(true);
}

asio::awaitable<process_end> collect_from(std::shared_ptr<child_core> core) {
    core->collect_untaken();
    co_return co_await wait_for(std::move(core));
}

asio::awaitable<process_end> stop_and_wait(std::shared_ptr<child_core> core, stop_plan plan) {
    core->begin_stop(plan, end_reason::stopped);
    co_return co_await wait_for(core);
}

} // namespace

child child_core::run(std::shared_ptr<child_core> core, launch_result const& process, stdio_set io, bool stays) {
    note_child(process.pid);
    core->pid_ = process.pid;
    core->pidfd_ = unique_fd(process.pidfd);
    core->ours_ = std::move(io.ours);
    core->channel_ = io.ipc;
    if (io.ipc >= 0) core->channel_socket_ = core->take(static_cast<std::size_t>(io.ipc));
    core->now_.started = core->now_.heard = std::chrono::steady_clock::now();
    for (auto const& each : io.taken) each.from()->take(static_cast<std::size_t>(each.number()));
    auto what = std::make_shared<child::state>(std::move(core));
    what->left_alone = stays;
    return child(std::move(what));
}

child::child(std::shared_ptr<state> what) noexcept : state_(std::move(what)) {}
child::child(child&&) noexcept = default;
child& child::operator=(child&&) noexcept = default;
child::~child() = default;

child::state::~state() {
    core->stop_hearing();
    if (left_alone)
        core->release();
    else
        core->end_at_once();
    reap_those_left();
}

pid_t child::pid() const noexcept { return state_->core->pid(); }
bool child::is_running() const noexcept { return state_->core->is_running(); }
std::string const& child::command() const noexcept { return state_->core->command(); }

stream& child::in() { return at(0); }
stream& child::out() { return at(1); }
stream& child::err() { return at(2); }

stream& child::at(int number) {
    auto& core = state_->core;
    core->check_is_free(number);
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

std::shared_ptr<child_core> const& child_core::core_of(child& c) noexcept { return c.state_->core; }

stdio stdio::output_of(child& from, int number) {
    auto& core = child_core::of(from);
    static_cast<void>(core.output(number));
    return {kind::output_of, number, {}, &core};
}

void child::on_line(std::function<void(std::string_view)> hear, int number) {
    state_->core->give_lines(number, std::move(hear));
}
void child::on_exit(std::function<void(process_end const&)> hear) { state_->core->hear_exit(std::move(hear)); }

asio::awaitable<process_end> child::wait() {
    state_->let_go_of_channel();
    return wait_for(state_->core);
}
asio::awaitable<process_end> child::collect() {
    state_->let_go_of_channel();
    return collect_from(state_->core);
}
asio::awaitable<process_end> child::stop() { return stop(state_->core->plan()); }
asio::awaitable<process_end> child::stop(stop_plan plan) {
    state_->let_go_of_channel();
    return stop_and_wait(state_->core, plan);
}
bool child::kill(signal which) noexcept { return state_->core->send(which); }

void child::detach() noexcept {
    state_->left_alone = true;
    state_->core->stop_hearing();
    state_->core->release();
}

} // namespace parlance
