// The rows of node-ipc's behaviour that the other tests leave: sync, raw bytes in every encoding, both lines of
// versions at either end, resets, paths, UDP.
#include "support.hpp"

namespace parlance {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::StartsWith;

/// A node-ipc client that says what happens, and does `more` at once.
std::string client_code(std::string const& connect, std::string const& more) {
    return connect + R"(, () => {
        const world = ipc.of.world;
        for (const name of ['connect', 'disconnect', 'destroy']) world.on(name, () => say(name));
        world.on('error', (e) => say('error', e.code || e.message));
        )" +
           more + "});";
}
std::string const by_name = "ipc.connectTo('world'";

asio::awaitable<void> answers_in_turn(std::string root, scratch_folder const& folder) {
    server world("world", {.socket_root = root});
    int inside = 0;
    world.on("m", [&](socket_event const& e) -> asio::awaitable<void> {
        EXPECT_EQ(++inside, 1) << "a second one was sent before the first was answered";
        co_await testing::turns(100);
        --inside;
        co_await e.peer.emit("m", e.json());
    });
    co_await world.start();
    node_program peer(folder, "ipc.config.sync = true;" +
                                  client_code(by_name, "world.on('m', (d) => say(d));"
                                                       "for (let i = 0; i < 5; i++) world.emit('m', i);"));
    auto const said = co_await peer.says(6);
    EXPECT_THAT(said, ElementsAre(R"(["connect"])", "[0]", "[1]", "[2]", "[3]", "[4]"));
}

TEST(node_clients, with_sync_get_one_answer_after_the_other) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(answers_in_turn(folder.root(), folder));
}

asio::awaitable<void> raw_both_ways(scratch_folder const& folder, std::string encoding) {
    std::string const bytes("\0\x01 ab\x7f", 6); // the same in all of them that are for bytes
    node_program peer(folder, "ipc.config.rawBuffer = true; ipc.config.encoding = '" + encoding + R"(';
        ipc.config.id = 'world'; ipc.serve(() => {
            ipc.server.on('data', (d, socket) => { say(d.toString('hex')); ipc.server.emit(socket, d.toString(')" +
                                  encoding + "')); }); say('start'); }); ipc.server.start();");
    co_await peer.says();
    client world("world", {.socket_root = folder.root(), .raw = true});
    co_await world.write(bytes);
    auto const heard = co_await peer.says();
    EXPECT_EQ(heard, R"(["00012061627f"])") << encoding;
    std::string back;
    while (back.size() < bytes.size()) {
        auto const event = co_await world.receive();
        back += event->text();
    }
    EXPECT_EQ(back, bytes) << encoding;
}

TEST(node_servers, take_and_send_raw_bytes_in_each_encoding) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    for (auto const* encoding : {"utf8", "hex", "latin1", "base64", "ascii", "utf16le"})
        play(raw_both_ways(folder, encoding));
}

asio::awaitable<void> survives_us(scratch_folder const& folder, char const* which) {
    node_program peer(folder, R"(ipc.config.id = 'world'; ipc.serve(() => {
        ipc.server.on('last', (d, socket) => ipc.server.emit(socket, 'alive', 1));
        ipc.server.on('*', () => {}); ipc.server.off('*', '*'); say('start'); }); ipc.server.start();)",
                      which);
    co_await peer.says();
    client world("world", {.socket_root = folder.root()});
    for (auto const* type : {"constructor", "toString", "__proto__", "valueOf", "hasOwnProperty", ""}) {
        auto const refused = co_await as_result(world.emit(type));
        EXPECT_EQ(refused.error().code(), errc::invalid_argument) << type;
        EXPECT_THROW(world.try_emit(type), failure) << type;
    }
    for (auto const* type : {"connect", "disconnect", "error", "*", "start", "close", "data", "length", "ü"})
        for (auto const& data : {socket_data(), socket_data(nullptr), socket_data(""), socket_data(5)}) {
            auto copy = data;
            co_await world.emit(type, std::move(copy));
        }
    co_await world.emit("last");
    auto const alive = co_await world.receive();
    EXPECT_EQ(alive->type(), "alive") << which;
}

TEST(node_servers, of_either_line_are_never_killed_by_what_we_send) {
    NEEDS_NODE_IPC();
    for (auto const* which : {node_program::nine, node_program::ten}) {
        scratch_folder const folder;
        play(survives_us(folder, which));
    }
}

asio::awaitable<void> hears_the_newer_line(scratch_folder const& folder) {
    server world("world", {.socket_root = folder.root()});
    co_await world.start();
    node_program peer(folder,
                      client_code(by_name, "world.emit('m', {id: 'ten', n: 1}); world.emit('constructor', 1);"
                                           "world.emit('__proto__', null); world.emit('m', 'last');"
                                           "world.socket.write('5\\f{}\\f{\"type\":7}\\fnope\\f');"),
                      node_program::ten);
    words all;
    while (all.empty() || !all.back().starts_with("error")) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
    }
    EXPECT_THAT(all, ElementsAre("start", "connect", R"(message m {"id":"ten","n":1})", "message constructor 1",
                                 "message __proto__ {}", R"(message m "last")", "message  ", "message  ", "message 7 ",
                                 StartsWith("error not JSON")));
}

TEST(node_clients, of_the_newer_line_are_understood_and_kill_nobody) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(hears_the_newer_line(folder));
}

asio::awaitable<void> is_reset(scratch_folder const& folder) {
    server world(address::tcp("127.0.0.1", 0));
    co_await world.start();
    auto const connect =
        "ipc.config.maxRetries = 0; ipc.connectToNet('world', '127.0.0.1', " + std::to_string(world.where().port());
    node_program peer(folder, client_code(connect, "world.on('connect', () => { world.emit('m', 1);"
                                                   "setImmediate(() => world.socket.resetAndDestroy()); });"));
    words all;
    while (all.empty() || all.back() != "disconnect") {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
    }
    EXPECT_EQ(all[1], "connect");
    EXPECT_THAT(all[all.size() - 2], StartsWith("error Connection reset by peer"));
    co_await world.stop();
}

TEST(node_clients, that_reset_are_an_error_and_a_disconnect) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(is_reset(folder));
}

asio::awaitable<void> by_paths(scratch_folder const& folder) {
    server deep("deep/world", {.socket_root = folder.root(), .appspace = ""});
    auto const no_folder = co_await as_result(deep.start());
    EXPECT_EQ(no_folder.error().code().value(), ENOENT);
    std::filesystem::create_directory(folder.file("deep"));
    co_await deep.start();
    node_program peer(
        folder, "ipc.config.appspace = '';" +
                    client_code("ipc.connectTo('world', '" + folder.file("deep/world") + "'", "world.emit('m', 1);"));
    for (;;) {
        auto const event = co_await deep.next();
        if (event->what == happened::message) break;
    }
    std::string const name(200, 'x');
    server longer(name, {.socket_root = folder.root()});
    auto const refused = co_await as_result(longer.start());
    EXPECT_EQ(refused.error().code(), errc::invalid_argument) << "node-ipc cuts it silently";
    // a stale path of node-ipc's, whose server was killed
    {
        node_program gone(folder, "ipc.config.id = 'stale'; ipc.serve(() => process.kill(process.pid, 9)); "
                                  "ipc.server.start();");
        auto const end = co_await gone.says();
        EXPECT_EQ(end, "(ended 137)");
    }
    EXPECT_TRUE(std::filesystem::exists(folder.file("app.stale")));
    server next("stale", {.socket_root = folder.root()});
    co_await next.start();
    // and a live one
    node_program live(folder, "ipc.config.id = 'live'; ipc.serve(() => say('start')); ipc.server.start();");
    co_await live.says();
    server thief("live", {.socket_root = folder.root()});
    auto const in_use = co_await as_result(thief.start());
    EXPECT_EQ(in_use.error().code().value(), EADDRINUSE);
}

TEST(paths, are_put_together_as_in_node_ipc_and_taken_from_nobody_who_lives) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(by_paths(folder));
}

asio::awaitable<void> udp_rows(scratch_folder const& folder) {
    server world(address::udp("127.0.0.1", 0));
    co_await world.start();
    auto const to = "{address: '127.0.0.1', port: " + std::to_string(world.where().port()) + "}";
    node_program peer(folder, R"(ipc.serveNet('127.0.0.1', 0, 'udp4', () => {
        for (const name of ['m', 'large', 'two']) ipc.server.on(name, (d) => say(name, d.length || d));
        setTimeout(() => {
            ipc.server.emit()" + to +
                                  R"(, 'm', {id: 'me'}); ipc.server.emit()" + to + R"(, 'm', 'x'.repeat(60000));
            ipc.server.server.send('{"type":"cut","data":1}\f{"type":"c', )" +
                                  std::to_string(world.where().port()) + R"(, '127.0.0.1');
        }, 50); }); ipc.server.start();)");
    words all;
    socket_peer from;
    while (all.empty() || !all.back().starts_with("error")) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event).substr(0, 30));
        if (event->what == happened::message) from = event->peer;
    }
    EXPECT_THAT(all, ElementsAre("start", "connect", R"(message m {"id":"me"})", StartsWith("message m \"xxx"),
                                 "message cut 1", StartsWith("error a datagram ended")));
    EXPECT_EQ(from.id(), "me");
    co_await from.emit("m", 1);
    std::string const sixty_thousand(60000, 'y');
    co_await from.emit("large", sixty_thousand);
    auto const too_large = co_await as_result(from.emit("large", std::string(65507, 'y')));
    EXPECT_EQ(too_large.error().code(), errc::message_too_large) << "node-ipc dies of it";
    auto const said = co_await peer.says(2);
    EXPECT_THAT(said, ElementsAre(R"(["m",1])", R"(["large",60000])"));
}

TEST(udp, carries_whole_messages_from_and_to_node_ipc) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(udp_rows(folder));
}

} // namespace
} // namespace parlance
