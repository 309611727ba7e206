#pragma once
/// Lines from our standard input, numbered, however long; only what is over a limit is left out.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parlance::cli {

class input_lines {
public:
    static constexpr std::size_t limit_bytes = 64 << 20; ///< one line; whoever reads looks

    /// The next line without its newline; none where more must be read (`ended`: there is nothing more).
    std::optional<std::string_view> next(bool ended) {
        auto const end = buffer_.find('\n', std::max(scanned_, first_));
        scanned_ = buffer_.size();
        if (skipping_) {
            first_ = scanned_ = end == buffer_.npos ? buffer_.size() : end + 1;
            if (end == buffer_.npos) return {};
            skipping_ = false;
            return next(ended);
        }
        if (end == buffer_.npos && (!ended || first_ == buffer_.size())) return {};
        auto const last = std::min(end, buffer_.size());
        auto const line = std::string_view(buffer_).substr(first_, last - first_);
        first_ = scanned_ = std::min(last + 1, buffer_.size());
        ++number_;
        return line;
    }
    /// Room for the next read; what was handed out is gone then.
    std::span<char> room() {
        buffer_.erase(0, first_);
        scanned_ -= first_, first_ = 0;
        auto const size = buffer_.size();
        buffer_.resize(size + read_size_bytes);
        return {buffer_.data() + size, read_size_bytes};
    }
    void took(std::size_t bytes) { buffer_.resize(buffer_.size() - read_size_bytes + bytes); }
    std::size_t number() const noexcept { return number_; }
    std::size_t waiting_bytes() const noexcept { return buffer_.size() - first_; }
    /// What waits, and comes up to the next newline, is one line that nobody wants.
    void skip_line() noexcept {
        first_ = scanned_ = buffer_.size();
        skipping_ = true;
        ++number_;
    }

private:
    static constexpr std::size_t read_size_bytes = 256 << 10;
    std::string buffer_;
    std::size_t first_ = 0, scanned_ = 0, number_ = 0;
    bool skipping_ = false;
};

} // namespace parlance::cli
