#include "work/takeover.hpp"

#include "process/identity.hpp"
#include "process/pidfd.hpp"
#include "process/proc_stat.hpp"
#include "process/tree.hpp"

#include <csignal>
#include <set>

namespace parlance {
namespace {

/// The part of a token that a whole crew shares: "3f…a9." of "3f…a9.2".
std::string crew_of(std::string const& token) { return token.substr(0, token.rfind('.') + 1); }

/// What still runs of the workers of a dead crew.
struct remains {
    std::set<pid_t> groups;        ///< theirs for certain
    std::set<std::string> workers; ///< tokens of those that left anything
};

/// Is the group that a process with this token is in the worker's? The number is no other's as long as the group has a
/// member; it was not necessarily recorded, for the crew may have been killed between the worker's start and that. A
/// group whose leader lives and carries no token is somebody else's, which our process joined.
bool is_group_of(std::string const& token, pid_t group) {
    auto const leader = stat_of(group);
    return !leader || leader->has_ended() || token_of(group) == token;
}

/// A group is its worker's while the worker lives, or while one of it carries the token.
remains left_by(std::vector<worker_record> const& workers) {
    remains found;
    std::set<std::string> tokens;
    for (auto const& worker : workers) {
        auto const pid = static_cast<pid_t>(worker.pid);
        if (!worker.token.empty()) tokens.insert(worker.token);
        if (pid <= 0 || !is_alive({pid, worker.start_ticks, worker.boot_id, worker.pid_namespace})) continue;
        found.groups.insert(pid);
        found.workers.insert(worker.token);
    }
    for_each_process([&](pid_t pid) {
        auto const mine = tokens.find(token_of(pid).value_or(""));
        if (mine == tokens.end()) return;
        found.workers.insert(*mine);
        if (auto const about = stat_of(pid); about && is_group_of(*mine, about->group))
            found.groups.insert(about->group);
    });
    return found;
}

std::vector<unique_fd> members_of(std::set<pid_t> const& groups) {
    std::vector<unique_fd> members;
    if (groups.empty()) return members;
    for_each_process([&](pid_t pid) {
        if (auto const about = stat_of(pid); !about || about->has_ended() || !groups.contains(about->group)) return;
        if (auto member = open_pidfd(pid)) members.push_back(std::move(member));
    });
    return members;
}

/// Ends all that these workers left running; says how many of them had left anything. Groups go whole: also those in
/// them that cleared their environment.
std::size_t end_trees(std::vector<worker_record> const& workers) {
    auto const left = left_by(workers);
    auto const members = members_of(left.groups);
    for (auto const group : left.groups) ::kill(-group, SIGKILL);
    std::set<std::string> crews;
    for (auto const& worker : workers)
        if (auto crew = crew_of(worker.token); !crew.empty()) crews.insert(std::move(crew));
    for (auto const& crew : crews) kill_by_token_prefix(crew);
    for (auto const& member : members) wait_for_pidfd(member.get(), hang_limit);
    return left.workers.size();
}

std::string sentence(std::size_t ended, std::size_t messages) {
    auto const counted = [](std::size_t count, std::string_view noun) {
        return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
    };
    return "took over from a work that was killed: " + counted(messages, "message") + ", " + counted(ended, "worker") +
           " that it left running " + (ended == 1 ? "was" : "were") + " ended";
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
        auto const ended = end_trees(dead.workers);
        auto const messages = co_await release(where, std::move(dead));
        if (ended != 0 || messages != 0) note(sentence(ended, messages));
    }
}

} // namespace parlance
