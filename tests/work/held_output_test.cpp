// Whoever shows what workers print may be slow, or stand still: the workers wait for him, the leases do not.
#include "work/scratch_work.hpp"

#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>

namespace parlance {
namespace {

using namespace std::chrono_literals;

constexpr auto many_lines = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done";
/// Of a long-lived worker: 20,000 lines, then the answer.
std::string many_answers(std::string const& in, std::string const& out) {
    return "while read -r line" + in + "; do " + many_lines + R"(; echo "${line%%,*},\"ok\":true}")" + out + "; done";
}

/// Looks for two leases and a half whether the message comes back, then lets the output flow.
asio::awaitable<void> look_and_let_go(queue jobs, workers& crew, bool& came_back) {
    came_back = (co_await jobs.receive({.wait = 2500ms})).has_value();
    crew.hold_output(false);
}

struct held_output : testing::TestWithParam<work_mode> {
    std::vector<std::string> talkative() const {
        switch (GetParam()) {
        case work_mode::exec: return {"sh", "-c", many_lines};
        case work_mode::lines: return {"sh", "-c", many_answers("", "")};
        case work_mode::ipc: return {"sh", "-c", many_answers(" <&3", " >&3")};
        }
        return {};
    }
};
INSTANTIATE_TEST_SUITE_P(of_each_mode, held_output, testing::Values(work_mode::exec, work_mode::lines, work_mode::ipc),
                         [](auto const& mode) {
                             return mode.param == work_mode::exec    ? "exec"
                                    : mode.param == work_mode::lines ? "lines"
                                                                     : "ipc";
                         });

TEST_P(held_output, holds_the_worker_and_not_its_lease) {
    scratch_work scratch;
    scratch.send({"1"});
    bool held = false, came_back = false;
    std::size_t shown_while_held = 0, shown = 0;
    auto const watch = [&](workers& crew, std::string_view) {
        ++shown;
        if (std::exchange(held, true)) return;
        crew.hold_output(true);
        asio::co_spawn(*scratch.loop, look_and_let_go(scratch.jobs, crew, came_back),
                       [&](std::exception_ptr) { shown_while_held = shown; });
    };
    auto const report =
        scratch.work(talkative(), {.mode = GetParam(), .procs = 1, .until_empty = true, .lease = 1s}, watch);
    EXPECT_FALSE(came_back) << "its lease ran out";
    EXPECT_EQ(report.sums.done, 1U) << report.all().substr(0, 1000);
    EXPECT_EQ(shown, 20'000U) << "nothing is lost";
    EXPECT_LT(shown_while_held, 15'000U) << "the worker had to wait";
}

TEST_P(held_output, does_not_hold_up_the_end) {
    scratch_work scratch;
    scratch.send({"1", "2"});
    auto const report =
        scratch.work(talkative(), {.mode = GetParam(), .procs = 1, .grace = 10ms}, [](workers& crew, std::string_view) {
            crew.hold_output(true);
            crew.stop();
        });
    EXPECT_EQ(report.sums.done, 0U);
    EXPECT_EQ(report.sums.failed, 0U);
    EXPECT_EQ(scratch.info().msgs, 2U);
    EXPECT_EQ(scratch.info().hiddenmsgs, 0U);
}

TEST_P(held_output, does_not_hold_up_what_became_of_a_dead_worker) {
    scratch_work scratch;
    scratch.send({"1"});
    std::string const read = GetParam() == work_mode::ipc ? "read -r line <&3; " : "read -r line; ";
    auto const report = scratch.work({"sh", "-c", read + "echo words; echo more; kill -SEGV $$"},
                                     {.mode = GetParam(), .procs = 1, .max_receives = 1, .until_empty = true},
                                     [](workers& crew, std::string_view) { crew.hold_output(true); });
    EXPECT_EQ(report.sums.dead, 1U) << report.all();
}

} // namespace
} // namespace parlance
