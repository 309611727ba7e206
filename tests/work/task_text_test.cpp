#include "work/task_text.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

task_view task(std::string_view text, bool as_text = false) { return {"ID", "jobs", text, 2, as_text}; }

TEST(task_line, holds_the_message_as_it_was_sent) {
    EXPECT_EQ(task_line(task(R"({"a": 1.50})")), R"({"id":"ID","queue":"jobs","attempt":2,"message":{"a": 1.50}})");
    EXPECT_EQ(task_line(task("no \"json\"")), R"({"id":"ID","queue":"jobs","attempt":2,"message":"no \"json\""})");
    EXPECT_EQ(task_line(task("7", true)), R"({"id":"ID","queue":"jobs","attempt":2,"message":"7"})");
}

TEST(task_line, is_one_line_whatever_the_message) {
    EXPECT_EQ(task_line(task("[1,\n 2]")), R"({"id":"ID","queue":"jobs","attempt":2,"message":[1,2]})");
    EXPECT_EQ(task_line(task("a\nb")), R"({"id":"ID","queue":"jobs","attempt":2,"message":"a\nb"})");
}

TEST(task_arguments, replace_braces_by_the_message) {
    struct {
        char const* what;
        char const* text;
        bool as_text;
        std::string expected;
    } const lines[] = {
        {"a string is its content", R"("a b\n")", false, "a b\n"},
        {"a number as it is written", "1.50", false, "1.50"},
        {"anything else is JSON", R"({"a":1})", false, R"({"a":1})"},
        {"what is no JSON is itself", "plain", false, "plain"},
        {"text stays as it is", R"("quoted")", true, R"("quoted")"},
        {"braces in the message are not replaced again", "{}", true, "{}"},
    };
    std::vector<std::string> const arguments{"{}", "--file={}", "plain", "{}{}"};
    for (auto const& line : lines) {
        std::vector<std::string> const expected{line.expected, "--file=" + line.expected, "plain",
                                                line.expected + line.expected};
        EXPECT_EQ(task_arguments(arguments, task(line.text, line.as_text)), expected) << line.what;
    }
}

TEST(task_environment, names_queue_id_and_attempt) {
    EXPECT_EQ(task_environment(task("1")),
              (std::vector<std::string>{"PARLANCE_QUEUE=jobs", "PARLANCE_ID=ID", "PARLANCE_ATTEMPT=2"}));
}

} // namespace
} // namespace parlance
