#include "process/launch_stack.hpp"

#include "process/launch.hpp"

#include <sys/mman.h>

#include <new>

namespace parlance {
namespace {

constexpr std::size_t guard_bytes = 64 << 10; // at least one page, whatever the machine calls a page

class stack {
public:
    stack()
        : base_(::mmap(nullptr, guard_bytes + launch_stack_bytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0)) {
        if (base_ == MAP_FAILED) throw std::bad_alloc();
        if (::mprotect(static_cast<char*>(base_) + guard_bytes, launch_stack_bytes, PROT_READ | PROT_WRITE) != 0) {
            ::munmap(base_, guard_bytes + launch_stack_bytes);
            throw std::bad_alloc();
        }
    }
    stack(stack const&) = delete;
    stack& operator=(stack const&) = delete;
    ~stack() { ::munmap(base_, guard_bytes + launch_stack_bytes); }
    void* top() const noexcept { return static_cast<char*>(base_) + guard_bytes + launch_stack_bytes; }

private:
    void* base_;
};

} // namespace

void* launch_stack_top() {
    thread_local stack const mine;
    return mine.top();
}

} // namespace parlance
