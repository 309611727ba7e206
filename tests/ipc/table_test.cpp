// Each line of the table in docs/ipc.md, and those of docs/child-process.md that are about the channel.
#include "support.hpp"
#include "support/test_folder.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <filesystem>
#include <fstream>

namespace parlance::testing {
namespace {

std::string const warnings_off[] = {"--no-warnings"};

/// A folder with a child.js that answers with what it knows of each message.
struct folder_with_a_child {
    folder_with_a_child() {
        folder.file("child.js", R"(
            process.on('message', (m, handle) => {
              const kind = handle ? handle.constructor.name : 'none';
              if (handle) handle.on('error', () => {}).unref();
              if (handle && handle.destroy) handle.destroy();
              process.send({ m, kind, undefined: m === undefined, args: process.argv.slice(2), execArgv: process.execArgv });
            });)");
    }
    std::string path() const { return folder.path(); }
    test_folder folder;
};

asio::awaitable<std::string> kind_in(ipc_channel& talk) {
    auto const m = co_await talk.receive();
    co_return m ? std::string(m->json().at("kind").as_string()) : "end";
}

asio::awaitable<void> messages(std::string folder);
TEST(ipc_table, messages_are_sent_and_received) {
    folder_with_a_child const place;
    tell(messages(place.path()));
}
asio::awaitable<void> messages(std::string folder) {
    auto child = fork("child.js", {"a"}, {.cwd = folder});
    auto& talk = child.channel();
    json::value const hello{{"text", "hello"}};
    co_await talk.send(hello);
    auto m = co_await talk.receive();
    EXPECT_TRUE(m.has_value());
    if (!m) co_return;
    EXPECT_EQ(m->json().at("m"), hello);
    EXPECT_EQ(json::serialize(m->json().at("args")), R"(["a"])");
    EXPECT_TRUE(talk.connected());
    auto const left = co_await talk.disconnect();
    EXPECT_TRUE(left.empty());
    EXPECT_FALSE(talk.connected());
    std::vector<std::string> answers;
    while (auto answer = co_await talk.receive()) answers.emplace_back(answer->text());
    EXPECT_THAT(answers, IsEmpty());
    EXPECT_FALSE(talk.peer_left_unread());
    auto const end = co_await child.wait();
    EXPECT_EQ(end.code, 0);
}

asio::awaitable<void> options(std::string folder);
TEST(ipc_table, options_have_nodes_meaning) {
    folder_with_a_child const place;
    tell(options(place.path()));
}
asio::awaitable<void> options(std::string folder) {
    auto const path = folder + "/child.js";
    auto advanced = fork(path, {}, {.serialization = serialization::advanced});
    auto& talk = advanced.channel();
    co_await talk.send(js::value());
    auto const m = co_await talk.receive();
    EXPECT_TRUE(m && *m->value().find("undefined") == js::value(true));
    auto quiet = fork(path, {}, {.silent = true});
    EXPECT_TRUE(quiet.out().is_open());
    auto named = fork(path, {"x"}, {.exec_path = "node", .exec_argv = warnings_off});
    co_await named.channel().send(text("1"));
    auto const about = co_await named.channel().receive();
    EXPECT_EQ(about ? json::serialize(about->json().at("execArgv")) : "", R"(["--no-warnings"])");
}

asio::awaitable<void> at_four(std::string folder);
TEST(ipc_table, the_channel_may_have_another_number) {
    folder_with_a_child const place;
    tell(at_four(place.path()));
}
asio::awaitable<void> at_four(std::string folder) {
    stdio const more[] = {stdio::ignore(), stdio::ipc()};
    auto child = spawn("node", {"child.js"}, {.more = more, .cwd = folder});
    co_await child.channel().send(text("1"));
    EXPECT_EQ(co_await kind_in(child.channel()), "none");
}

asio::awaitable<void> handles(std::string folder);
TEST(ipc_table, handles_go_with_messages) {
    folder_with_a_child const place;
    tell(handles(place.path()));
}
asio::awaitable<void> handles(std::string folder) {
    auto const loop = co_await asio::this_coro::executor;
    auto child = fork(folder + "/child.js");
    auto& talk = child.channel();
    json::value const hello{{"text", "hello"}};
    asio::ip::tcp::acceptor door(loop, {asio::ip::make_address("127.0.0.1"), 0});
    asio::ip::tcp::socket client(loop), other(loop);
    client.connect(door.local_endpoint());
    auto connection = co_await door.async_accept(asio::use_awaitable);
    co_await talk.send(hello, ipc_handle::copy_of(connection));
    EXPECT_EQ(co_await kind_in(talk), "Socket");
    EXPECT_TRUE(connection.is_open());
    co_await talk.send(hello, ipc_handle::socket(std::move(connection)));
    EXPECT_EQ(co_await kind_in(talk), "Socket");
    co_await talk.send(hello, ipc_handle::server(door));
    EXPECT_EQ(co_await kind_in(talk), "Server");
    asio::ip::udp::socket bound(loop, {asio::ip::make_address("127.0.0.1"), 0});
    co_await talk.send(hello, ipc_handle::datagram(bound));
    EXPECT_EQ(co_await kind_in(talk), "Socket");
    other.connect(door.local_endpoint());
    auto counted = ipc_handle::socket(co_await door.async_accept(asio::use_awaitable));
    counted.key = "4:127.0.0.1:0";
    co_await talk.send(hello, std::move(counted));
    EXPECT_EQ(co_await kind_in(talk), "Socket");
    EXPECT_LE(co_await talk.count_connections("4:127.0.0.1:0"), 1u);
}

asio::awaitable<void> in_a_child();
TEST(ipc_table, a_child_receives_handles_and_messages_of_nodes_own) { tell(in_a_child()); }
asio::awaitable<void> in_a_child() {
    auto const loop = co_await asio::this_coro::executor;
    auto [ours, theirs] = socket_pair();
    ::setenv("NODE_CHANNEL_FD", std::to_string(theirs.release()).c_str(), 1);
    ipc_channel parents(std::move(ours));
    auto talk = parent();
    EXPECT_TRUE(talk.has_value());
    if (!talk) co_return;
    std::string heard;
    auto const hear = [&](js::value const& m, ipc_handle const&) { heard = m.find("act")->as<std::string>(); };
    talk->on_internal(hear);
    js::object act;
    act["cmd"] = "NODE_CLUSTER";
    act["act"] = "online";
    co_await parents.send_internal(js::value(act));
    asio::ip::tcp::acceptor door(loop, {asio::ip::make_address("127.0.0.1"), 0});
    asio::ip::tcp::socket client(loop);
    client.connect(door.local_endpoint());
    auto connection = ipc_handle::socket(co_await door.async_accept(asio::use_awaitable));
    auto const send = [](ipc_channel& from, ipc_handle what) -> asio::awaitable<void> {
        co_await from.send(text("\"take this\""), std::move(what));
    };
    asio::co_spawn(loop, send(parents, std::move(connection)), asio::detached);
    auto m = co_await talk->receive();
    EXPECT_EQ(heard, "online");
    if (!m) co_return;
    auto handle = m->take_handle();
    EXPECT_EQ(std::move(handle).as<asio::ip::tcp::socket>(loop).remote_endpoint(), client.local_endpoint());
    co_await turns();
}

TEST(ipc_example, talks_to_node_at_both_ends) {
    std::string const examples = PARLANCE_EXAMPLES_FOLDER;
    if (examples.empty()) GTEST_SKIP() << "built without examples";
    EXPECT_EQ(exec_file_sync(PARLANCE_EXAMPLE_IPC, {examples + "/ipc_child.js"}, {.timeout = 30s}).out,
              "{\"heard\":{\"text\":\"hello\"},\"by\":\"Node\"}\n");
    EXPECT_EQ(exec_file_sync("node", {examples + "/ipc_parent.js", PARLANCE_EXAMPLE_IPC}, {.timeout = 30s}).out,
              "{\"heard\":{\"text\":\"hello\"}}\n");
}

} // namespace
} // namespace parlance::testing
