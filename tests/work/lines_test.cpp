#include "work/scratch_work.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr work_options lines_until_empty{.mode = work_mode::lines, .procs = 1, .until_empty = true};

std::vector<std::string> node() { return {"node", peer("echo.js")}; }

std::vector<std::string> numbers(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back("{\"n\":" + std::to_string(i) + "}");
    return all;
}

TEST(work_lines, feeds_one_process_with_many_messages_in_order) {
    scratch_work scratch;
    scratch.send(numbers(3));
    auto const report = scratch.work(node(), lines_until_empty);
    EXPECT_THAT(report.output,
                ElementsAre("worker 1: did {\"n\":0}", "worker 1: did {\"n\":1}", "worker 1: did {\"n\":2}"));
    EXPECT_EQ(report.sums.done, 3U) << report.all();
    EXPECT_EQ(scratch.info().msgs, 0U);
}

TEST(work_lines, takes_workers_of_any_language) {
    for (std::vector<std::string> const& command :
         {node(),
          {"python3", peer("echo.py")},
          {"sh", "-c", R"(while read -r line; do echo "${line%%,*},\"ok\":true}"; done)"}}) {
        scratch_work scratch;
        scratch.send(numbers(20));
        auto const report =
            scratch.work(command, {.mode = work_mode::lines, .procs = 2, .prefetch = 4, .until_empty = true});
        EXPECT_EQ(report.sums.done, 20U) << command[0] << report.all();
    }
}

TEST(work_lines, gives_the_job_of_a_killed_worker_to_the_next) {
    scratch_work scratch;
    scratch.send({"\"die once\""});
    auto const report = scratch.work(node(), lines_until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_EQ(report.sums.retried, 1U);
    EXPECT_TRUE(report.said("worker died: SIGKILL")) << report.all();
}

TEST(work_lines, charges_only_the_message_that_a_dead_worker_was_at) {
    scratch_work scratch;
    auto const ids = scratch.send({"\"die\"", "{\"n\":1}", "{\"n\":2}"});
    auto const report = scratch.work(
        node(), {.mode = work_mode::lines, .procs = 1, .prefetch = 3, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
    EXPECT_EQ(report.sums.done, 2U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].id, ids[0]);
    EXPECT_EQ(scratch.dead()[0].crashes, 1U);
}

TEST(work_lines, does_what_an_answer_says) {
    scratch_work scratch;
    scratch.send({"\"fail once\"", R"({"do":"fail","with":{"dead":true}})"});
    auto const report = scratch.work(node(), lines_until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_EQ(report.sums.retried, 1U);
    EXPECT_EQ(report.sums.dead, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "as told");
}

TEST(work_lines, shows_what_is_no_answer_and_goes_on) {
    scratch_work scratch;
    scratch.send({"\"chatter\"", "\"wrong id\""});
    auto const report = scratch.work(node(), lines_until_empty);
    EXPECT_THAT(report.output, ElementsAre("worker 1: [info] not a message", "worker 1: {\"id\":"));
    EXPECT_TRUE(report.said("answers a message that it does not hold: nobody")) << report.all();
    EXPECT_EQ(report.sums.done, 2U);
}

TEST(work_lines, kills_a_worker_that_overruns_and_goes_on_with_a_new_one) {
    scratch_work scratch;
    scratch.send({"\"hang\"", "{\"n\":1}"});
    auto const report = scratch.work(
        node(), {.mode = work_mode::lines, .procs = 1, .timeout = 500ms, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
    EXPECT_EQ(report.sums.done, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "timed out after 0.5s");
}

TEST(work_lines, counts_the_time_of_a_prefetched_message_from_the_answer_before_it) {
    scratch_work scratch;
    scratch.send(numbers(6));
    auto const slow = R"(while read -r line; do sleep 0.2; echo "${line%%,*},\"ok\":true}"; done)";
    auto const report =
        scratch.work({"sh", "-c", slow},
                     {.mode = work_mode::lines, .procs = 1, .prefetch = 6, .timeout = 800ms, .until_empty = true});
    EXPECT_EQ(report.sums.done, 6U) << report.all();
    EXPECT_EQ(report.sums.failed, 0U);
}

TEST(work_lines, worker_that_ends_before_it_reads_charges_nothing) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report = scratch.work({"sh", "-c", "echo cannot begin >&2; exit 1"}, lines_until_empty);
    ASSERT_TRUE(report.fault);
    EXPECT_EQ(report.fault->code(), errc::start_failed);
    EXPECT_THAT(report.fault->what(), HasSubstr("5 times in a row"));
    EXPECT_EQ(scratch.info().msgs, 1U);
    auto const next = run(scratch.jobs.receive());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->attempt(), 1U);
}

TEST(work_lines, worker_that_read_its_message_and_ended_crashed) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report = scratch.work({"sh", "-c", "read -r line; exit 0"},
                                     {.mode = work_mode::lines, .procs = 1, .max_receives = 2, .until_empty = true});
    EXPECT_FALSE(report.fault) << report.all();
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "worker died: exit 0");
    EXPECT_EQ(scratch.dead()[0].crashes, 2U);
}

TEST(work_lines, stopped_gives_idle_workers_the_end_of_their_input) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const loop =
        R"(while read -r line; do echo "${line%%,*},\"ok\":true}"; echo had one >&2; done; echo goodbye >&2)";
    auto const report = scratch.work({"sh", "-c", loop}, {.mode = work_mode::lines, .procs = 1},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_THAT(report.output, ElementsAre("worker 1: had one", "worker 1: goodbye"));
    EXPECT_EQ(report.sums.done, 1U);
}

TEST(work_lines, stopped_ends_a_worker_that_ignores_everything) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const deaf = "trap '' TERM; read -r line; echo mine >&2; while :; do sleep 0.05; done";
    auto const report = scratch.work({"sh", "-c", deaf}, {.mode = work_mode::lines, .procs = 1, .grace = 50ms},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_EQ(report.sums.failed, 0U) << report.all();
    EXPECT_EQ(scratch.info().msgs, 1U);
}

TEST(work_lines, worker_that_closes_its_output_is_replaced) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report =
        scratch.work({"sh", "-c", "read -r line; exec >&-; exec sleep 600"},
                     {.mode = work_mode::lines, .procs = 1, .max_receives = 1, .until_empty = true, .grace = 50ms});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
}

TEST(work_lines, worker_that_ends_in_the_middle_of_an_answer_is_a_crash_or_a_failure_as_any_other) {
    for (std::string const end : {"kill -SEGV $$", "exit 0", "exec sleep 600"}) {
        scratch_work scratch;
        scratch.send({"1"});
        auto const report = scratch.work(
            {"sh", "-c", R"(read -r line; printf '{"id":"x","ok":tr'; )" + end},
            {.mode = work_mode::lines, .procs = 1, .timeout = 500ms, .max_receives = 1, .until_empty = true});
        EXPECT_EQ(report.sums.dead, 1U) << end << "\n" << report.all();
    }
}

} // namespace
} // namespace parlance
