// Our server, real node-ipc's clients: the rows of docs/socket.md.
#include "support.hpp"

namespace parlance {
namespace {

using namespace testing;
using ::testing::ElementsAre;

std::string const connect_to_world = R"(
    ipc.connectTo('world', () => {
        const world = ipc.of.world;
        world.on('connect', () => say('connect'));
        world.on('disconnect', () => say('disconnect'));
        world.on('destroy', () => say('destroy'));
        world.on('error', (e) => say('error', e.code || e.message));
        %
    });)";
std::string client_code(std::string const& more) {
    auto code = connect_to_world;
    return code.replace(code.find('%'), 1, more);
}

struct scratch_server {
    scratch_folder folder;
    server world;
    explicit scratch_server(server_options options = {}) : world("world", with_root(options, folder)) {}
    static server_options with_root(server_options options, scratch_folder const& in) {
        options.socket_root = in.root();
        return options;
    }
};

asio::awaitable<void> hears(server& world, words& into, std::size_t count, std::string last = {}) {
    while (into.size() < count) {
        auto event = co_await world.next();
        if (!event) break;
        into.push_back(testing::told(*event));
        if (!last.empty() && into.back() == last) break;
    }
}

struct {
    char const* what;
    std::string_view code; ///< what the client's emit is given
    std::string_view expected;
} const emitted[] = {
    {"a string", "'message', 'hello'", R"(message message "hello")"},
    {"nothing", "'a'", "message a {}"},
    {"undefined", "'a', undefined", "message a {}"},
    {"null", "'a', null", "message a {}"},
    {"an empty string", "'a', ''", "message a {}"},
    {"NaN", "'a', NaN", "message a {}"},
    {"0", "'a', 0", "message a 0"},
    {"-0", "'a', -0", "message a 0"},
    {"false", "'a', false", "message a false"},
    {"Infinity", "'a', Infinity", "message a null"},
    {"an object", "'a', {id: 'n', b: [1, null, undefined]}", R"(message a {"id":"n","b":[1,null,null]})"},
    {"a function", "'a', () => 1", "message a "},
    {"a Buffer", "'a', Buffer.from('hi')", R"(message a {"type":"Buffer","data":[104,105]})"},
    {"a date", "'a', new Date(0)", R"(message a "1970-01-01T00:00:00.000Z")"},
    {"a map", "'a', new Map()", "message a {}"},
    {"letters", R"('a', '€\f\n\u2028\0\ud800')", "message a \"€\\f\\n\u2028\\u0000\\ud800\""},
    {"1e21", "'a', 1e21", "message a 1e+21"},
    {"a type that is a number", "5, 1", "message 5 1"},
    {"no type", "undefined, 1", "message  1"},
    {"a type that is an object", "{a: 1}, 1", "message  1"},
    {"an empty type", "'', 1", "message  1"},
    {"a type in other letters", R"('ü"\n', 1)", "message ü\"\n 1"},
    {"reserved names", "'connect', 1", "message connect 1"},
    {"another", "'error', 'x'", R"(message error "x")"},
    {"and another", "'socket.disconnected', 'x'", R"(message socket.disconnected "x")"},
    {"a megabyte", "'a', 'x'.repeat(1 << 20)", {}},
};

asio::awaitable<void> hears_all_that_is_emitted(scratch_server& s) {
    std::string code;
    for (auto const& row : emitted) code.append("world.emit(").append(row.code).append(");");
    co_await s.world.start();
    node_program const peer(s.folder, client_code(code));
    words heard;
    co_await hears(s.world, heard, 2 + std::size(emitted));
    EXPECT_EQ(heard[0], "start");
    EXPECT_EQ(heard[1], "connect");
    for (std::size_t i = 0; i < std::size(emitted); ++i) {
        auto const expected = emitted[i].expected.empty() ? "message a \"" + std::string(1 << 20, 'x') + '"'
                                                          : std::string(emitted[i].expected);
        EXPECT_EQ(heard[i + 2], expected) << emitted[i].what;
    }
}

TEST(node_clients, are_understood_whatever_they_emit) {
    NEEDS_NODE_IPC();
    scratch_server s;
    play(hears_all_that_is_emitted(s));
}

struct {
    char const* what;
    socket_data data;
    std::string_view expected; ///< JSON of what the client's handler gets
} const sent[] = {
    {"a string", "hello", R"("hello")"},
    {"nothing", {}, "{}"},
    {"null", nullptr, "null"},
    {"an empty string", "", R"("")"},
    {"a number", 1e21, "1e+21"},
    {"infinity", std::numeric_limits<double>::infinity(), "null"},
    {"false", false, "false"},
    {"letters", "€\f\n\u2028\"\\/", "\"€\\f\\n\u2028\\\"\\\\/\""},
    {"text as it stands", socket_data(message(R"( {"a" : [1,2]} )")), R"({"a":[1,2]})"},
};

asio::awaitable<void> says_all(scratch_server& s) {
    auto const echo = std::string("world.on('a', (data) => say(data));") + "world.emit('ready');";
    node_program peer(s.folder, client_code(echo));
    s.world.on("ready", [](socket_event const& e) -> asio::awaitable<void> {
        for (auto const& row : sent) {
            auto data = row.data;
            co_await e.peer.emit("a", std::move(data));
        }
    });
    asio::co_spawn(co_await asio::this_coro::executor, s.world.run(), asio::detached);
    auto const connected = co_await peer.says();
    EXPECT_EQ(connected, R"(["connect"])");
    for (auto const& row : sent) {
        auto const got = co_await peer.says();
        EXPECT_EQ(got, '[' + std::string(row.expected) + ']') << row.what;
    }
    co_await s.world.stop();
    auto const gone = co_await peer.says();
    EXPECT_EQ(gone, R"(["disconnect"])");
}

TEST(node_clients, understand_whatever_we_emit) {
    NEEDS_NODE_IPC();
    scratch_server s;
    play(says_all(s));
}

asio::awaitable<void> answers_the_seed(scratch_server& s) {
    s.world.on("message", [](socket_event const& m) -> asio::awaitable<void> {
        co_await m.peer.emit("message", std::string(m.json().as_string()) + " world!");
    });
    co_await s.world.start();
    node_program peer(s.folder, client_code("world.emit('message', 'hello'); world.on('message', (d) => { say(d); "
                                            "ipc.disconnect('world'); });"));
    auto const all = co_await peer.says(5);
    EXPECT_THAT(
        all, ElementsAre(R"(["connect"])", R"(["hello world!"])", R"(["disconnect"])", R"(["destroy"])", "(ended 0)"));
}

TEST(node_clients, get_the_answer_of_the_seed_script) {
    NEEDS_NODE_IPC();
    scratch_server s;
    play(answers_the_seed(s));
}

asio::awaitable<void> refuses_the_second(scratch_server& s) {
    co_await s.world.start();
    node_program first(s.folder, client_code(""));
    auto said = co_await first.says();
    EXPECT_EQ(said, R"(["connect"])");
    node_program second(s.folder, "ipc.config.maxRetries = 1;" + client_code(""));
    auto const all = co_await second.says(6);
    EXPECT_THAT(all, ElementsAre(R"(["connect"])", R"(["disconnect"])", R"(["connect"])", R"(["disconnect"])",
                                 R"(["connect"])", R"(["disconnect"])"));
    EXPECT_EQ(s.world.peers().size(), 1u);
}

TEST(node_clients, over_max_connections_are_closed_without_an_error) {
    NEEDS_NODE_IPC();
    scratch_server s({.max_connections = 1});
    s.world.on("message", [](socket_event const&) {});
    play(refuses_the_second(s));
}

asio::awaitable<void> learns_the_name(scratch_server& s) {
    node_program peer(s.folder, client_code(R"(world.emit('m', {id: 'me', message: 'x'}); world.emit('m', 1);
        world.emit('m', {id: 0}); world.emit('end');)"));
    json::value named;
    for (;;) {
        auto const event = co_await s.world.next();
        if (event->type() == "end") event->peer.close();
        if (event->what == happened::disconnect) {
            named = event->peer.id();
            EXPECT_EQ(event->peer.number(), 1u);
            break;
        }
    }
    EXPECT_EQ(named, "me");
}

TEST(node_clients, are_known_by_the_id_in_their_data_as_in_node_ipc) {
    NEEDS_NODE_IPC();
    scratch_server s;
    play(learns_the_name(s));
}

asio::awaitable<void> broadcasts(scratch_server& s) {
    auto const code = client_code("world.on('news', (d) => say(d));");
    co_await s.world.start();
    node_program one(s.folder, code), two(s.folder, code);
    auto const first = co_await one.says(), second = co_await two.says(); // they are connected
    EXPECT_EQ(first, second);
    auto const took = co_await s.world.broadcast("news", 7);
    EXPECT_EQ(took, 2u);
    auto const heard_one = co_await one.says(), heard_two = co_await two.says();
    EXPECT_EQ(heard_one, "[7]");
    EXPECT_EQ(heard_two, "[7]");
}

TEST(node_clients, all_hear_a_broadcast) {
    NEEDS_NODE_IPC();
    scratch_server s;
    s.world.on("message", [](socket_event const&) {});
    play(broadcasts(s));
}

asio::awaitable<void> hears_raw(scratch_server& s, std::string encoding) {
    s.world.on("data",
               [](socket_event const& e) -> asio::awaitable<void> { co_await e.peer.write(std::string(e.text())); });
    co_await s.world.start();
    node_program peer(s.folder, "ipc.config.rawBuffer = true; ipc.config.encoding = '" + encoding + "';" +
                                    client_code("world.emit('00ff80e28241'); world.on('data', (d) => say(d.toString('" +
                                                encoding + "')));"));
    auto const all = co_await peer.says(2);
    EXPECT_THAT(all, ElementsAre(R"(["connect"])", R"(["00ff80e28241"])"));
}

TEST(node_clients, get_raw_bytes_back_as_they_sent_them) {
    NEEDS_NODE_IPC();
    for (auto const* encoding : {"hex", "utf8"}) {
        scratch_server s({.raw = true});
        play(hears_raw(s, encoding));
    }
}

asio::awaitable<void> speaks_with(scratch_server& s, std::string delimiter) {
    s.world.on("m", [](socket_event const& e) { EXPECT_TRUE(e.peer.try_emit("m", e.json())); });
    co_await s.world.start();
    node_program peer(s.folder, "ipc.config.delimiter = '" + delimiter + "';" +
                                    client_code("world.emit('m', 'x\\f\\ny'); world.on('m', (d) => say(d));"));
    auto const all = co_await peer.says(2);
    EXPECT_THAT(all, ElementsAre(R"(["connect"])", R"(["x\f\ny"])"));
}

TEST(node_clients, may_have_another_delimiter) {
    NEEDS_NODE_IPC();
    scratch_server s({.delimiter = '\n'});
    play(speaks_with(s, "\\n"));
}

asio::awaitable<void> hears_the_old_after_the_new(std::string root) {
    server one("one", {.socket_root = root, .delimiter = '\n'});
    server two("two", {.socket_root = root});
    one.on("m", [](socket_event const& e) { e.peer.try_emit("from one"); });
    two.on("m", [](socket_event const& e) { e.peer.try_emit("from two"); });
    co_await one.start();
    co_await two.start();
    client to_one("one", {.socket_root = root, .delimiter = '\n'});
    client to_two("two", {.socket_root = root});
    co_await to_one.emit("m");
    co_await to_two.emit("m");
    auto const from_one = co_await to_one.receive();
    auto const from_two = co_await to_two.receive();
    EXPECT_EQ(from_one->type(), "from one");
    EXPECT_EQ(from_two->type(), "from two");
}

TEST(servers, have_each_their_own_delimiter) {
    scratch_folder const folder;
    play(hears_the_old_after_the_new(folder.root()));
}

asio::awaitable<void> survives(scratch_server& s, char const* which) {
    s.world.on("m", [](socket_event const& e) -> asio::awaitable<void> {
        for (auto const* type : {"constructor", "toString", "__proto__", ""}) {
            auto const refused = co_await as_result(e.peer.emit(type));
            EXPECT_EQ(refused.error().code(), errc::invalid_argument) << type;
        }
        for (auto const* type : {"connect", "disconnect", "*", "error", "hasOwn", "length"})
            co_await e.peer.emit(type, 1);
        co_await e.peer.emit("m", "still here");
    });
    co_await s.world.start();
    node_program peer(s.folder, client_code("world.emit('m'); world.on('m', (d) => say(d));"), which);
    for (std::string last; last != R"(["still here"])";) {
        last = co_await peer.says();
        EXPECT_FALSE(last.starts_with("(ended")) << last;
        if (last.starts_with("(ended")) break;
    }
}

TEST(node_clients, of_either_line_are_never_killed_by_what_we_send) {
    NEEDS_NODE_IPC();
    for (auto const* which : {node_program::nine, node_program::ten}) {
        scratch_server s;
        play(survives(s, which));
    }
}

} // namespace
} // namespace parlance
