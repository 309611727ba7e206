// Our client, real node-ipc's server: the rows of docs/socket.md.
#include "support.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

namespace parlance {
namespace {

using namespace testing;
using ::testing::ElementsAre;

std::string server_code(std::string const& more, std::string const& serve = "ipc.serve") {
    return "ipc.config.id = 'world';" + serve +
           R"((() => {
        ipc.server.on('connect', () => say('connect'));
        ipc.server.on('socket.disconnected', (socket, id) => say('gone', id));
        ipc.server.on('error', (e) => say('error', e.code || e.message));
        say('start');
        )" +
           more + "}); ipc.server.start();";
}

client_options at(scratch_folder const& folder, client_options options = {}) {
    options.socket_root = folder.root();
    options.retry = 50ms;
    return options;
}

struct {
    char const* what;
    std::string_view type;
    socket_data data;
    std::string_view expected; ///< what the server's handler of type a says
} const rows[] = {
    {"a string", "a", "hello", R"(["hello"])"},
    {"nothing", "a", {}, "[{}]"},
    {"null stays null", "a", nullptr, "[null]"},
    {"so does an empty string", "a", "", R"([""])"},
    {"0", "a", 0, "[0]"},
    {"NaN", "a", std::nan(""), "[null]"},
    {"text as it stands", "a", socket_data(message("[1,2.50]")), "[[1,2.5]]"},
    {"letters", "a", "€\f\n\u2028\"\\/", "[\"€\\f\\n\u2028\\\"\\\\/\"]"},
};

asio::awaitable<void> says_all(scratch_folder const& folder, bool empty_as_object) {
    node_program peer(folder, server_code("ipc.server.on('a', (d) => say(d));"));
    co_await peer.says();
    auto options = at(folder);
    options.empty_as_object = empty_as_object;
    client world("world", options);
    for (auto const& row : rows) {
        auto data = row.data;
        co_await world.emit(row.type, std::move(data));
    }
    auto const connected = co_await peer.says();
    EXPECT_EQ(connected, R"(["connect"])");
    for (auto const& row : rows) {
        auto const expected = empty_as_object && (row.data.text() == "null" || row.data.text() == R"("")")
                                  ? std::string("[{}]")
                                  : std::string(row.expected);
        auto const got = co_await peer.says();
        EXPECT_EQ(got, expected) << row.what;
    }
    auto const left = co_await world.disconnect();
    EXPECT_TRUE(left.empty());
    auto const gone = co_await peer.says();
    EXPECT_EQ(gone, R"(["gone",false])");
}

TEST(node_servers, understand_whatever_we_emit) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(says_all(folder, false));
    play(says_all(folder, true));
}

asio::awaitable<void> hears_all(scratch_folder const& folder) {
    node_program peer(folder, server_code(R"(ipc.server.on('go', (d, socket) => {
        ipc.server.emit(socket, 'a', 'hello'); ipc.server.emit(socket, 'connect', {evil: 1});
        ipc.server.emit(socket, 'destroy', 1); socket.write('nope\f{"type":"b"}\f5\fnull\f\f');
        ipc.server.broadcast('c', [1]); });)"));
    co_await peer.says();
    client world("world", at(folder));
    json::value const us{{"id", "us"}};
    co_await world.emit("go", us);
    words all;
    for (int i = 0; i < 10; ++i) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
    }
    EXPECT_THAT(all, ElementsAre("connect", R"(message a "hello")", R"(message connect {"evil":1})",
                                 "message destroy 1", ::testing::StartsWith("error not JSON"), "message b ",
                                 "message  ", ::testing::StartsWith("error it is null"),
                                 ::testing::StartsWith("error not JSON"), "message c [1]"));
    co_await world.disconnect();
    words last;
    while (auto event = co_await world.next()) last.push_back(testing::told(*event));
    EXPECT_THAT(last, ElementsAre("disconnect", "destroy"));
    auto const there = co_await peer.says(2);
    EXPECT_THAT(there, ElementsAre(R"(["connect"])", R"(["gone","us"])"));
}

TEST(node_servers, are_understood_and_cannot_pretend_an_event) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(hears_all(folder));
}

asio::awaitable<void> gives_up(scratch_folder const& folder) {
    client world("world", at(folder, {.max_retries = 2}));
    words all;
    while (auto event = co_await world.next()) all.push_back(testing::told(*event));
    std::string const none = "error No such file or directory";
    EXPECT_THAT(all, ElementsAre(none, "disconnect", none, "disconnect", none, "disconnect", "destroy"));
    auto const refused = co_await as_result(world.emit("m"));
    EXPECT_EQ(refused.error().code(), errc::channel_closed);
    client other("world", at(folder, {.max_retries = 0}));
    auto const fault = co_await as_result(other.connect());
    EXPECT_EQ(fault.error().code(), errc::peer_closed);
    EXPECT_NE(std::string(fault.error().what()).find("No such file"), std::string::npos) << fault.error().what();
}

TEST(clients, try_as_often_as_node_ipc_does_and_are_then_destroyed) {
    scratch_folder const folder;
    play(gives_up(folder));
}

asio::awaitable<void> comes_back(scratch_folder const& folder) {
    client world("world", at(folder));
    std::vector<std::uint64_t> numbers;
    for (int i = 1; i <= 3; ++i) numbers.push_back(co_await world.emit("m", i)); // nobody is there
    EXPECT_THAT(numbers, ElementsAre(1u, 2u, 3u));
    auto const code = server_code("ipc.server.on('m', (d) => say(d)); told(() => process.kill(process.pid, 9));");
    {
        node_program peer(folder, code);
        auto const all = co_await peer.says(5);
        EXPECT_THAT(all, ElementsAre(R"(["start"])", R"(["connect"])", "[1]", "[2]", "[3]"));
        co_await peer.tell("die");
        auto const end = co_await peer.says();
        EXPECT_EQ(end, "(ended 137)");
    }
    for (;;) {
        auto const event = co_await world.next();
        if (event->what != happened::disconnect || event->unconfirmed.empty()) continue;
        EXPECT_EQ(event->unconfirmed, (message_range{1, 3}));
        break;
    }
    co_await world.emit("m", 4);
    co_await world.emit("m", 5);
    node_program peer(folder, code);
    auto const all = co_await peer.says(4);
    EXPECT_THAT(all, ElementsAre(R"(["start"])", R"(["connect"])", "[4]", "[5]"));
}

TEST(clients, deliver_what_waited_when_the_server_comes_back) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(comes_back(folder));
}

asio::awaitable<void> overflows(scratch_folder const& folder) {
    client none("world", at(folder, {.offline_buffer_bytes = 0}));
    auto const off = co_await as_result(none.emit("m"));
    EXPECT_EQ(off.error().code(), errc::not_connected);
    client some("world", at(folder, {.offline_buffer_bytes = 100}));
    co_await some.emit("m", std::string(50, 'x'));
    auto const over = co_await as_result(some.emit("m", std::string(50, 'y')));
    EXPECT_EQ(over.error().code(), errc::offline_buffer_full);
    co_await some.emit("m", 3);
    auto const left = co_await some.disconnect();
    EXPECT_EQ(left.size(), 2u);
}

TEST(clients, report_what_the_offline_buffer_does_not_take) {
    scratch_folder const folder;
    play(overflows(folder));
}

asio::awaitable<void> one_by_one(scratch_folder const& folder) {
    node_program peer(folder, server_code(R"(let inside = 0; ipc.server.on('m', (d, socket) => {
        if (inside++) say('two at once'); setTimeout(() => { inside--; ipc.server.emit(socket, 'm', d); }, 5); });)"));
    co_await peer.says();
    client world("world", at(folder, {.sync = true}));
    for (int i = 0; i < 5; ++i) co_await world.emit("m", i);
    for (int i = 0; i < 5; ++i) {
        auto const answer = co_await world.receive();
        EXPECT_EQ(answer->json(), i);
    }
    auto const said = co_await peer.says();
    EXPECT_EQ(said, R"(["connect"])");
    co_await world.disconnect();
    auto const gone = co_await peer.says();
    EXPECT_EQ(gone, R"(["gone",false])"); // and nothing between
}

TEST(clients, with_sync_have_one_message_on_its_way) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(one_by_one(folder));
}

std::uint16_t free_port() {
    unique_fd const taken(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    asio::ip::tcp::endpoint end(asio::ip::address_v4::loopback(), 0);
    ::bind(taken.get(), end.data(), static_cast<socklen_t>(end.size()));
    auto size = static_cast<socklen_t>(end.capacity());
    ::getsockname(taken.get(), end.data(), &size);
    return end.port();
}

asio::awaitable<void> over_tcp(scratch_folder const& folder) {
    auto const port = free_port();
    node_program peer(folder, server_code("ipc.server.on('m', (d, s) => ipc.server.emit(s, 'm', d + '!'));",
                                          "((cb) => ipc.serveNet('127.0.0.1', " + std::to_string(port) + ", cb))"));
    co_await peer.says();
    client world(address::tcp("localhost", port), {.retry = 50ms, .family = ip_family::v4});
    co_await world.emit("m", "hello");
    auto const answer = co_await world.receive();
    EXPECT_EQ(answer->text(), R"("hello!")");
    // and the reverse
    server own(address::tcp("127.0.0.1", 0));
    own.on("m", [](socket_event const& e) { e.peer.try_emit("m", "ours"); });
    co_await own.start();
    node_program other(folder, "ipc.connectToNet('world', '127.0.0.1', " + std::to_string(own.where().port()) +
                                   ", () => { ipc.of.world.emit('m'); ipc.of.world.on('m', (d) => say(d)); });");
    auto const said = co_await other.says();
    EXPECT_EQ(said, R"(["ours"])");
}

TEST(node_ipc, talks_with_us_over_tcp_both_ways) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(over_tcp(folder));
}

asio::awaitable<void> takes_large_ones(scratch_folder const& folder) {
    node_program peer(folder, server_code("ipc.server.on('m', (d, s) => ipc.server.emit(s, 'size', d.length));"));
    co_await peer.says();
    client world("world", at(folder));
    std::string const megabyte(1 << 20, 'x');
    for (int i = 0; i < 3; ++i) co_await world.emit("m", megabyte);
    for (int i = 0; i < 3; ++i) {
        auto const answer = co_await world.receive();
        EXPECT_EQ(answer->json(), 1 << 20);
    }
}

TEST(node_servers, get_large_messages_whole) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(takes_large_ones(folder));
}

} // namespace
} // namespace parlance
