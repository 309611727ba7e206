// The grammar of regular expressions, and the names in it, beside what the real V8 says.
#include "js/pattern_tables.hpp"
#include "judged_by_node.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <span>

namespace parlance::js {
namespace {

/// Patterns made of pieces that are near to the edges of the grammar.
class random_patterns {
public:
    explicit random_patterns(unsigned seed) : random_(seed) {}

    std::string next(int depth = 0) {
        std::string all;
        for (auto parts = below(5) + (depth == 0 ? 1 : 0); parts > 0; --parts) {
            switch (below(6)) {
            case 0: all += one_of(characters); break;
            case 1: all += brackets(); break;
            case 2:
                if (depth < 3) all += one_of(openings) + next(depth + 1) + ')' + one_of(quantifiers);
                break;
            case 3: all += one_of(quantifiers); break;
            default: all += one_of(pieces);
            }
        }
        return all;
    }
    std::string flags() { return one_of(std::to_array<std::string_view>({"", "", "u", "v", "iv", "dgimsuy"})); }

private:
    std::string brackets() {
        auto all = std::string(below(3) == 0 ? "[^" : "[");
        for (auto parts = below(6); parts > 0; --parts) all += below(6) == 0 ? brackets() : one_of(in_brackets);
        return below(8) == 0 ? all : all + ']';
    }
    template <std::size_t N> std::string one_of(std::array<std::string_view, N> const& all) {
        return std::string(all[below(N)]);
    }
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

    static constexpr auto characters = std::to_array<std::string_view>({"a",
                                                                        "z",
                                                                        "0",
                                                                        "9",
                                                                        "-",
                                                                        "^",
                                                                        "$",
                                                                        ".",
                                                                        "|",
                                                                        "(",
                                                                        ")",
                                                                        "[",
                                                                        "]",
                                                                        "{",
                                                                        "}",
                                                                        "\\",
                                                                        "/",
                                                                        "=",
                                                                        "!",
                                                                        ":",
                                                                        "<",
                                                                        ">",
                                                                        ",",
                                                                        " ",
                                                                        "k",
                                                                        "u",
                                                                        "\xC3\xA9",
                                                                        "\xF0\x9F\x98\x80",
                                                                        "\n",
                                                                        "\xED\xA0\xBD",
                                                                        "\xED\xB8\x80",
                                                                        "\xE2\x80\xA8"});
    static constexpr auto openings = std::to_array<std::string_view>(
        {"(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<a>", "(?<b>", "(?<\\u{61}>", "(?<\xF0\x9D\x92\x9C>"});
    static constexpr auto quantifiers = std::to_array<std::string_view>(
        {"", "", "", "*", "+?", "?", "{1}", "{1,}", "{1,2}?", "{2,1}", "{,2}", "{1", "{4294967297,4294967296}"});
    static constexpr auto pieces = std::to_array<std::string_view>({"\\k<a>",
                                                                    "\\k<b>",
                                                                    "\\k",
                                                                    "\\1",
                                                                    "\\2",
                                                                    "\\10",
                                                                    "\\0",
                                                                    "\\01",
                                                                    "\\08",
                                                                    "\\377",
                                                                    "\\8",
                                                                    "\\b",
                                                                    "\\B",
                                                                    "\\d",
                                                                    "\\W",
                                                                    "\\n",
                                                                    "\\cA",
                                                                    "\\c1",
                                                                    "\\c",
                                                                    "\\x41",
                                                                    "\\x4",
                                                                    "\\u0041",
                                                                    "\\u{41}",
                                                                    "\\u{110000}",
                                                                    "\\u{41",
                                                                    "\\ud83d\\ude00",
                                                                    "\\ud83d",
                                                                    "\\-",
                                                                    "\\/",
                                                                    "\\a",
                                                                    "\\q",
                                                                    "\\{",
                                                                    "\\\xC3\xA9",
                                                                    "\\p{L}",
                                                                    "\\P{Lu}",
                                                                    "\\p{sc=Grek}",
                                                                    "\\p{scx=Foo}",
                                                                    "\\p{RGI_Emoji}",
                                                                    "\\P{RGI_Emoji}",
                                                                    "\\p{",
                                                                    "\\pL",
                                                                    "(?<a",
                                                                    "(?<9>)",
                                                                    "(?<>)",
                                                                    "(?<\\ud835\\udc9c>)",
                                                                    "(?<\\u0062>)",
                                                                    "(?#",
                                                                    "()",
                                                                    "^",
                                                                    "$"});
    static constexpr auto in_brackets = std::to_array<std::string_view>({"a",
                                                                         "b",
                                                                         "z",
                                                                         "0",
                                                                         "_",
                                                                         "-",
                                                                         "--",
                                                                         "&",
                                                                         "&&",
                                                                         "\\d",
                                                                         "\\b",
                                                                         "\\B",
                                                                         "\\q{a}",
                                                                         "\\q{ab|c}",
                                                                         "\\q{}",
                                                                         "\\q{",
                                                                         "|",
                                                                         "}",
                                                                         "{",
                                                                         "[",
                                                                         "^",
                                                                         "\\p{L}",
                                                                         "\\P{L}",
                                                                         "\\p{RGI_Emoji}",
                                                                         "(",
                                                                         "\\(",
                                                                         "/",
                                                                         "!",
                                                                         "!!",
                                                                         "..",
                                                                         ".",
                                                                         "~~",
                                                                         "\xF0\x9F\x98\x80",
                                                                         "\xED\xA0\xBD",
                                                                         "\xED\xB8\x80",
                                                                         "\\u{41}",
                                                                         "\\x41",
                                                                         "\\c",
                                                                         "\\cA",
                                                                         "\\c1",
                                                                         "\\1",
                                                                         "\\0",
                                                                         "\\k",
                                                                         "\\-",
                                                                         "\\&",
                                                                         "\\]",
                                                                         "\\\xC3\xA9",
                                                                         "\\=",
                                                                         "=",
                                                                         "a-z",
                                                                         "z-a",
                                                                         "\\ud83d\\ude00"});

    std::mt19937 random_;
};

TEST(pattern, at_random_is_one_where_node_says_so) {
    random_patterns random(20261123);
    std::vector<question> all;
    for (int i = 0; i < 40'000; ++i) {
        auto source = random.next();
        all.push_back({std::move(source), random.flags()});
    }
    expect_the_same(all);
    auto const good = std::ranges::count_if(all, [](question const& q) { return fault_in(q.source, q.flags).empty(); });
    EXPECT_GT(good, 8000);
    EXPECT_LT(good, 32000);
}

TEST(pattern, knows_properties_that_node_knows) {
    std::vector<question> all;
    auto const ask = [&](std::string_view inside, char const* flags) {
        all.push_back({"\\p{" + std::string(inside) + "}", flags});
        EXPECT_EQ(fault_in(all.back().source, flags), "");
    };
    for (auto const name : binary_properties()) ask(name, "u");
    for (auto const name : properties_of_strings()) ask(name, "v");
    for (auto const name : categories())
        for (auto const* property : {"", "gc=", "General_Category="}) ask(property + std::string(name), "u");
    for (auto const name : scripts())
        for (auto const* property : {"sc=", "scx=", "Script=", "Script_Extensions="})
            ask(property + std::string(name), "u");
    expect_the_same(all);
}

TEST(pattern, has_names_of_letters_that_node_takes) {
    auto const ranges = [](std::span<character_range const> all) {
        js::array list;
        for (auto const& [first, last] : all)
            list.items.push_back(js::array{static_cast<double>(first), static_cast<double>(last)});
        return list;
    };
    js::object letters;
    letters["start"] = ranges(name_starts());
    letters["part"] = ranges(name_parts());
    EXPECT_EQ(printed_by_node("js_patterns.js", "letters", to_tagged_json(letters)), "[]\n");
    EXPECT_TRUE(is_name_start(0x10FFFF) == false && is_name_start(0xE9) && is_name_part(0x300) &&
                !is_name_start(0x300));
}

} // namespace
} // namespace parlance::js
