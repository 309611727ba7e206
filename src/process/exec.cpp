#include "process/child_core.hpp"
#include "process/quote.hpp"
#include "process/spawn.hpp"
#include "process/stdio_set.hpp"

#include <parlance/exec.hpp>
#include <parlance/run.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <csignal>

namespace parlance {
namespace {

process_end end_of_what_did_not_start(std::string const& program, std::vector<std::string> const& args,
                                      failure const& fault) {
    process_end end;
    end.command = quoted_command(program, args);
    end.reason = end_reason::not_started;
    end.fault = fault;
    return end;
}

asio::awaitable<process_end> collect_and_keep(child running) { co_return co_await running.collect(); }
asio::awaitable<process_end> at_once(process_end end) { co_return end; }

} // namespace

/// A line that begins with `-` or `+` is one more option to a shell; with a blank before it, it is a command to any.
std::vector<std::string> shell_arguments(std::string const& command_line) {
    bool const is_like_an_option = command_line.starts_with('-') || command_line.starts_with('+');
    return {"-c", is_like_an_option ? ' ' + command_line : command_line};
}

asio::awaitable<process_end> exec_file(std::string const& program, std::vector<std::string> const& args,
                                       spawn_options const& options) {
    if (ipc_number(options) >= 0)
        throw failure(errc::invalid_argument, {.input = quoted_command(program, args),
                                               .reason = "an IPC channel is of no use where only the end is told",
                                               .mend = "use `fork`, or `spawn`"});
    try {
        return collect_and_keep(spawn(program, args, options));
    } catch (failure const& fault) {
        if (fault.code() == errc::invalid_argument) throw;
        return at_once(end_of_what_did_not_start(program, args, fault));
    }
}

asio::awaitable<process_end> exec(std::string const& command_line, spawn_options const& options) {
    return exec_file(std::string(options.shell), shell_arguments(command_line), options);
}

process_end exec_sync(std::string const& command_line, spawn_options const& options) {
    return exec_file_sync(std::string(options.shell), shell_arguments(command_line), options);
}

process_end exec_file_sync(std::string const& program, std::vector<std::string> const& args,
                           spawn_options const& options) {
    return run(exec_file(program, args, options));
}

process_end spawn_sync(std::string const& program, std::vector<std::string> const& args, spawn_options const& options) {
    return exec_file_sync(program, args, options);
}

std::string shell_quote(std::string_view word) {
    if (word.find('\0') != word.npos)
        throw failure(errc::invalid_argument, {.input = quoted_word(word.substr(0, word.find('\0'))),
                                               .reason = "holds a NUL byte",
                                               .mend = "no shell can be given one"});
    return quoted_program(word);
}

std::string shell_quote(std::span<std::string const> words) {
    std::string line;
    for (auto const& word : words) line += (line.empty() ? "" : " ") + shell_quote(word);
    return line;
}

process_end const& pipeline_end::verdict() const {
    auto const had_no_reader = [&](process_end const& part) { // said by itself, or by a shell around it
        return &part != &parts.back() && part.shell_status() == 128 + SIGPIPE;
    };
    auto const is_fault = [&](process_end const& part) { return !part.ok() && !had_no_reader(part); };
    auto const last = std::find_if(parts.rbegin(), parts.rend(), is_fault);
    return last == parts.rend() ? parts.back() : *last;
}

std::string const& pipeline_end::check() const& {
    verdict().check();
    return parts.back().out;
}

namespace {

/// All are watched from the beginning, so one wait after the other misses nothing.
asio::awaitable<pipeline_end> finish_all(std::vector<child*> parts) {
    auto const executor = co_await asio::this_coro::executor;
    for (auto* const part : parts) {
        auto& core = child_core::of(*part);
        core.collect_untaken();
        core.let_go_of_untaken(executor);
        core.bind(executor);
    }
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const asked_before = (co_await asio::this_coro::cancellation_state).cancelled();
    pipeline_end ends;
    std::exception_ptr fault;
    for (auto* const part : parts) {
        try {
            ends.parts.push_back(co_await part->collect());
        } catch (...) {
            fault = fault ? fault : std::current_exception();
        }
        auto const asked = (co_await asio::this_coro::cancellation_state).cancelled();
        if (asked == asked_before) continue;
        for (auto* const other : parts) child_core::of(*other).cancel(asked);
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (fault) std::rethrow_exception(fault);
    co_return ends;
}

} // namespace

asio::awaitable<pipeline_end> finish(std::vector<child*> parts) {
    if (parts.empty())
        throw failure(errc::invalid_argument, {.input = "a pipeline", .reason = "has no programs", .mend = "name one"});
    return finish_all(std::move(parts));
}

} // namespace parlance
