#pragma once
/// Running a program and having what it printed, in one call: with a shell or without, awaited or blocking; and several
/// programs in a pipeline.
///
///     auto const log = exec_file_sync("git", {"log", "-1"}, {.cwd = "app", .timeout = 5s}).check().out;
///     auto const found = co_await exec("ls *.png | wc -l");
///     if (!found.ok()) std::cerr << found.sentence() << '\n';
///
/// Source of the behaviour: exec, execFile and the Sync forms of Node's child_process (docs/process.md).

#include <parlance/process.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// Runs a command line in a shell (`spawn_options::shell`, /bin/sh) and collects what it prints.
/// Everything in the line is the shell's: whoever can choose a part of it can run any command. Give values that come
/// from elsewhere to `exec_file`, which meets no shell, or put each through `shell_quote`.
///
/// It is started by the call, and watched from the await on; dropped before that, it is ended. Of its descriptors those
/// are collected that are pipes (as by default its outputs are); its standard input is `input`, else at its end. How it
/// ended is in what is returned, nothing of it is thrown: `check()` does that. Cancellation: as `child::wait`.
/// Throws failure: errc::invalid_argument only.
asio::awaitable<process_end> exec(std::string const& command_line, spawn_options const& options = {});
/// The same for one program, without a shell.
asio::awaitable<process_end> exec_file(std::string const& program, std::vector<std::string> const& args = {},
                                       spawn_options const& options = {});

/// The blocking forms. They may be called from any thread, from several at once, and also where an event loop runs
/// (which stands still meanwhile).
process_end exec_sync(std::string const& command_line, spawn_options const& options = {});
process_end exec_file_sync(std::string const& program, std::vector<std::string> const& args = {},
                           spawn_options const& options = {});
/// `exec_file_sync` by Node's other name for it.
process_end spawn_sync(std::string const& program, std::vector<std::string> const& args = {},
                       spawn_options const& options = {});

/// `word` as one word of a POSIX shell, whatever bytes it has. Throws failure: errc::invalid_argument (a NUL byte: no
/// shell can be given one).
std::string shell_quote(std::string_view word);
/// The words of a command, each quoted, with blanks between them.
std::string shell_quote(std::span<std::string const> words);

/// How the programs of a pipeline ended.
struct pipeline_end {
    std::vector<process_end> parts; ///< from the first to the last; the last one's output is collected

    /// The end that counts, as with `set -o pipefail`: of the last program that was not `ok()`, else of the last one.
    /// One with others behind it that was ended by SIGPIPE (or exited with 141, as shells say that) is not a fault:
    /// they had read what they wanted.
    process_end const& verdict() const;
    /// What the pipeline printed, where its `verdict()` is `ok()`; else throws as `process_end::check`.
    std::string const& check() const&;
};

/// Waits for programs of which each reads the output of the one before it, and collects the last one's output and
/// everyone's errors:
///
///     auto words = spawn("cat", {"words.txt"});
///     auto unique = spawn("sort", {"-u"}, {.in = stdio::output_of(words)});
///     auto const ends = co_await finish(words, unique);
///
/// Cancelled, it ends them all, as `child::wait` does.
asio::awaitable<pipeline_end> finish(std::vector<child*> parts);
template <class... Children> asio::awaitable<pipeline_end> finish(child& first, Children&... others) {
    std::vector<child*> parts;
    parts.reserve(1 + sizeof...(others));
    parts.push_back(&first);
    (parts.push_back(&others), ...);
    return finish(std::move(parts));
}

} // namespace parlance
