// libFuzzer: lines with any delimiter, cut anywhere, against a plain split of the whole input.
#include "cuts.hpp"

#include "wire/delimited.hpp"

namespace {

using namespace parlance;
using enum wire::cut_state;

fuzz::story split(std::string_view input, std::string_view delimiter, std::size_t limit) {
    fuzz::story told;
    while (!input.empty()) {
        auto const end = input.find(delimiter);
        auto const line = input.substr(0, end);
        if (line.size() > limit)
            told.emplace_back(too_large, "");
        else
            told.emplace_back(whole, std::string(line));
        input.remove_prefix(end == input.npos ? input.size() : end + delimiter.size());
    }
    return told;
}

template <class NextPiece>
fuzz::story cut(std::string_view input, std::string_view delimiter, std::size_t limit, NextPiece next_piece) {
    fuzz::story told;
    wire::delimited_scan scan;
    std::size_t done = 0, end = 0, calls = 0;
    auto const note = [&](wire::cut const& step) {
        fuzz::require(step.consumed <= end - done);
        if (step.state == whole || step.state == too_large) told.emplace_back(step.state, std::string(step.message));
        done += step.consumed;
    };
    while (end < input.size()) {
        end += std::min<std::size_t>(std::max<std::size_t>(next_piece(), 1), input.size() - end);
        for (bool more = true; more;) {
            auto const step = wire::cut_delimited(scan, input.substr(done, end - done), delimiter, limit);
            ++calls;
            note(step);
            more = step.state != need_more;
        }
    }
    note(wire::finish_delimited(scan, input.substr(done), limit));
    fuzz::require(done == input.size());
    fuzz::require(scan.examined <= input.size() + calls * (delimiter.size() - 1)); // what may begin one is seen again
    return told;
}

} // namespace

/// The first three bytes choose the limit, the cuts and the length of the delimiter, which follows.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view const data(reinterpret_cast<char const*>(bytes), size);
    if (size < 4) return 0;
    std::size_t const limit = bytes[0];
    auto random = bytes[1] * 2654435761u + 1;
    auto const delimiter = data.substr(3, 1 + bytes[2] % 5);
    auto const input = data.substr(3 + delimiter.size());
    auto const expected = split(input, delimiter, limit);
    fuzz::require(expected == cut(input, delimiter, limit, [&] { return input.size(); }));
    fuzz::require(expected == cut(input, delimiter, limit, [] { return 1; }));
    fuzz::require(expected == cut(input, delimiter, limit, [&] {
                      random = random * 1664525u + 1013904223u;
                      return random >> 28;
                  }));
    return 0;
}
