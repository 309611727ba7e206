#include "wire/cutter.hpp"

namespace parlance::wire {
namespace {

cut next_of(line_scan& scan, std::string_view bytes, std::size_t limit) { return cut_line(scan, bytes, limit); }
cut next_of(concatenated_scan& scan, std::string_view bytes, std::size_t limit) {
    return cut_value(scan, bytes, limit);
}
cut next_of(header_scan& scan, std::string_view bytes, std::size_t limit) { return cut_body(scan, bytes, limit); }
cut next_of(record_scan& scan, std::string_view bytes, std::size_t limit) { return cut_record(scan, bytes, limit); }
cut next_of(prefix_scan& scan, std::string_view bytes, std::size_t limit) { return cut_prefixed(scan, bytes, limit); }
cut next_of(mark_scan& scan, std::string_view bytes, std::size_t limit) { return cut_marked(scan, bytes, limit); }
cut next_of(chunk_scan&, std::string_view bytes, std::size_t limit) { return cut_chunk(bytes, limit); }

cut finish_of(line_scan& scan, std::string_view bytes, std::size_t limit) { return finish_line(scan, bytes, limit); }
cut finish_of(concatenated_scan& scan, std::string_view bytes, std::size_t limit) {
    return finish_value(scan, bytes, limit);
}
cut finish_of(header_scan& scan, std::string_view bytes, std::size_t limit) { return finish_body(scan, bytes, limit); }
cut finish_of(record_scan& scan, std::string_view bytes, std::size_t limit) {
    return finish_record(scan, bytes, limit);
}
cut finish_of(prefix_scan& scan, std::string_view bytes, std::size_t) { return finish_prefixed(scan, bytes); }
cut finish_of(mark_scan& scan, std::string_view bytes, std::size_t) { return finish_marked(scan, bytes); }
cut finish_of(chunk_scan&, std::string_view bytes, std::size_t limit) { return cut_chunk(bytes, limit); }

std::uint64_t examined_by(line_scan const& scan) { return scan.examined; }
std::uint64_t examined_by(concatenated_scan const& scan) { return scan.brackets.examined; }
std::uint64_t examined_by(header_scan const& scan) { return scan.examined; }
std::uint64_t examined_by(record_scan const& scan) { return scan.brackets.examined; }
std::uint64_t examined_by(prefix_scan const& scan) { return scan.examined; }
std::uint64_t examined_by(mark_scan const& scan) { return scan.scan.examined; }
std::uint64_t examined_by(chunk_scan const& scan) { return scan.examined; }

} // namespace

cutter::cutter(framing frames, std::size_t limit_bytes, char delimiter) noexcept : limit_bytes_(limit_bytes) {
    switch (frames) {
    case framing::lines: scan_.emplace<line_scan>(); break;
    case framing::concatenated: scan_.emplace<concatenated_scan>(); break;
    case framing::content_length: scan_.emplace<header_scan>(); break;
    case framing::record_separator: scan_.emplace<record_scan>(); break;
    case framing::length_prefix: scan_.emplace<prefix_scan>(); break;
    case framing::delimited: scan_.emplace<mark_scan>(mark_scan{.mark = delimiter}); break;
    case framing::chunks: scan_.emplace<chunk_scan>(); break;
    }
}

cut cutter::next_of_others(std::string_view bytes) noexcept {
    auto const found = std::visit([&](auto& scan) { return next_of(scan, bytes, limit_bytes_); }, scan_);
    offset_ += found.consumed;
    return found;
}

cut cutter::finish(std::string_view bytes) noexcept {
    ++line_;
    auto const found = std::visit([&](auto& scan) { return finish_of(scan, bytes, limit_bytes_); }, scan_);
    offset_ += found.consumed;
    return found;
}

bool cutter::is_fatal(cut_state state) const noexcept {
    auto const finds_the_next = kind() != framing::concatenated && kind() != framing::content_length;
    return state == cut_state::bad || (state == cut_state::too_large && !finds_the_next);
}

std::uint64_t cutter::examined() const noexcept {
    return std::visit([](auto const& scan) { return examined_by(scan); }, scan_);
}

} // namespace parlance::wire
