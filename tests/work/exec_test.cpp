#include "work/scratch_work.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr work_options until_empty{.procs = 1, .until_empty = true};

TEST(work_exec, gives_the_message_on_standard_input_in_the_arguments_and_in_the_environment) {
    scratch_work scratch;
    auto const ids = scratch.send({R"({"n":1})"});
    auto const report = scratch.work(
        {"sh", "-c",
         R"sh(printf '%s|%s|%s|%s|%s' "$(cat)" "$1" "$PARLANCE_QUEUE" "$PARLANCE_ID" "$PARLANCE_ATTEMPT")sh", "sh",
         "<{}>"},
        until_empty);
    EXPECT_THAT(report.output, ElementsAre("worker 1: {\"n\":1}|<{\"n\":1}>|jobs|" + ids[0].text() + "|1"));
    EXPECT_EQ(report.sums.done, 1U);
    EXPECT_EQ(scratch.info().msgs, 0U);
}

TEST(work_exec, needs_no_worker_that_reads_its_input) {
    scratch_work scratch;
    scratch.send({std::string(60'000, 'x')});
    EXPECT_EQ(scratch.work({"true"}, until_empty).sums.done, 1U);
}

TEST(work_exec, tries_again_after_a_failure_and_says_so) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report =
        scratch.work({"sh", "-c", "echo try $PARLANCE_ATTEMPT; [ $PARLANCE_ATTEMPT = 3 ]"}, until_empty);
    EXPECT_THAT(report.output, ElementsAre("worker 1: try 1", "worker 1: try 2", "worker 1: try 3"));
    EXPECT_EQ(report.sums.done, 1U);
    EXPECT_EQ(report.sums.failed, 2U);
    EXPECT_EQ(report.sums.retried, 2U);
    EXPECT_EQ(report.sums.dead, 0U);
}

TEST(work_exec, makes_a_dead_letter_with_reason_attempts_and_the_end_of_standard_error) {
    scratch_work scratch;
    scratch.send({"\"poison\""});
    auto const report = scratch.work({"sh", "-c", "echo what went wrong >&2; exit 3"},
                                     {.procs = 1, .max_receives = 2, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U);
    auto const dead = scratch.dead();
    ASSERT_EQ(dead.size(), 1U) << report.all();
    EXPECT_EQ(dead[0].reason, "exit 3");
    EXPECT_EQ(dead[0].text, "\"poison\"");
    EXPECT_EQ(dead[0].attempts, 2U);
    EXPECT_EQ(dead[0].crashes, 0U);
    EXPECT_EQ(dead[0].err_tail, "what went wrong\n");
}

TEST(work_exec, counts_a_crash_apart) {
    scratch_work scratch;
    scratch.send({"1"});
    scratch.work({"sh", "-c", "kill -SEGV $$"}, {.procs = 1, .max_receives = 2, .until_empty = true});
    auto const dead = scratch.dead();
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].reason, "worker died: SIGSEGV");
    EXPECT_EQ(dead[0].crashes, 2U);
}

TEST(work_exec, gives_up_a_message_five_times_unless_told_otherwise) {
    scratch_work scratch;
    scratch.send({"1"});
    EXPECT_EQ(scratch.work({"false"}, until_empty).sums.failed, 5U);
    EXPECT_EQ(scratch.dead().size(), 1U);
}

TEST(work_exec, with_75_puts_back_and_counts_no_attempt) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report = scratch.work({"sh", "-c",
                                      "echo $PARLANCE_ATTEMPT; [ -e " + scratch.path("flag") + " ] && exit 0; touch " +
                                          scratch.path("flag") + "; exit 75"},
                                     until_empty);
    EXPECT_THAT(report.output, ElementsAre("worker 1: 1", "worker 1: 1"));
    EXPECT_EQ(report.sums.failed, 0U);
    EXPECT_EQ(report.sums.done, 1U);
}

TEST(work_exec, with_100_never_tries_again) {
    scratch_work scratch;
    scratch.send({"1"});
    EXPECT_EQ(scratch.work({"sh", "-c", "exit 100"}, until_empty).sums.dead, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].attempts, 1U);
}

TEST(work_exec, kills_a_worker_that_overruns) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report =
        scratch.work({"sleep", "600"}, {.procs = 1, .timeout = 50ms, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "timed out after 0.05s");
}

TEST(work_exec, that_cannot_start_charges_nothing_and_ends_with_the_reason) {
    scratch_work scratch;
    scratch.send({"1", "2"});
    auto const report = scratch.work({"/no/such/program"}, until_empty);
    ASSERT_TRUE(report.fault);
    EXPECT_EQ(report.fault->code(), errc::start_failed);
    EXPECT_THAT(report.fault->what(), HasSubstr("/no/such/program"));
    EXPECT_EQ(scratch.info().msgs, 2U);
    EXPECT_EQ(scratch.info().hiddenmsgs, 0U);
    auto const next = run(scratch.jobs.receive());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->attempt(), 1U);
}

TEST(work_exec, message_too_long_for_an_argument_fails_by_itself) {
    scratch_work scratch({.maxsize = -1, .backoff = backoff{1ms, 1ms}});
    scratch.send({"\"" + std::string(200'000, 'x') + "\"", "\"short\""});
    auto const report = scratch.work({"echo", "{}"}, {.procs = 1, .max_receives = 1, .until_empty = true});
    EXPECT_FALSE(report.fault) << report.all();
    EXPECT_THAT(report.output, ElementsAre("worker 1: short"));
    EXPECT_EQ(report.sums.dead, 1U);
}

TEST(work_exec, ends_what_a_worker_left_running_even_in_a_session_of_its_own) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const pid_file = scratch.path("pid");
    auto const script =
        "setsid sh -c 'echo $$ > " + pid_file + "; exec sleep 600' & while [ ! -s " + pid_file + " ]; do :; done";
    auto const report = scratch.work({"sh", "-c", script}, until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    auto const pid = std::stoi(scratch.content("pid"));
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string const state{std::istreambuf_iterator<char>(stat), {}};
    EXPECT_TRUE(state.empty() || state.find(") Z") != std::string::npos) << state;
}

TEST(work_exec, keeps_the_job_of_a_silent_worker_that_lasts_longer_than_its_lease) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report =
        scratch.work({"sh", "-c", "sleep 1.2; echo done"}, {.procs = 2, .until_empty = true, .lease = 300ms});
    EXPECT_EQ(report.output.size(), 1U) << report.all();
    EXPECT_EQ(report.sums.done, 1U);
}

TEST(work_exec, stopped_finishes_what_is_in_hand_and_leaves_the_rest) {
    scratch_work scratch;
    scratch.send({"1", "2", "3"});
    auto const report = scratch.work({"sh", "-c", "echo begun; sleep 0.2; echo ended"}, {.procs = 1},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_THAT(report.output, ElementsAre("worker 1: begun", "worker 1: ended"));
    EXPECT_EQ(report.sums.done, 1U);
    EXPECT_EQ(scratch.info().msgs, 2U);
    EXPECT_EQ(scratch.info().hiddenmsgs, 0U);
}

TEST(work_exec, stopped_without_grace_gives_back_uncharged_what_it_interrupts) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report = scratch.work({"sh", "-c", "echo begun; exec sleep 600"}, {.procs = 1, .grace = 10ms},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_EQ(report.sums.done, 0U);
    EXPECT_EQ(report.sums.failed, 0U);
    auto const next = run(scratch.jobs.receive());
    ASSERT_TRUE(next) << report.all();
    EXPECT_EQ(next->attempt(), 1U);
}

} // namespace
} // namespace parlance
