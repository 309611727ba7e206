#pragma once
/// A primary for Node's cluster module: unmodified Node workers that share ports, kept running.
///
///     cluster servers("server.js", {}, {.workers = 4});   // http.createServer(…).listen(8000), in each of them
///     co_await servers.run();
///
/// What a worker listens on is opened here, once for all of them; when the last one dies it stays open for the next.
/// Source of the behaviour: the primary of Node 20, with its traps gone (docs/cluster.md).

#include <parlance/ipc.hpp>
#include <parlance/pool.hpp>
#include <parlance/process.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// Who accepts connections: Node's `cluster.schedulingPolicy`.
enum class schedule {
    round_robin, ///< we do, and hand them to the workers in turn, one at a time to each; none is lost with a worker
    shared,      ///< all workers, on one socket: no message for each connection, and less even. UDP always
};

/// What a server in a worker listens on.
struct listen_address {
    enum class kind { tcp4, tcp6, path, udp4, udp6, descriptor };
    kind how = kind::tcp4;
    std::string address{}; ///< as the worker gave it; empty: any
    int port = -1;         ///< none for a path
    bool operator==(listen_address const&) const = default;
};

/// Everything is copied; views need only live until the cluster is made.
struct cluster_options {
    unsigned workers = 0; ///< 0: as many as the machine has cores
    schedule how = schedule::round_robin;
    spawn_options
        process{}; ///< as `fork` takes them: `serialization`, `exec_argv`, `exec_path`, `silent`, `cwd`,
                   ///< `env`, `limits`, `stop`, …; `in` may be `ignore` or inherited, `out` and `err` also a
                   ///< pipe; `more`, `input`, `token`, `detached` and `adopt_orphans` are the cluster's affair

    // ---- starts and deaths: as in `pool_options`
    bool restarts = true;                            ///< false: who ends has no successor
    std::chrono::milliseconds steady_after{1000};    ///< one that ends before, and never listened, has failed to start
    unsigned give_up_after = 5;                      ///< so many failed starts in a row, over all places; 0: never
    restart_pause pauses{};                          ///< after a failed start, and after the second early death
    std::chrono::milliseconds healthy_after{10'000}; ///< a death after that is no early one
    std::chrono::milliseconds keep_sockets{60'000};  ///< how long a socket whose last worker died waits for another

    // ---- the end
    std::chrono::milliseconds grace{10'000}; ///< for a worker that is to disconnect: its requests end by themselves,
                                             ///< and so does it; then its stop plan begins (`process.stop`)
};

/// One worker. A handle: copies are of the same worker, and may outlive it and the cluster.
class cluster_worker {
public:
    /// None: it can only be assigned to.
    cluster_worker() noexcept = default;

    unsigned id() const noexcept;    ///< Node's `cluster.worker.id`: from 1, never twice
    unsigned place() const noexcept; ///< from 1: where it runs, the same for its successor
    pid_t pid() const noexcept;
    /// Of the whole process: what `process.on('message')` hears.
    bool is_connected() const noexcept;
    bool has_ended() const noexcept;
    /// It left by `disconnect`, its own or ours, and did not die.
    bool exited_after_disconnect() const noexcept;
    /// It listens on these now.
    std::vector<listen_address> const& listens_on() const noexcept;

    /// As `ipc_channel::send`. Throws as that, and failure: errc::peer_closed when it has ended.
    asio::awaitable<void> send(ipc_message m) const;
    asio::awaitable<void> send(ipc_message m, ipc_handle handle) const;

    /// Asks it to take no more connections, to finish its requests, and to end; after `cluster_options::grace` it is
    /// stopped. Another takes its place. Resumes when it has ended.
    asio::awaitable<process_end> disconnect() const;
    /// False where it has ended.
    bool kill(signal = signal::term) const noexcept;
    /// Resumes when it has ended.
    asio::awaitable<process_end> wait() const;

private:
    friend class cluster_core;
    explicit cluster_worker(std::shared_ptr<struct cluster_process> it) noexcept : it_(std::move(it)) {}
    std::shared_ptr<struct cluster_process> it_;
};

/// The events of Node's primary. All optional. They are called in the event loop and must not block; what they throw
/// ends the cluster, and is then thrown by `run`, `disconnect` and `stop`.
struct cluster_hooks {
    std::function<void(cluster_worker)> fork{};
    std::function<void(cluster_worker)> online{}; ///< Node has started in it; its script begins
    std::function<void(cluster_worker, listen_address const&)> listening{}; ///< with the port that it got
    /// What it sent by `process.send`. It is awaited before the worker's next one comes.
    std::function<asio::awaitable<void>(cluster_worker, ipc_message)> message{};
    std::function<void(cluster_worker)> disconnect{}; ///< before `exit`
    std::function<void(cluster_worker, process_end const&)> exit{};
    std::function<void(cluster_worker, std::string_view line)> output{}; ///< of its pipes (`process.silent`)
    std::function<void(std::string_view sentence)> note{};               ///< one could not start, a message was bad, …
};

struct cluster_statistics {
    unsigned listening = 0;        ///< workers with a server
    std::uint64_t connections = 0; ///< handed over and accepted (`schedule::round_robin`)
    std::uint64_t waiting = 0;     ///< connections that nobody has accepted yet
    std::uint64_t starts = 0;
    std::uint64_t failed_starts = 0;
    std::uint64_t deaths = 0; ///< after a good start, and not asked for
};

/// Keeps workers running. It begins with the first await, on that coroutine's executor, and stays there: it is not
/// thread-safe, and may not outlive the event loop. Dropped, its workers are killed and reaped before the destructor
/// returns.
class cluster {
public:
    /// Nothing is started yet. A script (.js, .mjs, .cjs) is run by `node`, another program by itself: see `fork`.
    /// Throws failure: errc::invalid_argument.
    explicit cluster(std::string script, std::vector<std::string> args = {}, cluster_options options = {},
                     cluster_hooks hooks = {});
    cluster(cluster&&) noexcept;
    cluster& operator=(cluster&&) noexcept;
    ~cluster();

    /// Resumes when every worker listens, or has lived for `steady_after`.
    /// Throws failure: errc::start_failed when too many starts in a row failed, with the last reason.
    asio::awaitable<void> start();
    /// Starts, and resumes when the cluster has ended: by `disconnect` or `stop` from elsewhere, given up, or, without
    /// `restarts`, with its last worker. Throws as `start`, and what a hook threw.
    asio::awaitable<void> run();

    /// Those that live, in the order of their places.
    std::vector<cluster_worker> workers() const;
    /// Sends the same to every connected worker; says how many took it.
    asio::awaitable<std::size_t> broadcast(js::value m);
    asio::awaitable<std::size_t> broadcast(message json_text);

    /// The orderly end: no more connections are given out, the workers finish their requests and end; after the grace
    /// they are stopped. Resumes when none is left. Throws as `run`.
    asio::awaitable<void> disconnect();
    /// The same without grace: the stop plan, at once.
    asio::awaitable<void> stop();

    cluster_statistics statistics() const noexcept;

private:
    std::shared_ptr<class cluster_core> core_;
};

} // namespace parlance
