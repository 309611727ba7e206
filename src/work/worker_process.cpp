#include "work/worker_process.hpp"

#include "process/identity.hpp"

#include <boost/asio/co_spawn.hpp>

namespace parlance {
namespace {

/// After the end of a whole tree nobody should hold its pipes; whoever escaped that too is not waited for.
constexpr std::chrono::milliseconds drain{50};

} // namespace

worker_process::worker_process(std::shared_ptr<crew> self, asio::any_io_executor executor, unsigned place)
    : crew_(std::move(self)), executor_(executor), name_("worker " + std::to_string(place)),
      token_(crew_->token(place)), output_ended_(executor) {}

worker_process::~worker_process() {
    if (process_) crew_->living.erase(&*process_);
}

asio::awaitable<std::shared_ptr<worker_process>> worker_process::start(std::shared_ptr<crew> self, worker_start how) {
    std::shared_ptr<worker_process> const worker(
        new worker_process(self, co_await asio::this_coro::executor, how.place));
    worker->process_ = spawn(self->command.front(), std::move(how.arguments),
                             {.in = how.in,
                              .out = how.out,
                              .env = how.environment,
                              .stop = {.first = signal::kill},
                              .timeout = how.timeout,
                              .drain = drain,
                              .ends_tree = true,
                              .token = worker->token_});
    self->living.insert(&worker->process());
    worker->read(std::move(worker->process().err()), &worker->err_tail_);
    if (how.out.what() == stdio::kind::pipe) worker->read(std::move(worker->process().out()), nullptr);
    co_return worker;
}

void worker_process::show(std::string_view line) const {
    crew_->hear([&] {
        if (crew_->hooks.output) crew_->hooks.output(name_, line);
    });
}

void worker_process::read(stream from, tail_buffer* tail) {
    ++open_outputs_;
    auto const self = shared_from_this();
    asio::co_spawn(executor_,
                   read_lines(
                       std::move(from), [this](std::string_view line) { show(line); }, tail),
                   [self](std::exception_ptr) {
                       --self->open_outputs_;
                       self->output_ended_.notify_all();
                   });
}

asio::awaitable<process_end> worker_process::ended() {
    auto end = co_await process_->wait();
    crew_->living.erase(&*process_);
    crew_->sweep(token_);
    auto const deadline = std::chrono::steady_clock::now() + drain;
    while (open_outputs_ != 0 && std::chrono::steady_clock::now() < deadline)
        co_await output_ended_.wait_until(deadline);
    co_return end;
}

} // namespace parlance
