#include "work/worker_process.hpp"

#include "ipc/parent_socket.hpp"
#include "process/node_script.hpp"
#include "work/pipes.hpp"

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <utility>

namespace parlance {
worker_process::worker_process(std::shared_ptr<crew> self, asio::any_io_executor executor, unsigned place)
    : crew_(std::move(self)), executor_(executor), name_("worker " + std::to_string(place)),
      token_(crew_->token(place)), output_read_(executor) {}

worker_process::~worker_process() {
    if (!process_) return;
    crew_->living().erase(&*process_);
    if (!ended_) kill_by_token(token_); // nobody waited for its end
}

asio::awaitable<std::shared_ptr<worker_process>> worker_process::start(std::shared_ptr<crew> self, worker_start how) {
    std::shared_ptr<worker_process> const worker(
        new worker_process(self, co_await asio::this_coro::executor, how.place));
    auto err = new_pipe();
    two_ends out;
    if (how.out < 0) out = new_pipe();
    // Not as the token of `spawn`: each kill would then look through all of /proc; the crew does that once.
    how.environment.push_back("PARLANCE_WORKER=" + worker->token_);
    auto program = self->command.front();
    std::array const more{stdio::descriptor(how.channel)};
    if (how.channel >= 0) {
        if (is_node_script(program)) how.arguments.insert(how.arguments.begin(), std::exchange(program, "node"));
        name_channel(3, serialization::json, how.environment);
    }
    worker->process_ = spawn(program, how.arguments,
                             {.in = how.in,
                              .out = stdio::descriptor(how.out < 0 ? out.write_end.get() : how.out),
                              .err = stdio::descriptor(err.write_end.get()),
                              .more = std::span(more).first(how.channel >= 0 ? 1 : 0),
                              .env = how.environment,
                              .stop = {.first = signal::kill},
                              .timeout = how.timeout,
                              .ends_tree = true});
    self->living().insert(&worker->process());
    worker->read(std::move(err.read_end), &worker->err_tail_);
    if (out.read_end) worker->read(std::move(out.read_end), nullptr);
    co_return worker;
}

void worker_process::show(std::string_view line) const {
    crew_->hear([&] {
        if (crew_->hooks.output) crew_->hooks.output(name_, line);
    });
}

void worker_process::read(unique_fd from, tail_buffer* tail) {
    auto const pipe = std::make_shared<output_pipe>(std::move(from),
                                                    output_reader([this](std::string_view line) { show(line); }, tail));
    outputs_.push_back(pipe);
    asio::co_spawn(executor_, read_all(pipe), [self = shared_from_this(), pipe](std::exception_ptr) {
        pipe->open = false;
        self->output_read_.notify_all();
    });
}

asio::awaitable<void> worker_process::read_all(std::shared_ptr<output_pipe> from) {
    while (from->open) { // else it ended while the output was held, and nobody waited for the rest
        bool const more = co_await from->reader.read_from(from->bytes);
        if (!more) break;
        output_read_.notify_all();
        co_await crew_->until_output_flows(ended_); // the little that a dead one left holds nobody up
    }
}

asio::awaitable<void> worker_process::read_what_is_left(output_pipe& of) {
    last_words const words(of.fd, of.reader.count());
    while (of.open && words.go_on(of.reader.count())) co_await output_read_.wait();
    if (std::exchange(of.open, false)) of.bytes.close();
}

asio::awaitable<process_end> worker_process::ended() {
    auto end = co_await process_->wait();
    ended_ = true;
    crew_->look_at_output_again();
    crew_->living().erase(&*process_);
    crew_->sweep(token_);
    for (auto const& output : outputs_) co_await read_what_is_left(*output);
    co_return end;
}

} // namespace parlance
