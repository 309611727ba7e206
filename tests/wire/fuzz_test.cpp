// The fuzz targets' check on a small corpus with random damage, so that it runs with every compiler and every test run.
#include "../../fuzz/cuts.hpp"

#include <gtest/gtest.h>

#include <random>

namespace parlance::fuzz {
namespace {

constexpr std::string_view corpus[] = {"{\"a\":[1,\"x\\\"}\"]}\n[2]\r\n\n3\nnoise\n",
                                       "{}[]\"\\\\\"1 2{}true false[",
                                       "[info] x\n{\"a\":{}}nullnull 1e5",
                                       "Content-Length: 2\r\nA: b\r\n\r\n{}log line\nContent-Length: 5\r\n\r\n[1,2]",
                                       "Content-Type: a; charset=utf-8\n\n\r\n",
                                       "\x1e{\"a\":\n1}\n\03612\x1e[3]\n hi\n\x1e{\"a",
                                       "\"\xc3\xa9\xf0\x9f\x98\x80\"\x1e \n"};

TEST(fuzz, any_cutting_gives_the_same_messages) {
    std::mt19937 random(11);
    constexpr std::string_view bytes = "{}[]\",:\\\x1e\n\r 019-+.tfnulaeC\xc3";
    for (int round = 0; round < 20000; ++round) {
        std::string input{static_cast<char>(random() % 2 ? 255 : random() % 24), static_cast<char>(random())};
        for (auto parts = random() % 3; parts < 3; ++parts) input += corpus[random() % std::size(corpus)];
        for (auto damage = random() % 4; damage > 0; --damage) {
            auto const at = 2 + random() % (input.size() - 2);
            if (random() % 2)
                input[at] = bytes[random() % bytes.size()];
            else
                input.erase(at, random() % 5);
            if (input.size() < 4) break;
        }
        for (auto const frames : {framing::lines, framing::concatenated, framing::content_length,
                                  framing::record_separator, framing::length_prefix, framing::delimited})
            check_cuts(frames, input);
    }
}

} // namespace
} // namespace parlance::fuzz
