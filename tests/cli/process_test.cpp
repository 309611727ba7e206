// What CLI.md says of exec and spawn, typed as users type them.
#include "cli/typed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(exec, hands_on_output_and_status) {
    user someone;
    EXPECT_EQ(someone.types("parlance exec 'echo out; echo err >&2; exit 7'"), (answer{7, "out\n", "err\n"}));
    EXPECT_EQ(someone.types("echo in | parlance exec cat"), (answer{0, "in\n", ""}));
    EXPECT_EQ(someone.types("parlance exec 'kill -TERM $$'").status, 143);
    EXPECT_EQ(someone.types("parlance exec nosuchprogram").status, 127) << "said by the shell";
}

TEST(exec, takes_a_line_that_begins_as_an_option_does_for_a_command) {
    user someone;
    EXPECT_EQ(someone.types("parlance exec -- +x").status, 127) << "said by the shell";
}

TEST(exec, gives_no_descriptor_of_ours_for_a_standard_one_that_is_closed) {
    user someone;
    EXPECT_EQ(someone.gets("parlance exec 'readlink /proc/self/fd/0' <&-"), "/dev/null");
    EXPECT_EQ(someone.gets("parlance exec 'readlink /proc/self/fd/3 3>&1 >&2' 2>&1 >&-"), "/dev/null");
}

TEST(exec, tells_programs_how_it_ended) {
    user someone;
    auto const result = someone.gets_json("parlance exec 'printf \"a\\377b\"; echo e >&2' --json");
    EXPECT_EQ(keys(result), "code,signal,stdout,stderr,duration_ms,rusage");
    EXPECT_EQ(result.at("code"), 0);
    EXPECT_TRUE(result.at("signal").is_null());
    EXPECT_EQ(result.at("stdout"), "a\xEF\xBF\xBD"
                                   "b");
    EXPECT_EQ(result.at("stderr"), "e\n");
    auto const failed = someone.types("parlance exec 'exit 3' --json");
    EXPECT_EQ(failed.status, 3);
    EXPECT_EQ(failed.out.substr(0, 23), R"({"code":3,"signal":null)");
    auto const killed = someone.types("parlance exec 'kill -9 $$' --json");
    EXPECT_EQ(killed.status, 137);
    EXPECT_EQ(killed.out.substr(0, 32), R"({"code":null,"signal":"SIGKILL",)");
}

TEST(exec, tells_what_was_used) {
    user someone;
    auto const used = someone.gets_json("parlance exec 'python3 -c \"bytearray(100_000_000)\"' --json").at("rusage");
    EXPECT_EQ(keys(used), "user_ms,system_ms,peak_memory_bytes");
    EXPECT_GT(used.at("peak_memory_bytes").as_int64(), 100'000'000);
    EXPECT_GT(used.at("user_ms").as_double() + used.at("system_ms").as_double(), 1);
}

TEST(exec, tells_of_every_command_where_that_was_asked_for) {
    user someone;
    auto const given = someone.types("PARLANCE_LOG=debug parlance exec 'exit 3'");
    EXPECT_EQ(given.status, 3);
    EXPECT_THAT(given.err, testing::MatchesRegex("[0-9:.]+ parlance: started [0-9]+: /bin/sh -c 'exit 3'\n"
                                                 "[0-9:.]+ parlance: ended [0-9]+: /bin/sh -c 'exit 3': exited "
                                                 "with 3 after [0-9a-z.]+ \\(user .*, system .*, memory .*\\)\n"));
    EXPECT_EQ(someone.types("PARLANCE_LOG=debug parlance spawn -- nosuch").status, 127);
}

TEST(exec, collects_what_is_longer_than_a_pipe) {
    user someone;
    EXPECT_EQ(
        someone.gets("parlance exec 'head -c 1000000 /dev/zero | tr \"\\0\" x; echo >&2' --json | tr -d -c x | wc -c"),
        "1000000");
}

TEST(exec, fails_when_it_prints_more_than_max_buffer) {
    user someone;
    auto const given = someone.types("parlance exec 'yes' --max-buffer 1KiB --json");
    EXPECT_EQ(given.status, 1);
    EXPECT_EQ(text_of(error_of(given), "code"), "maxBuffer");
    EXPECT_EQ(error_of(given).at("limit"), 1024);
    EXPECT_THAT(given.out, testing::StartsWith(R"({"code":null,"signal":"SIGTERM","stdout":"y\ny\ny\ny\ny)"));
    auto const shown = someone.types("parlance exec 'yes' --max-buffer 4");
    EXPECT_EQ(shown.status, 1);
    EXPECT_EQ(shown.out, "y\ny\n");
    EXPECT_EQ(someone.types("parlance exec 'printf 1234' --max-buffer 4"), (answer{0, "1234", ""}));
}

TEST(exec, kills_at_the_second_ctrl_c_who_does_not_mind_the_first) {
    user someone;
    auto const typist = R"(
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("parlance", ["parlance", "exec", "trap \"echo heard\" INT; echo ready; while :; do sleep 0.05; done"])
said = b""
for awaited in [b"ready", b"heard"]:
    while awaited not in said: said += os.read(terminal, 1000)
    time.sleep(0.15) # two within 100 ms are one
    os.write(terminal, b"\x03")
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
)";
    EXPECT_EQ(someone.types("python3 -c '" + std::string(typist) + "'").out, "137\n");
}

TEST(exec, gives_the_grace_to_who_is_late) {
    user someone;
    auto const given =
        someone.types("parlance exec \"trap '' TERM; while :; do sleep 0.02; done\" --timeout 100ms --grace 50ms");
    EXPECT_EQ(given.status, 124);
    EXPECT_THAT(given.err, testing::HasSubstr("timed out after 100ms"));
}

TEST(exec, ends_with_124_when_the_timeout_is_over) {
    user someone;
    auto const given = someone.types("parlance exec 'echo begun; sleep 1000 & wait' --timeout 100ms --json");
    EXPECT_EQ(given.status, 124);
    EXPECT_EQ(text_of(error_of(given), "code"), "timedOut");
    EXPECT_EQ(given.out.substr(0, 49), R"({"code":null,"signal":"SIGTERM","stdout":"begun\n)");
}

TEST(exec, takes_a_directory_variables_and_a_shell) {
    user someone;
    EXPECT_EQ(someone.gets("mkdir d; parlance exec 'pwd; echo $A-$B' --cwd d --env A=1 --env 'B=[2, 3]'"),
              someone.home().string() + "/d\n1-[2, 3]");
    EXPECT_EQ(someone.gets("parlance exec 'echo hi' --shell /bin/echo"), "-c echo hi");
    EXPECT_EQ(someone.types("parlance exec true --shell /no/shell").status, 127);
    EXPECT_EQ(someone.types("touch plain; parlance exec true --shell ./plain").status, 126);
    EXPECT_EQ(someone.types("parlance exec true --cwd /no/where").status, 1);
    EXPECT_EQ(someone.types("parlance exec true --env nothing").status, 2);
    EXPECT_EQ(someone.types("parlance exec true --timeout soon").status, 2);
    EXPECT_EQ(someone.types("parlance exec true --max-buffer big").status, 2);
}

TEST(exec, passes_signals_on_and_hands_on_what_becomes_of_it) {
    user someone;
    auto const given = someone.types("mkfifo up; parlance exec 'trap \"echo asked; exit 5\" TERM; echo > up; "
                                     "while :; do sleep 0.01; done' & read ready < up; kill -TERM $!; wait $!");
    EXPECT_EQ(given.status, 5);
    EXPECT_EQ(given.out, "asked\n");
    EXPECT_EQ(someone
                  .types("parlance exec 'trap \"\" INT TERM; echo > up; while :; do sleep 0.01; done' & "
                         "read ready < up; kill -INT $!; kill -TERM $!; wait $!")
                  .status,
              137)
        << "the second signal kills at once";
    EXPECT_EQ(someone
                  .types("parlance exec 'trap \"\" TERM; echo > up; while :; do sleep 0.01; done' --grace 50ms & "
                         "read ready < up; kill -TERM $!; wait $!")
                  .status,
              137)
        << "the grace is over";
}

TEST(exec, reads_from_the_terminal) {
    user someone;
    auto const given = someone.types_at_terminal("parlance exec 'read x; echo got $x'", "hello\n");
    EXPECT_EQ(given.status, 0);
    EXPECT_NE(given.out.find("got hello"), std::string::npos) << given.out;
}

TEST(spawn, carries_lines_of_json_both_ways) {
    user someone;
    EXPECT_EQ(someone.types("printf '{\"a\":  1}\\n\\n[2]\\n 3' | parlance spawn -- cat"),
              (answer{0, "{\"a\":  1}\n[2]\n3\n", ""}));
    EXPECT_EQ(someone.types("parlance spawn -- cat < /dev/null"), (answer{0, "", ""}));
}

TEST(spawn, carries_them_in_every_framing) {
    user someone;
    for (auto const* framing : {"lines", "concatenated", "content-length", "record-separator"})
        EXPECT_EQ(someone.gets("printf '{\"a\":1}\\n[\"\xC3\xA9\"]\\n' | parlance spawn --framing " +
                               std::string(framing) + " -- cat"),
                  "{\"a\":1}\n[\"\xC3\xA9\"]")
            << framing;
    EXPECT_EQ(someone.gets("printf '{\"a\":1}\\n' | parlance spawn --framing content-length -- wc -c"), "");
    EXPECT_EQ(someone.gets("parlance spawn --framing concatenated -- printf '{\\n\"a\":1\\n}' < /dev/null"),
              "{ \"a\":1 }");
}

TEST(spawn, tells_line_and_column_of_a_bad_line_and_reads_the_next) {
    user someone;
    auto const given = someone.types("printf '1\\n{\"a\" 2}\\n3\\n' | parlance spawn --json -- cat");
    EXPECT_EQ(given.status, 1) << "the child's was 0";
    EXPECT_EQ(given.out, "1\n3\n");
    EXPECT_EQ(text_of(error_of(given), "code"), "invalidJson");
    EXPECT_EQ(error_of(given).at("line"), 2);
    EXPECT_EQ(error_of(given).at("column"), 6);
    EXPECT_EQ(someone.types("echo nope | parlance spawn -- sh -c 'cat; exit 9'").status, 9);
}

TEST(spawn, hands_on_the_childs_status) {
    user someone;
    EXPECT_EQ(someone.types("parlance spawn -- sh -c 'exit 7' < /dev/null").status, 7);
    EXPECT_EQ(someone.types("parlance spawn -- sh -c 'kill -9 $$' < /dev/null").status, 137);
    EXPECT_EQ(someone.types("parlance spawn -- no-such-program").status, 127);
    EXPECT_EQ(someone.types("touch plain; parlance spawn -- ./plain").status, 126);
    EXPECT_EQ(text_of(error_of(someone.types("parlance spawn --json -- no-such-program")), "code"), "programNotFound");
    auto const late = someone.types("parlance spawn --timeout 50ms --json -- sleep 1000 < /dev/null");
    EXPECT_EQ(late.status, 124);
    EXPECT_EQ(text_of(error_of(late), "code"), "timedOut");
}

TEST(spawn, says_once_that_noise_goes_to_stderr) {
    user someone;
    auto const line = std::string(" -- sh -c 'echo log one; echo \"{}\"; echo log two' < /dev/null");
    auto const passed = someone.types("parlance spawn" + line);
    EXPECT_EQ(passed.status, 0);
    EXPECT_EQ(passed.out, "{}\n");
    EXPECT_NE(passed.err.find("log one\nlog two\n"), std::string::npos) << passed.err;
    EXPECT_EQ(passed.err.find("no message"), passed.err.rfind("no message")) << passed.err;
    EXPECT_EQ(someone.types("parlance spawn --noise skip" + line), (answer{0, "{}\n", ""}));
    auto const ended = someone.types("parlance spawn --noise error --json" + line);
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(text_of(error_of(ended), "code"), "notAMessage");
}

TEST(spawn, gives_the_childs_standard_error_to_ours) {
    user someone;
    EXPECT_EQ(someone.types("parlance spawn -- sh -c 'echo oops >&2' < /dev/null"), (answer{0, "", "oops\n"}));
}

TEST(spawn, ends_quietly_when_nobody_reads_its_output) {
    user someone;
    auto const given = someone.types("(yes '{}' | parlance spawn -- cat; echo $? > status) | head -1; "
                                     "while [ ! -s status ]; do sleep 0.01; done; cat status");
    EXPECT_EQ(given.out, "{}\n141\n");
    EXPECT_EQ(given.err, "");
}

TEST(spawn, appends_to_files_as_a_shell_does) {
    user someone;
    EXPECT_EQ(someone.gets("seq 3 > in; (echo first; parlance spawn -- cat < in; echo last) > out; "
                           "parlance spawn -- cat < in >> out; cat out"),
              "first\n1\n2\n3\nlast\n1\n2\n3");
}

TEST(spawn, passes_every_message_of_many) {
    user someone;
    EXPECT_EQ(someone.gets("seq 200000 | parlance spawn -- cat | sha256sum"), someone.gets("seq 200000 | sha256sum"));
}

TEST(spawn, does_not_wait_for_a_grandchild_that_holds_the_output) {
    user someone;
    auto const given =
        someone.types("parlance spawn -- sh -c 'echo 1; sleep 1000 & echo $! > pid; exit 4' < /dev/null; "
                      "s=$?; kill $(cat pid); exit $s");
    EXPECT_EQ(given.status, 4);
    EXPECT_EQ(given.out, "1\n");
}

TEST(spawn, passes_signals_on) {
    user someone;
    auto const given = someone.types("mkfifo up in; parlance spawn -- sh -c 'trap \"echo 9; exit 5\" INT; echo > up; "
                                     "while :; do sleep 0.01; done' < in & exec 3> in; read ready < up; kill -INT $!; "
                                     "wait $!");
    EXPECT_EQ(given.status, 5);
    EXPECT_EQ(given.out, "9\n");
}

TEST(spawn, wants_its_program_behind_two_dashes) {
    user someone;
    for (auto const* line :
         {"spawn cat", "spawn", "spawn --", "spawn --framing lots -- cat", "spawn --noise loud -- cat"})
        EXPECT_EQ(someone.types("parlance " + std::string(line) + " < /dev/null").status, 2) << line;
    EXPECT_EQ(someone.types("parlance spawn -- printf '%s\\n' '\"-- --json {} [1,2]\"' < /dev/null"),
              (answer{0, "\"-- --json {} [1,2]\"\n", ""}));
}

} // namespace
} // namespace parlance::cli
