// What CLI.md says of tap, typed as users type it: real parents, real programs.
#include "cli/typed.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace parlance::cli {
namespace {

std::vector<boost::json::value> objects(std::string const& lines) {
    std::vector<boost::json::value> all;
    std::istringstream text(lines);
    for (std::string line; std::getline(text, line);) {
        boost::json::error_code error;
        all.push_back(boost::json::parse(line, error));
        EXPECT_FALSE(error) << line;
    }
    return all;
}

/// "in {"n":1}|out {"n":2}": what passed, in the order of the records.
std::string talk_of(std::string const& lines) {
    std::string talk;
    for (auto const& each : objects(lines)) {
        if (!each.is_object() || each.get_object().contains("end")) continue;
        if (!talk.empty()) talk += "|";
        talk += text_of(each, "direction") + " ";
        talk += each.get_object().contains("message") ? boost::json::serialize(each.at("message"))
                                                      : text_of(each, "kind") + " " + text_of(each, "text");
    }
    return talk;
}

boost::json::object end_of(std::string const& lines) {
    auto const all = objects(lines);
    if (all.empty() || !all.back().is_object() || !all.back().get_object().contains("end")) return {};
    return all.back().at("end").as_object();
}

void write_file(std::filesystem::path const& path, std::string_view text) { std::ofstream(path) << text; }

TEST(tap, passes_every_byte_both_ways) {
    user someone;
    someone.gets("head -c 20000000 /dev/urandom > question; head -c 20000000 /dev/urandom > answer");
    EXPECT_EQ(someone.gets("cat question | parlance tap -- sh -c 'cat answer & sha256sum > heard; wait' 2>/dev/null | "
                           "sha256sum; cat heard"),
              someone.gets("sha256sum < answer; sha256sum < question"));
    someone.gets("head -c 2000000 question > some");
    for (auto const* framing : {"lines", "concatenated", "content-length", "record-separator"})
        EXPECT_EQ(
            someone.types("parlance tap --framing " + std::string(framing) + " --log log -- cat < some | cmp - some"),
            (answer{0, "", ""}))
            << framing;
}

TEST(tap, shows_the_question_before_the_answer) {
    user someone;
    write_file(someone.home() / "child.js", R"js(
        require('readline').createInterface({input: process.stdin})
            .on('line', line => console.log(JSON.stringify({answer: JSON.parse(line).n * 2})))
            .on('close', () => console.log('"bye"'));)js");
    write_file(someone.home() / "parent.js", R"js(
        const child = require('child_process').spawn(
            'parlance', ['tap', '--json', '--', 'node', 'child.js'], {stdio: ['pipe', 'pipe', 'inherit']});
        let n = 0;
        const ask = () => n == 3 ? child.stdin.end() : child.stdin.write(JSON.stringify({n: n++}) + '\n');
        require('readline').createInterface({input: child.stdout}).on('line', line => {
            console.log(line);
            if (line != '"bye"') ask();
        });
        child.on('close', (code, signal) => console.log(code, signal));
        ask();)js");
    auto const given = someone.types("node parent.js");
    EXPECT_EQ(given.out, "{\"answer\":0}\n{\"answer\":2}\n{\"answer\":4}\n\"bye\"\n0 null\n");
    EXPECT_EQ(talk_of(given.err), R"(in {"n":0}|out {"answer":0}|in {"n":1}|out {"answer":2}|in {"n":2}|)"
                                  R"(out {"answer":4}|out "bye")");
}

TEST(tap, tells_time_direction_and_size_of_each_message) {
    user someone;
    auto const given = someone.types("printf '{\"a\":  1}\\n' | parlance tap --json -- cat");
    EXPECT_EQ(given.status, 0);
    EXPECT_EQ(given.out, "{\"a\":  1}\n");
    auto const all = objects(given.err);
    ASSERT_EQ(all.size(), 3U) << given.err;
    EXPECT_EQ(keys(all[0]), "time,ms,direction,bytes,message");
    EXPECT_NE(given.err.find(R"("direction":"in","bytes":9,"message":{"a":  1}})"), std::string::npos) << given.err;
    EXPECT_EQ(text_of(all[0], "time").size(), 24U);
    EXPECT_TRUE(all[0].at("ms").is_double());
    EXPECT_EQ(keys(all[2]), "time,end");
    EXPECT_EQ(keys(all[2].at("end")), "code,signal,duration_ms,in,out,left_out,output_complete");
    EXPECT_EQ(boost::json::serialize(all[2].at("end").at("in")), R"({"messages":1,"others":0,"bytes":10})");
    auto const words = someone.types("echo 1 | TZ=UTC-3 parlance tap -- cat").err;
    EXPECT_EQ(words.substr(2, 1) + words.substr(5, 1) + words.substr(8, 1), "::.") << words;
    EXPECT_NE(words.find("-> 1 message, 2 bytes; <- 1 message, 2 bytes; cat exited with 0 after"), words.npos) << words;
}

TEST(tap, cuts_by_every_framing) {
    user someone;
    struct {
        char const *framing, *bytes;
    } const wires[] = {{"lines", "{}\\n[1]\\n"},
                       {"concatenated", "{}[1]"},
                       {"content-length", "Content-Length: 2\\r\\n\\r\\n{}Content-Length: 3\\r\\n\\r\\n[1]"},
                       {"record-separator", "\\036{}\\n\\036[1]\\n"}};
    for (auto const& [framing, bytes] : wires) {
        auto const given =
            someone.types("printf '" + std::string(bytes) + "' | parlance tap --json --framing " + framing +
                          " -- sh -c 'exec >&-; cat > heard'; printf '" + bytes + "' | cmp - heard");
        EXPECT_EQ(given.out, "") << framing;
        EXPECT_EQ(talk_of(given.err), "in {}|in [1]") << framing;
    }
}

TEST(tap, marks_what_is_no_message) {
    user someone;
    auto const given = someone.types("printf 'log\\n1\\n[2,' | parlance tap --json -- "
                                     "sh -c 'cat > all; cat all'");
    EXPECT_EQ(given.out, "log\n1\n[2,");
    EXPECT_EQ(talk_of(given.err), "in notAMessage log|in 1|in endedInsideMessage [2,|"
                                  "out notAMessage log|out 1|out endedInsideMessage [2,");
    auto const broken = someone.types("printf 'Content-Length: x\\r\\n' | parlance tap --framing content-length --json "
                                      "-- sh -c 'cat; echo and more'");
    EXPECT_EQ(broken.out, "Content-Length: x\r\nand more\n");
    EXPECT_NE(broken.err.find(R"("kind":"badFrame","reason":)"), std::string::npos) << broken.err;
}

TEST(tap, hands_on_how_the_program_ended) {
    user someone;
    auto const status = [&](std::string const& rest) {
        return someone.types("parlance tap " + rest + " < /dev/null").status;
    };
    EXPECT_EQ(status("-- sh -c 'exit 7'"), 7);
    EXPECT_EQ(status("-- sh -c 'kill -9 $$'"), 137);
    EXPECT_EQ(status("-- no-such-program"), 127);
    EXPECT_EQ(status("-- ./plain 2>plain"), 126);
    EXPECT_EQ(status("--timeout 50ms -- sleep 1000"), 124);
    EXPECT_EQ(status("--mode ipc -- true"), 2);
    EXPECT_EQ(status("--mode other -- true"), 2);
    EXPECT_EQ(status("--framing other -- true"), 2);
    EXPECT_EQ(status(""), 2);
    EXPECT_EQ(someone.gets("mkdir d; parlance tap --cwd d --env A=1 -- sh -c 'pwd; echo $A; echo err >&2' < /dev/null "
                           "2>err; grep -c '^err$' err"),
              someone.home().string() + "/d\n1\n1");
    EXPECT_EQ(end_of(someone.types("parlance tap --json -- sh -c 'kill -9 $$' < /dev/null").err).at("signal"),
              "SIGKILL");
}

TEST(tap, passes_the_end_of_each_way_on_while_the_other_goes_on) {
    user someone;
    EXPECT_EQ(someone.gets("echo 1 | parlance tap -- sh -c 'cat; echo and more' 2>/dev/null"), "1\nand more");
    // The program closes its output; who reads that sees it, and only then lets the program end.
    EXPECT_EQ(someone.gets("mkfifo up; parlance tap -- sh -c 'echo 1; exec >&-; read x < up; exit 4' 2>/dev/null < "
                           "/dev/null | { cat; echo its end; echo > up; }"),
              "1\nits end");
    // The program closes its input; who writes there is told, although the program says nothing.
    EXPECT_EQ(someone.gets("mkfifo told; (trap '' PIPE; while echo 1; do :; done 2>/dev/null; echo > told) | "
                           "parlance tap -- sh -c 'exec <&-; read x < told; echo was told' 2>/dev/null"),
              "was told");
}

TEST(tap, tells_the_program_that_nobody_reads_it) {
    user someone;
    EXPECT_EQ(someone.gets("(yes | parlance tap -- cat 2>/dev/null; echo $? > status) | head -1; "
                           "while [ ! -s status ]; do sleep 0.01; done; cat status"),
              "y\n141");
    // Also one that says nothing: its output has no reader any more, as it would be without us.
    EXPECT_EQ(
        someone.gets("(parlance tap -- python3 -c 'import select, sys; p = select.poll(); p.register(1, 0); p.poll(); "
                     "sys.exit(9)' 2>/dev/null; echo $? > quiet) | true; cat quiet"),
        "9");
}

TEST(tap, stops_a_program_that_nobody_reads) {
    user someone;
    auto const written = someone.gets(R"(mkfifo out; exec 3<>out; parlance tap --log log -- python3 -c '
import os, select, sys
os.set_blocking(1, False)
written = 0
while select.select([], [1], [], 0.5)[1]:
    written += os.write(1, b"x" * 4096)
open("written", "w").write(str(written))
' > out < /dev/null & while [ ! -s written ]; do sleep 0.01; done; cat written; timeout 10 cat <&3 > /dev/null & wait %1; kill %2)");
    EXPECT_GT(std::stoi(written), 100'000) << "two pipes of 64 KiB, and what we hold";
    EXPECT_LT(std::stoi(written), 400'000);
}

TEST(tap, appends_to_a_log_that_only_its_owner_reads) {
    user someone;
    auto const twice = "for i in 1 2; do echo $i | parlance tap --json --log log -- sh -c 'cat > heard'; done";
    EXPECT_EQ(someone.types(twice), (answer{0, "", ""}));
    EXPECT_EQ(someone.gets("stat -c %a log"), "600");
    auto const log = someone.gets("cat log");
    EXPECT_EQ(talk_of(log), "in 1|in 2");
    EXPECT_EQ(objects(log).size(), 4U);
    auto const refused = someone.types("parlance tap --json --log no/where -- touch started");
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(text_of(error_of(refused), "input"), "no/where");
    EXPECT_EQ(someone.types("ls started").status, 2) << "nothing was started";
}

TEST(tap, logs_all_of_a_long_and_quick_talk) {
    user someone;
    auto const sums = someone.gets("seq -f '{\"number\":%.0f,\"text\":\"some more\"}' 500000 > in; "
                                   "parlance tap --log log -- cat < in | cmp - in; grep -c -- '-> .*number' log; "
                                   "grep -c -- '<- .*number' log; grep left log || true");
    EXPECT_EQ(sums, "500000\n500000");
}

TEST(tap, goes_on_when_its_log_is_full) {
    user someone;
    auto const given = someone.types("seq 1000 | parlance tap --log /dev/full -- cat | tail -1");
    EXPECT_EQ(given.out, "1000\n");
    EXPECT_EQ(given.err, "warning: /dev/full: No space left on device; 2000 records are not in it\n");
    EXPECT_EQ(someone.types("echo 1 | parlance tap --log /dev/full -- sh -c 'exit 3' 2>/dev/null").status, 3);
}

TEST(tap, goes_on_when_nobody_reads_what_it_shows) {
    user someone;
    // held open and never read
    EXPECT_EQ(someone.gets("mkfifo unread; exec 3<>unread; yes '{\"a\":1}' | head -c 40000000 > in; "
                           "parlance tap -- cat < in 2>unread | cmp - in && echo same"),
              "same");
    EXPECT_EQ(someone.gets("parlance tap -- cat < in 2>&- | cmp - in && echo same"), "same");
    EXPECT_EQ(someone.gets("mkfifo gone; : < gone & parlance tap -- cat < in 2>gone | cmp - in && echo same"), "same");
}

TEST(tap, takes_a_closed_input_for_one_that_has_ended) {
    user someone;
    EXPECT_EQ(someone.types("parlance tap --log talk -- cat <&-"), (answer{0, "", ""}));
}

TEST(tap, passes_signals_on) {
    user someone;
    auto const given = someone.types("mkfifo up in; parlance tap -- sh -c 'trap \"echo 9; exit 5\" INT; echo > up; "
                                     "while :; do sleep 0.01; done' < in 2>/dev/null & exec 3> in; read ready < up; "
                                     "kill -INT $!; wait $!");
    EXPECT_EQ(given, (answer{5, "9\n", ""}));
}

TEST(tap, killed_leaves_the_program_with_the_end_of_its_input) {
    user someone;
    EXPECT_EQ(someone.gets("mkfifo in up over; parlance tap -- sh -c 'echo > up; cat; echo it ended > over' < in "
                           "> /dev/null 2>&1 & exec 3> in; read ready < up; kill -9 $!; cat over"),
              "it ended");
}

TEST(tap, does_not_wait_for_a_process_that_was_left_behind) {
    user someone;
    auto const given = someone.types("parlance tap --json -- sh -c 'echo 1; sleep 1000 & echo $! > pid; exit 4' "
                                     "< /dev/null; s=$?; kill $(cat pid); exit $s");
    EXPECT_EQ(given.status, 4);
    EXPECT_EQ(given.out, "1\n");
    EXPECT_EQ(end_of(given.err).at("output_complete"), false);
    auto const chatty =
        someone.types("parlance tap --json --log log -- sh -c 'yes & echo $! > pid; exit 4' < /dev/null "
                      "> /dev/null; s=$?; kill $(cat pid) 2>/dev/null; tail -n 1 log; exit $s");
    EXPECT_EQ(chatty.status, 4);
    EXPECT_EQ(end_of(chatty.out).at("output_complete"), false);
}

TEST(tap, shows_on_a_terminal_what_fits_and_nothing_that_it_obeys) {
    user someone;
    auto const given = someone.types_at_terminal("stty cols 70; printf '[\"%0100d\"]\\n\\033[2J\\n' 7 | parlance tap "
                                                 "--color never -- cat > /dev/null",
                                                 "");
    EXPECT_EQ(given.status, 0);
    EXPECT_NE(given.out.find("104B  [\"000"), std::string::npos) << given.out;
    EXPECT_NE(given.out.find("000...\n"), std::string::npos) << given.out;
    EXPECT_NE(given.out.find("no message: \\u001b[2J"), std::string::npos) << given.out;
    EXPECT_EQ(given.out.find('\x1b'), std::string::npos) << given.out;
}

} // namespace
} // namespace parlance::cli
