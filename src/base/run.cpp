#include <parlance/run.hpp>

#include <unistd.h>

#include <memory>
#include <vector>

namespace parlance::detail {
namespace {

struct loop_of_thread {
    std::unique_ptr<asio::io_context> loop;
    pid_t pid = 0;
    bool running = false;
    std::vector<asio::io_context*> of_the_parent; // never deleted

    /// After a fork the loop is still the parent's: its epoll descriptor is shared, and what is going on there is the
    /// parent's business. It is left alone, for ever: to end it would end what the parent waits for.
    asio::io_context& here() {
        if (pid != ::getpid()) {
            if (loop) of_the_parent.push_back(loop.release());
            loop = std::make_unique<asio::io_context>(1);
            pid = ::getpid();
            running = false;
        }
        return *loop;
    }
};

loop_of_thread& mine() {
    thread_local loop_of_thread loop;
    return loop;
}

} // namespace

loop_turn::loop_turn() {
    loop_ = &mine().here();
    if (mine().running) {
        loop_ = &own_.emplace(1);
    } else {
        mine().running = true;
        loop_->restart();
    }
}

loop_turn::~loop_turn() {
    if (!own_) mine().running = false;
}

} // namespace parlance::detail
