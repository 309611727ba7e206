// Who hears of every command.
#include "process/command_log.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

#include <mutex>

namespace parlance {
namespace {

using namespace test;
using testing::ElementsAre;

TEST(log_line, says_what_and_when_and_how) {
    EXPECT_EQ(log_line({.command = "node child.js", .pid = 7}, "12:00:01.123"),
              "12:00:01.123 parlance: started 7: node child.js");
    failure const fault(errc::program_not_found, {.input = "nod"});
    EXPECT_EQ(log_line({.command = "nod child.js", .fault = &fault}, "12:00:01.123"),
              "12:00:01.123 parlance: not started: nod: program not found");
    process_end end{.command = "node child.js", .pid = 7, .code = 3, .duration = 12ms};
    end.used = {.user_time = 11ms, .system_time = 400us, .peak_memory_bytes = 45 << 20};
    EXPECT_EQ(log_line({.command = end.command, .pid = 7, .end = &end}, "12:00:01.135"),
              "12:00:01.135 parlance: ended 7: node child.js: exited with 3 after 12ms (user 11ms, system 0ms, memory "
              "45 MiB)");
}

TEST(on_every_command, hears_of_starts_ends_and_what_could_not_start) {
    std::mutex mutex;
    std::vector<std::string> heard;
    on_every_command([&](command_event const& event) {
        std::lock_guard const lock(mutex);
        heard.push_back(std::string(event.command) + (event.fault ? " failed"
                                                      : event.end ? " ended " + std::to_string(*event.end->code)
                                                                  : " began"));
        EXPECT_EQ(event.pid > 0, event.fault == nullptr);
    });
    exec_file_sync("sh", {"-c", "exit 3"}, {.ends_with_parent = true});
    exec_file_sync("no-such-program");
    on_every_command(nullptr);
    exec_file_sync("true");
    EXPECT_THAT(heard, ElementsAre("sh -c 'exit 3' began", "sh -c 'exit 3' ended 3", "no-such-program failed"))
        << "and nothing of the guard, which is ours";
}

TEST(on_every_command, that_throws_does_no_harm) {
    on_every_command([](command_event const&) { throw std::runtime_error("full"); });
    EXPECT_TRUE(exec_file_sync("true").ok());
    on_every_command(nullptr);
}

TEST(log_line, is_one_line_whatever_the_command_holds) {
    EXPECT_EQ(log_line({.command = "sh -c 'a\nb \x1b[31m\x7f\xc3\xa9'", .pid = 7}, "12:00:01.123"),
              "12:00:01.123 parlance: started 7: sh -c 'a\\nb \\x1b[31m\\x7f\xc3\xa9'");
    failure const fault(errc::program_not_found, {.input = "a\nb"});
    EXPECT_EQ(log_line({.command = "a", .fault = &fault}, "0").find('\n'), std::string::npos);
}

} // namespace
} // namespace parlance
