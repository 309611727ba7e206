#pragma once
/// Starting processes, talking to them, seeing them end.
///
///     auto child = parlance::spawn("node", {"child.js"}, {.cwd = "app"});
///     auto talk = child.messages();
///     co_await talk.send(hello);
///     auto answer = co_await talk.receive();
///     (co_await child.wait()).check();
///
/// Source of the behaviour: Node's child_process, with its traps gone (docs/process.md).

#include <parlance/channel.hpp>
#include <parlance/error.hpp>
#include <parlance/fd.hpp>
#include <parlance/stream.hpp>

#include <sys/types.h>

#include <chrono>
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

/// What one of the child's descriptors is to be.
class stdio {
public:
    enum class kind { pipe, inherit, ignore, descriptor };
    /// A new pipe, whose other end is ours.
    static constexpr stdio pipe() noexcept { return {kind::pipe, -1}; }
    /// Our own descriptor of that number; /dev/null where that is closed.
    static constexpr stdio inherit() noexcept { return {kind::inherit, -1}; }
    /// /dev/null.
    static constexpr stdio ignore() noexcept { return {kind::ignore, -1}; }
    /// This descriptor of ours, which stays ours; it need only live until `spawn` returns.
    static constexpr stdio descriptor(int fd) noexcept { return {kind::descriptor, fd}; }

    kind what() const noexcept { return kind_; }
    int fd() const noexcept { return fd_; }

private:
    constexpr stdio(kind what, int fd) noexcept : kind_(what), fd_(fd) {}
    kind kind_;
    int fd_;
};

/// How to end a process: `first`, and when it is still there after `grace`, SIGKILL; both to its whole process group
/// and to what escaped from it (see `spawn_options::token`).
struct stop_plan {
    signal first = signal::term;
    std::chrono::milliseconds grace{5000};
};

/// Which user a child becomes. Needs the rights to do so.
struct run_as {
    std::optional<uid_t> uid{};
    std::optional<gid_t> gid{};
    // with either, the supplementary groups are cleared
};

/// Everything is copied by `spawn`; views need only live until it returns.
struct spawn_options {
    stdio in = stdio::pipe();
    stdio out = stdio::pipe();
    stdio err = stdio::pipe();
    std::span<stdio const> more{};      ///< descriptors 3, 4, … of the child
    std::string_view cwd{};             ///< directory to start in; ours when empty
    std::span<std::string const> env{}; ///< `NAME=value`; added to ours, or instead of ours:
    bool clear_env = false;             ///< begin with an empty environment
    std::string_view argv0{};           ///< what the program sees as its own name; `program` when empty
    bool detached = false;              ///< a session of its own (setsid); not ended when `child` is dropped
    bool own_group = true;              ///< a process group of its own, so that the whole tree can be ended. A program
                                        ///< that reads our terminal needs ours: `false`
    run_as user{};
    stop_plan stop{};                     ///< for timeouts, cancellation and `child::stop`
    std::chrono::milliseconds timeout{0}; ///< from the start; then the stop plan begins. 0: none. See `child`
    std::chrono::milliseconds drain{500}; ///< how long after the exit its pipes are still read (a grandchild may
                                          ///< hold them open for ever)
    std::size_t err_tail_bytes = 4096;    ///< kept of a standard error that nobody reads
    bool ends_tree = false;               ///< when it ends by itself, what is left of its process group is killed
    std::string_view token{};             ///< put into its environment as PARLANCE_WORKER, by which processes that
                                          ///< left its group are found and ended with it
};

enum class end_reason {
    exited,       ///< by itself, with `code`
    signalled,    ///< by `signal`, which we did not send
    stopped,      ///< we asked it to (`stop`, `kill`)
    timed_out,    ///< `spawn_options::timeout`
    status_taken, ///< it is gone, but another part of this program reaped it (waitpid(-1), SIGCHLD ignored): no code
};

/// How a process ended. Programs look at `code` and `signal`; people read `sentence()`.
struct process_end {
    std::string command; ///< as it could be typed, quoted for a shell
    pid_t pid = -1;
    end_reason reason = end_reason::exited;
    std::optional<int> code{}; ///< none when a signal ended it
    std::optional<parlance::signal> signal{};
    bool core_dumped = false;
    std::chrono::milliseconds duration{0};
    std::string err_tail{};      ///< the end of its standard error, where nobody else read that
    bool output_complete = true; ///< false when its pipes were still held open after `drain`

    bool ok() const noexcept { return reason == end_reason::exited && code == 0; }
    /// "node child.js was ended by SIGSEGV after 1.2s: <last line of stderr>"
    std::string sentence() const;
    /// Throws failure: errc::process_failed (errc::timed_out after a timeout), with all of the above, unless `ok()`.
    void check() const;
    /// The status a shell would show: the code, or 128 + the signal.
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

    /// The channel over its standard input and output. Takes both.
    channel messages(framing = framing::lines, channel_options = {});

    /// Resumes when it has ended, and the pipes that nobody asked for are at their end, or `drain` after its end. Of
    /// these the input is closed at once, and the outputs are read, so that it waits for nobody. May be awaited again.
    /// Cancelled: the stop plan is carried out to its end, then it throws operation_aborted.
    asio::awaitable<process_end> wait();
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
    friend child spawn(std::string const&, std::vector<std::string> const&, spawn_options const&);
    explicit child(std::shared_ptr<state>) noexcept;
    std::shared_ptr<state> state_;
};

/// Starts a program. A name without `/` is looked for in the PATH of the child's environment. Returns when the program
/// is running (after its execve), in some tens of microseconds whatever the size of this process.
/// Throws failure: errc::program_not_found, program_not_executable, bad_directory, cannot_start (with the errno in
/// `details().facts`), invalid_argument (a NUL byte in an argument).
child spawn(std::string const& program, std::vector<std::string> const& args = {}, spawn_options const& options = {});

/// The exit status a shell gives for a program that cannot be started: 127 not found, 126 not executable, else 1.
int shell_status_of(failure const&) noexcept;

/// Ends every process whose environment has PARLANCE_WORKER=`token`, by SIGKILL, until none is left; says how many.
/// Reads /proc; sees only processes whose environment it may read (one's own).
std::size_t kill_by_token(std::string_view token);

} // namespace parlance
