#pragma once
/// One worker of a cluster, from its start to its end.

#include "base/condition.hpp"
#include "process/output.hpp"

#include <parlance/cluster.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// Shared by its place, the coroutines that hear it, and who has a `cluster_worker`.
struct cluster_process {
    cluster_process(asio::any_io_executor executor, unsigned number, unsigned at)
        : id(number), place(at), name("worker " + std::to_string(number)), changed(executor), heard(executor) {}

    unsigned const id, place;
    std::string const name;
    std::weak_ptr<cluster_core> core{};
    std::optional<child> process{};    ///< none once the cluster was dropped
    std::optional<ipc_channel> talk{}; ///< the same
    pid_t pid = -1;
    std::vector<listen_address> listens_on{};
    tail_buffer err_tail{};
    int outputs = 0; ///< that are still read

    std::deque<ipc_message> inbox{}; ///< for `cluster_hooks::message`
    bool heard_all = false;          ///< nothing more comes into it
    bool told_all = false;           ///< nothing more is in it

    bool proven = false;         ///< its start is counted as a good one
    bool is_to_leave = false;    ///< we want it to disconnect
    bool leaves = false;         ///< it does, by its own wish or by ours
    bool asked_to_leave = false; ///< ours: it knows
    bool gone = false;           ///< it has ended; what it said may still be heard
    std::optional<process_end> end{};
    condition changed; ///< any of these
    condition heard;   ///< `heard_all`: for the one who waits for that

    bool is_connected() const noexcept { return talk && talk->connected() && !gone; }
};

} // namespace parlance
