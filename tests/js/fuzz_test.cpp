// The fuzz targets' checks on the vectors with random damage, so that they run with every compiler and every test run.
#include "../../fuzz/js_checks.hpp"
#include "vectors.hpp"

#include <gtest/gtest.h>

#include <random>

namespace parlance::fuzz {
namespace {

std::string damaged(std::string bytes, std::string_view with, std::mt19937& random) {
    for (auto damage = random() % 5; damage > 0 && !bytes.empty(); --damage) {
        auto const at = random() % bytes.size();
        switch (random() % 3) {
        case 0: bytes[at] = with[random() % with.size()]; break;
        case 1: bytes.erase(at, random() % 3); break;
        default: bytes.insert(at, 1, with[random() % with.size()]);
        }
    }
    return bytes;
}

TEST(fuzz, damaged_frames_are_read_as_they_are_scanned_and_written_as_they_were_read) {
    std::mt19937 random(12);
    constexpr std::string_view tags("\0\1\2\3\4\x0f\xff"
                                    "_0TFIUNZ\"cS^o{A$a@-DyxnzsR;:',B~VrmcsET.\\?bBwdq",
                                    54);
    auto const all = js::vectors();
    for (int round = 0; round < 30'000; ++round) {
        auto const& v = all[random() % all.size()];
        auto data = damaged(v.data, tags, random);
        if (data.size() > 2 && random() % 2) data.replace(0, 2, "\xff\x0f");
        check_v8(data, v.as());
    }
}

TEST(fuzz, damaged_tagged_json_is_read_as_it_is_written) {
    std::mt19937 random(13);
    constexpr std::string_view letters = "{}[]\",:$0123-+.eE\\u truefalsnabcd";
    auto const all = js::vectors();
    for (int round = 0; round < 30'000; ++round)
        check_tagged_json(damaged(all[random() % all.size()].tagged, letters, random));
}

} // namespace
} // namespace parlance::fuzz
