// The real V8 reads what we write, and we read what it writes.
#include "js/v8_encode.hpp"
#include "js/v8_scan.hpp"
#include "node.hpp"
#include "print.hpp"
#include "random_value.hpp"
#include "vectors.hpp"

#include <parlance/error.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace parlance::js {
namespace {

constexpr int rounds = 10'000;
constexpr unsigned seed = 20261123;

std::string frame(std::string_view data) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(data.size() >> shift & 0xFF));
    return out.append(data);
}

std::vector<std::string> frames(std::string_view bytes) {
    std::vector<std::string> out;
    while (bytes.size() >= 4) {
        std::size_t size = 0;
        for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
        out.emplace_back(bytes.substr(4, size));
        bytes.remove_prefix(std::min(bytes.size(), 4 + size));
    }
    return out;
}

std::string node(std::string const& arguments, std::string_view input = {}) {
    return printed_by_node("js_values.js", arguments, input);
}

TEST(node, takes_every_vector_that_we_write_for_its_expression) {
    std::string input;
    int count = 0;
    for (auto const& v : vectors()) {
        if (v.expression.empty() || v.loses) continue;
        input += frame(v.expression) + frame(v8_encode(v8_decode(v.data, v.as()), dialect::v8));
        ++count;
    }
    EXPECT_GT(count, 290);
    EXPECT_EQ(node("check", input), std::to_string(count) + " equal\n");
}

TEST(node, reads_its_own_random_values_as_we_write_them) {
    auto const which = std::to_string(seed) + " " + std::to_string(rounds);
    std::string answer;
    int count = 0;
    for (auto const& data : frames(node("generate " + which))) {
        auto const made = v8_decode(data, dialect::v8);
        EXPECT_EQ(v8_scan(data, dialect::v8).fault, "");
        auto const tagged = to_tagged_json(made);
        EXPECT_EQ(to_tagged_json(from_tagged_json(tagged)), tagged); // a regexp in two places is then two
        answer += frame(v8_encode(made, dialect::v8));
        ++count;
    }
    EXPECT_EQ(count, rounds);
    EXPECT_EQ(node("verify " + which, answer), std::to_string(rounds) + " equal\n");
}

TEST(node, gives_our_random_values_back_as_they_are) {
    random_values random(seed, node("has_resizable") == "true\n");
    std::vector<value> sent;
    std::string input;
    for (int i = 0; i < rounds; ++i) {
        sent.push_back(random.next());
        input += frame(v8_encode(sent.back(), dialect::v8));
    }
    auto const back = frames(node("repeat", input));
    ASSERT_EQ(back.size(), 2 * sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        auto const tagged = to_tagged_json(sent[i]);
        EXPECT_EQ(v8_decode(back[2 * i], dialect::v8), sent[i]) << tagged;
        EXPECT_EQ(back[2 * i + 1], tagged);
        if (HasFailure()) break;
    }
}

} // namespace
} // namespace parlance::js
