#include "cli/background_output.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace parlance::cli {
namespace {

constexpr std::size_t much_bytes = 256 << 10;
constexpr std::size_t most_bytes = 16 << 20;

} // namespace

background_output::background_output(output& to, boost::asio::any_io_executor loop)
    : to_(to), loop_(std::move(loop)), writer_([this] { work(); }) {}

background_output::~background_output() {
    try {
        finish();
    } catch (...) { // whoever wanted to know has called `finish`
    }
}

void background_output::write(std::string text) {
    bool is_much = false;
    {
        std::lock_guard const lock(mutex_);
        if (fault_) std::rethrow_exception(fault_);
        if (waiting_.size() + text.size() > most_bytes) {
            ++left_out_;
            return;
        }
        waiting_ += text;
        is_much = waiting_.size() >= much_bytes && !std::exchange(much_, true);
    }
    changed_.notify_all();
    if (is_much && hear_) hear_(true);
}

bool background_output::is_idle() const {
    std::lock_guard const lock(mutex_);
    return waiting_.empty() && !writing_;
}

bool background_output::finish_within(std::chrono::milliseconds limit) {
    {
        std::unique_lock lock(mutex_);
        finishing_ = true;
        changed_.notify_all();
        if (!changed_.wait_for(lock, limit, [this] { return finished_; })) return false;
    }
    finish();
    return true;
}

void background_output::finish() {
    {
        std::lock_guard const lock(mutex_);
        finishing_ = true;
    }
    changed_.notify_all();
    if (writer_.joinable()) writer_.join();
    if (auto const fault = std::exchange(fault_, nullptr)) std::rethrow_exception(fault);
}

void background_output::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !waiting_.empty() || finishing_; });
        if (waiting_.empty()) break;
        auto text = std::exchange(waiting_, {});
        if (auto const lines = std::exchange(left_out_, 0); lines != 0)
            text += "... " + std::to_string(lines) + (lines == 1 ? " line was" : " lines were") +
                    " left out: nobody read them\n";
        writing_ = true;
        lock.unlock();
        put(text);
        lock.lock();
        writing_ = false;
        if (!much_ || waiting_.size() > much_bytes / 2) continue;
        much_ = false;
        boost::asio::post(loop_, [hear = hear_] {
            if (hear) hear(false);
        });
    }
    finished_ = true;
    changed_.notify_all();
}

void background_output::put(std::string const& text) {
    try {
        to_.write(text);
        to_.flush();
    } catch (...) { // the next who writes is told
        std::lock_guard const lock(mutex_);
        if (!fault_) fault_ = std::current_exception();
        waiting_.clear();
    }
}

} // namespace parlance::cli
