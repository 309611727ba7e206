// Section 1 of Node's channel: how it is set up, and how it ends. Node is at the other end.
#include "support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace parlance::testing {
namespace {

asio::awaitable<void> echoes(serialization how) {
    auto child = fork(peer_path("ipc_echo.js"), {"one", "two"}, {.serialization = how});
    auto& talk = child.channel();
    for (std::string const json : {R"({"a":[1,2.5,"h\u00e9"]})", "\"plain\"", "12", "true", "[]", "null"}) {
        co_await talk.send(text(json));
        auto const got = co_await talk.receive();
        EXPECT_TRUE(got && got->json() == parsed(json)) << json;
        if (!got) co_return;
    }
    co_await talk.send(text("\"about\""));
    EXPECT_EQ(co_await next_of(talk), R"({"argv":["one","two"],"execArgv":[],"fd":true,"mode":true})");
    EXPECT_TRUE(talk.connected());
    co_await talk.send(text("\"exit\""));
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_FALSE(talk.connected());
    EXPECT_EQ(talk.end(), boost::system::error_code());
    EXPECT_EQ((co_await child.wait()).code, 7);
}

TEST(fork, talks_to_node_in_json) { tell(echoes(serialization::json)); }
TEST(fork, talks_to_node_in_structured_clones) { tell(echoes(serialization::advanced)); }

std::string const nodes_own[] = {"--no-warnings", "--stack-size=900"};

asio::awaitable<void> arguments_of_node() {
    auto child = fork(peer_path("ipc_echo.js"), {"x"}, {.exec_argv = nodes_own});
    co_await child.channel().send(text("\"about\""));
    auto const about = co_await next_of(child.channel());
    EXPECT_THAT(about, HasSubstr(R"("execArgv":["--no-warnings","--stack-size=900"])"));
    co_await child.channel().disconnect();
    EXPECT_EQ((co_await child.wait()).code, 0) << "a disconnect lets a child end that does nothing else";
}

TEST(fork, gives_node_arguments_of_its_own) { tell(arguments_of_node()); }

asio::awaitable<void> a_shell_script() {
    auto child = fork("sh", {"-c", R"(echo '{"from":"sh"}' >&$NODE_CHANNEL_FD; read -r line <&3; echo "$line" >&3)"});
    EXPECT_EQ(co_await next_of(child.channel()), R"({"from":"sh"})");
    co_await child.channel().send(text("[1,2]"));
    EXPECT_EQ(co_await next_of(child.channel()), "[1,2]");
    EXPECT_EQ(co_await next_of(child.channel()), "end");
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(fork, runs_what_is_no_script_by_itself) { tell(a_shell_script()); }

asio::awaitable<void> any_number() {
    for (std::size_t const at : {0u, 1u, 2u, 5u}) {
        spawn_options options{.in = stdio::ignore(), .out = stdio::inherit(), .err = stdio::inherit()};
        std::vector<stdio> more;
        if (at == 0) options.in = stdio::ipc();
        if (at == 1) options.out = stdio::ipc();
        if (at == 2) options.err = stdio::ipc();
        if (at == 5) more = {stdio::ignore(), stdio::pipe(), stdio::ipc()};
        options.more = more;
        auto child = spawn(
            "node",
            {"-e", "process.send(process.channel.fd ?? 'none'); process.on('message', m => process.disconnect())"},
            options);
        EXPECT_EQ(co_await next_of(child.channel()), std::to_string(at));
        co_await child.channel().send(text("1"));
        EXPECT_EQ(co_await next_of(child.channel()), "end");
        EXPECT_TRUE((co_await child.wait()).ok()) << at;
    }
}

TEST(fork, has_its_channel_at_any_number) { tell(any_number()); }

TEST(fork, has_the_standard_streams_that_it_is_given) {
    auto const say = "console.log('out'); console.error('err')";
    auto const heard = [&](spawn_options options) {
        auto child = run_js(say, options);
        auto const end = run(child.collect());
        return end.out + "|" + end.err;
    };
    EXPECT_EQ(heard({.silent = true}), "out\n|err\n");
    EXPECT_EQ(heard({.out = stdio::pipe(), .err = stdio::ignore()}), "out\n|");
    EXPECT_EQ(heard({.out = stdio::ignore(), .err = stdio::pipe()}), "|err\n");
}

void expect_refused(std::string const& program, spawn_options const& options, std::string_view words) {
    try {
        fork(program, {}, options);
        ADD_FAILURE() << "not refused: " << words;
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_argument);
        EXPECT_THAT(fault.what(), HasSubstr(std::string(words)));
    }
}

TEST(fork, refuses_what_cannot_be_meant) {
    stdio const two[] = {stdio::ipc(), stdio::ipc()};
    expect_refused("true", {.more = two}, "second IPC channel");
    std::string const own[] = {"--no-warnings"};
    expect_refused("true", {.exec_argv = own}, "`exec_argv` has nobody to go to");
    stdio const one[] = {stdio::ipc()};
    try {
        exec_file_sync("true", {}, {.more = one});
        ADD_FAILURE();
    } catch (failure const& fault) {
        EXPECT_THAT(fault.what(), HasSubstr("IPC channel"));
    }
    auto plain = spawn("true");
    EXPECT_THROW(plain.channel(), failure);
    auto forked = fork("true");
    EXPECT_THROW(forked.at(3), failure);
}

asio::awaitable<void> grandchildren() {
    auto child = run_js("const {spawnSync} = require('child_process');"
                        "process.send(spawnSync('sh', ['-c', 'echo $NODE_CHANNEL_FD; ls /proc/self/fd | tr \"\\n\" \" "
                        "\"']).stdout.toString())");
    auto const said = co_await next_of(child.channel());
    EXPECT_THAT(said, ::testing::StartsWith("\"\\n")) << "no variable: " << said;
    co_await child.wait();
}

TEST(fork, is_not_seen_by_the_childs_own_children) { tell(grandchildren()); }

TEST(spawn, takes_out_of_the_environment_what_names_a_channel_of_ours) {
    ::setenv("NODE_CHANNEL_FD", "3", 1);
    ::setenv("NODE_CHANNEL_SERIALIZATION_MODE", "json", 1);
    auto const seen = exec_sync("env | grep -c NODE_CHANNEL").out;
    std::string const own[] = {"NODE_CHANNEL_FD=9"};
    auto const given = exec_sync("echo $NODE_CHANNEL_FD", {.env = own}).out;
    ::unsetenv("NODE_CHANNEL_FD");
    ::unsetenv("NODE_CHANNEL_SERIALIZATION_MODE");
    EXPECT_EQ(seen, "0\n");
    EXPECT_EQ(given, "9\n") << "what is asked for is given";
}

// ---- its end

/// All that came, and how the child ended; in this order, or the other.
asio::awaitable<void> last_words(serialization how, bool wait_first) {
    auto child =
        run_js("for (let i = 0; i < 500; ++i) process.send({i}); process.exitCode = 3", {.serialization = how});
    auto& talk = child.channel();
    std::vector<std::string> all;
    std::optional<process_end> end;
    if (wait_first) end = co_await child.wait();
    all = co_await all_of(talk);
    if (!wait_first) end = co_await child.wait();
    EXPECT_THAT(all, SizeIs(500));
    EXPECT_EQ(all.empty() ? "" : all.back(), R"({"i":499})");
    EXPECT_EQ(end->code, 3);
    EXPECT_EQ(talk.end(), boost::system::error_code());
}

TEST(fork, loses_nothing_of_a_child_that_sends_and_exits) {
    for (auto const how : both_modes)
        for (bool const wait_first : {false, true}) tell(last_words(how, wait_first));
}

asio::awaitable<void> more_than_fits() {
    auto child = run_js("for (let i = 0; i < 20; ++i) process.send('x'.repeat(1 << 20))");
    auto& talk = child.channel();
    auto const end = co_await child.wait(); // nobody receives meanwhile
    EXPECT_TRUE(end.ok());
    EXPECT_THAT(co_await all_of(talk), SizeIs(20));
}

TEST(wait, reads_the_channel_so_that_no_child_hangs_in_a_send) { tell(more_than_fits()); }

asio::awaitable<void> nobody_asks() {
    auto child = run_js("for (let i = 0; i < 20; ++i) process.send('x'.repeat(1 << 20))");
    EXPECT_TRUE((co_await child.wait()).ok());
    EXPECT_THROW(child.channel(), failure);
}

TEST(wait, drops_what_nobody_asked_for) { tell(nobody_asks()); }

asio::awaitable<void> order_of_the_end() {
    auto child = run_js("process.send('a'); process.send('b')");
    std::vector<std::string> story;
    auto& talk = child.channel();
    child.on_exit([&](process_end const&) { story.push_back("exit"); });
    while (auto m = co_await talk.receive()) story.emplace_back(m->text());
    story.push_back("disconnect");
    co_await child.wait();
    EXPECT_THAT(story, ElementsAre("\"a\"", "\"b\"", "disconnect", "exit"));
}

TEST(fork, tells_of_messages_then_of_the_disconnect_then_of_the_exit) { tell(order_of_the_end()); }

asio::awaitable<void> lives_on() {
    auto child =
        run_js("process.on('disconnect', () => console.log('gone')); process.disconnect(); setTimeout(() => {}, 1e6)",
               {.out = stdio::pipe()});
    auto& talk = child.channel();
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_EQ(code_of(co_await as_result(talk.send(text("1")))), errc::peer_closed);
    EXPECT_EQ(co_await child.out().line(), "gone");
    EXPECT_TRUE(child.is_running());
    child.kill();
    EXPECT_EQ((co_await child.wait()).signal, signal::term);
}

TEST(fork, outlives_a_disconnect_of_the_childs) { tell(lives_on()); }

asio::awaitable<void> we_disconnect() {
    auto child = run_js("let n = 0; process.on('message', () => ++n); process.on('disconnect', () => { console.log(n); "
                        "process.exit(5) })",
                        {.out = stdio::pipe()});
    auto& talk = child.channel();
    for (int i = 0; i < 10'000; ++i) co_await talk.send(text(R"({"some":"text","to":"fill","the":"socket"})"));
    EXPECT_THAT(co_await talk.disconnect(), IsEmpty()) << "it is flushed, unlike Node's";
    EXPECT_FALSE(talk.connected());
    EXPECT_EQ(co_await child.out().line(), "10000");
    EXPECT_EQ((co_await child.wait()).code, 5);
    EXPECT_EQ(code_of(co_await as_result(talk.send(text("1")))), errc::channel_closed);
    EXPECT_THAT(co_await talk.disconnect(), IsEmpty()) << "a second time";
}

TEST(disconnect, flushes_and_then_the_child_is_told) { tell(we_disconnect()); }

asio::awaitable<void> what_was_not_taken() {
    auto child = run_js("process.on('message', () => {}); process.kill(process.pid, 'SIGSTOP')");
    auto& talk = child.channel();
    for (int i = 0; i < 100; ++i) {
        auto m = text("\"" + std::string(10'000, 'x') + std::to_string(i) + "\"");
        if (i == 0)
            co_await talk.send(std::move(m));
        else
            EXPECT_TRUE(talk.try_send(m));
    }
    auto const left = co_await talk.disconnect(50ms); // it reads nothing: it was stopped, or will be
    EXPECT_GT(left.size(), 50u);
    EXPECT_TRUE(left.empty() || left.back().text().ends_with("99\""));
    child.kill(signal::kill);
    co_await child.wait();
}

TEST(disconnect, gives_back_what_the_child_did_not_take) { tell(what_was_not_taken()); }

asio::awaitable<void> a_dead_child() {
    auto child = run_js("process.on('message', () => {})");
    auto& talk = child.channel();
    co_await talk.send(text("1"));
    child.kill(signal::kill);
    co_await child.wait();
    auto const sent = co_await as_result(talk.send(text("2")));
    EXPECT_EQ(code_of(sent), errc::peer_closed);
    EXPECT_EQ(co_await next_of(talk), "end");
}

TEST(send, reports_that_the_child_is_dead) { tell(a_dead_child()); }

asio::awaitable<void> unread_by_the_child() {
    auto child = fork("sh", {"-c", "dd bs=1 count=1 status=none <&3 >&2; echo '[1]' >&3"}, {.err = stdio::ignore()});
    auto& talk = child.channel();
    co_await talk.send(text("\"read up to its first byte\""));
    EXPECT_EQ(co_await next_of(talk), "[1]");
    EXPECT_FALSE(talk.peer_left_unread()) << "the end is not told yet";
    EXPECT_EQ(co_await next_of(talk), "end") << "a reset is an end like any other";
    EXPECT_EQ(talk.end(), boost::system::error_code());
    EXPECT_TRUE(talk.peer_left_unread()) << "and yet not silent";
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(receive, takes_a_reset_for_an_end) { tell(unread_by_the_child()); }

asio::awaitable<void> read_by_the_child() {
    auto child = fork("sh", {"-c", "read -r line <&3"});
    auto& talk = child.channel();
    co_await talk.send(text("1"));
    EXPECT_TRUE((co_await child.wait()).ok());
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_FALSE(talk.peer_left_unread());
}

TEST(peer_left_unread, is_false_where_all_was_read) { tell(read_by_the_child()); }

asio::awaitable<void> held_open() {
    auto child =
        fork("sh", {"-c", "echo '[1]' >&3; sleep 1000 & exit 0"}, {.drain = 50ms, .token = "parlance-test-held-open"});
    auto& talk = child.channel();
    auto const end = co_await child.wait();
    EXPECT_EQ(end.code, 0);
    EXPECT_EQ(co_await next_of(talk), "[1]");
    EXPECT_EQ(co_await next_of(talk), "end") << "its own child holds the channel open, and is not waited for";
    child.kill(signal::kill);
}

TEST(wait, does_not_wait_for_a_grandchild_that_holds_the_channel) { tell(held_open()); }

asio::awaitable<void> limits() {
    auto child = run_js("process.on('message', m => process.send(m.length)); process.send('x'.repeat(2000))",
                        {.channel = {.message_limit_bytes = 1000}});
    auto& talk = child.channel();
    EXPECT_EQ(code_of(co_await as_result(talk.receive())), errc::message_too_large);
    EXPECT_EQ(code_of(co_await as_result(talk.send(ipc_message(std::string(1200, 'y'))))), errc::message_too_large);
    co_await talk.send(ipc_message(std::string(900, 'y')));
    EXPECT_EQ(co_await next_of(talk), "900");
    co_await talk.disconnect();
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(fork, has_the_limits_of_its_channel_from_its_options) { tell(limits()); }

} // namespace
} // namespace parlance::testing
