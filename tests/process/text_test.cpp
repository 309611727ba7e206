// The pure parts: quoting, environment, paths, ends and their sentences.
#include "process/exit_facts.hpp"
#include "process/proc_stat.hpp"
#include "process/program_text.hpp"
#include "process/quote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(quoted_word, is_as_it_could_be_typed) {
    struct {
        std::string_view word, quoted;
    } const cases[] = {
        {"plain", "plain"},
        {"a b", "'a b'"},
        {"", "''"},
        {"it's", "'it'\\''s'"},
        {"$HOME", "'$HOME'"},
        {"a=b", "'a=b'"},
        {"/usr/bin/x-1.2_3", "/usr/bin/x-1.2_3"},
        {"a\nb", "'a\nb'"},
        {"*", "'*'"},
        {"~", "'~'"},
        {"\xC3\xA9", "'\xC3\xA9'"},
    };
    for (auto const& each : cases) EXPECT_EQ(quoted_word(each.word), each.quoted);
}

TEST(environment, takes_the_last_entry_of_each_name) {
    char const* const ours[] = {"HOME=/root", "PATH=/bin", "EMPTY=", "odd"};
    std::vector<std::string> const added{"PATH=/a", "NEW=1", "PATH=/b", "EMPTY=x=y"};
    EXPECT_THAT(merged_environment(ours, added), ElementsAre("HOME=/root", "odd", "NEW=1", "PATH=/b", "EMPTY=x=y"));
    EXPECT_THAT(merged_environment(ours, {}), ElementsAre("HOME=/root", "PATH=/bin", "EMPTY=", "odd"));
}

TEST(candidate_paths, are_those_of_a_shell) {
    EXPECT_THAT(candidate_paths("ls", "/a:/b/"), ElementsAre("/a/ls", "/b/ls"));
    EXPECT_THAT(candidate_paths("ls", ":/b:"), ElementsAre("ls", "/b/ls", "ls"));
    EXPECT_THAT(candidate_paths("./ls", "/a:/b"), ElementsAre("./ls"));
    EXPECT_THAT(candidate_paths("ls", std::nullopt), ElementsAre("/bin/ls", "/usr/bin/ls"));
}

TEST(proc_stat, is_read_whatever_the_program_calls_itself) {
    constexpr std::string_view line = "42 (a) b (c) S 7 8 9 0 -1 4194560 1 0 0 0 1 0 0 0 20 0 1 0 123456 1 1 1";
    auto const about = parse_proc_stat(line);
    ASSERT_TRUE(about);
    EXPECT_EQ(about->state, 'S');
    EXPECT_EQ(about->parent, 7);
    EXPECT_EQ(about->group, 8);
    EXPECT_EQ(about->start_ticks, 123456U);
    for (std::size_t cut = 0; cut < line.find(" 123456"); ++cut) EXPECT_FALSE(parse_proc_stat(line.substr(0, cut)));
}

TEST(tail, begins_with_a_whole_character) {
    EXPECT_EQ(tail_of("abc", 8), "abc");
    EXPECT_EQ(tail_of("abcdef", 3), "def");
    EXPECT_EQ(tail_of("x\xC3\xA9z", 2), "z");
    EXPECT_EQ(tail_of("x\xC3\xA9z", 3), "\xC3\xA9z");
    EXPECT_EQ(tail_of("abc", 0), "");
}

TEST(end, has_the_reason_that_the_facts_give) {
    using enum end_reason;
    struct {
        char const* what;
        exit_facts facts;
        end_reason reason;
    } const cases[] = {
        {"by itself", {CLD_EXITED, 0, {}, {}}, exited},
        {"by itself with a code", {CLD_EXITED, 3, {}, {}}, exited},
        {"by a signal of somebody", {CLD_KILLED, SIGSEGV, {}, {}}, signalled},
        {"by a signal with a core", {CLD_DUMPED, SIGSEGV, {}, {}}, signalled},
        {"by our signal", {CLD_KILLED, SIGTERM, {}, SIGTERM}, stopped},
        {"by another signal than ours", {CLD_KILLED, SIGSEGV, {}, SIGTERM}, signalled},
        {"handled our SIGTERM and left", {CLD_EXITED, 0, {}, SIGTERM}, stopped},
        {"heard our SIGUSR1 and left some day", {CLD_EXITED, 0, {}, SIGUSR1}, exited},
        {"by our SIGUSR1", {CLD_KILLED, SIGUSR1, {}, SIGUSR1}, stopped},
        {"a stop plan", {CLD_EXITED, 0, stopped, {}}, stopped},
        {"a timeout", {CLD_KILLED, SIGTERM, timed_out, {}}, timed_out},
        {"a timeout, status taken", {0, 0, timed_out, {}}, timed_out},
        {"a timeout, and more than was allowed", {CLD_KILLED, SIGTERM, timed_out, {}, 1}, timed_out},
        {"silence", {CLD_KILLED, SIGTERM, silent, {}}, silent},
        {"a wait that was cancelled", {CLD_EXITED, 0, cancelled, {}}, cancelled},
        {"more than was allowed", {CLD_KILLED, SIGTERM, max_buffer, {}, 2}, max_buffer},
        {"more than was allowed, and ended before we could end it", {CLD_EXITED, 0, {}, {}, 1}, max_buffer},
        {"status taken", {0, 0, {}, {}}, status_taken},
    };
    for (auto const& each : cases) {
        process_end end;
        describe(each.facts, end);
        EXPECT_EQ(end.reason, each.reason) << each.what;
        EXPECT_EQ(end.code.has_value(), each.facts.how == CLD_EXITED) << each.what;
        EXPECT_EQ(end.core_dumped, each.facts.how == CLD_DUMPED) << each.what;
    }
}

TEST(end, is_told_in_one_sentence) {
    process_end end{.command = "node child.js", .pid = 7, .reason = end_reason::exited, .code = 0, .duration = 12ms};
    EXPECT_EQ(end.sentence(), "node child.js exited with 0 after 12ms");
    EXPECT_NO_THROW(end.check());
    end.code = 3, end.err_tail = "first\nlast words\n";
    EXPECT_EQ(end.sentence(), "node child.js exited with 3 after 12ms: last words");
    EXPECT_EQ(end.shell_status(), 3);
    end.code.reset(), end.signal = static_cast<signal>(SIGSEGV), end.reason = end_reason::signalled;
    EXPECT_EQ(end.sentence(), "node child.js was ended by SIGSEGV after 12ms: last words");
    EXPECT_EQ(end.shell_status(), 128 + SIGSEGV);
    end.reason = end_reason::timed_out, end.output_complete = false;
    EXPECT_EQ(end.sentence(), "node child.js timed out and was ended by SIGSEGV after 12ms; another process still held "
                              "its output open: last words");
}

TEST(end, that_is_not_well_throws_with_all_that_is_known) {
    process_end end{.command = "x", .pid = 7, .reason = end_reason::exited, .code = 3, .duration = 5ms};
    end.err_tail = "no disk";
    try {
        end.check();
        FAIL() << "3 is no success";
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), make_error_code(errc::process_failed));
        EXPECT_STREQ(fault.what(), "x: exited with 3 after 5ms: no disk");
        EXPECT_EQ(json::serialize(fault.details().facts),
                  R"({"command":"x","pid":7,"reason":"exited","code":3,"signal":null,"duration_ms":5,)"
                  R"("stderr":"no disk","output_complete":true})");
    }
    end.reason = end_reason::timed_out;
    try {
        end.check();
        FAIL() << "a timeout is no success";
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), make_error_code(errc::timed_out));
    }
}

TEST(signal, has_a_name) {
    EXPECT_EQ(name_of(signal::term), "SIGTERM");
    EXPECT_EQ(name_of(static_cast<signal>(SIGSEGV)), "SIGSEGV");
    EXPECT_EQ(name_of(static_cast<signal>(40)), "signal 40");
}

} // namespace
} // namespace parlance
