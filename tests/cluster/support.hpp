#pragma once
/// What the tests of clusters share: Node workers, what they said, and clients.

#include "process/support.hpp"
#include "support/loop.hpp"

#include <parlance/cluster.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace parlance::test {

using parlance::testing::tell;

/// Waits for something that only time or another process brings.
inline asio::awaitable<void> until(std::function<bool()> is_so) {
    auto const deadline = clock::now() + generous;
    asio::steady_timer moment(co_await asio::this_coro::executor);
    while (!is_so() && clock::now() < deadline) {
        moment.expires_after(1ms);
        co_await moment.async_wait(asio::use_awaitable);
    }
    EXPECT_TRUE(is_so());
}

/// Hears all that happens in a cluster, of which it must be the older one.
class watched {
public:
    watched() = default;
    watched(watched const&) = delete;
    watched& operator=(watched const&) = delete;

    cluster_hooks hooks() {
        cluster_hooks all;
        all.fork = [this](cluster_worker w) { events.push_back("fork " + name(w)); };
        all.online = [this](cluster_worker w) { events.push_back("online " + name(w)); };
        all.listening = [this](cluster_worker w, listen_address const& at) {
            events.push_back("listening " + name(w));
            addresses.push_back(at);
        };
        all.disconnect = [this](cluster_worker w) { events.push_back("disconnect " + name(w)); };
        all.exit = [this](cluster_worker w, process_end const& end) {
            events.push_back("exit " + name(w));
            ends.push_back(end.sentence());
        };
        all.message = [this](cluster_worker w, ipc_message m) { return keep(std::move(w), std::move(m)); };
        all.output = [this](cluster_worker w, std::string_view line) {
            printed.push_back(name(w) + ": " + std::string(line));
        };
        all.note = [this](std::string_view sentence) { notes.emplace_back(sentence); };
        return all;
    }

    std::vector<std::string> events{}, ends{}, messages{}, printed{}, notes{};
    std::vector<listen_address> addresses{};

    /// The port of the first server.
    unsigned short port() const { return static_cast<unsigned short>(addresses.at(0).port); }
    /// Where an event stands among all; their number where it has not happened.
    std::size_t when(std::string const& event) const {
        return static_cast<std::size_t>(std::ranges::find(events, event) - events.begin());
    }
    bool has(std::string const& event) const { return when(event) < events.size(); }
    bool heard(std::string const& message) const { return std::ranges::count(messages, message) > 0; }

private:
    static std::string name(cluster_worker const& w) { return std::to_string(w.id()); }
    asio::awaitable<void> keep(cluster_worker w, ipc_message m) {
        messages.push_back(name(w) + ": " + std::string(m.text()));
        co_return;
    }
};

/// Without waits that a test would have to sit out.
inline cluster_options quick(unsigned workers, schedule how = schedule::round_robin) {
    return {.workers = workers, .how = how, .pauses = {10ms, 20ms}};
}

/// One request over a connection that was made; the body of the answer.
template <class Socket> asio::awaitable<std::string> ask(Socket& connection, std::string path = "/") {
    auto const request = "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    co_await asio::async_write(connection, asio::buffer(request), asio::use_awaitable);
    std::string answer;
    boost::system::error_code fault;
    co_await asio::async_read(connection, asio::dynamic_buffer(answer),
                              asio::redirect_error(asio::use_awaitable, fault));
    if (fault != asio::error::eof) throw boost::system::system_error(fault);
    auto const head = answer.find("\r\n\r\n");
    if (head == answer.npos) throw boost::system::system_error(asio::error::connection_reset);
    co_return answer.substr(head + 4);
}

inline asio::awaitable<asio::ip::tcp::socket> connected_to(unsigned short port) {
    asio::ip::tcp::socket connection(co_await asio::this_coro::executor);
    co_await connection.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    co_return connection;
}

inline asio::awaitable<std::string> get(unsigned short port, std::string path = "/") {
    auto connection = co_await connected_to(port);
    co_return co_await ask(connection, std::move(path));
}

/// Many requests, `at_once` at a time; how often each body came, "lost" where none did.
inline asio::awaitable<std::map<std::string, int>> get_many(unsigned short port, int how_many, int at_once,
                                                            std::function<void(int)> after = {}) {
    struct shared_state {
        int begun = 0, running = 0, done = 0;
        std::map<std::string, int> bodies{};
    } all;
    auto const client = [](shared_state& of, unsigned short at, int most,
                           std::function<void(int)> told) -> asio::awaitable<void> {
        while (of.begun < most) {
            ++of.begun;
            try {
                ++of.bodies[co_await get(at)];
            } catch (boost::system::system_error const&) {
                ++of.bodies["lost"];
            }
            if (told) told(of.done);
            ++of.done;
        }
        --of.running;
    };
    auto const executor = co_await asio::this_coro::executor;
    for (int i = 0; i < at_once; ++i) {
        ++all.running;
        asio::co_spawn(executor, client(all, port, how_many, after), asio::detached);
    }
    co_await until([&] { return all.running == 0; });
    co_return all.bodies;
}

/// A server whose answers name the worker.
constexpr auto http_worker = R"(
const http = require('http'), cluster = require('cluster');
http.createServer((q, r) => r.end('' + cluster.worker.id)).listen(0, '127.0.0.1');
)";

} // namespace parlance::test
