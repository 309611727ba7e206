#include "work/takeover.hpp"

#include "process/identity.hpp"

#include <csignal>

namespace parlance {
namespace {

/// Whether something was still running.
bool end_tree(worker_record const& worker) {
    auto const pid = static_cast<pid_t>(worker.pid);
    process_identity const who{pid, worker.start_ticks, worker.boot_id, worker.pid_namespace};
    bool const alive = pid > 0 && is_alive(who);
    if (alive) ::kill(-pid, SIGKILL); // it leads the group of that number as long as it lives
    return kill_by_token(worker.token) != 0 || alive;
}

std::string sentence(std::size_t ended, std::size_t messages) {
    return "took over from a work that was killed: " + std::to_string(messages) + " messages, " +
           std::to_string(ended) + " workers that it left running were ended";
}

} // namespace

worker_record record_of(child const& worker, std::string token) {
    worker_record record{.token = std::move(token), .pid = worker.pid()};
    if (auto const who = identity_of(worker.pid())) {
        record.start_ticks = who->start_ticks;
        record.boot_id = who->boot_id;
        record.pid_namespace = who->pid_namespace;
    }
    return record;
}

asio::awaitable<void> take_over(store where, std::function<void(std::string_view)> note) {
    for (auto& dead : co_await dead_holders(where)) {
        std::size_t ended = 0;
        for (auto const& worker : dead.workers) ended += end_tree(worker) ? 1 : 0;
        auto const messages = co_await release(where, std::move(dead));
        if (ended != 0 || messages != 0) note(sentence(ended, messages));
    }
}

} // namespace parlance
