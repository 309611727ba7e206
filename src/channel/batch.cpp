#include "channel/batch.hpp"

#include "base/large_blocks.hpp"
#include "wire/encode.hpp"

#include <algorithm>
#include <utility>

namespace parlance {
namespace {

/// How many of the first `count` parts hold `bytes` bytes; the last of them is cut to fit.
std::size_t cut_off(batch::part_list& parts, std::size_t count, std::size_t bytes) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        if (parts[i].size() >= bytes) {
            parts[i] = parts[i].substr(0, bytes);
            return i + 1;
        }
        bytes -= parts[i].size();
    }
    return count;
}

} // namespace

void batch::add(framing frames, message m, char delimiter) {
    wire::envelope const around(frames, m.text(), delimiter);
    auto const before = around.before(), after = around.after();
    auto const text_size = m.text().size();
    if (m.handle()) handles_.push_back({size_, std::move(m.handle())});
    small_.append(before);
    if (text_size < large_bytes)
        small_.append(m.text());
    else
        add_large(std::move(m).text());
    small_.append(after);
    frames_.push_back({text_size, static_cast<std::uint8_t>(before.size()), static_cast<std::uint8_t>(after.size())});
    size_ += before.size() + text_size + after.size();
}

void batch::add_large(std::string text) {
    if (text.size() >= large_message_bytes) keep_large_blocks();
    large_.push_back({small_.size(), std::move(text)});
}

std::span<std::string_view const> batch::parts(part_list& into) const noexcept {
    std::size_t count = 0;
    std::string_view const small = small_;
    auto small_at = small_written_, in_large = large_written_;
    for (auto next = next_large_; count < into.size(); ++next) {
        auto const small_end = next < large_.size() ? large_[next].at : small.size();
        if (small_end > small_at) into[count++] = small.substr(small_at, small_end - small_at);
        small_at = small_end;
        if (next == large_.size() || count == into.size()) break;
        into[count++] = std::string_view(large_[next].body).substr(std::exchange(in_large, 0));
    }
    if (auto const next = next_handle_ + handle_is_next(); next < handles_.size())
        count = cut_off(into, count, handles_[next].at - written_);
    return {into.data(), count};
}

void batch::wrote(std::size_t bytes) noexcept {
    if (bytes > 0 && handle_is_next()) handles_[next_handle_++].fd.reset();
    written_ += bytes;
    while (bytes > 0) {
        auto const small_end = next_large_ < large_.size() ? large_[next_large_].at : small_.size();
        auto const of_small = std::min(bytes, small_end - small_written_);
        small_written_ += of_small;
        bytes -= of_small;
        if (bytes == 0) return;
        auto const of_large = std::min(bytes, large_[next_large_].body.size() - large_written_);
        large_written_ += of_large;
        bytes -= of_large;
        if (large_written_ < large_[next_large_].body.size()) return;
        ++next_large_;
        large_written_ = 0;
    }
}

void batch::take_unwritten(std::vector<message>& into) {
    std::size_t end = 0, small_at = 0, next_large = 0, next_handle = 0;
    for (auto const& each : frames_) {
        auto* const own =
            next_handle < handles_.size() && handles_[next_handle].at == end ? &handles_[next_handle] : nullptr;
        next_handle += own != nullptr;
        end += each.before + each.text + each.after;
        small_at += each.before;
        auto const is_large = each.text >= large_bytes;
        if (end > written_) {
            into.emplace_back(is_large ? std::move(large_[next_large].body) : small_.substr(small_at, each.text));
            if (own) into.back().handle() = std::move(own->fd); // none where it is on its way
        }
        if (is_large)
            ++next_large;
        else
            small_at += each.text;
        small_at += each.after;
    }
    clear();
}

void batch::clear() noexcept {
    small_.clear();
    large_.clear();
    frames_.clear();
    handles_.clear();
    next_handle_ = 0;
    size_ = written_ = small_written_ = next_large_ = large_written_ = 0;
}

void batch::rest() noexcept {
    constexpr std::size_t keep = 2048;
    if (small_.capacity() > keep) small_ = std::string();
    if (frames_.capacity() * sizeof(frame) > keep) frames_ = std::vector<frame>();
    large_ = std::vector<large>();
}

} // namespace parlance
