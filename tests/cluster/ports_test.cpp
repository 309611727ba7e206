#include "support.hpp"

#include <sys/un.h>

namespace parlance::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

/// Runs one worker's script until it has said `count` things.
std::vector<std::string> said_by(std::string script, std::size_t count = 1, schedule how = schedule::round_robin) {
    struct conversation {
        static asio::awaitable<void> with(std::string text, std::size_t wanted, schedule mode, watched& seen) {
            scratch_folder folder;
            cluster servers(folder.file("worker.js", text), {}, quick(1, mode), seen.hooks());
            co_await servers.start();
            co_await until([&] { return seen.messages.size() >= wanted; });
            co_await servers.stop();
        }
    };
    watched seen;
    tell(conversation::with(std::move(script), count, how, seen));
    return seen.messages;
}

constexpr schedule both[] = {schedule::round_robin, schedule::shared};

TEST(cluster_port, in_use_is_an_error_of_the_worker) {
    asio::io_context loop;
    asio::ip::tcp::acceptor taken(loop, {asio::ip::address_v4::loopback(), 0});
    auto const port = std::to_string(taken.local_endpoint().port());
    for (auto const how : both) {
        auto const said = said_by(R"(require('net').createServer().listen()" + port + R"(, '127.0.0.1')
            .on('error', (e) => process.send(e.message)); setInterval(() => {}, 1000);)",
                                  1, how);
        EXPECT_THAT(said, ElementsAre(HasSubstr("bind EADDRINUSE 127.0.0.1:" + port)));
    }
}

TEST(cluster_port, that_may_not_be_had_is_an_error_of_the_worker) {
    for (auto const how : both) {
        auto const said = said_by(R"(require('net').createServer().listen('/proc/parlance/no.sock')
            .on('error', (e) => process.send([e.code, e.syscall])); setInterval(() => {}, 1000);)",
                                  1, how);
        EXPECT_THAT(said, ElementsAre(R"(1: ["EACCES","bind"])"));
    }
}

TEST(cluster_port, of_any_number_is_another_one_for_each_server_of_a_worker) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            const http = require('http');
            const serve = (text) => http.createServer((q, r) => r.end(text)).listen(0, '127.0.0.1');
            serve('a').on('listening', () => serve('b'));)");
        cluster servers(script, {}, quick(2), seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.addresses.size() == 4; });
        std::set<int> ports;
        for (auto const& each : seen.addresses) ports.insert(each.port);
        EXPECT_EQ(ports.size(), 2) << "the workers share both";
        std::set<std::string> bodies;
        for (auto const port : ports) bodies.insert(co_await get(static_cast<unsigned short>(port)));
        EXPECT_THAT(bodies, UnorderedElementsAre("a", "b"));
        co_await servers.disconnect();
    };
    tell(story());
}

TEST(cluster_port, refused_by_one_worker_goes_to_the_other) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            const http = require('http'), cluster = require('cluster');
            const server = http.createServer((q, r) => {
                if (q.url === '/hold') { process.send('holds'); process.once('message', () => r.end('held')); }
                else r.end('' + cluster.worker.id);
            });
            server.maxConnections = 1;
            server.listen(0, '127.0.0.1');)");
        cluster servers(script, {}, quick(2), seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.addresses.size() == 2; });
        auto const executor = co_await asio::this_coro::executor;
        int done = 0;
        std::vector<std::string> bodies;
        auto const keep = [&](std::exception_ptr, std::string body) { ++done, bodies.push_back(std::move(body)); };
        asio::co_spawn(executor, get(seen.port(), "/hold"), keep);
        co_await until([&] { return seen.messages.size() == 1; });
        bool const first_holds = seen.messages[0].starts_with("1");
        for (int i = 0; i < 10; ++i) {
            auto const body = co_await get(seen.port());
            EXPECT_EQ(body, first_holds ? "2" : "1");
        }
        asio::co_spawn(executor, get(seen.port(), "/hold"), keep);
        co_await until([&] { return seen.messages.size() == 2; });
        asio::co_spawn(executor, get(seen.port()), keep);
        co_await until([&] { return servers.statistics().waiting == 1; });
        EXPECT_EQ(done, 0) << "both are full, and the third waits";
        co_await servers.broadcast(js::value("go"));
        co_await until([&] { return done == 3; });
        EXPECT_THAT(bodies, ::testing::IsSupersetOf({"held", "held"}));
        co_await servers.disconnect();
    };
    tell(story());
}

/// The first worker stands still with a connection on its way to it; the second says that it has it.
TEST(cluster_port, believes_only_the_worker_that_was_asked) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            const http = require('http'), cluster = require('cluster'), id = cluster.worker.id;
            const lie = (ack) => process.send({ cmd: 'NODE_CLUSTER', ack, accepted: true });
            if (id === 2) process.on('message', () => { for (let i = 1; i < 20; ++i) lie(i); process.send('lied'); });
            else http.createServer((q, r) => r.end('' + id)).listen(0, '127.0.0.1', () => process.send('listens'));
            if (id === 1) process.on('message', () => { process.send('stands still', () => { for (;;); }); });)");
        auto options = quick(2);
        options.steady_after = 1ms; // one of them never listens
        cluster servers(script, {}, options, seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.heard(R"(1: "listens")"); });
        auto const workers = servers.workers();
        js::value const go = "go";
        co_await workers.at(0).send(go);
        co_await until([&] { return seen.heard(R"(1: "stands still")"); });
        auto client = co_await connected_to(seen.port());
        co_await until([&] { return servers.statistics().waiting == 1; });
        co_await workers.at(1).send(go);
        co_await until([&] { return seen.heard(R"(2: "lied")"); });
        EXPECT_EQ(servers.statistics().connections, 0);
        EXPECT_EQ(servers.statistics().waiting, 1);
        workers.at(0).kill(signal::kill);
        auto answer = co_await as_result(ask(client));
        EXPECT_EQ(answer ? *answer : answer.error().what(), "3") << "the one in its place has it";
        co_await servers.stop();
    };
    tell(story());
}

TEST(cluster_port, is_a_path_and_goes_with_its_last_worker) {
    static auto const story = [](schedule how) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const path = folder.path() + "/it.sock";
        auto const script = folder.file("worker.js", R"(
            require('http').createServer((q, r) => r.end('by path')).listen({ path: process.argv[2], writableAll: true });)");
        cluster servers(script, {path}, quick(2, how), seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.addresses.size() == 2; });
        EXPECT_EQ(seen.addresses[0], (listen_address{listen_address::kind::path, path, -1}));
        for (int i = 0; i < 4; ++i) {
            asio::local::stream_protocol::socket connection(co_await asio::this_coro::executor);
            co_await connection.async_connect(path, asio::use_awaitable);
            auto const body = co_await ask(connection);
            EXPECT_EQ(body, "by path");
        }
        co_await servers.disconnect();
        EXPECT_FALSE(std::filesystem::exists(path));
    };
    for (auto const how : both) tell(story(how));
}

TEST(cluster_port, may_have_a_path_that_is_too_long_when_it_is_short_from_here) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const deep = folder.path() + "/" + std::string(120, 'd');
        std::filesystem::create_directory(deep);
        auto const was = std::filesystem::current_path();
        std::filesystem::current_path(deep);
        auto const script = folder.file("worker.js", R"(
            require('http').createServer((q, r) => r.end('deep')).listen(process.argv[2]);)");
        cluster servers(script, {deep + "/it.sock"}, quick(1), seen.hooks());
        co_await servers.start();
        co_await until([&] { return !seen.addresses.empty(); });
        asio::local::stream_protocol::socket connection(co_await asio::this_coro::executor);
        co_await connection.async_connect(std::string("it.sock"), asio::use_awaitable);
        auto const body = co_await ask(connection);
        EXPECT_EQ(body, "deep");
        co_await servers.disconnect();
        EXPECT_FALSE(std::filesystem::exists(deep + "/it.sock"));
        std::filesystem::current_path(was);
    };
    tell(story());
}

TEST(cluster_port, of_datagrams_is_shared_in_both_schedules) {
    static auto const story = [](schedule how) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            const socket = require('dgram').createSocket('udp4');
            socket.on('message', (m, from) => socket.send('heard ' + m, from.port, from.address));
            socket.bind(0, '127.0.0.1');)");
        cluster servers(script, {}, quick(2, how), seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.addresses.size() == 2; });
        EXPECT_EQ(seen.addresses[0].how, listen_address::kind::udp4);
        EXPECT_EQ(seen.addresses[0], seen.addresses[1]);
        asio::ip::udp::socket client(co_await asio::this_coro::executor, asio::ip::udp::v4());
        asio::ip::udp::endpoint const to(asio::ip::address_v4::loopback(), seen.port());
        co_await client.async_send_to(asio::buffer("you", 3), to, asio::use_awaitable);
        std::string heard(64, '\0');
        asio::ip::udp::endpoint from;
        heard.resize(co_await client.async_receive_from(asio::buffer(heard), from, asio::use_awaitable));
        EXPECT_EQ(heard, "heard you");
        co_await servers.disconnect();
    };
    for (auto const how : both) tell(story(how));
}

TEST(cluster_port, of_any_address_hears_both_families) {
    auto const said = said_by(R"(
        const net = require('net');
        const server = net.createServer((c) => c.end()).listen(0, () => {
            process.send(server.address().address);
            for (const host of ['127.0.0.1', '::1'])
                net.connect(server.address().port, host, function () { process.send(host); this.resume(); })
                    .on('error', (e) => process.send(e.code === 'EADDRNOTAVAIL' ? host : e.message));
        });)",
                              3);
    EXPECT_THAT(said, UnorderedElementsAre(HasSubstr(R"(")"), R"(1: "127.0.0.1")", R"(1: "::1")"));
}

TEST(cluster_port, of_ipv6_only_leaves_the_other_family_free) {
    auto const said = said_by(R"(
        const net = require('net');
        const six = net.createServer().listen({ host: '::1', port: 0, ipv6Only: true }, () => {
            net.createServer().listen({ host: '127.0.0.1', port: six.address().port }, () => process.send('both'))
                .on('error', (e) => process.send(e.message));
        }).on('error', (e) => process.send(e.code === 'EADDRNOTAVAIL' ? 'both' : e.message));
        setInterval(() => {}, 1000);)");
    EXPECT_THAT(said, ElementsAre(R"(1: "both")"));
}

TEST(cluster_port, is_closed_with_the_server_and_opened_again) {
    auto const said = said_by(R"(
        const net = require('net');
        const server = net.createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => net.connect(port, '127.0.0.1').on('error', () => {
                process.send('nobody');
                const again = net.createServer().listen(port, '127.0.0.1', () => process.send(again.address().port === port));
            }));
        });
        setInterval(() => {}, 1000);)",
                              2);
    EXPECT_THAT(said, ElementsAre(R"(1: "nobody")", "1: true"));
}

TEST(cluster_port, may_be_a_descriptor_of_the_primary) {
    static auto const story = [](schedule how) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        asio::ip::tcp::acceptor open(co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), 0});
        auto const port = open.local_endpoint().port();
        auto const script = folder.file("worker.js", R"(
            require('http').createServer((q, r) => r.end('by number')).listen({ fd: Number(process.argv[2]) });)");
        cluster servers(script, {std::to_string(open.native_handle())}, quick(1, how), seen.hooks());
        co_await servers.start();
        co_await until([&] { return !seen.addresses.empty(); });
        auto const body = co_await get(port);
        EXPECT_EQ(body, "by number");
        co_await servers.disconnect();
    };
    for (auto const how : both) tell(story(how));
}

TEST(cluster_port, gives_the_first_data_of_a_server_to_all) {
    auto const said = said_by(R"(
        const server = require('net').createServer();
        server._getServerData = () => ({ keys: 'k' });
        server._setServerData = (d) => process.send(d);
        server.listen(0, '127.0.0.1');)");
    EXPECT_THAT(said, ElementsAre(R"(1: {"keys":"k"})"));
}

} // namespace
} // namespace parlance::test
