#include "queue/lmdb_store/bell.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <climits>

namespace parlance::lmdb_store {
namespace {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "the bell is shared by processes");

long futex(std::atomic<std::uint32_t>* word, int what, std::uint32_t value, timespec const* timeout) noexcept {
    return ::syscall(SYS_futex, word, what, value, timeout, nullptr, 0);
}

} // namespace

bell::bell(std::string const& directory) {
    auto const file = make_whole_file(directory + "/" + std::string(bell_file), sizeof(bell_page));
    auto* const at = ::mmap(nullptr, sizeof(bell_page), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (at == MAP_FAILED) throw_errno(errno, {.input = "bell of the store " + directory});
    page_ = static_cast<bell_page*>(at);
}

bell::~bell() { ::munmap(page_, sizeof *page_); }

void bell::ring(std::span<lmdb_store::ring const> rings, bool ourselves) noexcept {
    for (auto const& ring : rings)
        page_->slots[ring.queue % bell_slots].fetch_add(std::min(std::max(ring.messages, 1U), 1U << 20));
    page_->sequence.fetch_add(1);
    {
        std::lock_guard const lock(mutex_);
        if (page_->waiters.load() <= (ourselves ? 0 : waiting_here_)) return;
    }
    futex(&page_->sequence, FUTEX_WAKE, INT_MAX, nullptr);
}

void bell::wait(std::uint32_t seen, std::chrono::milliseconds at_most) noexcept {
    timespec const timeout{static_cast<std::time_t>(at_most.count() / 1000),
                           static_cast<long>(at_most.count() % 1000) * 1'000'000};
    {
        std::lock_guard const lock(mutex_);
        ++waiting_here_, ++page_->waiters;
    }
    futex(&page_->sequence, FUTEX_WAIT, seen, &timeout);
    std::lock_guard const lock(mutex_);
    --waiting_here_, --page_->waiters;
}

} // namespace parlance::lmdb_store
