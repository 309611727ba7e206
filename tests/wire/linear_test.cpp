// The work is linear in the bytes, however they come. Counted, not timed: decoders say how many bytes they looked at.
#include "cut_all.hpp"

#include "wire/encode.hpp"

#include <gtest/gtest.h>

namespace parlance::wire {
namespace {

constexpr framing all[] = {framing::lines,          framing::concatenated,
                           framing::content_length, framing::record_separator,
                           framing::length_prefix,  framing::delimited};

std::string framed(framing frames, std::string_view message) {
    envelope const around(frames, message);
    return std::string(around.before()) + std::string(message) + std::string(around.after());
}

struct work {
    std::size_t messages = 0;
    std::uint64_t examined = 0;
};

work feed(framing frames, std::string_view input, std::size_t piece) {
    cutter cutter(frames, 128 << 20);
    work done;
    std::size_t consumed = 0;
    for (std::size_t end = 0; end < input.size();) {
        end = std::min(end + piece, input.size());
        for (cut step; (step = cutter.next(input.substr(consumed, end - consumed))).state != cut_state::need_more ||
                       step.consumed > 0;) {
            done.messages += step.state == cut_state::whole;
            consumed += step.consumed;
        }
    }
    done.messages += cutter.finish(input.substr(consumed)).state == cut_state::whole;
    done.examined = cutter.examined();
    return done;
}

/// Each byte is looked at by a search for the frame's end and, in records, by one for the next RS; a new value may look
/// again at the rest of a 64-byte block.
std::uint64_t most(std::string_view input, std::size_t messages) { return 2 * input.size() + 64 * messages; }

TEST(linear, for_one_message_of_64_mib_in_reads_of_64_kib) {
    auto const message = '"' + std::string((64 << 20) - 2, 'x') + '"';
    for (auto const frames : all) {
        auto const input = framed(frames, message);
        auto const done = feed(frames, input, 64 << 10);
        EXPECT_EQ(done.messages, 1u) << name_of(frames);
        EXPECT_LE(done.examined, most(input, 1)) << name_of(frames);
    }
}

TEST(linear, for_one_message_of_1_mib_byte_by_byte) {
    for (auto const& message : {'"' + std::string((1 << 20) - 2, 'x') + '"', // one string
                                std::string(1 << 19, '[') + std::string(1 << 19, ']'),
                                '"' + std::string((1 << 20) - 2, '\\') + '"', // all backslashes
                                std::string(1 << 20, '7')}) {                 // one number
        for (auto const frames : all) {
            auto const input = framed(frames, message);
            auto const done = feed(frames, input, 1);
            EXPECT_EQ(done.messages, 1u) << name_of(frames);
            EXPECT_LE(done.examined, most(input, 1)) << name_of(frames);
        }
    }
}

TEST(linear, for_many_small_messages) {
    for (auto const frames : all) {
        std::string input;
        for (int i = 0; i < 100000; ++i) input += framed(frames, "{}");
        for (auto const piece : {std::size_t{1}, std::size_t{4096}, input.size()}) {
            auto const done = feed(frames, input, piece);
            EXPECT_EQ(done.messages, 100000u) << name_of(frames);
            EXPECT_LE(done.examined, most(input, done.messages)) << name_of(frames) << " by " << piece;
        }
    }
}

TEST(linear, for_noise_without_an_end) {
    std::string const input(1 << 20, '?');
    for (auto const frames : {framing::lines, framing::concatenated, framing::record_separator})
        EXPECT_LE(feed(frames, input, 1).examined, most(input, 1)) << name_of(frames);
}

} // namespace
} // namespace parlance::wire
