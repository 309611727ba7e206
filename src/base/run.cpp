#include <parlance/run.hpp>

namespace parlance::detail {
namespace {

struct loop_of_thread {
    asio::io_context loop{1};
    bool running = false;
};

loop_of_thread& mine() {
    thread_local loop_of_thread loop;
    return loop;
}

} // namespace

loop_turn::loop_turn() {
    if (mine().running) {
        loop_ = &own_.emplace(1);
    } else {
        mine().running = true;
        loop_ = &mine().loop;
        loop_->restart();
    }
}

loop_turn::~loop_turn() {
    if (!own_) mine().running = false;
}

} // namespace parlance::detail
