// What people see at a terminal, and programs do not.
#include "cli/typed.hpp"

#include <gmock/gmock.h>

namespace parlance::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST(terminal, shows_queues_in_a_table) {
    user someone;
    someone.gets("parlance queue create jobs && parlance queue send jobs 1");
    auto const shown = someone.types_at_terminal("parlance queue list --no-color", "").out;
    EXPECT_TRUE(has(shown, "QUEUE  WAITING  IN WORK  DELAYED  DIED  OLDEST")) << shown;
    EXPECT_TRUE(has(shown, "jobs         1        0        0     0")) << shown;
}

TEST(terminal, is_asked_before_many_things_change) {
    user someone;
    someone.gets("parlance queue create jobs && printf '1\\n2\\n' | parlance queue send jobs --lines");
    auto const no = someone.types_at_terminal("parlance queue purge jobs", "n\n");
    EXPECT_EQ(no.status, 1);
    EXPECT_TRUE(has(no.out, "Remove 2 messages from jobs? [y/N]")) << no.out;
    EXPECT_TRUE(has(no.out, "nothing was changed")) << no.out;
    auto const yes = someone.types_at_terminal("parlance queue delete jobs", "y\n");
    EXPECT_EQ(yes.status, 0) << yes.out;
    EXPECT_TRUE(has(yes.out, "Delete jobs with 2 messages? [y/N]")) << yes.out;
    EXPECT_EQ(someone.gets("parlance queue list"), "");
}

TEST(terminal, is_told_when_a_message_is_read_from_it) {
    user someone;
    someone.gets("parlance queue create jobs");
    auto const given = someone.types_at_terminal("parlance queue send jobs", "{\"a\":1}\n\x04");
    EXPECT_EQ(given.status, 0) << given.out;
    EXPECT_TRUE(has(given.out, "Ctrl-D")) << given.out;
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "{\"a\":1}");
}

TEST(terminal, is_told_that_there_is_nothing) {
    user const someone;
    auto const shows = [&](std::string const& line) { return someone.types_at_terminal(line, "").out; };
    EXPECT_THAT(shows("parlance queue list"), HasSubstr("No queues in "));
    someone.gets("parlance queue create jobs");
    EXPECT_EQ(shows("parlance queue dead jobs"), "jobs has no dead letters\n");
    EXPECT_EQ(shows("parlance queue peek jobs"), "jobs is empty\n");
    EXPECT_EQ(shows("parlance queue receive jobs"), "nothing to receive in jobs\n");
    EXPECT_EQ(shows("parlance queue pop jobs"), "nothing to receive in jobs\n");
    EXPECT_EQ(shows("parlance queue dead jobs --json"), "");
}

TEST(terminal, shows_the_next_messages_in_a_table_and_a_pipe_gets_them_alone) {
    owner const someone;
    auto const id = someone.gets("parlance queue send jobs --text 'two\nlines'");
    auto const shown = someone.types_at_terminal("parlance queue peek jobs --no-color", "").out;
    EXPECT_THAT(shown, HasSubstr("ID                                RECEIVED  DUE  MESSAGE\n" + id +
                                 "         0  now  two lines\n"));
    EXPECT_EQ(someone.types("parlance queue peek jobs"), (answer{0, "two\nlines\n", ""}));
}

TEST(terminal, gets_no_control_characters_of_others) {
    owner const someone;
    someone.gets("printf 'a\\033[2Jb' | parlance queue send jobs --text -");
    for (std::string const line : {"peek", "receive --vt 0", "pop"}) {
        auto const shown = someone.types_at_terminal("parlance queue " + line + " jobs --no-color", "").out;
        EXPECT_THAT(shown, HasSubstr("a\\u001b[2Jb")) << line;
        EXPECT_THAT(shown, Not(HasSubstr("\x1b"))) << line;
    }
    someone.gets("printf 'a\\033b' | parlance queue send jobs --text -");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "a\x1b"
                                                       "b")
        << "elsewhere it is the message, byte for byte";
}

TEST(terminal, is_told_how_to_finish_what_was_received) {
    owner const someone;
    auto const id = someone.gets("parlance queue send jobs 1");
    auto const shown = someone.types_at_terminal("parlance queue receive jobs --no-color", "").out;
    auto const command = "parlance queue ack jobs " + id + " --receipt ";
    ASSERT_THAT(shown, HasSubstr("done? " + command));
    auto const typed = shown.substr(shown.find(command), shown.find('\n', shown.find(command)) - shown.find(command));
    EXPECT_EQ(someone.gets(typed), "acked " + id);
}

} // namespace
} // namespace parlance::cli
