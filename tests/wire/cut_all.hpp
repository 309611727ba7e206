#pragma once
/// Feeds a decoder and writes down what it says, so that tests compare sentences.

#include "wire/cutter.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::wire {

/// "whole 1", "stray hello", "too_large at 3", "bad at 0: …", "ended_inside [1,"; nothing for steps without a message.
inline std::string describe(cut const& step, std::uint64_t begins) {
    auto const at = std::to_string(begins + step.at);
    switch (step.state) {
    case cut_state::whole: return "whole " + std::string(step.message);
    case cut_state::stray: return "stray " + std::string(step.message) + " (" + std::string(step.reason) + ")";
    case cut_state::too_large: return "too_large";
    case cut_state::bad: return "bad at " + at + ": " + std::string(step.reason);
    case cut_state::ended_inside: return "ended_inside " + std::string(step.message);
    default: return {};
    }
}

/// Everything that a cutter says about `input`, given to it in pieces that end at `cuts` (increasing) and at the end.
inline std::vector<std::string> cut_all(framing frames, std::string_view input, std::size_t limit,
                                        std::vector<std::size_t> cuts = {}, cutter* used = nullptr) {
    cutter own(frames, limit);
    cutter& cutter = used ? *used : own;
    std::vector<std::string> said;
    cuts.push_back(input.size());
    std::size_t done = 0;
    auto const note = [&](cut const& step) {
        if (auto text = describe(step, done); !text.empty()) said.push_back(std::move(text));
        done += step.consumed;
        return cutter.is_fatal(step.state);
    };
    for (auto const end : cuts) {
        for (;;) {
            auto const step = cutter.next(input.substr(done, end - done));
            if (note(step)) return said;
            if (step.state == cut_state::need_more) break;
        }
    }
    for (int once = 0; once < 2; ++once) note(cutter.finish(input.substr(done))); // a second call says nothing
    return said;
}

} // namespace parlance::wire
