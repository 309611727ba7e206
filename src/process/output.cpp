#include "process/output.hpp"

#include <utility>

namespace parlance {

void tail_buffer::append(std::string_view bytes) {
    bytes_.append(bytes);
    if (bytes_.size() <= 2 * limit_bytes_) return;
    bytes_.erase(0, bytes_.size() - limit_bytes_);
    cut_ = true;
}

std::string tail_buffer::text() const {
    std::string_view all = bytes_;
    if (all.size() > limit_bytes_) all.remove_prefix(all.size() - limit_bytes_);
    if (cut_ || all.size() < bytes_.size())
        if (auto const line_end = all.find('\n'); line_end != all.npos && line_end + 1 < all.size())
            all.remove_prefix(line_end + 1);
    return std::string(all);
}

void line_splitter::feed(std::string_view bytes, hear const& line) {
    while (!bytes.empty()) {
        auto const end = bytes.find('\n');
        auto const piece = bytes.substr(0, std::min(end, longest - partial_.size()));
        partial_.append(piece);
        bool const whole = end == piece.size();
        bytes.remove_prefix(piece.size() + (whole ? 1 : 0));
        if (whole || partial_.size() == longest) finish(line), partial_.clear();
    }
}

void line_splitter::finish(hear const& line) {
    std::string_view text = partial_;
    if (text.ends_with('\r')) text.remove_suffix(1);
    line(text);
}

asio::awaitable<bool> output_reader::read_from(stream& from) {
    std::size_t got = 0;
    try {
        got = co_await from.read_some(part_);
    } catch (boost::system::system_error const& fault) {
        if (fault.code() != asio::error::operation_aborted) throw;
    }
    if (got == 0) {
        if (std::exchange(unfinished_, false)) splitter_.finish(line_);
        co_return false;
    }
    count_ += got;
    std::string_view const bytes(part_.data(), got);
    if (tail_) tail_->append(bytes);
    splitter_.feed(bytes, line_);
    unfinished_ = bytes.back() != '\n';
    co_return true;
}

} // namespace parlance
