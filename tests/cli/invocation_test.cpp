#include "cli/front.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

using kind = invocation::kind;

void no_options(CLI::App&, command_line&) {}
constexpr command made_up_commands[] = {
    {"exec", "", no_options}, {"queue send", "", no_options}, {"queue list", "", no_options}, {"fork", "", nullptr}};

struct reading {
    std::vector<std::string> words;
    kind what;
    std::string name;
    std::vector<std::string> args;
};

TEST(invocation, is_taken_apart_as_the_table_says) {
    reading const readings[] = {
        {{}, kind::overview, "", {}},
        {{"--help"}, kind::overview, "", {"--help"}},
        {{"--version"}, kind::version, "", {"--version"}},
        {{"--json", "--version"}, kind::version, "", {"--json", "--version"}},
        {{"exec", "ls", "--json"}, kind::run, "exec", {"ls", "--json"}},
        {{"--json", "exec", "ls"}, kind::run, "exec", {"--json", "ls"}},
        {{"queue"}, kind::group, "queue", {}},
        {{"queue", "--help"}, kind::group, "queue", {"--help"}},
        {{"queue", "send", "jobs"}, kind::run, "queue send", {"jobs"}},
        {{"--store", "exec", "queue", "--json", "send", "send"},
         kind::run,
         "queue send",
         {"--store", "exec", "--json", "send"}},
        {{"--store=exec", "queue", "list"}, kind::run, "queue list", {"--store=exec"}},
        {{"queue", "sned"}, kind::unknown, "queue sned", {}},
        {{"send", "jobs"}, kind::unknown, "send", {"jobs"}},
        {{"fork", "--", "x"}, kind::run, "fork", {"--", "x"}},
        {{"help"}, kind::overview, "", {}},
        {{"help", "queue"}, kind::group, "queue", {}},
        {{"help", "queue", "send"}, kind::help, "queue send", {}},
        {{"help", "exit-codes"}, kind::help, "exit-codes", {}},
        {{"--", "exec"}, kind::overview, "", {}},
    };
    for (auto const& each : readings) {
        auto const got = taken_apart(each.words, made_up_commands);
        auto const typed = ::testing::PrintToString(each.words);
        EXPECT_EQ(got.what, each.what) << typed;
        EXPECT_EQ(got.name, each.name) << typed;
        EXPECT_EQ(got.args, each.args) << typed;
        EXPECT_EQ(got.which != nullptr, got.what == kind::run || each.name == "queue send") << typed;
    }
}

TEST(invocation, leaves_out_what_node_hands_down) {
    struct {
        std::vector<std::string> words, kept;
    } const table[] = {
        {{"--no-warnings", "fork", "--", "x"}, {"fork", "--", "x"}},
        {{"--require", "./a.js", "--json", "--inspect=9", "fork", "--", "x"}, {"--json", "fork", "--", "x"}},
        {{"--no-warnings", "--store", "exec", "queue", "list"}, {"--store", "exec", "queue", "list"}},
        {{"--store=exec", "--no-warnings", "queue", "list"}, {"--store=exec", "queue", "list"}},
        {{"exec", "--no-warnings", "x"}, {"exec", "--no-warnings", "x"}},
        {{"sned", "exec"}, {"sned", "exec"}},
        {{"--no-warnings"}, {"--no-warnings"}},
        {{"--no-warnings", "--", "exec"}, {"--no-warnings", "--", "exec"}},
        {{}, {}},
    };
    for (auto const& each : table)
        EXPECT_EQ(without_nodes_options(each.words, made_up_commands), each.kept)
            << ::testing::PrintToString(each.words);
}

} // namespace
} // namespace parlance::cli
