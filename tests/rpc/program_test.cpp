// Servers that we start: their noise, their deaths, and that nothing of them is left.
#include "rpc/peers.hpp"

namespace parlance::testing {
namespace {

rpc_program shell(std::string const& script, rpc_program_options const& options = {}) {
    return rpc_program("sh", {"-c", script}, options);
}
/// Reads a request, and answers what must be id 1.
std::string const answers = R"(read request; echo '{"jsonrpc":"2.0","id":1,"result":"hi"}'; )";

TEST(rpc_program, ends_with_the_end_of_its_input) {
    tell([]() -> asio::awaitable<void> {
        auto server = shell(answers + "cat; exit 7");
        auto const reply = co_await server.talk().call("m");
        EXPECT_EQ(reply.text(), "\"hi\"");
        auto const end = co_await server.end();
        EXPECT_EQ(end.code, 7);
        auto const again = co_await server.end();
        EXPECT_EQ(again.code, 7);
        auto const late = co_await as_result(server.talk().call("m"));
        EXPECT_EQ(code_of(late), errc::channel_closed);
    }());
}

TEST(rpc_program, is_stopped_with_its_whole_tree_where_it_ignores_the_end_of_its_input) {
    tell([]() -> asio::awaitable<void> {
        test_folder folder;
        auto const token = "ignores" + folder.path();
        auto server =
            shell("trap '' TERM; setsid sleep 1000 & sleep 1000 & " + answers + "while :; do sleep 1000; done",
                  {.process = {.stop = {.grace = 10ms}, .token = token}, .leave_within = 10ms});
        co_await server.talk().call("m");
        EXPECT_GE(count_of_token(token), 3);
        auto const end = co_await server.end();
        EXPECT_EQ(end.reason, end_reason::stopped);
        EXPECT_EQ(end.signal, signal::kill);
        EXPECT_EQ(count_of_token(token), 0);
    }());
}

TEST(rpc_program, leaves_nothing_behind_when_it_ends_by_itself) {
    tell([]() -> asio::awaitable<void> {
        test_folder folder;
        auto const token = "leaves" + folder.path();
        auto server = shell("setsid sleep 1000 > /dev/null & sleep 1000 > /dev/null & " + answers + "exit 0",
                            {.process = {.token = token}});
        co_await server.talk().call("m");
        EXPECT_TRUE((co_await server.end()).ok());
        EXPECT_EQ(count_of_token(token), 0);
    }());
}

TEST(rpc_program, leaves_nothing_behind_when_it_is_dropped) {
    tell([]() -> asio::awaitable<void> {
        test_folder folder;
        auto const token = "dropped" + folder.path();
        {
            auto server =
                shell("setsid sleep 1000 & sleep 1000 & " + answers + "sleep 1000", {.process = {.token = token}});
            co_await server.talk().call("m");
            EXPECT_GE(count_of_token(token), 3);
        }
        EXPECT_EQ(count_of_token(token), 0);
    }());
}

TEST(rpc_program, that_dies_fails_every_call_that_waits) {
    tell([]() -> asio::awaitable<void> {
        auto server = shell("read a; read b; kill -9 $$");
        auto& talk = server.talk();
        errc first{};
        co_await beside([](rpc& t, errc& code) -> asio::awaitable<void> {
            auto const got = co_await as_result(t.call("a"));
            code = code_of(got);
        }(talk, first));
        auto const second = co_await as_result(talk.call("b"));
        EXPECT_EQ(code_of(second), errc::peer_closed);
        EXPECT_EQ(first, errc::peer_closed);
        EXPECT_EQ((co_await server.end()).signal, signal::kill);
    }());
}

TEST(rpc_program, prints_noise_that_is_heard_and_not_answered) {
    tell([]() -> asio::awaitable<void> {
        auto server = shell(R"(echo '[info] started'; echo '{"level":30}'; )" + answers + "cat");
        std::vector<std::string> noises;
        server.on_noise([&](std::string_view line) { noises.emplace_back(line); });
        co_await server.talk().call("m");
        EXPECT_THAT(noises, ElementsAre("[info] started", R"({"level":30})"));
        EXPECT_TRUE((co_await server.end()).ok());
    }());
}

TEST(rpc_program, prints_noise_that_ends_the_talk_where_it_is_an_error) {
    tell([]() -> asio::awaitable<void> {
        for (auto const* noise : {"[info] started", R"({"level":30})"}) {
            auto server = shell("read a; echo '" + std::string(noise) + "'; cat", {.channel = {.noise = noise::error}});
            auto const got = co_await as_result(server.talk().call("m"));
            EXPECT_EQ(code_of(got), errc::peer_closed);
            EXPECT_THAT(got.error().what(), HasSubstr("not a message"));
            EXPECT_EQ(server.talk().end(), make_error_code(errc::not_a_message));
            co_await server.end();
        }
    }());
}

TEST(rpc_program, that_does_not_answer_the_goodbye_is_told_to_exit_all_the_same) {
    tell([]() -> asio::awaitable<void> {
        auto server = shell(R"(read a; read b; case $b in *'"exit"'*) exit 5;; esac; exit 6)",
                            {.protocol = rpc_protocol::lsp, .frames = framing::lines, .goodbye_within = 10ms});
        EXPECT_EQ((co_await server.end()).code, 6) << "the second line told it that nobody waits for `shutdown`";
    }());
}

TEST(rpc_program, whose_end_is_cancelled_is_killed) {
    tell([]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto server = shell("trap '' TERM; read a; echo; sleep 1000");
        auto const wait = []() -> asio::awaitable<void> { co_await turns(100); };
        auto const first = co_await (as_result(server.end()) || wait());
        EXPECT_EQ(first.index(), 1u);
        EXPECT_EQ((co_await server.end()).signal, signal::kill);
    }());
}

TEST(rpc_program, that_is_not_there_is_said_so) {
    try {
        rpc_program const none("no-such-server");
        ADD_FAILURE();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::program_not_found);
    }
}

} // namespace
} // namespace parlance::testing
