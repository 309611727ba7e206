#include "work/scratch_work.hpp"

#include <fstream>
#include <iterator>

namespace parlance {

std::string scratch_work::content(std::string_view name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
}

namespace {

asio::awaitable<work_summary> run_crew(workers& crew, std::optional<asio::any_io_executor>& loop) {
    loop = co_await asio::this_coro::executor;
    co_return co_await crew.run();
}

} // namespace

work_report scratch_work::work(std::vector<std::string> command, work_options options, watcher watch) {
    work_report report;
    workers* crew_pointer = nullptr;
    work_hooks hooks;
    hooks.output = [&](std::string_view worker, std::string_view line) {
        report.output.push_back(std::string(worker) + ": " + std::string(line));
        if (watch) watch(*crew_pointer, line);
    };
    hooks.note = [&](std::string_view sentence) { report.notes.emplace_back(sentence); };
    workers crew(jobs, std::move(command), options, std::move(hooks));
    crew_pointer = &crew;
    try {
        report.sums = run(run_crew(crew, loop));
    } catch (failure const& fault) {
        report.sums = crew.so_far();
        report.fault = fault;
    }
    return report;
}

} // namespace parlance
