#include "queue/lmdb_store/watcher.hpp"

#include "queue/lmdb_store/quiet_thread.hpp"

namespace parlance::lmdb_store {
namespace {

// Commits that make something due sooner than this ring the bell (transaction.cpp); later ones are seen by this look.
constexpr std::chrono::milliseconds look_every{5000};
constexpr std::chrono::milliseconds after_a_fault{1000};

} // namespace

watcher::~watcher() {
    if (!thread_.joinable()) return;
    stop_ = true;
    bell_.ring({}, true);
    thread_.join();
}

watcher::waiter::waiter(watcher& owner, std::uint32_t queue, wish what, asio::any_io_executor executor)
    : watcher_(owner), queue_(queue), wish_(what), wakeup_(std::move(executor)), ringer_(wakeup_.bell()) {
    std::lock_guard const lock(watcher_.mutex_);
    watcher_.start();
    place_ = watcher_.waiters_.insert(watcher_.waiters_.end(), this);
}

watcher::waiter::~waiter() {
    std::lock_guard const lock(watcher_.mutex_);
    watcher_.waiters_.erase(place_);
    if (wish_ == wish::messages && (owes_a_look_ || wakeup_.woken()))
        watcher_.wake([this](waiter const& other) { return other.queue_ == queue_; }, 1);
}

/// Under the mutex.
void watcher::start() {
    if (thread_.joinable()) return;
    for (std::size_t i = 0; i < bell_slots; ++i) seen_[i] = bell_.slot(i); // before the first waiter looks
    thread_ = quiet_thread([this] { run(); });
}

template <class Concerns> void watcher::wake(Concerns concerns, std::uint32_t messages) {
    for (auto* one : waiters_) {
        if (!concerns(*one)) continue;
        if (one->wish_ == wish::emptiness)
            one->ringer_.wake();
        else if (messages > 0 && one->ringer_.wake() && messages != everybody)
            --messages;
    }
}

void watcher::wake_everybody() {
    std::lock_guard const lock(mutex_);
    wake([](waiter const&) { return true; }, everybody);
}

void watcher::announce(commit_news const& news) {
    if (!news.any()) return;
    {
        std::lock_guard const lock(mutex_);
        for (auto const& ring : news.rings) {
            wake([&](waiter const& one) { return one.queue_ == ring.queue; }, ring.messages);
            // Our own thread need not hear of it again. Counted before the bell is: the other order could hide
            // another process's news.
            seen_[ring.queue % bell_slots] += std::min(std::max(ring.messages, 1U), 1U << 20);
        }
    }
    bell_.ring(news.rings, news.sooner);
}

/// Under the mutex. Where queues share the slot nobody can say whose news it is.
void watcher::wake_slot(std::size_t slot, std::uint32_t news) {
    auto const concerned = [&](waiter const& one) { return one.queue_ % bell_slots == slot; };
    waiter const* first = nullptr;
    for (auto const* one : waiters_) {
        if (!concerned(*one)) continue;
        if (first && first->queue_ != one->queue_) news = everybody;
        first = one;
    }
    wake(concerned, news);
}

void watcher::hear() {
    std::lock_guard const lock(mutex_);
    for (std::size_t i = 0; i < bell_slots; ++i) {
        auto const now = bell_.slot(i);
        auto const news = now - std::exchange(seen_[i], now);
        if (news != 0) wake_slot(i, news);
    }
}

std::chrono::milliseconds watcher::time_to_sleep() {
    try {
        duties_.housekeeping();
        auto due = duties_.next_due();
        if (due && *due == 0) {
            duties_.sweep();
            due = duties_.next_due();
        }
        return due ? std::min(look_every, std::chrono::milliseconds(*due)) : look_every;
    } catch (std::exception const&) {
        wake_everybody(); // each looks for itself, and tells its caller what is wrong
        return after_a_fault;
    }
}

void watcher::run() {
    auto everybody_looked = std::chrono::steady_clock::now();
    while (!stop_) {
        auto const heard = bell_.sequence();
        hear();
        // News may be lost with the process that was killed between its commit and the bell: now and then all look.
        if (auto const now = std::chrono::steady_clock::now(); now - everybody_looked >= look_every) {
            wake_everybody();
            everybody_looked = now;
        }
        auto const sleep = time_to_sleep();
        if (stop_) break;
        if (sleep.count() > 0) bell_.wait(heard, sleep);
    }
}

} // namespace parlance::lmdb_store
