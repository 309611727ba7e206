#include "process/kept_output.hpp"

#include "process/exit_facts.hpp"

#include <algorithm>
#include <utility>

namespace parlance {

void kept_output::collect(std::size_t limit_bytes) {
    if (collected_) return;
    collected_.emplace(limit_bytes);
    for (auto rest = std::string_view(text_); !rest.empty() && !collected_->over();) {
        auto const room = collected_->room();
        auto const count = rest.copy(room.data(), room.size());
        collected_->took(count);
        rest.remove_prefix(count);
    }
    text_.clear();
}

bool kept_output::take(std::string_view bytes) {
    if (over_) return true;
    if (hear_) {
        hand_on(bytes);
        return true;
    }
    if (collected_) {
        if (collected_->over()) return true;
        collected_->took(bytes.size());
        return !collected_->over();
    }
    if (tail_bytes_ == 0) return true;
    text_ += bytes;
    constexpr std::size_t rarely = 4096;
    if (text_.size() / 2 > std::max(tail_bytes_, rarely)) text_.erase(0, text_.size() - tail_bytes_);
    return true;
}

std::string& kept_output::whole() {
    if (!whole_) whole_ = collected_ ? collected_->take() : std::string();
    return *whole_;
}

std::string kept_output::tail(std::size_t limit_bytes) {
    if (hear_) return {}; // who hears the lines has them
    return tail_of(collected_ && !handed_out_ ? whole() : text_, limit_bytes);
}

std::string kept_output::hand_out(std::size_t tail_bytes) {
    text_ = tail(tail_bytes);
    handed_out_ = true;
    return std::exchange(whole(), {});
}

/// The beginning of a line that is not whole stays in `text_`.
void kept_output::hand_on(std::string_view bytes) {
    while (!over_) {
        auto const newline = bytes.find('\n');
        auto const room = limit_bytes_ - text_.size();
        if (newline > room && bytes.size() > room) { // a part of a line that is too long
            text_ += bytes.substr(0, room);
            bytes.remove_prefix(room);
            hear_(std::exchange(text_, {}));
        } else if (newline == bytes.npos) {
            text_ += bytes;
            return;
        } else if (text_.empty()) {
            hear_(bytes.substr(0, newline));
            bytes.remove_prefix(newline + 1);
        } else {
            text_ += bytes.substr(0, newline);
            bytes.remove_prefix(newline + 1);
            hear_(std::exchange(text_, {}));
        }
    }
}

void kept_output::end() {
    if (hear_ && !over_ && !text_.empty()) hear_(std::exchange(text_, {}));
    if (hear_) hear_ = [](std::string_view) {}; // what it holds goes: perhaps the child itself
}

} // namespace parlance
