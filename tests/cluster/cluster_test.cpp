#include "support.hpp"

namespace parlance::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Started, with all its workers listening.
asio::awaitable<void> until_listening(cluster& servers, watched const& seen, std::size_t count) {
    co_await servers.start();
    co_await until([&seen, count] { return seen.addresses.size() >= count; });
}

TEST(cluster, gives_connections_to_two_workers_in_turn) {
    static auto const story = [](serialization how) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto options = quick(2);
        options.process.serialization = how;
        cluster servers(folder.file("worker.js", http_worker), {}, options, seen.hooks());
        co_await until_listening(servers, seen, 2);
        EXPECT_EQ(seen.addresses[0], seen.addresses[1]) << "on one port";
        auto const bodies = co_await get_many(seen.port(), 40, 1);
        EXPECT_EQ(bodies, (std::map<std::string, int>{{"1", 20}, {"2", 20}}));
        EXPECT_EQ(servers.statistics().connections, 40);
        EXPECT_EQ(servers.statistics().listening, 2);
        co_await servers.disconnect();
        EXPECT_EQ(servers.statistics().listening, 0);
        EXPECT_THAT(seen.notes, IsEmpty());
    };
    for (auto const how : {serialization::json, serialization::advanced}) {
        SCOPED_TRACE(name_of(how));
        tell(story(how));
        EXPECT_TRUE(has_no_children());
    }
}

TEST(cluster, shares_one_socket_between_two_workers) {
    static auto const story = [](serialization how) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto options = quick(2, schedule::shared);
        options.process.serialization = how;
        cluster servers(folder.file("worker.js", http_worker), {}, options, seen.hooks());
        co_await until_listening(servers, seen, 2);
        EXPECT_EQ(seen.addresses[0], seen.addresses[1]) << "on one port";
        std::map<std::string, int> bodies;
        while (bodies.size() < 2) bodies.merge(co_await get_many(seen.port(), 40, 8));
        EXPECT_FALSE(bodies.contains("lost"));
        EXPECT_EQ(servers.statistics().connections, 0) << "not through us";
        co_await servers.disconnect();
    };
    for (auto const how : {serialization::json, serialization::advanced}) {
        SCOPED_TRACE(name_of(how));
        tell(story(how));
        EXPECT_TRUE(has_no_children());
    }
}

TEST(cluster, tells_what_happens_in_the_order_in_which_it_does) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        cluster servers(folder.file("worker.js", http_worker), {}, quick(1), seen.hooks());
        co_await until_listening(servers, seen, 1);
        auto const workers = servers.workers();
        EXPECT_THAT(workers, SizeIs(1));
        EXPECT_EQ(workers[0].id(), 1);
        EXPECT_EQ(workers[0].place(), 1);
        EXPECT_THAT(workers[0].listens_on(), ElementsAre(seen.addresses[0]));
        EXPECT_TRUE(workers[0].is_connected());
        co_await servers.disconnect();
        EXPECT_THAT(seen.events, ElementsAre("fork 1", "online 1", "listening 1", "disconnect 1", "exit 1"));
        EXPECT_FALSE(workers[0].is_connected());
        EXPECT_TRUE(workers[0].has_ended());
        EXPECT_TRUE(workers[0].exited_after_disconnect());
        EXPECT_THAT(servers.workers(), IsEmpty());
    };
    tell(story());
    EXPECT_TRUE(has_no_children());
}

TEST(cluster, carries_messages_both_ways) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            process.on('message', (m) => process.send({ heard: m }));
            process.send('hello');)");
        auto options = quick(2);
        cluster servers(script, {}, options, seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.heard(R"(1: "hello")") && seen.heard(R"(2: "hello")"); });
        co_await servers.workers().at(1).send(js::value("you"));
        co_await until([&] { return seen.heard(R"(2: {"heard":"you"})"); });
        auto const took = co_await servers.broadcast(js::value("all"));
        EXPECT_EQ(took, 2);
        co_await until([&] { return seen.heard(R"(1: {"heard":"all"})") && seen.heard(R"(2: {"heard":"all"})"); });
        co_await servers.stop();
        EXPECT_THAT(seen.messages, SizeIs(5));
    };
    tell(story());
}

TEST(cluster, loses_no_connection_when_a_worker_is_killed_that_had_not_accepted_it) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        cluster servers(folder.file("worker.js", http_worker), {}, quick(2), seen.hooks());
        co_await until_listening(servers, seen, 2);
        constexpr int all = 1500, at_once = 20;
        int kills = 0;
        auto const bodies = co_await get_many(seen.port(), all, at_once, [&](int done) {
            if (done % 300 != 100) return;
            auto const workers = servers.workers();
            if (!workers.empty() && workers.back().kill(signal::kill)) ++kills;
        });
        EXPECT_GE(kills, 3);
        int answered = 0, lost = 0;
        for (auto const& [body, count] : bodies) (body == "lost" ? lost : answered) += count;
        EXPECT_EQ(answered + lost, all);
        EXPECT_EQ(servers.statistics().connections, all) << "each was accepted by a worker, once";
        EXPECT_LE(lost, kills * at_once) << "what a worker had accepted dies with it";
        co_await until([&] { return servers.statistics().listening == 2; });
        co_await servers.disconnect();
        EXPECT_EQ(servers.statistics().waiting, 0);
        EXPECT_GE(servers.statistics().deaths, 1);
    };
    tell(story());
    EXPECT_TRUE(has_no_children());
}

TEST(cluster, keeps_the_port_and_who_waits_there_while_the_only_worker_is_replaced) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        cluster servers(folder.file("worker.js", http_worker), {}, quick(1), seen.hooks());
        co_await until_listening(servers, seen, 1);
        servers.workers().at(0).kill(signal::kill);
        auto const bodies = co_await get_many(seen.port(), 10, 10);
        EXPECT_EQ(bodies, (std::map<std::string, int>{{"2", 10}}));
        EXPECT_EQ(seen.addresses[0], seen.addresses[1]);
        co_await servers.disconnect();
        EXPECT_THAT(seen.notes, ElementsAre(HasSubstr("worker 1 ended")));
    };
    tell(story());
}

TEST(cluster, finishes_a_request_before_it_disconnects) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            require('http').createServer((q, r) => {
                process.once('message', (m) => r.end(m));
                process.send('begun');
            }).listen(0, '127.0.0.1');)");
        cluster servers(script, {}, quick(1), seen.hooks());
        co_await until_listening(servers, seen, 1);
        auto const executor = co_await asio::this_coro::executor;
        std::optional<std::string> body;
        bool over = false;
        asio::co_spawn(executor, get(seen.port()), [&](std::exception_ptr, std::string got) { body = std::move(got); });
        co_await until([&] { return seen.heard(R"(1: "begun")"); });
        auto const worker = servers.workers().at(0);
        asio::co_spawn(executor, servers.disconnect(), [&](std::exception_ptr) { over = true; });
        co_await until([&] { return worker.listens_on().empty(); });
        EXPECT_THROW(static_cast<void>(co_await get(seen.port())), boost::system::system_error);
        EXPECT_FALSE(over);
        co_await worker.send(js::value("slow but whole"));
        co_await until([&] { return over; });
        EXPECT_EQ(body, "slow but whole");
        EXPECT_THAT(seen.ends, ElementsAre(HasSubstr("exited with 0")));
    };
    tell(story());
}

TEST(cluster, stops_a_worker_that_does_not_end_within_the_grace) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto options = quick(1);
        options.grace = 50ms;
        cluster servers(folder.file("worker.js", "process.send(1); setInterval(() => {}, 1000);"), {}, options,
                        seen.hooks());
        co_await servers.start();
        co_await servers.disconnect();
        EXPECT_THAT(seen.events, ElementsAre("fork 1", "online 1", "disconnect 1", "exit 1"));
        EXPECT_THAT(seen.ends, ElementsAre(HasSubstr("told to stop")));
    };
    tell(story());
}

TEST(cluster, replaces_a_worker_that_disconnects_by_itself) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", std::string(http_worker) + R"(
            process.on('message', () => cluster.worker.disconnect());)");
        cluster servers(script, {}, quick(1), seen.hooks());
        co_await until_listening(servers, seen, 1);
        auto const worker = servers.workers().at(0);
        co_await worker.send(js::value("go"));
        auto const end = co_await worker.wait();
        EXPECT_TRUE(end.ok()) << end.sentence();
        EXPECT_TRUE(worker.exited_after_disconnect());
        co_await until([&] { return seen.has("listening 2"); });
        EXPECT_EQ(servers.statistics().deaths, 0);
        auto const body = co_await get(static_cast<unsigned short>(seen.addresses.at(1).port));
        EXPECT_EQ(body, "2");
        co_await servers.disconnect();
    };
    tell(story());
}

TEST(cluster, replaces_a_worker_that_is_told_to_disconnect) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        cluster servers(folder.file("worker.js", http_worker), {}, quick(2), seen.hooks());
        co_await until_listening(servers, seen, 2);
        auto const end = co_await servers.workers().at(0).disconnect();
        EXPECT_TRUE(end.ok()) << end.sentence();
        co_await until([&] { return servers.statistics().listening == 2; });
        auto const bodies = co_await get_many(seen.port(), 10, 1);
        EXPECT_FALSE(bodies.contains("1"));
        EXPECT_EQ(bodies.size(), 2);
        co_await servers.disconnect();
    };
    tell(story());
}

TEST(cluster, gives_up_when_no_worker_starts) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto options = quick(2);
        options.give_up_after = 3;
        options.process.silent = true;
        cluster servers(folder.file("worker.js", "throw new Error('no luck')"), {}, options, seen.hooks());
        try {
            co_await servers.run();
            ADD_FAILURE() << "it ran";
        } catch (failure const& fault) {
            EXPECT_EQ(fault.code(), errc::start_failed);
            EXPECT_THAT(fault.what(), HasSubstr("3 starts failed in a row"));
        }
        EXPECT_THAT(seen.printed, ::testing::Contains(HasSubstr("no luck")));
    };
    tell(story());
    EXPECT_TRUE(has_no_children());
}

TEST(cluster, ends_with_its_last_worker_where_none_is_restarted) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto options = quick(2);
        options.restarts = false;
        options.process.silent = true;
        cluster servers(
            folder.file("worker.js", "console.log(process.env.NODE_UNIQUE_ID, process.argv[2]); process.exit();"),
            {"x"}, options, seen.hooks());
        co_await servers.run();
        EXPECT_THAT(seen.printed, ::testing::UnorderedElementsAre("1: undefined x", "2: undefined x"));
        EXPECT_EQ(servers.statistics().starts, 2);
    };
    tell(story());
}

TEST(cluster, kills_its_workers_when_it_is_dropped) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        {
            cluster servers(folder.file("worker.js", http_worker), {}, quick(2), seen.hooks());
            co_await until_listening(servers, seen, 2);
        }
        EXPECT_TRUE(has_no_children());
    };
    auto const before = open_descriptors();
    tell(story());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(cluster, replaces_all_workers_one_after_another_and_loses_nothing) {
    static auto const story = [](unsigned count) -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        cluster servers(folder.file("worker.js", http_worker), {}, quick(count), seen.hooks());
        co_await until_listening(servers, seen, count);
        std::map<std::string, int> bodies;
        bool over = false, replaced = false;
        auto const load = [](unsigned short port, std::map<std::string, int>& into,
                             bool const& enough) -> asio::awaitable<void> {
            while (!enough) {
                auto const some = co_await get_many(port, 20, 5);
                for (auto const& [body, times] : some) into[body] += times;
            }
        };
        asio::co_spawn(co_await asio::this_coro::executor, load(seen.port(), bodies, replaced),
                       [&](std::exception_ptr) { over = true; });
        for (auto const& each : servers.workers()) {
            auto const end = co_await each.disconnect();
            EXPECT_TRUE(end.ok()) << end.sentence();
        }
        co_await until([&] { return bodies[std::to_string(2 * count)] > 0; });
        replaced = true;
        co_await until([&] { return over; });
        EXPECT_FALSE(bodies.contains("lost"));
        co_await servers.disconnect();
    };
    for (auto const count : {1U, 2U}) tell(story(count));
}

TEST(cluster, gives_a_connection_of_ours_to_a_worker_of_our_choice) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", R"(
            const server = require('http').createServer((q, r) => r.end('mine'));
            process.on('message', (m, socket) => server.emit('connection', socket));)");
        cluster servers(script, {}, quick(1), seen.hooks());
        co_await servers.start();
        asio::ip::tcp::acceptor door(co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), 0});
        auto client = co_await connected_to(door.local_endpoint().port());
        auto connection = co_await door.async_accept(asio::use_awaitable);
        co_await servers.workers().at(0).send(js::value("take it"), ipc_handle::socket(std::move(connection)));
        auto const body = co_await ask(client);
        EXPECT_EQ(body, "mine");
        co_await servers.stop();
    };
    tell(story());
}

TEST(cluster, is_not_moved_by_what_no_worker_of_nodes_would_say) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        watched seen;
        auto const script = folder.file("worker.js", std::string(http_worker) + R"(
            const say = (m) => process.send({ cmd: 'NODE_CLUSTER', ...m });
            for (const m of [{ ack: -1 }, { ack: 1e9, accepted: true }, { act: 'close', key: 'none' }, { act: 'what' },
                { act: 'queryServer' }, { act: 'queryServer', address: {}, port: 'x', addressType: [], seq: -3 },
                { act: 'queryServer', address: 'no address', port: 1, addressType: 4 }, { act: 'listening' }]) say(m);
            process.send('said all');)");
        cluster servers(script, {}, quick(1), seen.hooks());
        co_await servers.start();
        co_await until([&] { return seen.heard(R"(1: "said all")") && seen.addresses.size() == 2; });
        auto const body =
            co_await get(static_cast<unsigned short>(std::max(seen.addresses[0].port, seen.addresses[1].port)));
        EXPECT_EQ(body, "1");
        co_await servers.disconnect();
        EXPECT_THAT(seen.notes, IsEmpty());
    };
    tell(story());
}

TEST(cluster, ends_when_a_hook_throws_and_throws_the_same) {
    static auto const story = []() -> asio::awaitable<void> {
        scratch_folder folder;
        cluster_hooks hooks;
        hooks.listening = [](cluster_worker, listen_address const&) { throw std::runtime_error("I will not"); };
        cluster servers(folder.file("worker.js", http_worker), {}, quick(2), hooks);
        try {
            co_await servers.run();
            ADD_FAILURE() << "it ran";
        } catch (std::runtime_error const& fault) {
            EXPECT_STREQ(fault.what(), "I will not");
        }
    };
    tell(story());
    EXPECT_TRUE(has_no_children());
}

TEST(cluster, refuses_options_that_are_its_own_affair) {
    auto const refused = [](auto const& change) {
        cluster_options options;
        change(options.process);
        try {
            cluster servers("worker.js", {}, options);
        } catch (failure const& fault) {
            return fault.code() == errc::invalid_argument;
        }
        return false;
    };
    EXPECT_TRUE(refused([](spawn_options& o) { o.input = "x"; }));
    EXPECT_TRUE(refused([](spawn_options& o) { o.in = stdio::pipe(); }));
    EXPECT_TRUE(refused([](spawn_options& o) { o.out = stdio::write("x"); }));
    EXPECT_TRUE(refused([](spawn_options& o) { o.token = "x"; }));
    EXPECT_TRUE(refused([](spawn_options& o) { o.detached = true; }));
    EXPECT_FALSE(refused([](spawn_options& o) { o.silent = true; }));
}

} // namespace
} // namespace parlance::test
