#include "process/output.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

std::vector<std::string> lines_of(std::string_view text, std::size_t piece_bytes) {
    std::vector<std::string> lines;
    auto const hear = [&](std::string_view line) { lines.emplace_back(line); };
    line_splitter splitter;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) splitter.feed(text.substr(at, piece_bytes), hear);
    if (!text.ends_with('\n')) splitter.finish(hear);
    return lines;
}

TEST(line_splitter, finds_the_lines_however_the_bytes_are_cut) {
    std::vector<std::string> const expected{"one", "", "three", "last"};
    for (std::size_t piece = 1; piece < 24; ++piece)
        EXPECT_EQ(lines_of("one\n\r\nthree\r\nlast", piece), expected) << piece;
}

TEST(line_splitter, breaks_a_line_that_has_no_end) {
    auto const lines = lines_of(std::string(100'000, 'x') + "\ny\n", 4096);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].size() + lines[1].size(), 100'000U);
    EXPECT_EQ(lines[2], "y");
}

TEST(tail_buffer, keeps_the_end_from_the_beginning_of_a_line) {
    tail_buffer tail(16);
    for (int i = 0; i < 100; ++i) tail.append("line " + std::to_string(i) + "\n");
    EXPECT_EQ(tail.text(), "line 99\n");
}

TEST(tail_buffer, keeps_all_that_fits) {
    tail_buffer tail(16);
    tail.append("short\n");
    EXPECT_EQ(tail.text(), "short\n");
}

} // namespace
} // namespace parlance
