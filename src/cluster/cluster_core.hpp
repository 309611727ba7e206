#pragma once
/// A cluster at work. What runs in its places: cluster_place.cpp; what its workers say and are told:
/// cluster_talk.cpp; what they listen on: cluster_ports.cpp.

#include "cluster/cluster_process.hpp"
#include "cluster/port.hpp"
#include "cluster/worker_message.hpp"
#include "process/places.hpp"

#include <parlance/cluster.hpp>

#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// Lives as long as the `cluster` and its last coroutine.
class cluster_core : public std::enable_shared_from_this<cluster_core> {
public:
    using self = std::shared_ptr<cluster_core>;
    using process_ptr = std::shared_ptr<cluster_process>;
    using port_ptr = std::shared_ptr<cluster_port>;

    cluster_core(std::string script, std::vector<std::string> args, cluster_options const& options,
                 cluster_hooks hooks);

    static asio::awaitable<void> start(self);
    static asio::awaitable<void> run(self);
    static asio::awaitable<void> end(self, bool at_once);
    static asio::awaitable<std::size_t> broadcast(self, ipc_message m);
    std::vector<cluster_worker> workers() const;
    cluster_statistics statistics() const noexcept;
    /// The `cluster` is gone: all is killed and reaped now.
    void drop() noexcept;

    // ---- for who has a worker
    void let_leave(cluster_process&) noexcept;

private:
    /// Where one worker after another runs.
    struct place {
        place(asio::any_io_executor executor, unsigned n) : number(n), clock(executor) {}
        unsigned number;
        process_ptr current;
        condition clock; ///< for the coroutine of this place alone
    };

    // what all have in common: cluster_core.cpp
    void begin(asio::any_io_executor const&);
    static asio::awaitable<void> until_over(self);
    void stop();
    void fail(std::exception_ptr why);
    void give_up();
    template <class Hook> void hear(Hook const& hook) noexcept;
    void note(std::string const& sentence) noexcept;
    void news_of(cluster_process&) noexcept;
    void wake_all() noexcept;
    std::string title() const;
    bool is_steady() const noexcept;

    // the story of a place: cluster_place.cpp
    process_ptr launch(place&);
    void read(process_ptr const&, stream from, bool is_error);
    asio::awaitable<void> read_lines(process_ptr, stream from, bool is_error);
    asio::awaitable<void> watch(process_ptr);
    asio::awaitable<void> keep(place&);
    asio::awaitable<void> serve(place&, process_ptr);
    asio::awaitable<void> see_off(place&, process_ptr);
    asio::awaitable<void> bury(process_ptr, death_guard&);
    void has_started(cluster_process&) noexcept;

    // what a worker says, and is told: cluster_talk.cpp
    asio::awaitable<void> receive_from(process_ptr);
    asio::awaitable<void> tell(process_ptr);
    void heard(process_ptr const&, worker_message const&);
    void listens(process_ptr const&, listen_address const&);
    void say(process_ptr const&, js::value m, ipc_handle handle = {});
    asio::awaitable<void> send(process_ptr, js::value m, ipc_handle handle);
    void ask_to_leave(process_ptr const&);

    // what they listen on: cluster_ports.cpp
    void asked(process_ptr const&, worker_message const&);
    port_ptr open_port(process_ptr const&, worker_message const&);
    void leave_port(port_ptr, process_ptr const&, bool has_successor);
    void leave_ports(process_ptr const&, bool died);
    void close_port(port_ptr);
    void close_ports() noexcept;
    asio::awaitable<void> close_in_time(port_ptr);
    asio::awaitable<void> accept_at(port_ptr);
    bool accept_some(cluster_port&);
    void hand_out(port_ptr const&);
    asio::awaitable<void> hand_over(process_ptr, port_ptr, std::uint64_t seq, ipc_handle connection);
    asio::awaitable<void> retry(port_ptr);
    bool is_asked(cluster_process const&, std::uint64_t seq) const noexcept;
    void answered(std::uint64_t seq, bool accepted);

    std::string const script_;
    std::vector<std::string> const args_;
    cluster_options options_; // its views look into what follows
    std::string cwd_, argv0_, exec_path_;
    std::vector<std::string> env_, exec_argv_;
    std::vector<gid_t> groups_;
    cluster_hooks const hooks_;

    std::optional<places> places_; ///< since it began
    std::deque<place> spots_;
    std::map<unsigned, process_ptr> workers_; ///< that have not ended, by their ids
    unsigned last_id_ = 0;
    std::size_t open_places_ = 0;
    cluster_statistics counts_;

    std::map<std::string, port_ptr, std::less<>> ports_; ///< by their keys
    struct handed {
        unsigned worker;
        port_ptr at;
    };
    std::map<std::uint64_t, handed> unanswered_; ///< connections on their way, by `seq`
    std::uint64_t last_seq_ = 0;

    std::exception_ptr fault_, hook_fault_;
    bool at_once_ = false, dropped_ = false;
};

template <class Hook> void cluster_core::hear(Hook const& hook) noexcept {
    if (dropped_) return; // what the hooks know may be gone with the cluster
    try {
        hook();
    } catch (...) {
        if (!hook_fault_) hook_fault_ = std::current_exception();
        stop();
    }
}

} // namespace parlance
