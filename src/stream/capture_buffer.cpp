#include "stream/capture_buffer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace parlance {
namespace {

constexpr std::size_t first_block = 16 << 10; ///< most outputs fit, and the heap has it at hand
constexpr std::size_t second_block = 64 << 10;
constexpr std::size_t largest_block = 16 << 20;
constexpr std::size_t mapped_from = 2 << 20; ///< a huge page
constexpr std::size_t large_string = 4 << 20;

std::size_t next_block(std::size_t capacity) noexcept {
    return capacity == 0 ? first_block : std::clamp(std::bit_floor(capacity), second_block, largest_block);
}

/// Advice only: without it, or where the system does not heed it, the pages are small.
void ask_for_huge_pages(char* begin, std::size_t size) noexcept {
    auto const page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    auto const skip = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
    if (size > skip + page) ::madvise(begin + skip, (size - skip) / page * page, MADV_HUGEPAGE);
}

} // namespace

capture_buffer::block::block(std::size_t capacity) {
    if (capacity < mapped_from) {
        data_ = {static_cast<char*>(std::malloc(capacity)), capacity};
        if (data_.data() == nullptr) throw std::bad_alloc();
        return;
    }
    void* const pages = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    data_ = {static_cast<char*>(pages), capacity};
    ask_for_huge_pages(data_.data(), capacity);
}

capture_buffer::block::~block() {
    if (data_.size() < mapped_from)
        std::free(data_.data());
    else
        ::munmap(data_.data(), data_.size());
}

std::span<char> capture_buffer::room() {
    if (over()) return blocks_.back().bytes().last(capacity_ - limit_).first(1);
    if (came_ == capacity_) {
        blocks_.emplace_back(next_block(capacity_));
        capacity_ += blocks_.back().bytes().size();
    }
    auto const free = blocks_.back().bytes().last(capacity_ - came_);
    return limit_ - came_ < free.size() ? free.first(limit_ - came_ + 1) : free;
}

std::string capture_buffer::take() {
    std::string all;
    auto left = size();
    all.reserve(left);
    if (left >= large_string) ask_for_huge_pages(all.data(), all.capacity());
    for (auto& each : std::exchange(blocks_, {})) {
        block const copied = std::move(each); // its memory is free for the rest of the string
        auto const part = copied.bytes().first(std::min(left, copied.bytes().size()));
        all.append(part.data(), part.size());
        left -= part.size();
    }
    capacity_ = came_ = 0;
    return all;
}

} // namespace parlance
