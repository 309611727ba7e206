// What shell_quote writes, the real shells read as it was.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <array>
#include <random>
#include <string>

namespace parlance {
namespace {

using namespace test;

/// Random words of bytes 1 to 255: of any of them, of those that a shell cares about, of whole and of broken UTF-8.
class random_words {
public:
    explicit random_words(unsigned seed) : dice_(seed) {}
    std::string next() {
        switch (up_to(5)) {
        case 0: return of(special);
        case 1: return "-" + of(special);
        case 2: return "~" + of("a/~$");
        case 3: return of("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x81\x82\x83\x88\xFE\xFF'\\");
        default: return of(any_byte());
        }
    }

private:
    static constexpr std::string_view special = "'\"\\`$!#&*()[]{}<>|;?~^=%@:,. \t\n\r-+\x01\x1B\x7F";
    static std::string any_byte() {
        std::string all;
        for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
        return all;
    }
    std::size_t up_to(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(dice_); }
    std::string of(std::string_view alphabet) {
        std::string word(up_to(64), '\0');
        for (auto& c : word) c = alphabet[up_to(alphabet.size() - 1)];
        return word;
    }
    std::mt19937 dice_;
};

std::vector<std::string> cut_at_nul(std::string_view all) {
    std::vector<std::string> words;
    for (auto end = all.find('\0'); end != all.npos; end = all.find('\0')) {
        words.emplace_back(all.substr(0, end));
        all.remove_prefix(end + 1);
    }
    return words;
}

TEST(shell_quote, gives_every_shell_the_word_as_it_was) {
    constexpr unsigned seed = 20261123;
    constexpr int words_at_once = 500, rounds = 8;
    for (auto const* locale : {"LC_ALL=C", "LC_ALL=C.UTF-8"})
        for (auto const* shell : {"/bin/sh", "/bin/dash", "/bin/bash"}) {
            random_words random(seed);
            for (int round = 0; round < rounds; ++round) {
                std::vector<std::string> words;
                for (int i = 0; i < words_at_once; ++i) words.push_back(random.next());
                std::array const env{std::string(locale)};
                auto const end = exec_sync("printf '%s\\0' " + shell_quote(words), {.env = env, .shell = shell});
                ASSERT_TRUE(end.ok()) << end.err << " in " << shell << ' ' << locale << ", seed " << seed;
                auto const got = cut_at_nul(end.out);
                ASSERT_EQ(got.size(), words.size()) << shell << ' ' << locale << ", seed " << seed;
                for (std::size_t i = 0; i < words.size(); ++i)
                    ASSERT_EQ(testing::PrintToString(got[i]), testing::PrintToString(words[i]))
                        << shell << ' ' << locale << ", seed " << seed << ", round " << round << ", word " << i;
            }
        }
}

TEST(shell_quote, makes_a_program_of_what_the_shell_would_take_for_its_own) {
    scratch_folder const folder;
    std::array const env{"PATH=" + folder.path() + ":/bin:/usr/bin"};
    for (std::string const name :
         {"if",  "then", "else", "elif", "fi",  "do",   "done", "case", "esac",     "while",  "until",
          "for", "in",   "!",    "{",    "}",   "[[",   "]]",   "time", "function", "select", "coproc",
          "A=1", "-x",   "+x",   "~",    "a b", "it's", "#x",   "a%",   "@",        "*",      "x\ny"}) {
        folder.file(name, "#!/bin/sh\necho ran \"$1\"\n", true);
        std::vector<std::string> const command{name, "$1"};
        for (auto const* shell : {"/bin/sh", "/bin/bash"}) {
            auto const end = exec_sync(shell_quote(command), {.env = env, .shell = shell});
            EXPECT_EQ(end.out, "ran $1\n") << name << ": " << end.sentence();
            auto const piece_by_piece = exec_sync(shell_quote(name) + " x", {.env = env, .shell = shell});
            EXPECT_EQ(piece_by_piece.out, "ran x\n") << name << ": " << piece_by_piece.sentence();
        }
        auto const typed = exec_file_sync(name, {"again"}, {.env = env}).command;
        EXPECT_EQ(exec_sync(typed, {.env = env, .shell = "/bin/bash"}).out, "ran again\n") << typed;
    }
}

TEST(shell_quote, refuses_a_nul_byte) { EXPECT_THROW(shell_quote(std::string_view("a\0b", 3)), failure); }

} // namespace
} // namespace parlance
