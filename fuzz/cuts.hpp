#pragma once
/// What every fuzz target of a decoder checks: any cutting of the input gives the same messages as no cutting.

#include "wire/check_json.hpp"
#include "wire/cutter.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parlance::fuzz {

/// What a decoder said, step by step. Steps without a message do not count: they depend on the cuts.
using story = std::vector<std::pair<wire::cut_state, std::string>>;

inline void require(bool holds) {
    if (!holds) std::abort(); // what libFuzzer and gtest's death both see
}

/// `piece` bytes at a time, as many as `next_piece()` says.
template <class NextPiece>
story cut_in_pieces(framing frames, std::string_view input, std::size_t limit, NextPiece next_piece) {
    using enum wire::cut_state;
    wire::cutter cutter(frames, limit);
    story told;
    std::size_t done = 0, end = 0;
    auto const note = [&](wire::cut const& step) {
        require(step.consumed <= end - done && step.message.size() <= end - done);
        auto const text = step.state == too_large ? std::string_view() : step.message; // as much as is here
        if (step.state != skip && step.state != need_more) told.emplace_back(step.state, std::string(text));
        done += step.consumed;
        require(cutter.offset() == done);
        return cutter.is_fatal(step.state);
    };
    while (end < input.size()) {
        end += std::min<std::size_t>(std::max<std::size_t>(next_piece(), 1), input.size() - end);
        for (bool more = true; more;) {
            auto const step = cutter.next(input.substr(done, end - done));
            if (note(step)) return told;
            more = step.state != need_more;
        }
    }
    note(cutter.finish(input.substr(done)));
    // Linear: the searches for an end and for an RS, and once more each where a bad record is passed as noise or
    // skipped; a new value may look again at the rest of a block of 64.
    require(cutter.examined() <= 4 * input.size() + 64 * (told.size() + 1));
    return told;
}

/// The first two bytes choose the limit and the cuts; the rest is the stream.
inline void check_cuts(framing frames, std::string_view data) {
    if (data.size() < 2) return;
    std::size_t const limit = static_cast<unsigned char>(data[0]);
    auto random = static_cast<std::uint32_t>(static_cast<unsigned char>(data[1])) * 2654435761u + 1;
    auto const input = data.substr(2);
    auto const whole = cut_in_pieces(frames, input, limit, [&] { return input.size(); });
    require(whole == cut_in_pieces(frames, input, limit, [] { return 1; }));
    require(whole == cut_in_pieces(frames, input, limit, [&] {
                random = random * 1664525u + 1013904223u;
                return random >> 28;
            }));
    for (auto const& [state, text] : whole) {
        if (state != wire::cut_state::whole) continue;
        require(text.size() <= limit + 1); // a last line may still have its '\r'
        wire::is_json(text);
    }
}

} // namespace parlance::fuzz
