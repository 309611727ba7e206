// `parent()`: our end, where Node forks us; and between two programs of ours.
#include "support.hpp"

#include <cstdlib>

namespace parlance::testing {
namespace {

/// Runs a Node program that forks our child as `start(job, options)`; its output.
std::string node_parent(std::string const& code) {
    std::string const program = "const {fork} = require('child_process');"
                                "const start = (job, options = {}) => fork(job[0], job.slice(1), {execPath: "
                                "process.argv[1], execArgv: [], ...options});" +
                                code;
    auto const end = exec_file_sync("node", {"-e", program, PARLANCE_IPC_CHILD}, {.timeout = 60s});
    return end.out + end.err + (end.ok() ? "" : end.sentence());
}

TEST(parent, knows_how_it_was_forked) {
    for (std::string const mode : {"json", "advanced"})
        EXPECT_EQ(node_parent("const c = start(['about'], {serialization: '" + mode +
                              "'}); c.on('message', m => { console.log(JSON.stringify(m)); c.disconnect() }); "
                              "c.on('exit', code => console.log(code))"),
                  R"({"mode":")" + mode +
                      R"(","second":false,"variables":false,"close_on_exec":true})"
                      "\n0\n");
}

TEST(parent, may_have_flags_of_its_parents_before_its_arguments) {
    EXPECT_EQ(node_parent("const c = start(['echo'], {execArgv: ['--no-warnings']}); c.send(1); c.on('message', m => { "
                          "console.log(m); c.disconnect() })"),
              "1\n");
}

TEST(parent, hears_what_was_sent_before_it_listened) {
    EXPECT_EQ(node_parent("const c = start(['early']); for (let i = 0; i < 3; ++i) c.send(i); let n = 0;"
                          "c.on('message', m => { console.log(m); if (++n == 3) c.disconnect() }); c.on('disconnect', "
                          "() => console.log('gone')); c.on('exit', code => console.log(code))"),
              "0\n1\n2\ngone\n0\n");
}

TEST(parent, loses_nothing_of_what_it_sends_and_exits) {
    EXPECT_EQ(
        node_parent(
            "const c = start(['burst', '5000']); let n = 0; c.on('message', m => { if (m.i !== n++) throw 'order' });"
            "c.on('disconnect', () => console.log('disconnect')); c.on('exit', code => console.log(n, code))"),
        "disconnect\n5000 0\n");
    EXPECT_EQ(node_parent("const c = start(['large', '4000000']); c.on('message', m => console.log(m.filler.length)); "
                          "c.on('exit', code => console.log(code))"),
              "4000000\n0\n")
        << "Node itself loses this one";
}

TEST(parent, sees_the_end_when_its_parent_is_killed) {
    auto const end = exec_file_sync("node",
                                    {"-e",
                                     "const {fork} = require('child_process');"
                                     "const c = fork('echo', [], {execPath: process.argv[1], execArgv: [], stdio: "
                                     "['ignore', 'inherit', 'inherit', 'ipc']});"
                                     "c.send(1); c.on('message', () => process.kill(process.pid, 'SIGKILL'))",
                                     PARLANCE_IPC_CHILD},
                                    {.timeout = 60s});
    EXPECT_EQ(end.signal, signal::kill);
    EXPECT_TRUE(end.output_complete) << "the child, which shares our pipe, has ended too";
}

TEST(parent, brings_nodes_10000_random_values_back_in_both_modes) {
    for (std::string const mode : {"json", "advanced"}) {
        auto const end = exec_file_sync("node", {peer_path("ipc_random_parent.js"), PARLANCE_IPC_CHILD, mode, "10000"},
                                        {.timeout = 100s});
        EXPECT_EQ(end.out, "10000 equal\n") << end.err;
    }
}

TEST(parent, is_none_where_nobody_forked_us) {
    EXPECT_FALSE(parent());
    EXPECT_EQ(exec_file_sync(PARLANCE_IPC_CHILD, {}).code, 2);
}

struct {
    std::string fd, mode, words;
} const broken[] = {
    {"3x", "json", "NODE_CHANNEL_FD=3x: is no number of a descriptor"},
    {"-1", "json", "is no number of a descriptor"},
    {"77", "json", "NODE_CHANNEL_FD=77: is not open"},
    {"0", "json", "is no Unix stream socket"},
    {"99999999999999999999", "json", "is no number"},
};

TEST(parent, refuses_what_is_no_channel) {
    for (auto const& each : broken) {
        std::string const env[] = {"NODE_CHANNEL_FD=" + each.fd, "NODE_CHANNEL_SERIALIZATION_MODE=" + each.mode};
        auto const end = exec_file_sync(PARLANCE_IPC_CHILD, {"echo"}, {.in = stdio::ignore(), .env = env});
        EXPECT_EQ(end.code, 3) << each.fd;
        EXPECT_THAT(end.err, HasSubstr(each.words));
    }
    std::string const env[] = {"NODE_CHANNEL_SERIALIZATION_MODE=xml"};
    EXPECT_EQ(exec_file_sync(PARLANCE_IPC_CHILD, {}, {.env = env}).code, 2) << "a mode without a channel is nothing";
}

asio::awaitable<void> ours(serialization how) {
    auto child = fork(PARLANCE_IPC_CHILD, {"echo"}, {.serialization = how});
    auto& talk = child.channel();
    for (int i = 0; i < 1000; ++i) {
        json::value const m{{"i", i}};
        co_await talk.send(m);
    }
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(co_await next_of(talk), "{\"i\":" + std::to_string(i) + "}");
    EXPECT_THAT(co_await talk.disconnect(), IsEmpty());
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(parent, talks_to_a_parent_of_our_own) {
    for (auto const how : both_modes) tell(ours(how));
}

} // namespace
} // namespace parlance::testing
