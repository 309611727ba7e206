// The operations that need no waiting: each is one commit, or one look.
#include "queue/lmdb_store/perform.hpp"

namespace parlance::lmdb_store {
namespace {

using milliseconds = std::chrono::milliseconds;

/// A claim that is no longer good is an answer among many, not a failure of all.
template <class Settle> std::vector<bool> settle_each(std::span<claim const> claims, Settle settle) {
    std::vector<bool> answers;
    answers.reserve(claims.size());
    for (auto const& which : claims) {
        try {
            answers.push_back(settle(which));
        } catch (failure const& fault) {
            if (fault.code() != errc::lease_lost) throw;
            answers.push_back(false);
        }
    }
    return answers;
}

} // namespace

asio::awaitable<std::vector<std::string>> directory_store::list() {
    return swept_look(shared_from_this(), [](transaction& t) { return list_queues(t); });
}

asio::awaitable<bool> directory_store::create(std::string name, owned_options options) {
    return perform(shared_from_this(), [name = std::move(name), options = std::move(options)](write_transaction& t) {
        return create_queue(t, name, options.view());
    });
}

asio::awaitable<queue_info> directory_store::set(std::string name, owned_options options) {
    return perform(shared_from_this(), [name = std::move(name), options = std::move(options)](write_transaction& t) {
        return set_queue(t, name, options.view());
    });
}

asio::awaitable<queue_info> directory_store::info(std::string name) {
    return swept_look(shared_from_this(), [name = std::move(name)](transaction& t) { return describe_queue(t, name); });
}

asio::awaitable<std::uint64_t> directory_store::remove(std::string name) {
    return perform(shared_from_this(),
                   [name = std::move(name)](write_transaction& t) { return remove_queue(t, name); });
}

asio::awaitable<std::uint64_t> directory_store::purge(std::string name) {
    return perform(shared_from_this(), [name = std::move(name)](write_transaction& t) { return purge_queue(t, name); });
}

asio::awaitable<bool> directory_store::pause(std::string name, bool paused) {
    return perform(shared_from_this(),
                   [name = std::move(name), paused](write_transaction& t) { return pause_queue(t, name, paused); });
}

asio::awaitable<std::string> directory_store::send(std::string name, std::string text,
                                                   std::optional<milliseconds> delay) {
    return perform(shared_from_this(),
                   [this, name = std::move(name), text = std::move(text), delay](write_transaction& t) {
                       std::string id;
                       send_messages(t, name, {&text, 1}, delay, tails_, &id);
                       return id;
                   });
}

asio::awaitable<std::vector<std::string>> directory_store::send_all(std::string name, std::vector<std::string> texts,
                                                                    std::optional<milliseconds> delay) {
    return perform(shared_from_this(),
                   [this, name = std::move(name), texts = std::move(texts), delay](write_transaction& t) {
                       std::vector<std::string> ids(texts.size());
                       send_messages(t, name, texts, delay, tails_, ids.data());
                       return ids;
                   });
}

asio::awaitable<std::optional<received_message>> directory_store::pop(std::string name) {
    return perform(shared_from_this(), [name = std::move(name)](write_transaction& t) { return pop_message(t, name); });
}

asio::awaitable<bool> directory_store::ack(std::string name, claim which) {
    return perform(shared_from_this(), [name = std::move(name), which = std::move(which)](write_transaction& t) {
        return ack_message(t, name, which);
    });
}

asio::awaitable<bool> directory_store::nack(std::string name, claim which, verdict how) {
    return perform(shared_from_this(), [this, name = std::move(name), which = std::move(which),
                                        how = std::move(how)](write_transaction& t) {
        auto const chance = static_cast<double>(tails_.random() >> 11) * 0x1p-53;
        return nack_message(t, name, which, how, chance);
    });
}

asio::awaitable<bool> directory_store::extend(std::string name, claim which, milliseconds vt) {
    return perform(shared_from_this(), [name = std::move(name), which = std::move(which), vt](write_transaction& t) {
        return extend_lease(t, name, which, vt);
    });
}

asio::awaitable<std::vector<bool>> directory_store::ack_all(std::string name, std::vector<claim> which) {
    return ack_together(shared_from_this(), std::move(name), std::move(which));
}

/// In one commit; on a full disk, which has no room to rewrite so many pages at once, in more.
asio::awaitable<std::vector<bool>> directory_store::ack_together(std::shared_ptr<directory_store> self,
                                                                 std::string name, std::vector<claim> which) {
    auto const all = std::make_shared<std::vector<claim> const>(std::move(which)); // a commit may outlive us
    std::vector<bool> answers;
    for (auto together = all->size();;) {
        auto acking = perform(self, [name, all, from = answers.size(), together](write_transaction& t) {
            return settle_each(std::span(*all).subspan(from, together),
                               [&](claim const& one) { return ack_message(t, name, one); });
        });
        try {
            auto const some = co_await std::move(acking);
            answers.insert(answers.end(), some.begin(), some.end());
            if (answers.size() == all->size()) co_return answers;
            together = std::min(together, all->size() - answers.size());
        } catch (failure const& fault) {
            if (fault.code() != errc::store_full || together <= 1) throw;
            together /= 2;
        }
    }
}

asio::awaitable<std::vector<bool>> directory_store::extend_all(std::string name, std::vector<claim> which,
                                                               milliseconds vt) {
    return perform(shared_from_this(), [name = std::move(name), which = std::move(which), vt](write_transaction& t) {
        return settle_each(which, [&](claim const& one) { return extend_lease(t, name, one, vt); });
    });
}

asio::awaitable<std::vector<waiting_message>> directory_store::peek(std::string name, std::size_t count) {
    return swept_look(shared_from_this(),
                      [name = std::move(name), count](transaction& t) { return peek_messages(t, name, count); });
}

asio::awaitable<std::vector<dead_message>> directory_store::dead(std::string name) {
    return swept_look(shared_from_this(), [name = std::move(name)](transaction& t) { return list_dead(t, name); });
}

asio::awaitable<std::uint64_t> directory_store::redrive(std::string name, std::vector<std::string> ids) {
    return perform(shared_from_this(), [name = std::move(name), ids = std::move(ids)](write_transaction& t) {
        while (!sweep(t)) {}
        return redrive_dead(t, name, ids);
    });
}

asio::awaitable<bool> directory_store::has_due(std::string name) {
    return swept_look(shared_from_this(), [name = std::move(name)](transaction& t) {
        return read_counters(t, find_queue(t, name).record.number).ready > 0;
    });
}

} // namespace parlance::lmdb_store
