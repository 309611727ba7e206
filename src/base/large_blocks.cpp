#include "base/large_blocks.hpp"

#include <atomic>
#include <cstdlib>

namespace parlance {

void keep_large_blocks() noexcept {
    static std::atomic<bool> done{false};
    if (done.load(std::memory_order_relaxed) || done.exchange(true)) return;
    void* volatile block = std::malloc(std::size_t{8} << 20); // its pages are never touched
    std::free(block);
}

} // namespace parlance
