#pragma once
/// How an operation gets into a commit. For the sources of lmdb_store only.

#include "queue/lmdb_store/directory_store.hpp"

#include <boost/asio/this_coro.hpp>

namespace parlance::lmdb_store {

/// An operation that waits for the commit thread. It owns all that it needs: who asked may be gone before it runs.
template <class Operation> struct commit_ticket final : commit_job {
    using answer = std::invoke_result_t<Operation&, write_transaction&>;
    commit_ticket(Operation what, std::optional<wakeup::ringer> whom)
        : operation(std::move(what)), asker(std::move(whom)) {}
    ~commit_ticket() override {
        if constexpr (requires { operation.unwanted(std::move(*answered)); })
            if (committed && !taken) operation.unwanted(std::move(*answered));
    }
    void run(write_transaction& t) override { answered.emplace(operation(t)); }
    void done(std::exception_ptr what) noexcept override {
        committed = what == nullptr;
        fault = std::move(what);
        if (asker) asker->wake();
    }
    answer take() {
        taken = true;
        if (fault) std::rethrow_exception(std::exchange(fault, nullptr)); // the asker's alone: it dies in its thread
        return std::move(*answered);
    }

    Operation operation;
    std::optional<wakeup::ringer> asker;
    std::optional<answer> answered;
    std::exception_ptr fault;
    bool committed = false, taken = false;
};

template <class Operation> auto directory_store::commit_now(Operation& operation) {
    std::optional<std::invoke_result_t<Operation&, write_transaction&>> answer;
    commit_news news;
    for (bool committed = false, cautious = false; !committed;) {
        auto const map_bytes = env_.map_bytes();
        bool did_its_least = true;
        try {
            std::lock_guard const lock(writing_);
            auto const moment = now();
            env_.check_readers(moment.boot_ms);
            write_transaction t(env_, moment, reserve_);
            t.begins_at(now());
            if (cautious) t.be_cautious();
            answer.emplace(operation(t));
            did_its_least = t.did_its_least();
            news = t.commit();
            committed = true;
        } catch (map_full const&) {
            env_.check_readers(0, true); // a dead reader may be what fills it
            env_.grow(map_bytes);
        } catch (failure const& fault) {
            if (did_its_least || fault.code() != errc::store_full) throw;
            cautious = true;
        }
    }
    watcher_->announce(news);
    return std::move(*answer);
}

template <class Operation>
auto directory_store::perform(std::shared_ptr<directory_store> self, Operation operation)
    -> asio::awaitable<std::invoke_result_t<Operation&, write_transaction&>> {
    self->check_process();
    if (!self->committer_) co_return self->commit_now(operation);
    wakeup committed(co_await asio::this_coro::executor);
    auto const ticket = std::make_shared<commit_ticket<Operation>>(std::move(operation), committed.bell());
    self->committer_->submit(ticket);
    co_await committed.wait_for_certain(); // a commit cannot be called back
    co_return ticket->take();
}

template <class Operation> auto directory_store::look(Operation operation) {
    check_process();
    read_transaction t(env_, now());
    return operation(t);
}

template <class Operation>
auto directory_store::swept_look(std::shared_ptr<directory_store> self, Operation operation)
    -> asio::awaitable<std::invoke_result_t<Operation&, read_transaction&>> {
    while (self->look([](transaction& t) { return anything_due(t); })) {
        auto sweeping = perform(self, [](write_transaction& t) { return sweep(t); });
        if (co_await std::move(sweeping)) break;
    }
    co_return self->look(std::move(operation));
}

template <class Operation> void directory_store::perform_detached(Operation operation) noexcept {
    try {
        if (committer_)
            committer_->submit(std::make_shared<commit_ticket<Operation>>(std::move(operation), std::nullopt));
        else
            commit_now(operation);
    } catch (std::exception const&) {
        // What this would have hastened happens when the lease ends.
    }
}

} // namespace parlance::lmdb_store
