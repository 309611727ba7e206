#include "stream/inbox.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace parlance {
namespace {

/// A large block that no inbox of this thread needs at the moment.
struct spare_block {
    char* data = nullptr;
    std::size_t capacity = 0;
    ~spare_block() { std::free(data); }
};
thread_local spare_block left_over;

constexpr std::size_t largest_left_over = 4 << 20;

/// The block that was left over, where it is large enough for a large one; null where not.
char* take_left_over(std::size_t& capacity) noexcept {
    if (capacity <= inbox::small || !left_over.data || left_over.capacity < capacity) return nullptr;
    capacity = left_over.capacity;
    return std::exchange(left_over.data, nullptr);
}

char* allocate(std::size_t& capacity) {
    if (auto* const block = take_left_over(capacity)) return block;
    auto* const block = static_cast<char*>(std::malloc(capacity + inbox::spare));
    if (!block) throw std::bad_alloc();
    return block;
}

} // namespace

std::span<char> inbox::room() {
    auto const wanted = std::max(hungry_ ? read_size_ : std::min(small, read_size_), std::size_t{1});
    auto const pending = last_ - first_;
    if (pending == 0) {
        first_ = last_ = 0;
        if (capacity_ < wanted || (capacity_ > small && wanted <= small)) replace(wanted);
    } else if (capacity_ - last_ < wanted) {
        std::memmove(data_.get(), data_.get() + first_, pending);
        first_ = 0;
        last_ = pending;
        if (capacity_ - last_ < std::max(wanted, pending)) grow(std::max(pending + wanted, 2 * capacity_));
    }
    asked_ = capacity_ - last_;
    return {data_.get() + last_, asked_};
}

void inbox::filled(std::size_t count) noexcept {
    last_ += count;
    hungry_ = count == asked_;
}

void inbox::clear() noexcept {
    data_.reset();
    capacity_ = first_ = last_ = 0;
}

/// Another block, while nothing is pending.
void inbox::replace(std::size_t capacity) {
    bool const is_better = !left_over.data || left_over.capacity < capacity_;
    if (capacity_ > small && capacity_ <= largest_left_over && is_better) {
        std::free(left_over.data);
        left_over.data = data_.release();
        left_over.capacity = capacity_;
    }
    data_.reset();
    capacity_ = 0;
    data_.reset(allocate(capacity));
    capacity_ = capacity;
}

void inbox::grow(std::size_t capacity) {
    if (auto* const block = take_left_over(capacity)) { // whose pages are there already
        std::memcpy(block, data_.get(), last_);
        data_.reset(block);
        capacity_ = capacity;
        return;
    }
    // realloc moves the pages of a large block instead of copying them
    auto* const grown = static_cast<char*>(std::realloc(data_.get(), capacity + spare));
    if (!grown) throw std::bad_alloc();
    static_cast<void>(data_.release());
    data_.reset(grown);
    capacity_ = capacity;
}

} // namespace parlance
