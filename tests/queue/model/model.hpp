#pragma once
/// The one executable meaning of a queue: slow, simple, in memory. Every store must do the same, operation for
/// operation. Times are milliseconds of one clock; back-off is not by chance here (the driver gives each delay).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parlance::model {

struct message {
    std::string id, text;
    std::uint64_t due = 0;                ///< may be received from then on
    std::optional<std::uint64_t> lease{}; ///< held until then
    std::uint32_t rc = 0, uncharged = 0, crashes = 0;
    std::uint32_t attempts() const { return rc - uncharged; }
};

struct letter {
    message body;
    std::uint32_t attempts, crashes;
    std::uint64_t died;
};

enum class answer { done, gone, lost };

class queue {
public:
    std::uint32_t limit = 0;
    std::vector<message> messages; ///< in the order of their ids
    std::vector<letter> dead;      ///< in the order of their deaths
    std::uint64_t sent = 0, received = 0, acked = 0, died = 0;

    void send(std::string id, std::string text, std::uint64_t now, std::uint64_t delay) {
        ++sent;
        messages.push_back({std::move(id), std::move(text), now + delay});
    }

    /// Ends what ran out: as the store does before anybody looks.
    void sweep(std::uint64_t now) {
        for (std::size_t i = 0; i < messages.size();) {
            auto& m = messages[i];
            if (m.lease && *m.lease <= now) {
                m.due = *m.lease;
                m.lease.reset();
                if (limit > 0 && m.attempts() >= limit) {
                    bury(i, now);
                    continue;
                }
            }
            ++i;
        }
    }

    std::vector<message> receive(std::size_t count, std::uint64_t now, std::uint64_t vt) {
        sweep(now);
        std::vector<message> got;
        while (got.size() < count) {
            auto* const next = first_due(now);
            if (next == nullptr) break;
            ++next->rc;
            next->lease = now + vt;
            got.push_back(*next);
        }
        received += got.size();
        return got;
    }

    answer ack(std::string const& id, std::uint32_t rc) {
        auto const at = claimed(id, rc);
        if (at.second != answer::done) return at.second;
        messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(at.first));
        ++acked;
        return answer::done;
    }

    answer extend(std::string const& id, std::uint32_t rc, std::uint64_t now, std::uint64_t vt) {
        auto const at = claimed(id, rc);
        if (at.second == answer::done) messages[at.first].lease = now + vt;
        return at.second;
    }

    answer nack(std::string const& id, std::uint32_t rc, std::uint64_t now, std::uint64_t delay, bool charge,
                bool crashed, bool kill) {
        auto const at = claimed(id, rc);
        if (at.second != answer::done) return at.second;
        auto& m = messages[at.first];
        if (!charge) ++m.uncharged;
        if (charge && crashed) ++m.crashes;
        m.lease.reset();
        m.due = now + delay;
        if (kill || (charge && limit > 0 && m.attempts() >= limit)) bury(at.first, now);
        return answer::done;
    }

    std::uint64_t redrive(std::uint64_t now) {
        auto const count = dead.size();
        for (auto& one : dead) {
            one.body.uncharged = one.body.rc;
            one.body.crashes = 0;
            one.body.due = now;
            put(std::move(one.body));
        }
        dead.clear();
        return count;
    }

    std::uint64_t purge() {
        auto const count = messages.size();
        messages.clear();
        return count;
    }

    std::uint64_t hidden(std::uint64_t now) const {
        std::uint64_t count = 0;
        for (auto const& m : messages) count += m.lease || m.due > now ? 1 : 0;
        return count;
    }

private:
    message* first_due(std::uint64_t now) {
        message* first = nullptr;
        for (auto& m : messages)
            if (!m.lease && m.due <= now && (first == nullptr || m.due < first->due)) first = &m;
        return first;
    }
    std::pair<std::size_t, answer> claimed(std::string const& id, std::uint32_t rc) const {
        for (std::size_t i = 0; i < messages.size(); ++i)
            if (messages[i].id == id)
                return {i, messages[i].lease && messages[i].rc == rc ? answer::done : answer::lost};
        return {0, answer::gone};
    }
    void bury(std::size_t at, std::uint64_t now) {
        auto m = std::move(messages[at]);
        messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(at));
        m.lease.reset();
        dead.push_back({m, m.attempts(), m.crashes, now});
        ++died;
    }
    void put(message m) {
        auto at = messages.begin();
        while (at != messages.end() && at->id < m.id) ++at;
        messages.insert(at, std::move(m));
    }
};

} // namespace parlance::model
