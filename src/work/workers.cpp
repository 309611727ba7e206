#include "work/crew.hpp"

namespace parlance {
namespace {

[[noreturn]] void refuse(std::string input, std::string reason, std::string mend) {
    throw failure(errc::invalid_argument,
                  {.input = std::move(input), .reason = std::move(reason), .mend = std::move(mend)});
}

} // namespace

double work_summary::rate() const noexcept {
    auto const seconds = std::chrono::duration<double>(duration).count();
    return seconds > 0 ? static_cast<double>(done) / seconds : 0;
}

workers::workers(queue jobs, std::vector<std::string> command, work_options options, work_hooks hooks) {
    if (command.empty() || command.front().empty()) refuse("work", "no command to run", "name the worker's program");
    if (options.prefetch == 0) refuse("prefetch", "0 messages can never be worked on", "give 1 or more");
    if (options.prefetch > 1 && options.mode == work_mode::exec)
        refuse("prefetch", "an exec worker has one message", "use the mode lines or ipc");
    crew_ = std::make_shared<crew>(std::move(jobs), std::move(command), options, std::move(hooks));
}
workers::workers(workers&&) noexcept = default;
workers::~workers() = default;

asio::awaitable<work_summary> workers::run() { return crew_->run(); }
void workers::stop() { crew_->stop(); }
void workers::stop_now() { crew_->stop_now(); }
void workers::hold_output(bool held) { crew_->hold_output(held); }
work_summary const& workers::so_far() const noexcept { return crew_->so_far(); }

} // namespace parlance
