#pragma once
/// Messages that were accepted while nobody could take them. Pure.

#include <parlance/message.hpp>

#include <cstddef>
#include <deque>
#include <iterator>
#include <vector>

namespace parlance {

/// In the order in which they were accepted, up to so many bytes.
class outbox {
public:
    explicit outbox(std::size_t limit_bytes) noexcept : limit_(limit_bytes) {}

    bool has_room_for(std::size_t bytes) const noexcept { return bytes <= limit_ && bytes_ <= limit_ - bytes; }
    void push(message m) {
        bytes_ += m.text().size();
        waiting_.push_back(std::move(m));
    }
    /// They were accepted before all that wait here, and were not taken. There is always room for them.
    void put_back(std::vector<message> first) {
        for (auto const& each : first) bytes_ += each.text().size();
        waiting_.insert(waiting_.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
    }

    bool empty() const noexcept { return waiting_.empty(); }
    std::size_t size() const noexcept { return waiting_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    message& front() noexcept { return waiting_.front(); }
    /// The front one was taken; it had so many bytes.
    void pop(std::size_t bytes) noexcept {
        bytes_ -= bytes;
        waiting_.pop_front();
    }
    std::vector<message> take_all() {
        std::vector<message> all(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
        waiting_.clear();
        bytes_ = 0;
        return all;
    }

private:
    std::deque<message> waiting_;
    std::size_t limit_, bytes_ = 0;
};

} // namespace parlance
