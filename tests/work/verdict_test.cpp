// The tables of docs/work.md.
#include "work/verdict.hpp"

#include <parlance/message.hpp>

#include <gtest/gtest.h>

namespace parlance {

void PrintTo(verdict const& judged, std::ostream* out) {
    *out << static_cast<int>(judged.what) << " " << judged.reason << " "
         << (judged.retry_after ? judged.retry_after->count() : -1);
}

namespace {

using namespace std::chrono_literals;
using enum verdict::kind;

process_end exited(int code) {
    process_end end;
    end.code = code;
    return end;
}

process_end killed_by(signal which) {
    process_end end;
    end.reason = end_reason::signalled;
    end.signal = which;
    return end;
}

TEST(judge_end, reads_the_exit_status_as_the_page_says) {
    struct {
        char const* what;
        process_end end;
        verdict expected;
    } const lines[] = {
        {"0 acks", exited(0), {done}},
        {"75 is EX_TEMPFAIL", exited(75), {later, "the worker said later (exit 75)"}},
        {"100 is never again", exited(100), {dead, "the worker said never again (exit 100)"}},
        {"anything else fails", exited(3), {failed, "exit 3"}},
        {"a signal is a crash", killed_by(signal{11}), {crashed, "worker died: SIGSEGV"}},
    };
    for (auto const& line : lines) EXPECT_EQ(judge_end(line.end), line.expected) << line.what;
}

TEST(judge_death, is_a_crash_whatever_the_status) {
    EXPECT_EQ(judge_death(exited(0)), (verdict{crashed, "worker died: exit 0"}));
    EXPECT_EQ(judge_death(killed_by(signal::kill)), (verdict{crashed, "worker died: SIGKILL"}));
}

TEST(judge_overrun, says_how_long_it_was_given) {
    EXPECT_EQ(judge_overrun(5s).reason, "timed out after 5s");
    EXPECT_EQ(judge_overrun(250ms).reason, "timed out after 0.25s");
}

TEST(read_answer, reads_what_a_worker_may_say) {
    struct {
        char const* said;
        verdict expected;
    } const lines[] = {
        {R"({"id":"a","ok":true,"result":7})", {done}},
        {R"({"id":"a","ok":false,"error":"no such file"})", {failed, "no such file"}},
        {R"({"id":"a","ok":false,"error":{"code":5}})", {failed, R"({"code":5})"}},
        {R"({"id":"a","ok":false})", {failed, "the worker said it failed"}},
        {R"({"id":"a","ok":false,"error":"x","retry_after":0.5})", {failed, "x", 500ms}},
        {R"({"id":"a","ok":false,"error":"x","later":true,"retry_after":5})", {later, "x", 5s}},
        {R"({"id":"a","ok":false,"error":"x","dead":true})", {dead, "x"}},
        {R"({"id":"a","ok":false,"error":"x","later":false,"dead":false})", {failed, "x"}},
    };
    for (auto const& line : lines) {
        auto const read = read_answer(parse_json(line.said));
        EXPECT_EQ(read.id, "a") << line.said;
        EXPECT_EQ(read.verdict, line.expected) << line.said;
    }
}

TEST(read_answer, says_what_is_wrong_with_an_answer) {
    struct {
        char const* said;
        char const* what;
    } const lines[] = {
        {"7", "it is no object"},
        {"{}", "it has no \"id\""},
        {R"({"id":7,"ok":true})", "it has no \"id\""},
        {R"({"id":"a"})", "it has no \"ok\""},
        {R"({"id":"a","ok":1})", "it has no \"ok\""},
        {R"({"id":"a","ok":false,"dead":"yes"})", "\"dead\" is neither true nor false"},
        {R"({"id":"a","ok":false,"retry_after":-1})", "\"retry_after\" is no number of seconds"},
        {R"({"id":"a","ok":false,"retry_after":"5"})", "\"retry_after\" is no number of seconds"},
    };
    for (auto const& line : lines) {
        try {
            read_answer(parse_json(line.said));
            ADD_FAILURE() << "accepted: " << line.said;
        } catch (failure const& fault) {
            EXPECT_EQ(fault.message(), line.what) << line.said;
        }
    }
}

TEST(goes_dead, at_the_last_attempt_that_is_charged) {
    struct {
        verdict judged;
        std::uint32_t attempt, limit;
        bool expected;
    } const lines[] = {
        {{failed}, 4, 5, false}, {{failed}, 5, 5, true}, {{crashed}, 5, 5, true},   {{failed}, 9, 0, false},
        {{later}, 9, 5, false},  {{dead}, 1, 5, true},   {{released}, 9, 5, false},
    };
    for (auto const& line : lines) EXPECT_EQ(goes_dead(line.judged, line.attempt, line.limit), line.expected);
}

TEST(nack_for, charges_only_what_was_attempted) {
    EXPECT_TRUE(nack_for({failed, "x"}, "", 5).charge);
    EXPECT_TRUE(nack_for({crashed, "x"}, "", 5).crashed);
    EXPECT_FALSE(nack_for({later, "x"}, "", 5).charge);
    EXPECT_FALSE(nack_for({released}, "", 5).charge);
    EXPECT_EQ(nack_for({released}, "", 5).delay, 0ms);
    EXPECT_EQ(nack_for({failed, "x", 3s}, "", 5).delay, 3s);
    EXPECT_TRUE(nack_for({dead, "x"}, "", 5).dead);
}

} // namespace
} // namespace parlance
