// What CLI.md says of tap --mode ipc: between real Node parents and real Node children.
#include "cli/typed.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace parlance::cli {
namespace {

using testing::HasSubstr;

/// "in {"n":1}|out handle TCP …": what passed, in the order of the records of a log.
std::string talk_of(std::string const& lines) {
    std::string talk;
    std::istringstream text(lines);
    for (std::string line; std::getline(text, line);) {
        boost::json::error_code error;
        auto const each = boost::json::parse(line, error);
        EXPECT_FALSE(error) << line;
        if (error || each.get_object().contains("end")) continue;
        if (!talk.empty()) talk += "|";
        talk += text_of(each, "direction") + " ";
        talk += each.get_object().contains("message") ? boost::json::serialize(each.at("message"))
                                                      : text_of(each, "kind") + " " + text_of(each, "text");
    }
    return talk;
}

std::string without_ports(std::string text) {
    for (auto at = text.find("127.0.0.1:"); at != text.npos; at = text.find("127.0.0.1:", at + 1)) {
        auto const digits = at + 10;
        text.erase(digits, text.find_first_not_of("0123456789", digits) - digits);
    }
    return text;
}

/// A user who has `parent.js MODE CHILD.js`, which forks CHILD.js through a tap.
struct forking_user : user {
    explicit forking_user(std::string_view what_the_parent_does, std::string_view child) {
        std::ofstream(home() / "child.js") << child;
        std::ofstream(home() / "parent.js") << R"js(
            const {fork} = require('child_process'), net = require('net'), [mode, ...options] = process.argv.slice(2);
            const child = fork('child.js', [], {execPath: 'parlance', serialization: mode, execArgv:
                ['tap', '--mode', 'ipc', '--json', '--log', 'log', ...options, '--', 'node']});
            child.on('disconnect', () => console.log('disconnect'));
            child.on('exit', (code, signal) => console.log('exit', code, signal));
        )js" << what_the_parent_does;
    }
};

TEST(tap_ipc, passes_and_shows_messages_both_ways_in_each_serialization) {
    forking_user const someone("child.send(mode === 'json' ? {n: 1} : {n: 1n}); child.on('message', m => { "
                               "console.log(m); child.disconnect() })",
                               "process.on('message', m => process.send([m, 2])); console.log('its own output')");
    EXPECT_EQ(someone.types("node parent.js json"),
              (answer{0, "its own output\n[ { n: 1 }, 2 ]\ndisconnect\nexit 0 null\n", ""}));
    EXPECT_EQ(talk_of(someone.gets("cat log; rm log")), R"(in {"n":1}|out [{"n":1},2])");
    EXPECT_EQ(someone.types("node parent.js advanced").out,
              "its own output\n[ { n: 1n }, 2 ]\ndisconnect\nexit 0 null\n");
    EXPECT_EQ(talk_of(someone.gets("cat log")), R"(in {"n":{"$bigint":"1"}}|out [{"n":{"$bigint":"1"}},2])");
}

TEST(tap_ipc, passes_and_names_sockets_both_ways) {
    forking_user const someone(R"js(
        const server = net.createServer(socket => child.send('connection', socket)).listen(0, '127.0.0.1', () => {
            child.send({take: 'server'}, server);
            net.connect(server.address().port, '127.0.0.1').on('data', d => console.log(String(d)));
        });
        child.on('message', (m, handle) => {
            console.log(m, handle ? handle.address().address : '');
            if (handle) { handle.close(); server.close(); child.disconnect(); }
        });)js",
                               R"js(
        process.on('message', (m, handle) => {
            if (m !== 'connection') return handle.close();
            handle.end('hello from the child');
            const mine = require('net').createServer().listen(0, '127.0.0.1', () => process.send({take: 'mine'}, mine, () => mine.close()));
        });)js");
    for (std::string const mode : {"json", "advanced"}) {
        auto const given = someone.types("node parent.js " + mode);
        EXPECT_THAT(given.out, HasSubstr("hello from the child\n")) << mode << given.err;
        EXPECT_THAT(given.out, HasSubstr("{ take: 'mine' } 127.0.0.1\n")) << mode;
        EXPECT_THAT(given.out, HasSubstr("exit 0 null\n")) << mode;
        auto const talk = without_ports(talk_of(someone.gets("cat log; rm log")));
        for (std::string const record : {"in handle TCP 127.0.0.1:, listening|",
                                         R"(|in {"cmd":"NODE_HANDLE","type":"net.Server","msg":{"take":"server"}}|)",
                                         "|in handle TCP 127.0.0.1: with 127.0.0.1:|",
                                         R"(|in {"cmd":"NODE_HANDLE","type":"net.Socket","msg":"connection",)",
                                         "|out handle TCP 127.0.0.1:, listening|",
                                         R"(|out {"cmd":"NODE_HANDLE","type":"net.Server","msg":{"take":"mine"}}|)",
                                         R"(|out {"cmd":"NODE_HANDLE_ACK"}|)", R"(|in {"cmd":"NODE_HANDLE_ACK"}|)"})
            EXPECT_THAT(talk + "|", HasSubstr(record)) << mode;
    }
}

TEST(tap_ipc, passes_each_of_many_sockets_with_its_own_message) {
    forking_user const someone(R"js(
        const wanted = 80, sockets = [];
        const server = net.createServer(s => { sockets.push(s); if (sockets.length === wanted) sockets.forEach((s, i) =>
            child.send({n: i, port: s.remotePort, fill: 'x'.repeat(i % 4 ? 10 : 100000)}, s)) }).listen(0, '127.0.0.1', () => {
            for (let i = 0; i < wanted; ++i) net.connect(server.address().port, '127.0.0.1').on('data', () => {});
        });
        child.on('message', m => { console.log(m); server.close(); child.disconnect(); });)js",
                               R"js(
        let count = 0, right = 0;
        process.on('message', (m, socket) => {
            right += socket && socket.remotePort === m.port, socket?.end('x');
            if (++count === 80) process.send({count, right});
        });)js");
    for (std::string const mode : {"json", "advanced"})
        EXPECT_THAT(someone.types("node parent.js " + mode).out, HasSubstr("{ count: 80, right: 80 }\n")) << mode;
}

TEST(tap_ipc, passes_large_messages_and_what_waits_for_a_slow_reader) {
    forking_user const someone(R"js(
        for (let i = 0; i < 40; ++i) child.send({i, text: 'é'.repeat(300000)});
        child.on('message', m => { console.log(m); child.disconnect(); });)js",
                               R"js(
        let bytes = 0, last = -1;
        process.on('message', ({i, text}) => { if (i !== ++last) process.exit(9); bytes += text.length;
                                               if (i === 39) process.send(bytes); });)js");
    for (std::string const mode : {"json", "advanced"})
        EXPECT_EQ(someone.types("node parent.js " + mode).out, "12000000\ndisconnect\nexit 0 null\n") << mode;
}

TEST(tap_ipc, passes_the_end_of_each_side_on_and_the_status) {
    forking_user const leaves("setTimeout(() => {}, 100)",
                              "process.send('bye', () => { process.disconnect(); process.exitCode = 7 })");
    EXPECT_EQ(leaves.types("node parent.js json").out, "disconnect\nexit 7 null\n");
    EXPECT_EQ(talk_of(leaves.gets("cat log")), R"(out "bye")");
    forking_user const dies("", "process.on('message', () => {}); process.kill(process.pid, 'SIGKILL')");
    EXPECT_EQ(dies.types("node parent.js json").out, "disconnect\nexit 137 null\n");
    forking_user const killed("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100)",
                              "process.on('disconnect', () => require('fs').writeFileSync('over', 'its end'));"
                              "process.on('message', () => {})");
    EXPECT_EQ(killed.gets("mkfifo over; node parent.js json & cat over"), "its end");
    forking_user const late("", "setInterval(() => {}, 1000)");
    EXPECT_EQ(late.types("node parent.js json --timeout 300ms").out, "disconnect\nexit 124 null\n");
}

TEST(tap_ipc, sits_between_parlances_own_two) {
    user someone;
    EXPECT_EQ(
        someone.types("mkfifo in; exec 3<>in; echo '{\"n\":1}' >&3; "
                      "parlance fork -- parlance tap --mode ipc --json --log log -- parlance attach -- head -1 < in"),
        (answer{0, "{\"n\":1}\n", ""}));
    EXPECT_EQ(talk_of(someone.gets("cat log")), R"(in {"n":1}|out {"n":1})");
}

TEST(tap_ipc, needs_a_parent_and_has_no_framing) {
    user someone;
    auto const alone = someone.types("parlance tap --mode ipc --json -- true");
    EXPECT_EQ(alone.status, 2);
    EXPECT_THAT(text_of(error_of(alone), "message"), HasSubstr("nobody forked this process"));
    EXPECT_EQ(someone.types("NODE_CHANNEL_FD=0 parlance tap --mode ipc -- true < /dev/null").status, 2);
    EXPECT_EQ(someone.types("parlance tap --mode ipc --framing lines -- true").status, 2);
}

} // namespace
} // namespace parlance::cli
