// What CLI.md says of fork and attach, typed as users type it, with real Node at the other end.
#include "cli/typed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace parlance::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

void write_file(user const& of, std::string_view name, std::string_view text) {
    std::ofstream(of.home() / name) << text;
}

/// A user who has a Node script that answers, and one that forks what its arguments say.
struct node_user : user {
    node_user() {
        write_file(*this, "echo.js", R"js(process.on('message', m => process.send({got: m, type: typeof m}));)js");
        write_file(*this, "sends.js", R"js(
            // node sends.js MODE [attach's arguments]: sends three messages, prints what comes, disconnects
            const {fork} = require('child_process'), [mode, ...args] = process.argv.slice(2);
            const child = fork('attach', args, {execPath: 'parlance', serialization: mode,
                                                ...(process.env.LEAK ? {} : {execArgv: []})});
            const sent = mode === 'json' ? [{n: 1}, 'two', [3]] : [{big: 10n}, new Map([[1, new Date(0)]]), [, NaN]];
            let left = sent.length;
            child.on('message', m => { console.log(m); if (--left === 0) child.disconnect(); });
            child.on('disconnect', () => console.log('disconnect'));
            child.on('exit', (code, signal) => console.log('exit', code, signal));
            sent.forEach(m => child.send(m));)js");
    }
};

TEST(fork, carries_lines_of_json_both_ways) {
    node_user someone;
    EXPECT_EQ(someone.types("printf '{\"n\":  1}\\n\\n\"two\"\\n 3' | parlance fork -- echo.js"),
              (answer{0,
                      "{\"got\":{\"n\":1},\"type\":\"object\"}\n{\"got\":\"two\",\"type\":\"string\"}\n"
                      "{\"got\":3,\"type\":\"number\"}\n",
                      ""}));
    EXPECT_EQ(someone.types("printf '[1]\\n' | parlance fork --serialization json -- node echo.js").out,
              "{\"got\":[1],\"type\":\"object\"}\n")
        << "any program has the channel, not only a script";
}

TEST(fork, writes_and_reads_what_json_has_not) {
    node_user someone;
    write_file(someone, "values.js", R"js(
        process.once('message', m => {
            const cycle = {u: undefined, z: -0, r: /a/g, d: new Date(NaN), b: Buffer.from('hi'), $only: 1};
            cycle.self = cycle;
            process.send(m), process.send(cycle), process.send({$only: 1}), process.send([, new Set([NaN])]);
            process.disconnect();
        });)js");
    auto const all =
        R"({"big":{"$bigint":"-12"},"at":{"$date":"2026-01-02T03:04:05.678Z"},"m":{"$map":[[1,{"$undefined":true}]]}})";
    EXPECT_EQ(someone.types("echo '" + std::string(all) + "' | parlance fork --serialization advanced -- values.js"),
              (answer{0,
                      std::string(all) +
                          "\n{\"u\":{\"$undefined\":true},\"z\":{\"$number\":\"-0\"},\"r\":{\"$regexp\":[\"a\","
                          "\"g\"]},\"d\":{\"$date\":null},\"b\":{\"$bytes\":[\"Buffer\",\"aGk=\"]},\"$only\":1,"
                          "\"self\":{\"$ref\":0}}\n{\"$object\":{\"$only\":1}}\n"
                          "[{\"$hole\":true},{\"$set\":[{\"$number\":\"NaN\"}]}]\n",
                      ""}));
}

TEST(fork, tells_of_a_bad_line_and_reads_the_next) {
    node_user someone;
    auto const given = someone.types("printf '1\\n{\"a\" 2}\\n3\\n' | parlance fork --json -- echo.js");
    EXPECT_EQ(given.status, 1) << "the child's was 0";
    EXPECT_EQ(given.out, "{\"got\":1,\"type\":\"number\"}\n{\"got\":3,\"type\":\"number\"}\n");
    EXPECT_EQ(text_of(error_of(given), "code"), "invalidJson");
    EXPECT_EQ(error_of(given).at("line"), 2);
    EXPECT_EQ(error_of(given).at("column"), 6);
    for (std::string const mode : {"json", "advanced"}) {
        auto const refused = someone.types(
            R"(printf '1\n{"cmd":"NODE_X"}\n3\n' | parlance fork --json --serialization )" + mode + " -- echo.js");
        EXPECT_EQ(refused.status, 1) << mode;
        EXPECT_EQ(refused.out, given.out) << mode;
        EXPECT_EQ(text_of(error_of(refused), "code"), "invalidArgument") << mode;
        EXPECT_EQ(error_of(refused).at("line"), 2) << mode;
    }
    auto const unknown = someone.types(
        R"(printf '1\n{"a":{"$nope":1}}\n3\n' | parlance fork --json --serialization advanced -- echo.js)");
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.out, given.out);
    EXPECT_THAT(text_of(error_of(unknown), "message"), HasSubstr("unknown form ($.a.$nope)"));
    EXPECT_EQ(error_of(unknown).at("line"), 2);
}

TEST(fork, skips_a_line_that_is_too_long_and_reads_the_next) {
    node_user someone;
    auto const said =
        someone.types("(echo 1; sleep 0.2; head -c 70000000 /dev/zero | tr '\\0' 1; sleep 0.2; echo; echo 2) | "
                      "parlance fork -- echo.js");
    EXPECT_EQ(said.out, "{\"got\":1,\"type\":\"number\"}\n{\"got\":2,\"type\":\"number\"}\n");
    EXPECT_THAT(said.err, HasSubstr("longer than 64 MiB at line 2"));
    EXPECT_EQ(said.status, 1);
}

TEST(fork, says_what_the_child_sent_that_is_no_message) {
    user someone;
    auto const line = std::string(" -- sh -c 'printf \"log\\n{}\\n\" >&3' < /dev/null");
    auto const told = someone.types("parlance fork" + line);
    EXPECT_EQ(told.status, 0);
    EXPECT_EQ(told.out, "{}\n");
    EXPECT_THAT(told.err, HasSubstr("not a message: \"log\""));
    EXPECT_EQ(someone.types("parlance fork --noise skip" + line), (answer{0, "{}\n", ""}));
    auto const ended = someone.types("parlance fork --noise error --json" + line);
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(text_of(error_of(ended), "code"), "notAMessage");
}

TEST(fork, prints_all_that_came_before_what_is_no_message) {
    user someone;
    auto const lines = "parlance fork --noise error -- sh -c 'printf \"1\\n2\\nlog\\n4\\n\" >&3' < /dev/null";
    EXPECT_EQ(someone.types(lines).out, "1\n2\n");
    // The third frame is an object that has a name twice; all four come at once.
    write_file(someone, "frames.sh",
               R"sh(printf '\0\0\0\4\377\017I\2\0\0\0\4\377\017I\4\0\0\0\017\377\017o"\1aI\2"\1aI\4{\2'\
'\0\0\0\4\377\017I\010' >&3
)sh");
    auto const frames = "--serialization advanced -- sh frames.sh < /dev/null";
    auto const ended = someone.types("parlance fork --json --noise error " + std::string(frames));
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "1\n2\n");
    EXPECT_EQ(text_of(error_of(ended), "code"), "badFrame");
    EXPECT_EQ(someone.types("parlance fork --noise skip " + std::string(frames)), (answer{0, "1\n2\n4\n", ""}));
}

TEST(fork, tells_of_messages_that_the_child_left_unread) {
    user someone;
    auto const leaves = someone.types("echo 12345 | parlance fork -- sh -c 'dd bs=1 count=1 status=none <&3 >&2'");
    EXPECT_EQ(leaves.status, 0);
    EXPECT_THAT(leaves.err, HasSubstr("ended before it read all that it was sent: some of our messages are lost"));
    EXPECT_THAT(leaves.err, HasSubstr("parlance attach --")) << "it never said anything";
    auto const speaks =
        someone.types("echo 12345 | parlance fork -- sh -c 'dd bs=1 count=1 status=none <&3 >&3; echo >&3'");
    EXPECT_EQ(speaks.out, "1\n");
    EXPECT_THAT(speaks.err, HasSubstr("some of our messages are lost"));
    EXPECT_THAT(speaks.err, Not(HasSubstr("parlance attach --")));
}

TEST(fork, gives_the_child_no_input_and_shows_its_outputs_on_standard_error) {
    user someone;
    auto const given = someone.types("echo '\"a message\"' | parlance fork -- sh -c 'readlink /proc/self/fd/0; cat; "
                                     "echo out; echo err >&2; read -r m <&3; echo \"$m\" >&2; echo 2 >&3'");
    EXPECT_EQ(given, (answer{0, "2\n", "/dev/null\nout\nerr\n\"a message\"\n"}));
}

TEST(fork, acknowledges_closes_and_tells_the_sockets_that_come) {
    user someone;
    write_file(someone, "sends_socket.js", R"js(
        const server = require('net').createServer().listen(0, '127.0.0.1', () => {
            process.send({take: 'this'}, server, () => {
                process.send('it was taken', () => { server.close(); process.disconnect(); });
            });
        });)js");
    for (std::string const mode : {"json", "advanced"}) {
        auto const given = someone.types("rm -f in; mkfifo in; parlance fork --serialization " + mode +
                                         " -- sends_socket.js < in & exec 3> in; wait $!");
        EXPECT_EQ(given.status, 0) << mode;
        EXPECT_EQ(given.out, "{\"take\":\"this\"}\n\"it was taken\"\n") << mode;
        EXPECT_THAT(given.err, HasSubstr("sent a net.Server, which is closed here")) << mode;
    }
}

TEST(fork, does_not_show_the_messages_of_nodes_own) {
    user someone;
    write_file(someone, "internal.js", R"js(process.send({cmd: 'NODE_NOTHING'}); process.send({cmd: 'node_x'});)js");
    EXPECT_EQ(someone.types("parlance fork -- internal.js < /dev/null"), (answer{0, "{\"cmd\":\"node_x\"}\n", ""}));
}

TEST(fork, flushes_before_it_disconnects) {
    user someone;
    write_file(someone, "counts.js", R"js(
        let count = 0, bytes = 0;
        process.on('message', m => { ++count; bytes += m.length; });
        process.on('disconnect', () => console.log(count, bytes));)js");
    EXPECT_EQ(someone
                  .types("python3 -c 'for n in range(20): print(\"\\\"\" + \"x\" * 500000 + \"\\\"\")' | parlance fork "
                         "-- counts.js")
                  .err,
              "20 10000000\n");
}

TEST(fork, passes_every_message_of_many) {
    node_user someone;
    // Node drops what it has not written when the other side disconnects, so the input stays open until it has.
    write_file(someone, "back.js", R"js(
        process.on('message', m => process.send(m, () => { if (m === 50000) process.disconnect(); }));)js");
    EXPECT_EQ(someone.gets("mkfifo in; exec 3<>in; seq 50000 >&3 & parlance fork -- back.js < in | sha256sum"),
              someone.gets("seq 50000 | sha256sum"));
}

TEST(fork, hands_on_the_childs_status) {
    user someone;
    EXPECT_EQ(someone.types("parlance fork -- sh -c 'exit 7' < /dev/null").status, 7);
    EXPECT_EQ(someone.types("parlance fork -- sh -c 'kill -9 $$' < /dev/null").status, 137);
    EXPECT_EQ(someone.types("parlance fork -- no-such-program").status, 127);
    EXPECT_EQ(someone.types("touch plain; parlance fork -- ./plain").status, 126);
    EXPECT_EQ(someone.types("echo nope | parlance fork -- sh -c 'exit 9'").status, 9);
    auto const late = someone.types("parlance fork --timeout 50ms --json -- sleep 1000 < /dev/null");
    EXPECT_EQ(late.status, 124);
    EXPECT_EQ(text_of(error_of(late), "code"), "timedOut");
    EXPECT_EQ(someone.types("mkdir d; parlance fork --cwd d --env A=1 -- sh -c 'pwd; echo $A' < /dev/null").err,
              someone.home().string() + "/d\n1\n");
    for (auto const* line : {"fork cat", "fork", "fork --serialization v8 -- cat", "fork --noise loud -- cat"})
        EXPECT_EQ(someone.types("parlance " + std::string(line) + " < /dev/null").status, 2) << line;
}

TEST(fork, passes_signals_on) {
    user someone;
    auto const given =
        someone.types("mkfifo up in; parlance fork -- sh -c 'trap \"echo 9 >&3; exit 5\" INT; echo > up; "
                      "while :; do sleep 0.01; done' < in & exec 3> in; read ready < up; kill -INT $!; "
                      "wait $!");
    EXPECT_EQ(given.status, 5);
    EXPECT_EQ(given.out, "9\n");
}

TEST(fork, waits_for_a_child_that_disconnects_and_lives) {
    user someone;
    write_file(someone, "leaves.js", R"js(
        process.send('bye', () => { process.disconnect(); setTimeout(() => process.exit(3), 100); });)js");
    EXPECT_EQ(someone.types("parlance fork -- leaves.js < /dev/null"), (answer{3, "\"bye\"\n", ""}));
}

TEST(attach, makes_any_program_a_child_of_node) {
    node_user someone;
    EXPECT_EQ(someone.gets("node sends.js json -- cat"), "{ n: 1 }\ntwo\n[ 3 ]\ndisconnect\nexit 0 null");
    EXPECT_EQ(someone.gets("node sends.js json -- sh -c 'cat; exit 7'"),
              "{ n: 1 }\ntwo\n[ 3 ]\ndisconnect\nexit 7 null");
}

TEST(attach, has_the_serialization_of_its_parent) {
    node_user someone;
    EXPECT_EQ(
        someone.gets("node sends.js advanced -- cat"),
        "{ big: 10n }\nMap(1) { 1 => 1970-01-01T00:00:00.000Z }\n[ <1 empty item>, NaN ]\ndisconnect\nexit 0 null");
}

TEST(attach, is_found_behind_the_options_that_node_hands_down) {
    node_user someone;
    EXPECT_EQ(someone.gets("LEAK=1 node --no-warnings --require ./echo.js sends.js json --grace 5s -- cat"),
              "{ n: 1 }\ntwo\n[ 3 ]\ndisconnect\nexit 0 null");
}

TEST(attach, shows_what_is_no_message_on_standard_error) {
    user someone;
    // The input stays open: after a disconnect nothing more can be sent.
    auto const given = someone.types("mkfifo in; exec 3<>in; echo 1 >&3; parlance fork -- parlance attach -- sh -c '"
                                     "echo log one; echo \"{}\"; echo \"{\\\"cmd\\\":\\\"NODE_X\\\"}\"; "
                                     "echo err >&2; echo 3; read m' < in");
    EXPECT_EQ(given.status, 0);
    EXPECT_EQ(given.out, "{}\n3\n");
    EXPECT_THAT(given.err, HasSubstr("log one\n"));
    EXPECT_THAT(given.err, HasSubstr("err\n"));
    EXPECT_THAT(given.err, HasSubstr("NODE_"));
}

TEST(attach, flushes_all_that_the_program_said_before_it_disconnects) {
    user someone;
    write_file(someone, "slow.js", R"js(
        const {fork} = require('child_process');
        const child = fork('attach', ['--', 'seq', '100000'], {execPath: 'parlance', execArgv: []});
        let count = 0;
        child.on('message', () => ++count);
        const end = Date.now() + 300;
        while (Date.now() < end); // the program has long ended when the parent begins to read
        child.on('disconnect', () => console.log(count));)js");
    EXPECT_EQ(someone.gets("node slow.js"), "100000");
}

TEST(attach, ends_after_the_grace_who_does_not_end_with_its_input) {
    user someone;
    write_file(someone, "leaves.js", R"js(
        const {fork} = require('child_process');
        const child = fork('attach', ['--grace', '50ms', '--', 'sh', '-c', 'echo 1; exec sleep 1000'],
                           {execPath: 'parlance', execArgv: []});
        child.on('message', () => child.disconnect());
        child.on('exit', (code, signal) => console.log(code, signal));)js");
    EXPECT_EQ(someone.gets("node leaves.js"), "143 null");
}

TEST(attach, leaves_nothing_behind_when_its_parent_dies) {
    user someone;
    write_file(someone, "dies.js", R"js(
        const {fork} = require('child_process');
        const child = fork('attach', ['--', 'sh', '-c', 'echo $$ > pid; echo 1; read m; echo > over'],
                           {execPath: 'parlance', execArgv: []});
        child.on('message', () => process.kill(process.pid, 'SIGKILL'));)js");
    EXPECT_EQ(someone.types("mkfifo over; node dies.js & cat over; wait $!").status, 137);
}

TEST(attach, hides_the_channel_from_its_program_and_tells_its_status) {
    user someone;
    auto const given =
        someone.types("echo 1 | parlance fork -- parlance attach -- sh -c 'env | grep -c NODE_CHANNEL >&2; "
                      "ls /proc/self/fd | grep -c 3 >&2; kill -9 $$'");
    EXPECT_EQ(given.status, 137);
    EXPECT_THAT(given.err, HasSubstr("0\n"));
    EXPECT_EQ(someone.types("echo 1 | parlance fork -- parlance attach -- no-such-program").status, 127);
    EXPECT_EQ(someone.types("echo 1 | parlance fork -- parlance attach --timeout 50ms -- sleep 1000").status, 124);
}

TEST(attach, closes_and_tells_the_sockets_that_come) {
    user someone;
    write_file(someone, "sends_socket.js", R"js(
        const {fork} = require('child_process');
        const child = fork('attach', ['--', 'cat'], {execPath: 'parlance', execArgv: []});
        const server = require('net').createServer().listen(0, '127.0.0.1', () => child.send('take this', server));
        child.on('message', m => { console.log(m); server.close(); child.disconnect(); });)js");
    auto const given = someone.types("node sends_socket.js");
    EXPECT_EQ(given.out, "take this\n");
    EXPECT_THAT(given.err, HasSubstr("the parent process sent a net.Server, which is closed here"));
}

TEST(attach, answers_a_parent_that_has_said_all) {
    node_user someone;
    EXPECT_EQ(someone.types("printf '{\"n\":4}\\n[5]\\n' | parlance fork -- parlance attach -- cat"),
              (answer{0, "{\"n\":4}\n[5]\n", ""}));
    EXPECT_EQ(someone.types("seq 20000 | parlance fork -- parlance attach -- sh -c 'cat; echo 0' | tail -n 1").out,
              "0\n");
}

TEST(attach, without_a_parent_is_wrong_usage) {
    user someone;
    auto const alone = someone.types("parlance attach --json -- cat");
    EXPECT_EQ(alone.status, 2);
    EXPECT_THAT(text_of(error_of(alone), "message"), HasSubstr("nobody forked this process"));
    for (std::string const variables : {"NODE_CHANNEL_FD=77", "NODE_CHANNEL_FD=x", "NODE_CHANNEL_FD=-1",
                                        "NODE_CHANNEL_FD=0", "NODE_CHANNEL_FD=0 NODE_CHANNEL_SERIALIZATION_MODE=v8"}) {
        auto const given = someone.types(variables + " parlance attach --json -- cat < /dev/null");
        EXPECT_EQ(given.status, 2) << variables;
        EXPECT_EQ(text_of(error_of(given), "code"), "usage") << variables;
    }
    EXPECT_EQ(someone.types("parlance attach cat").status, 2);
}

} // namespace
} // namespace parlance::cli
