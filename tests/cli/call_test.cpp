// What CLI.md says of call, typed as users type it.
#include "cli/typed.hpp"

#include <boost/json/parse.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace parlance::cli {
namespace {

using testing::HasSubstr;

/// A user who has a server in Node that speaks lines: it writes down what it hears.
struct caller : user {
    caller() {
        std::ofstream(home() / "server.js") << R"js(
            const fs = require('fs'), say = m => console.log(JSON.stringify({jsonrpc: '2.0', ...m}));
            require('readline').createInterface({input: process.stdin}).on('line', line => {
                fs.appendFileSync('heard', line + '\n');
                const {id, method, params, error} = JSON.parse(line);
                if (method === 'echo') say({id, result: params ?? null});
                if (method === 'spell') console.log(`{"jsonrpc":"2.0","id":${id},"result":{ "n" :12345678901234567890,"x":1.50}}`);
                if (method === 'fail') say({id, error: {code: 7, message: 'as you wish', data: [1]}});
                if (method === 'bad') say({id});
                if (method === 'ask') say({id: 'q', method: 'are/you/there'}), this.asks = id;
                if (error) say({id: this.asks, result: error.code});
                if (method === 'noise') console.log('[info] listening'), console.log('{"level":30}'), say({id, result: 1});
                if (method === 'notified') say({method: 'progress'}), say({id, result: 2});
                if (method === 'die') process.kill(process.pid, 'SIGKILL');
                if (method === 'leave') process.exit(3);
                if (method === 'initialize') say({id, result: params.protocolVersion ? params : {capabilities: {}}});
                if (method === 'shutdown') say({id, result: null});
            });)js";
    }
    answer calls(std::string const& words) const { return types("parlance call " + words + " -- node server.js"); }
    std::string heard() const { return gets("cat heard"); }
};

TEST(call, prints_the_bare_result) {
    caller someone;
    EXPECT_EQ(someone.calls("echo '{\"a\": [1]}'"), (answer{0, "{\"a\":[1]}\n", ""}));
    EXPECT_EQ(someone.calls("echo [1]"), (answer{0, "[1]\n", ""}));
    EXPECT_EQ(someone.calls("echo --json"), (answer{0, "null\n", ""}));
    EXPECT_EQ(someone.types("echo '[2]' | parlance call echo - -- node server.js").out, "[2]\n");
    EXPECT_EQ(someone.calls("spell").out, "{ \"n\" :12345678901234567890,\"x\":1.50}\n") << "nothing is rounded";
}

TEST(call, tells_the_error_that_it_was_answered_with) {
    caller someone;
    EXPECT_EQ(someone.calls("fail"), (answer{1, "", "error: node server.js: fail: as you wish (7)\n"}));
    auto const given = someone.calls("fail --json");
    EXPECT_EQ(given.status, 1);
    auto const error = error_of(given);
    EXPECT_EQ(text_of(error, "code"), "rpcError");
    EXPECT_EQ(error.at("rpc"), boost::json::parse(R"({"code":7,"message":"as you wish","data":[1]})"));
    EXPECT_EQ(text_of(error_of(someone.calls("bad --json")), "code"), "badReply");
}

TEST(call, with_notify_waits_for_no_answer) {
    caller someone;
    EXPECT_EQ(someone.calls("update '{\"a\":1}' --notify"), (answer{0, "", ""}));
    EXPECT_EQ(someone.heard(), R"({"jsonrpc":"2.0","method":"update","params":{"a":1}})");
}

TEST(call, shakes_hands_with_a_language_server_and_says_goodbye) {
    caller someone;
    EXPECT_EQ(someone.calls("echo [1] --init '{\"capabilities\":{}}'").out, "[1]\n");
    EXPECT_EQ(someone.heard(), R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}})"
                               "\n"
                               R"({"jsonrpc":"2.0","method":"initialized","params":{}})"
                               "\n"
                               R"({"jsonrpc":"2.0","id":2,"method":"echo","params":[1]})"
                               "\n"
                               R"({"jsonrpc":"2.0","id":3,"method":"shutdown"})"
                               "\n"
                               R"({"jsonrpc":"2.0","method":"exit"})");
}

TEST(call, shakes_hands_with_an_mcp_server_whose_goodbye_is_the_end_of_its_input) {
    caller someone;
    EXPECT_EQ(someone.calls("echo [1] --init '{\"protocolVersion\":\"2025-06-18\"}'").out, "[1]\n");
    EXPECT_THAT(someone.heard(), HasSubstr("\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"));
    EXPECT_EQ(someone.heard().find("shutdown"), std::string::npos);
}

TEST(call, answers_what_the_server_asks_that_there_is_no_such_method) {
    caller someone;
    EXPECT_EQ(someone.calls("ask"), (answer{0, "-32601\n", ""}));
    EXPECT_EQ(someone.calls("notified"), (answer{0, "2\n", ""})) << "its notifications are passed over";
}

TEST(call, treats_noise_as_it_is_told) {
    caller someone;
    auto const told = someone.calls("noise");
    EXPECT_EQ(told.out, "1\n");
    EXPECT_THAT(told.err, HasSubstr("warning: node server.js prints what is no message"));
    EXPECT_THAT(told.err, HasSubstr("\n[info] listening\n{\"level\":30}\n"));
    EXPECT_EQ(someone.calls("noise --noise skip"), (answer{0, "1\n", ""}));
    auto const ended = someone.calls("noise --noise error");
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr("not a message"));
}

TEST(call, tells_how_a_server_ended_that_did_not_answer) {
    caller someone;
    EXPECT_EQ(someone.calls("leave"),
              (answer{1, "", "error: node server.js: leave: ended before it answered (exit status 3)\n"}));
    auto const died = someone.calls("die --json");
    EXPECT_EQ(died.status, 1);
    EXPECT_EQ(text_of(error_of(died), "code"), "peerClosed");
    EXPECT_THAT(text_of(error_of(died), "message"), HasSubstr("SIGKILL"));
}

TEST(call, has_the_statuses_of_a_shell) {
    caller someone;
    auto const late = someone.calls("silence --timeout 50ms --json");
    EXPECT_EQ(late.status, 124);
    EXPECT_EQ(text_of(error_of(late), "code"), "timedOut");
    EXPECT_EQ(text_of(error_of(late), "message"), "timed out after 50ms");
    EXPECT_EQ(someone.types("parlance call m -- no-such-program").status, 127);
    EXPECT_EQ(someone.types("touch plain; parlance call m -- ./plain").status, 126);
    for (auto const* wrong :
         {"m 5 -- cat", "m --init 5 -- cat", "m --framing x -- cat", "m", "-- cat", "m --timeout 0 -- cat",
          "m --tcp nowhere", "m --tcp 127.0.0.1:1 -- cat", "m --tcp 127.0.0.1:1 --path x"})
        EXPECT_EQ(someone.types("parlance call " + std::string(wrong)).status, 2) << wrong;
    auto const bad = someone.types("parlance call m '{\"a\":' --json -- cat");
    EXPECT_EQ(bad.status, 1);
    EXPECT_EQ(text_of(error_of(bad), "code"), "invalidJson");
}

TEST(call, ends_with_its_signal_and_leaves_nothing_behind) {
    user someone;
    auto const given = someone.types("mkfifo up; parlance call m -- sh -c 'trap \"\" TERM; sleep 1000 & echo $! > pid; "
                                     "echo > up; read m; read end; exit' & read ready < up; kill -TERM $!; wait $!; "
                                     "echo $?; " +
                                     says_if_it_runs("pid"));
    EXPECT_EQ(given.out, "143\n");
}

TEST(call, reaches_a_server_that_listens) {
    user someone;
    std::ofstream(someone.home() / "listens.js") << R"js(
        const where = process.argv[2] === 'tcp' ? {host: '127.0.0.1', port: 0} : {path: 'socket'};
        const server = require('net').createServer(peer => {
            require('readline').createInterface({input: peer}).on('line', line =>
                peer.write(`{"jsonrpc":"2.0","id":${JSON.parse(line).id},"result":"hi"}\n`)).on('close', () => server.close());
        }).listen(where, () => console.log(server.address().port ?? 'ready'));)js";
    auto const at = [&](std::string const& way, std::string const& option) {
        return someone.types("mkfifo " + way + "; node listens.js " + way + " > " + way + " & read port < " + way +
                             "; parlance call m " + option + " && wait");
    };
    EXPECT_EQ(at("tcp", "--tcp 127.0.0.1:$port"), (answer{0, "\"hi\"\n", ""}));
    EXPECT_EQ(at("unix", "--path socket"), (answer{0, "\"hi\"\n", ""}));
    auto const nobody = someone.types("parlance call m --path nothing --json");
    EXPECT_EQ(nobody.status, 1);
    EXPECT_EQ(text_of(error_of(nobody), "code"), "systemError");
}

} // namespace
} // namespace parlance::cli
