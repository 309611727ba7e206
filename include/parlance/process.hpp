#pragma once
/// Starting processes, talking to them, seeing them end.
///
///     auto child = parlance::spawn("node", {"child.js"}, {.cwd = "app"});
///     auto talk = child.messages();
///     co_await talk.send(hello);
///     auto answer = co_await talk.receive();
///     (co_await child.wait()).check();
///
/// Source of the behaviour: Node's child_process, with its traps gone (docs/process.md). With GCC 12 read
/// docs/coroutines.md before you write a `co_await`.

#include <parlance/channel.hpp>
#include <parlance/error.hpp>
#include <parlance/fd.hpp>
#include <parlance/ipc.hpp>
#include <parlance/stream.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// A signal by name, so that a number is not taken for one.
enum class signal : int { hup = 1, interrupt = 2, quit = 3, abort = 6, kill = 9, usr1 = 10, usr2 = 12, term = 15 };
/// "SIGTERM", …; "signal 40" for what has no name.
std::string name_of(signal);

class child;
class child_core;

/// What one of the child's descriptors is to be. Paths are seen from our directory, and opened by `spawn`.
class stdio {
public:
    enum class kind { pipe, inherit, ignore, descriptor, same_as, read, write, append, output_of, ipc };
    /// What the way of starting has: a pipe; with `fork`, our own.
    static constexpr stdio usual() noexcept {
        stdio what(kind::pipe);
        what.is_usual_ = true;
        return what;
    }
    /// A new pipe, whose other end is ours. From 3 on it is a pair of sockets, and carries bytes both ways.
    static constexpr stdio pipe() noexcept { return {kind::pipe}; }
    /// Our own descriptor of that number; /dev/null where that is closed.
    static constexpr stdio inherit() noexcept { return {kind::inherit}; }
    /// /dev/null.
    static constexpr stdio ignore() noexcept { return {kind::ignore}; }
    /// This descriptor of ours, which stays ours; it need only live until `spawn` returns.
    static constexpr stdio descriptor(int fd) noexcept { return {kind::descriptor, fd}; }
    /// What the child's descriptor `number` is: `.err = stdio::same_as(1)` is the shell's `2>&1`, and what is written
    /// to both comes in the order in which it was written.
    static constexpr stdio same_as(int number) noexcept { return {kind::same_as, number}; }
    /// A file, to be read.
    static constexpr stdio read(std::string_view path) noexcept { return {kind::read, -1, path}; }
    /// A file, to be written; made, or emptied.
    static constexpr stdio write(std::string_view path) noexcept { return {kind::write, -1, path}; }
    /// A file, to be written at its end; made where it is not there.
    static constexpr stdio append(std::string_view path) noexcept { return {kind::append, -1, path}; }
    /// The output of another child, which it must have as a pipe that nobody has asked for: `a | b` without a shell,
    /// and without us between them. That output is then no longer ours. Until `spawn` the other child may be moved, not
    /// dropped. Throws as `child::at`.
    static stdio output_of(child& from, int number = 1);
    /// Node's IPC channel: `child::channel` is our end of it. One at most, at any number. The child, which need not be
    /// Node, is told the number by NODE_CHANNEL_FD.
    static constexpr stdio ipc() noexcept { return {kind::ipc}; }

    kind what() const noexcept { return kind_; }
    int number() const noexcept { return number_; }
    std::string_view path() const noexcept { return path_; }
    child_core* from() const noexcept { return from_; }
    bool is_usual() const noexcept { return is_usual_; }

private:
    constexpr stdio(kind what, int number = -1, std::string_view path = {}, child_core* from = nullptr) noexcept
        : kind_(what), number_(number), path_(path), from_(from) {}
    kind kind_;
    int number_;
    std::string_view path_;
    child_core* from_;
    bool is_usual_ = false;
};

/// How to end a process: `first` (and SIGCONT, for who is stopped hears nothing), and when it is still there after
/// `grace`, SIGKILL; both to its whole process group and to what escaped from it (see `spawn_options::token`).
struct stop_plan {
    signal first = signal::term;
    std::chrono::milliseconds grace{5000};
};

/// Which user a child becomes. Needs the rights to do so. With any of them the supplementary groups are those of
/// `groups`, and no others.
struct run_as {
    std::optional<uid_t> uid{};
    std::optional<gid_t> gid{};
    std::span<gid_t const> groups{};
};

/// What a child, and each process that it starts, may use (setrlimit(2)). Both the soft and the hard limit: it cannot
/// raise them again. A limit above our own hard limit needs the rights of root.
struct resource_limits {
    std::optional<std::uint64_t> memory_bytes{};    ///< of addresses (RLIMIT_AS): an allocation beyond it fails
    std::optional<std::chrono::seconds> cpu_time{}; ///< then SIGXCPU, and a second later SIGKILL (RLIMIT_CPU)
    std::optional<std::uint64_t> file_bytes{};      ///< of a file it writes (RLIMIT_FSIZE): SIGXFSZ, or EFBIG
    std::optional<std::uint64_t> open_files{};      ///< descriptors (RLIMIT_NOFILE)
    std::optional<std::uint64_t> processes{};       ///< of its user, in all (RLIMIT_NPROC); does not bind root
    std::optional<std::uint64_t> core_bytes{};      ///< of a core file (RLIMIT_CORE); 0: none
};

/// One set for `spawn`, `exec` and all their forms. Everything is copied; views need only live until the call returns.
struct spawn_options {
    stdio in = stdio::usual();
    stdio out = stdio::usual();
    stdio err = stdio::usual();
    std::span<stdio const> more{}; ///< descriptors 3, 4, … of the child; `fork` puts its channel behind them
    std::string_view input{};      ///< written to its standard input, a pipe, which then ends; from the first await
                                   ///< on. It need not read all of it
    std::string_view cwd{};        ///< directory to start in; ours when empty
    std::span<std::string const> env{}; ///< `NAME=value`; added to ours, or instead of ours:
    bool clear_env = false;             ///< begin with an empty environment
    std::string_view argv0{};           ///< what the program sees as its own name; `program` when empty
    std::string_view shell = "/bin/sh"; ///< of the forms of `exec`, called with -c
    parlance::serialization serialization = parlance::serialization::json; ///< of the IPC channel
    ipc_options channel{}; ///< its limits: `{.channel = {.message_limit_bytes = 1 << 30}}`; the name is ours to give
    bool silent = false;   ///< of `fork`: what is `usual` is a pipe
    std::string_view exec_path{}; ///< of `fork`: runs the script; "node" for .js, .mjs and .cjs, none for others
    std::span<std::string const> exec_argv{}; ///< of `fork`: its own arguments, before the script

    // ---- what it may do
    bool detached = false; ///< a session of its own (setsid); not ended when `child` is dropped
    bool own_group = true; ///< a process group of its own, so that the whole tree can be ended. A program that
                           ///< reads our terminal needs ours: `false`
    run_as user{};
    resource_limits limits{};
    std::optional<int> nice{};     ///< from -20 (needs the rights of root) to 19, as nice(2) counts; ours when none
    std::optional<mode_t> umask{}; ///< ours when none
    bool no_new_privs = false;     ///< no execve of its tree ever gains rights: no setuid program works in it

    // ---- its end
    stop_plan stop{};                       ///< for what follows, for `max_buffer_bytes` and for `child::stop`
    std::chrono::milliseconds timeout{0};   ///< from the start; then the stop plan begins. 0: none. See `child`
    std::chrono::milliseconds silence{0};   ///< the same, since anything last came from one of its pipes. 0: none
    std::chrono::milliseconds drain{500};   ///< how long after the exit its pipes are still read (a grandchild may
                                            ///< hold them open for ever)
    std::size_t max_buffer_bytes = 1 << 20; ///< of each output that is collected; one byte more begins the stop plan
    std::size_t err_tail_bytes = 4096;      ///< kept of a standard error that nobody reads
    bool ends_tree = false;                 ///< when it ends by itself, what is left of its process group is killed
    bool ends_with_parent = false; ///< it, and its process group, end when we do, however we do: also after our kill
                                   ///< -9. A small `sh` beside it sees to that
    std::string_view token{};      ///< put into its environment as PARLANCE_WORKER, by which processes that left its
                                   ///< group are found and ended with it
    bool adopt_orphans = false;    ///< this process is a child subreaper (see `become_subreaper`): what escaped from
                                   ///< the tree and cleared its environment is found, and ended, too
};

enum class end_reason {
    exited,       ///< by itself, with `code`
    signalled,    ///< by `signal`, which we did not send
    stopped,      ///< we asked it to (`stop`, `kill`)
    timed_out,    ///< `spawn_options::timeout`
    silent,       ///< `spawn_options::silence`
    cancelled,    ///< the wait for it was cancelled
    max_buffer,   ///< an output, `process_end::overflowed`, had more than `spawn_options::max_buffer_bytes`
    not_started,  ///< why, is `process_end::fault`; only from the forms of `exec`: `spawn` throws
    status_taken, ///< it is gone, but another part of this program reaped it (waitpid(-1), SIGCHLD ignored): no code
};

/// What a process used, with those of its children that it waited for (getrusage(2)).
struct resource_usage {
    std::chrono::microseconds user_time{0}, system_time{0};
    std::uint64_t peak_memory_bytes = 0; ///< resident, of the largest one. At least our own peak when it was started:
                                         ///< the kernel carries that over an execve, and it hides what is less
};

/// How a process ended. Programs look at `reason`, `code` and `signal`; people read `sentence()`.
struct process_end {
    std::string command; ///< as it could be typed, quoted for a shell
    pid_t pid = -1;
    end_reason reason = end_reason::exited;
    std::optional<int> code{}; ///< none when a signal ended it
    std::optional<parlance::signal> signal{};
    bool core_dumped = false;
    std::chrono::milliseconds duration{0};
    std::string out{}, err{};        ///< its standard output and error, where they were collected; bytes
    std::vector<std::string> more{}; ///< its descriptors 3, 4, …, the same; as long as the last of them that was a pipe
    std::string err_tail{};          ///< the end of its standard error, collected or not, unless somebody else read it
    std::optional<int> overflowed{}; ///< the descriptor that had more than was allowed
    bool output_complete = true;     ///< false when a pipe that nobody asked for was still held open after `drain`
    resource_usage used{};
    std::optional<failure> fault{}; ///< why it was not started

    bool ok() const noexcept { return reason == end_reason::exited && code == 0; }
    /// "node child.js was ended by SIGSEGV after 1.2s: <last line of stderr>"
    std::string sentence() const;
    /// Itself where `ok()`: `auto const text = exec_sync("git log -1").check().out;`
    /// Else throws failure with the command, pid, reason, code, signal, duration and standard error in its facts:
    /// errc::process_failed, timed_out (timed out or silent), max_buffer, operation_aborted of Asio (cancelled); where
    /// it was not started, what `spawn` throws.
    process_end const& check() const&;
    process_end check() &&;
    /// The status a shell would show: the code, or 128 + the signal; where it was not started, `shell_status_of`.
    int shell_status() const noexcept;
};

/// A running process and our ends of its pipes. Move-only; dropped, it is killed with its tree and reaped, unless
/// detached. Never leaves a zombie. Not thread-safe: use it on the executor of the coroutine that first awaits it, or
/// one of its streams; from then on its timeout is watched and its standard error, where nobody asked for it, is read.
class child {
public:
    child(child&&) noexcept;
    child& operator=(child&&) noexcept;
    ~child();

    pid_t pid() const noexcept;
    std::string const& command() const noexcept;
    bool is_running() const noexcept;

    /// Our ends of its pipes, yours from the moment you ask: read what you asked for, close an input that is complete.
    /// Each is taken once (moved from, or given to a channel by `messages`); empty where the child has no pipe there.
    /// They end with its output, at the latest `drain` after its end; what it wrote before can still be read then.
    /// Throws failure: errc::invalid_argument where it was asked for too late: `err` after the first await, from which
    /// on it is kept for `process_end::err_tail`; the others after `wait`.
    stream& in();
    stream& out();
    stream& err();
    /// Descriptor `number` (3 or more) of `spawn_options::more`; both ways.
    stream& at(int number);

    /// Our end of Node's IPC channel; of children of `fork`, and of those with a `stdio::ipc()`. It may be moved from.
    /// What the child sent before its end is there to be received after it: `wait`, `collect` and `stop` read the
    /// channel to its end, and keep the messages, unless nobody ever asked for it; then they are dropped. Throws
    /// failure: errc::invalid_argument where the child has none, or it was asked for after `wait`.
    ipc_channel& channel();

    /// The channel over its standard input and output. Takes both.
    parlance::channel messages(framing = framing::lines, channel_options = {});
    /// The channel over one descriptor, 3 or more, of `spawn_options::more`. Takes it.
    parlance::channel messages_at(int number, framing = framing::lines, channel_options = {});

    /// Calls `hear` for each line of its standard output (of `number`), without its newline, in the event loop; takes
    /// that output. A line longer than `max_buffer_bytes` comes in parts. What `hear` throws begins the stop plan, and
    /// is thrown by `wait`. Reading begins with the first await.
    void on_line(std::function<void(std::string_view line)> hear, int number = 1);
    /// Calls `hear` once, when `wait` would resume; not for a child that is dropped or detached before. One at a time:
    /// a second call replaces the first.
    void on_exit(std::function<void(process_end const&)> hear);

    /// Resumes when it has ended, and the pipes that nobody asked for are at their end, or `drain` after its end. Of
    /// these the input is closed at once, and the outputs are read, so that it waits for nobody. May be awaited again.
    /// Cancelled, it ends the child, waits for that, and returns: `end_reason::cancelled`. What is sent first is
    /// by the kind of cancellation: total SIGINT, partial SIGTERM, and SIGKILL when the stop plan's grace is over;
    /// terminal SIGKILL at once, to the whole tree. (An Asio coroutine hears only terminal ones, unless it asks for
    /// others with `this_coro::reset_cancellation_state`.)
    asio::awaitable<process_end> wait();
    /// As `wait`, and what comes from the pipes that nobody asked for is in `out`, `err` and `more` of the end: once,
    /// and not in that of a later wait. Before it, standard error is kept as far as `err_tail_bytes` reach.
    asio::awaitable<process_end> collect();
    /// Carries out a stop plan (by default that of the options), and waits. The processes that it started have the
    /// same grace, also when it ends before them.
    asio::awaitable<process_end> stop();
    asio::awaitable<process_end> stop(stop_plan);

    /// Sends a signal to the process group (`signal::kill` also to what left it). False when it has already ended.
    bool kill(signal = signal::term) noexcept;
    /// Lets it live on its own, even when we end. Nobody waits for it then; it is reaped by init, or by us if still
    /// here.
    void detach() noexcept;

    struct state;

private:
    friend class child_core;
    explicit child(std::shared_ptr<state>) noexcept;
    std::shared_ptr<state> state_;
};

/// Starts a program. A name without `/` is looked for in the PATH of the child's environment. Returns when the program
/// is running (after its execve), in some tens of microseconds whatever the size of this process.
/// Throws failure: errc::program_not_found, program_not_executable, bad_directory, cannot_start (with the errno in
/// `details().facts`), invalid_argument (a NUL byte in an argument); a file of `stdio` that cannot be opened has the
/// system's code.
child spawn(std::string const& program, std::vector<std::string> const& args = {}, spawn_options const& options = {});

/// Node's `fork`: starts a program with an IPC channel to it, at 3, its standard streams being ours. A program whose
/// name ends in .js, .mjs or .cjs is run by `node`, any other by itself; with `exec_path` it is the first argument of
/// that, behind `exec_argv`. A Node parent hands its own execArgv down; a C++ one has none. A path is seen from the
/// directory that the child starts in. Throws as `spawn`.
child fork(std::string const& program_or_script, std::vector<std::string> const& args = {},
           spawn_options const& options = {});

/// The exit status a shell gives for a program that cannot be started: 127 not found, 126 not executable, else 1.
int shell_status_of(failure const&) noexcept;

/// Ends every process whose environment has PARLANCE_WORKER=`token`, by SIGKILL, until none is left; says how many.
/// Reads /proc; sees only processes whose environment it may read (one's own).
std::size_t kill_by_token(std::string_view token);

/// From now on, processes whose parents end become children of ours, not of init (prctl(PR_SET_CHILD_SUBREAPER)). A
/// property of the whole program, and a duty: it must start its processes with parlance only, since what it does not
/// know is taken for what a child of `spawn_options::adopt_orphans` left, ended and reaped. Throws failure with the
/// system's code.
void become_subreaper();

/// A command of this program, at its start or its end.
struct command_event {
    std::string_view command;         ///< quoted for a shell
    pid_t pid = -1;                   ///< -1 where it was not started
    process_end const* end = nullptr; ///< none at the start; not for a child that is detached
    failure const* fault = nullptr;   ///< why it was not started
};
/// Hears of every command that this program starts, in whichever thread that happens; it must not start one itself.
/// Without a hearer, and with PARLANCE_LOG=debug in the environment, they are told on standard error, a line each.
void on_every_command(std::function<void(command_event const&)> hear);

} // namespace parlance
