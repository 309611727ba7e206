// What CLI.md says of `queue send`.
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(queue_send, prints_an_id_that_info_then_counts) {
    owner someone;
    auto const sent = someone.gets_json("parlance queue send jobs '{\"a\":1}' --json");
    EXPECT_EQ(keys(sent), "id");
    EXPECT_EQ(sent.at("id").as_string().size(), 32u);
    EXPECT_EQ(someone.gets("parlance queue send jobs 2").size(), 32u);
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 2);
}

TEST(queue_send, keeps_json_byte_for_byte_without_the_white_space_around_it) {
    owner someone;
    someone.gets("printf ' \\n{\"n\":  1.0e400,\\n \"n\": 12345678901234567890123}\\n\\n' | parlance queue send jobs");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "{\"n\":  1.0e400,\n \"n\": 12345678901234567890123}");
}

TEST(queue_send, reads_standard_input_where_the_message_is_missing_or_a_dash) {
    owner someone;
    someone.gets("echo '[1]' | parlance queue send jobs");
    someone.gets("echo '[2]' | parlance queue send jobs -");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "[1]");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "[2]");
}

TEST(queue_send, takes_text_as_it_is_final_newline_included) {
    owner someone;
    someone.gets("printf 'two\\nlines\\n' | parlance queue send jobs --text -");
    EXPECT_EQ(someone.gets_json("parlance queue pop jobs --text --json").at("message"), "two\nlines\n");
    someone.gets("parlance queue send jobs --text '{\"a\": 1}'");
    EXPECT_EQ(someone.gets_json("parlance queue pop jobs --text --json").at("message"), "{\"a\": 1}");
}

TEST(queue_send, shows_line_and_column_of_bad_json_with_a_caret) {
    owner someone;
    auto const given = someone.types("printf '{\\n \"a\": 1,\\n}' | parlance queue send jobs");
    EXPECT_EQ(given.status, 1);
    EXPECT_NE(given.err.find("line 3, column 1\n  }\n  ^\n"), std::string::npos) << given.err;
    auto const told = error_of(someone.types("parlance queue send jobs '[1 2]' --json"));
    EXPECT_EQ(told.at("code"), "invalidJson");
    EXPECT_EQ(told.at("line"), 1);
    EXPECT_EQ(told.at("column"), 4);
}

TEST(queue_send, sends_one_message_for_each_line) {
    owner someone;
    auto const ids = someone.gets("printf '1\\n2\\n\\n3' | parlance queue send jobs --lines");
    EXPECT_EQ(ids.size(), 3 * 32 + 2u);
    for (auto const* expected : {"1", "2", "3"}) EXPECT_EQ(someone.gets("parlance queue pop jobs"), expected);
}

TEST(queue_send, sends_all_lines_or_none) {
    owner someone;
    auto const given = someone.types("printf '1\\n2\\n{bad}\\n4\\n' | parlance queue send jobs --lines --json");
    EXPECT_EQ(given.status, 1);
    EXPECT_EQ(error_of(given).at("line"), 3);
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 0);
}

TEST(queue_send, names_the_line_of_a_message_that_is_too_long) {
    owner someone;
    auto const lines = std::string("{ printf '1\\n\\n'; head -c 70000 /dev/zero | tr '\\0' 1; printf '\\n4\\n'; } | ");
    auto const told = someone.types(lines + "parlance queue send jobs --lines");
    EXPECT_EQ(told.status, 1);
    EXPECT_NE(told.err.find("Message too long at line 3"), std::string::npos) << told.err;
    auto const error = error_of(someone.types(lines + "parlance queue send jobs --lines --text --json"));
    EXPECT_EQ(error.at("code"), "messageTooLong");
    EXPECT_EQ(error.at("line"), 3);
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 0);
}

TEST(queue_send, takes_messages_that_begin_with_a_dash) {
    owner someone;
    for (auto const* line : {"jobs -5", "jobs -- -6", "-- jobs -7", "jobs --text -- --text", "--text jobs -- --"})
        someone.gets("parlance queue send " + std::string(line));
    EXPECT_EQ(someone.gets("parlance queue peek jobs"), "-5\n-6\n-7\n--text\n--");
    EXPECT_EQ(someone.types("parlance queue send jobs -- 1 2").status, 2);
    EXPECT_EQ(someone.types("parlance queue send jobs --nope").status, 2);
}

TEST(queue_send, sends_file_names_as_the_first_minute_does) {
    owner someone;
    EXPECT_EQ(someone.gets("touch a.png 'b c.png'; ls *.png | parlance queue send jobs --lines --text").size(), 65u);
    EXPECT_EQ(someone.gets("parlance queue pop jobs --text"), "a.png");
    EXPECT_EQ(someone.gets("parlance queue pop jobs --text"), "b c.png");
}

TEST(queue_send, takes_queues_that_are_called_like_commands) {
    user someone;
    for (auto const* name : {"send", "queue", "exec", "list", "work"}) {
        someone.gets("parlance queue create " + std::string(name));
        someone.gets("parlance queue send " + std::string(name) + " 1");
        EXPECT_EQ(someone.gets("parlance queue pop " + std::string(name)), "1");
    }
}

TEST(queue_send, hides_a_message_for_its_delay) {
    owner someone;
    someone.gets("parlance queue send jobs 1 --delay 1h");
    EXPECT_EQ(someone.types("parlance queue receive jobs"), (answer{3, "", ""}));
    someone.gets("parlance queue send jobs 2 --delay 50ms");
    EXPECT_EQ(someone.gets_json("parlance queue receive jobs --wait 20s --json").at("message"), 2);
}

} // namespace
} // namespace parlance::cli
