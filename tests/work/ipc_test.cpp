// Workers over Node's IPC channel: as lines_test.cpp, and what is a socket's own.
#include "work/scratch_work.hpp"
#include "work/worker_talk.hpp"

#include <gmock/gmock.h>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr work_options ipc_until_empty{.mode = work_mode::ipc, .procs = 1, .until_empty = true};

std::vector<std::string> script() { return {peer("ipc_echo.js")}; }
std::vector<std::string> shell(std::string text) { return {"sh", "-c", std::move(text)}; }

std::vector<std::string> numbers(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back("{\"n\":" + std::to_string(i) + "}");
    return all;
}

TEST(socket_end, tells_what_a_worker_was_at_as_the_table_says) {
    struct {
        char const* what;
        socket_end end;
        unanswered first;
        bool anything, begun;
    } const table[] = {
        {"nothing was written", {0, false}, {}, false, false},
        {"all was read", {100, false}, {.bytes = 100, .is_last = true}, true, true},
        {"nothing was read", {100, true}, {.bytes = 100, .is_last = true}, false, false},
        {"some of many, nothing answered", {300, true}, {.bytes = 300}, false, false},
        {"the one behind an answer was left", {200, true}, {100, 100, true, true}, true, false},
        {"it, or others behind it, were left", {300, true}, {100, 200, false, true}, true, true},
        {"a part of a long one was left", {70'100, true}, {100, 70'000, true, true}, true, true},
        {"it never went out", {100, false}, {100, 100, true, true}, true, false},
    };
    for (auto const& each : table) {
        EXPECT_EQ(took_anything(each.end, each.first.answered), each.anything) << each.what;
        EXPECT_EQ(has_begun(each.end, each.first), each.begun) << each.what;
    }
}

TEST(work_ipc, feeds_one_script_with_many_messages_in_order) {
    scratch_work scratch;
    scratch.send(numbers(3));
    auto const report = scratch.work(script(), ipc_until_empty);
    EXPECT_THAT(report.output,
                ElementsAre("worker 1: did {\"n\":0}", "worker 1: did {\"n\":1}", "worker 1: did {\"n\":2}"));
    EXPECT_EQ(report.sums.done, 3U) << report.all();
    EXPECT_EQ(scratch.info().msgs, 0U);
}

TEST(work_ipc, takes_workers_of_any_language) {
    for (auto const& command :
         {script(), std::vector<std::string>{"node", peer("ipc_echo.js")},
          shell(R"(while read -r line <&$NODE_CHANNEL_FD; do echo "${line%%,*},\"ok\":true}" >&3; done)")}) {
        scratch_work scratch;
        scratch.send(numbers(20));
        auto const report =
            scratch.work(command, {.mode = work_mode::ipc, .procs = 2, .prefetch = 4, .until_empty = true});
        EXPECT_EQ(report.sums.done, 20U) << command[0] << report.all();
    }
}

TEST(work_ipc, gives_the_job_of_a_killed_worker_to_the_next) {
    scratch_work scratch;
    scratch.send({"\"die once\""});
    auto const report = scratch.work(script(), ipc_until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_EQ(report.sums.retried, 1U);
    EXPECT_TRUE(report.said("worker died: SIGKILL")) << report.all();
}

TEST(work_ipc, charges_only_the_message_that_a_dead_worker_was_at) {
    scratch_work scratch;
    auto const ids = scratch.send({"\"die\"", "{\"n\":1}", "{\"n\":2}"});
    auto const report = scratch.work(
        script(), {.mode = work_mode::ipc, .procs = 1, .prefetch = 3, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
    EXPECT_EQ(report.sums.done, 2U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].id, ids[0]);
    EXPECT_EQ(scratch.dead()[0].crashes, 1U);
}

TEST(work_ipc, does_what_an_answer_says) {
    scratch_work scratch;
    scratch.send({"\"fail once\"", R"({"do":"fail","with":{"dead":true}})"});
    auto const report = scratch.work(script(), ipc_until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_EQ(report.sums.retried, 1U);
    EXPECT_EQ(report.sums.dead, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "as told");
}

TEST(work_ipc, shows_what_is_printed_and_what_is_no_answer) {
    scratch_work scratch;
    scratch.send({"\"chatter\"", "\"wrong id\""});
    auto const report = scratch.work(script(), ipc_until_empty);
    EXPECT_THAT(report.output, UnorderedElementsAre("worker 1: [info] on standard output", "worker 1: \"no answer\""));
    EXPECT_TRUE(report.said("answers a message that it does not hold: nobody")) << report.all();
    EXPECT_EQ(report.sums.done, 2U);
}

TEST(work_ipc, shows_a_line_that_is_no_message_and_goes_on) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report =
        scratch.work(shell(R"(read -r line <&3; echo log >&3; echo "${line%%,*},\"ok\":true}" >&3; read -r end <&3)"),
                     ipc_until_empty);
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_TRUE(report.said("not a message: \"log\"")) << report.all();
}

TEST(work_ipc, takes_and_closes_a_handle_that_comes_with_an_answer) {
    scratch_work scratch;
    scratch.send({"\"handle\"", "{\"n\":1}"});
    auto const report = scratch.work(script(), ipc_until_empty);
    EXPECT_EQ(report.sums.done, 2U) << report.all();
    EXPECT_EQ(report.sums.failed, 0U);
}

TEST(work_ipc, kills_a_worker_that_overruns_and_goes_on_with_a_new_one) {
    scratch_work scratch;
    scratch.send({"\"hang\"", "{\"n\":1}"});
    auto const report = scratch.work(
        script(), {.mode = work_mode::ipc, .procs = 1, .timeout = 1s, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
    EXPECT_EQ(report.sums.done, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "timed out after 1s");
}

TEST(work_ipc, replaces_a_worker_that_disconnects_and_lives) {
    scratch_work scratch;
    scratch.send({"\"leave\"", "{\"n\":1}"});
    auto const report =
        scratch.work(script(), {.mode = work_mode::ipc, .procs = 1, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
    EXPECT_EQ(report.sums.done, 1U);
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "the worker closed its IPC channel");
}

TEST(work_ipc, worker_that_ends_before_it_reads_charges_nothing) {
    for (auto const& command : {shell("echo cannot begin >&2; exit 1"), shell("exec node -e 'throw 1'"),
                                std::vector<std::string>{"no-such-script.js"}}) {
        scratch_work scratch;
        scratch.send({"1", "2"});
        auto const report =
            scratch.work(command, {.mode = work_mode::ipc, .procs = 1, .prefetch = 2, .until_empty = true});
        ASSERT_TRUE(report.fault) << report.all();
        EXPECT_EQ(report.fault->code(), errc::start_failed);
        EXPECT_THAT(report.fault->what(), HasSubstr("5 times in a row"));
        auto const next = run(scratch.jobs.receive());
        ASSERT_TRUE(next);
        EXPECT_EQ(next->attempt(), 1U);
    }
}

TEST(work_ipc, worker_that_read_its_message_and_ended_crashed) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const report = scratch.work(shell("read -r line <&3; exit 0"),
                                     {.mode = work_mode::ipc, .procs = 1, .max_receives = 2, .until_empty = true});
    EXPECT_FALSE(report.fault) << report.all();
    ASSERT_EQ(scratch.dead().size(), 1U);
    EXPECT_EQ(scratch.dead()[0].reason, "worker died: exit 0");
    EXPECT_EQ(scratch.dead()[0].crashes, 2U);
}

TEST(work_ipc, does_not_charge_a_message_that_came_when_its_worker_had_enough) {
    scratch_work scratch;
    scratch.send(numbers(8));
    // each worker takes one message, and ends when it holds another that it did not read
    auto const one = R"(read -r line <&3; echo "${line%%,*},\"ok\":true}" >&3;
                        exec python3 -c 'import select; select.select([3], [], [])')";
    auto const report = scratch.work(
        shell(one), {.mode = work_mode::ipc, .procs = 1, .max_receives = 1, .until_empty = true, .grace = 50ms});
    EXPECT_EQ(report.sums.done, 8U) << report.all();
    EXPECT_EQ(report.sums.failed, 0U);
}

TEST(work_ipc, stopped_disconnects_idle_workers) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const loop =
        R"(while read -r line <&3; do echo "${line%%,*},\"ok\":true}" >&3; echo had one >&2; done; echo goodbye >&2)";
    auto const report = scratch.work(shell(loop), {.mode = work_mode::ipc, .procs = 1},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_THAT(report.output, ElementsAre("worker 1: had one", "worker 1: goodbye"));
    EXPECT_EQ(report.sums.done, 1U);
}

TEST(work_ipc, stopped_ends_a_worker_that_ignores_everything) {
    scratch_work scratch;
    scratch.send({"1"});
    auto const deaf = "trap '' TERM; read -r line <&3; echo mine >&2; while :; do sleep 0.05; done";
    auto const report = scratch.work(shell(deaf), {.mode = work_mode::ipc, .procs = 1, .grace = 50ms},
                                     [](workers& crew, std::string_view) { crew.stop(); });
    EXPECT_EQ(report.sums.failed, 0U) << report.all();
    EXPECT_EQ(scratch.info().msgs, 1U);
}

TEST(work_ipc, worker_that_ends_in_the_middle_of_an_answer_is_a_crash_or_a_failure_as_any_other) {
    for (std::string const end : {"kill -SEGV $$", "exit 0", "exec sleep 600"}) {
        scratch_work scratch;
        scratch.send({"1"});
        auto const report = scratch.work(
            shell(R"(read -r line <&3; printf '{"id":"x","ok":tr' >&3; )" + end),
            {.mode = work_mode::ipc, .procs = 1, .timeout = 500ms, .max_receives = 1, .until_empty = true});
        EXPECT_EQ(report.sums.dead, 1U) << end << "\n" << report.all();
    }
}

TEST(work_ipc, gives_messages_of_any_size) {
    scratch_work scratch({.maxsize = -1, .backoff = backoff{1ms, 1ms}});
    scratch.send({"\"" + std::string(3'000'000, 'x') + "\"", "{\"n\":1}"});
    auto const report = scratch.work(
        {"node", "-e", "process.on('message', m => process.send({id: m.id, ok: m.message.length === 3000000}))"},
        {.mode = work_mode::ipc, .procs = 1, .prefetch = 2, .max_receives = 1, .until_empty = true});
    EXPECT_EQ(report.sums.done, 1U) << report.all();
    EXPECT_EQ(report.sums.dead, 1U);
}

} // namespace
} // namespace parlance
