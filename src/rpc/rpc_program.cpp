#include "base/deadline.hpp"
#include "channel/noise.hpp"
#include "channel/waiters.hpp"
#include "process/identity.hpp"

#include <parlance/rpc_program.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdlib>

namespace parlance {

struct rpc_program::state {
    using self = std::shared_ptr<state>;

    state(std::string const& program, std::vector<std::string> const& args, rpc_program_options const& options);

    void hear_noise(std::string_view text);
    static asio::awaitable<process_end> end(self);
    static asio::awaitable<void> leave(self);
    static asio::awaitable<void> watch(self);
    void drop() noexcept;

    std::optional<child> process;
    std::optional<rpc> talk;
    std::string name, token;
    std::function<void(std::string_view)> on_noise;
    bool prints_noise, heard_noise = false;
    std::chrono::milliseconds goodbye_within, leave_within;

    bool ending = false, watched = false;
    std::optional<process_end> ended;
    waiters changed;
};

namespace {

/// By which what left its process group is found. None inside another parlance's worker: there that one's token is.
std::string token_for(spawn_options const& options) {
    if (!options.token.empty()) return std::string(options.token);
    return std::getenv("PARLANCE_WORKER") ? std::string() : random_token();
}

} // namespace

rpc_program::state::state(std::string const& program, std::vector<std::string> const& args,
                          rpc_program_options const& options)
    : token(token_for(options.process)), prints_noise(options.channel.noise == noise::to_stderr),
      goodbye_within(options.goodbye_within), leave_within(options.leave_within) {
    auto how = options.process;
    how.ends_tree = true;
    how.token = token;
    process.emplace(spawn(program, args, how));
    name = process->command();
    auto frames =
        options.frames.value_or(options.protocol == rpc_protocol::lsp ? framing::content_length : framing::lines);
    auto over_stdio = options.channel;
    over_stdio.name = channel_options{}.name;
    auto over = process->messages(frames, over_stdio);
    over.on_noise([this](std::string_view line) { hear_noise(line); });
    auto how_to_talk = options.talk;
    how_to_talk.protocol = options.protocol;
    how_to_talk.strays = options.channel.noise == noise::error ? rpc_strays::end : rpc_strays::skip;
    how_to_talk.name = name;
    talk.emplace(std::move(over), how_to_talk);
    talk->on_stray([this](std::string_view text) {
        if (prints_noise) hear_noise(text);
    });
}

void rpc_program::state::hear_noise(std::string_view text) {
    bool const first = !std::exchange(heard_noise, true);
    if (on_noise)
        on_noise(text);
    else
        print_noise("stdout of " + name, text, first);
}

asio::awaitable<void> rpc_program::state::watch(self me) {
    auto end = co_await me->process->wait();
    if (!me->token.empty()) kill_by_token(me->token);
    me->ended = std::move(end);
    me->changed.wake_all();
}

/// Asks it to leave, and waits until it did or its time is over.
asio::awaitable<void> rpc_program::state::leave(self me) {
    co_await me->talk->goodbye(me->goodbye_within);
    auto const executor = co_await asio::this_coro::executor;
    auto const deadline = deadline_after(me->leave_within);
    while (!me->ended && std::chrono::steady_clock::now() < deadline)
        static_cast<void>(co_await me->changed.wait(executor, deadline));
}

asio::awaitable<process_end> rpc_program::state::end(self me) {
    auto const executor = co_await asio::this_coro::executor;
    if (!std::exchange(me->watched, true)) asio::co_spawn(executor, watch(me), asio::detached);
    try {
        if (!std::exchange(me->ending, true)) {
            co_await leave(me);
            if (!me->ended) static_cast<void>(co_await me->process->stop());
        }
        while (!me->ended) static_cast<void>(co_await me->changed.wait(executor));
    } catch (boost::system::system_error const&) { // we were cancelled
        if (me->process) me->process->kill(signal::kill);
        throw;
    }
    co_return *me->ended;
}

void rpc_program::state::drop() noexcept {
    talk.reset();
    if (process && !token.empty()) process->kill(signal::kill); // and what left its group
    process.reset();
}

rpc_program::rpc_program(std::string const& program, std::vector<std::string> const& args,
                         rpc_program_options const& options)
    : state_(std::make_shared<state>(program, args, options)) {}
rpc_program::rpc_program(rpc_program&&) noexcept = default;
rpc_program& rpc_program::operator=(rpc_program&& other) noexcept {
    if (state_ && state_ != other.state_) state_->drop();
    state_ = std::move(other.state_);
    return *this;
}
rpc_program::~rpc_program() {
    if (state_) state_->drop();
}

rpc& rpc_program::talk() noexcept { return *state_->talk; }
child& rpc_program::process() noexcept { return *state_->process; }
void rpc_program::on_noise(std::function<void(std::string_view)> hear) { state_->on_noise = std::move(hear); }
asio::awaitable<process_end> rpc_program::end() { return state::end(state_); }

} // namespace parlance
