#include "process/kept_output.hpp"

namespace parlance {

bool kept_output::take(std::string_view bytes) {
    if (over_) return true;
    if (hear_) {
        hand_on(bytes);
        return true;
    }
    if (collects_) {
        auto const room = limit_bytes_ - std::min(limit_bytes_, text_.size());
        text_ += bytes.substr(0, room);
        over_ = bytes.size() > room;
        return !over_;
    }
    if (tail_bytes_ == 0) return true;
    text_ += bytes;
    if (text_.size() > 2 * tail_bytes_ + 4096) text_.erase(0, text_.size() - tail_bytes_);
    return true;
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
}

} // namespace parlance
