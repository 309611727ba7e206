// What a worker leaves behind, and how little it holds up.
#include "work/scratch_work.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>
#include <sstream>

namespace parlance {
namespace {

using namespace std::chrono_literals;

/// A process that no crew of a library finds: no token, another session. It holds the outputs open, until the end of
/// the test.
class escapees {
public:
    explicit escapees(scratch_work const& scratch) : folder_(scratch.path("escaped")) {
        std::filesystem::create_directory(folder_);
    }
    ~escapees() {
        for (auto const& file : std::filesystem::directory_iterator(folder_)) {
            pid_t pid = 0;
            if (std::ifstream(file.path()) >> pid) ::kill(pid, SIGKILL);
        }
    }
    /// Goes on when it has written its number: each in a file of its own.
    std::string start() const {
        auto const file = folder_ + "/$$";
        return "env -i setsid sh -c \"echo \\$\\$ > " + file + "; exec sleep 600\" & until [ -s " + file +
               " ]; do :; done; ";
    }

private:
    std::string folder_;
};

/// The shortest time between a death and the next life, of what the worker wrote: `begin NANOSECONDS`, `end …`.
std::chrono::nanoseconds shortest_pause(std::string const& notes) {
    std::istringstream lines(notes);
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max(), ended = 0;
    std::string what;
    for (std::int64_t when = 0; lines >> what >> when;) {
        if (what == "end") ended = when;
        if (what == "begin" && ended != 0) shortest = std::min(shortest, when - ended);
    }
    return std::chrono::nanoseconds(shortest);
}

TEST(work_leftovers, that_hold_the_outputs_open_do_not_hold_up_the_message) {
    for (auto const mode : {work_mode::exec, work_mode::lines, work_mode::ipc}) {
        scratch_work scratch({.backoff = backoff{0ms, 0ms}});
        escapees const some(scratch);
        scratch.send({"1"});
        auto const note = [&](std::string const& what) {
            return "echo " + what + " $(date +%s%N) >> " + scratch.path("notes") + "; ";
        };
        auto const read = mode == work_mode::ipc ? "read -r line <&3; " : "read -r line; ";
        auto const script = read + note("begin") + some.start() + note("end") + "kill -KILL $$";
        scratch.work({"sh", "-c", script}, {.mode = mode, .procs = 1, .max_receives = 10, .until_empty = true});
        EXPECT_LT(shortest_pause(scratch.content("notes")), 50ms) << scratch.content("notes");
    }
}

TEST(work_leftovers, said_is_all_that_a_worker_printed_although_an_escapee_holds_its_outputs) {
    scratch_work scratch;
    escapees const some(scratch);
    scratch.send({"1"});
    auto const report =
        scratch.work({"sh", "-c", some.start() + "echo one; printf two >&2"}, {.procs = 1, .until_empty = true});
    EXPECT_TRUE(report.said("worker 1: one\n") && report.said("worker 1: two\n")) << report.all();
}

TEST(work_leftovers, lines_worker_that_ended_by_itself_is_never_said_to_have_closed_its_output) {
    scratch_work scratch;
    scratch.send(std::vector<std::string>(20, "1"));
    scratch.work({"sh", "-c", "read -r line; exit 7"},
                 {.mode = work_mode::lines, .procs = 4, .max_receives = 1, .until_empty = true});
    auto const dead = scratch.dead();
    EXPECT_EQ(dead.size(), 20U);
    for (auto const& letter : dead) EXPECT_EQ(letter.reason, "worker died: exit 7");
}

} // namespace
} // namespace parlance
