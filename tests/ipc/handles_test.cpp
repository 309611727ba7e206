// Section 2.5 of Node's channel: sockets passed along.
#include "handle_support.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <sys/uio.h>

#include <cstring>
#include <filesystem>
#include <sys/eventfd.h>

namespace parlance::testing {
namespace {

// ---- the protocol, byte by byte

asio::awaitable<void> one_at_a_time() {
    bare_end both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    auto [near, far] = co_await connection();
    auto door = listening(loop);
    std::vector<std::string> done;
    auto const send = [](ipc_channel& talk, int n, ipc_handle handle,
                         std::vector<std::string>& told) -> asio::awaitable<void> {
        co_await talk.send(text(std::to_string(n)), std::move(handle));
        told.push_back(std::to_string(n));
    };
    asio::co_spawn(loop, send(both.talk, 1, ipc_handle::socket(std::move(near)), done), asio::detached);
    asio::co_spawn(loop, send(both.talk, 2, {}, done), asio::detached);
    asio::co_spawn(loop, send(both.talk, 3, ipc_handle::server(door), done), asio::detached);
    asio::co_spawn(loop, send(both.talk, 4, {}, done), asio::detached);
    auto const first = co_await heard(both.peer);
    EXPECT_EQ(first, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":1}\n");
    EXPECT_TRUE(both.peer.take_descriptor());
    co_await turns(50);
    EXPECT_THAT(done, ElementsAre("2", "4")) << "accepted, and waiting behind the handle";
    co_await both.peer.write("{\"cmd\":\"NODE_HANDLE_ACK\"}\n");
    std::string rest;
    while (rest.find("\"msg\":3") == rest.npos) rest += co_await heard(both.peer);
    EXPECT_EQ(rest, "2\n{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Server\",\"msg\":3}\n");
    EXPECT_TRUE(both.peer.take_descriptor());
    co_await both.peer.write("{\"cmd\":\"NODE_HANDLE_ACK\"}\n");
    EXPECT_EQ(co_await heard(both.peer), "4\n");
    while (done.size() < 4) co_await turns(1);
    EXPECT_THAT(done, ElementsAre("2", "4", "1", "3"));
}

TEST(ipc_handles, go_one_at_a_time_and_in_order) { tell(one_at_a_time()); }

asio::awaitable<void> nacks() {
    bare_end both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    auto [near, far] = co_await connection();
    result<void> sent = failure(errc::timed_out);
    auto const send = [](ipc_channel& talk, ipc_handle handle, result<void>& into) -> asio::awaitable<void> {
        into = co_await as_result(talk.send(text("{\"a\":1}"), std::move(handle)));
    };
    asio::co_spawn(loop, send(both.talk, ipc_handle::socket(std::move(near)), sent), asio::detached);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(co_await heard(both.peer), "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":{\"a\":1}}\n")
            << "the same each time, never an envelope in an envelope";
        EXPECT_TRUE(both.peer.take_descriptor());
        co_await both.peer.write("{\"cmd\":\"NODE_HANDLE_NACK\"}\n");
    }
    while (!sent && sent.error().code() == errc::timed_out) co_await turns(1);
    EXPECT_EQ(code_of(sent), errc::handle_lost);
    co_await both.talk.send(text("2"));
    EXPECT_EQ(co_await heard(both.peer), "2\n") << "the talk goes on";
}

TEST(ipc_handles, are_sent_four_times_at_most) { tell(nacks()); }

asio::awaitable<void> without_descriptor() {
    bare_end both(serialization::json);
    co_await both.peer.write("{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":1}\n[2]\n{\"cmd\":\"NODE_HANDLE_"
                             "ACK\"}\n{\"cmd\":\"NODE_WHAT\"}\n[3]\n");
    EXPECT_EQ(co_await next_of(both.talk), "[2]");
    EXPECT_EQ(co_await next_of(both.talk), "[3]") << "what nobody waits for is nothing";
    EXPECT_EQ(co_await heard(both.peer), "{\"cmd\":\"NODE_HANDLE_NACK\"}\n");
}

TEST(ipc_handles, that_have_no_descriptor_are_refused) { tell(without_descriptor()); }

/// What Node 20 sends after a NACK: an envelope in an envelope. It takes one answer.
asio::awaitable<void> twice_wrapped() {
    bare_end both(serialization::json);
    auto const [one, other] = socket_pair();
    std::string_view const bytes = "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Native\",\"msg\":{\"cmd\":\"NODE_HANDLE\","
                                   "\"type\":\"net.Socket\",\"msg\":{\"id\":12345678901234567890}}}\n";
    co_await both.peer.write_some({&bytes, 1}, one.get());
    auto m = co_await both.talk.receive();
    EXPECT_TRUE(m.has_value());
    if (!m) co_return;
    EXPECT_EQ(json::serialize(m->json()), "{\"id\":12345678901234567890}");
    auto const handle = m->take_handle();
    EXPECT_EQ(handle.what(), kind::socket);
    EXPECT_EQ(inode_of(handle.native()), inode_of(one.get()));
    EXPECT_FALSE(m->has_handle());
    EXPECT_EQ(co_await heard(both.peer), "{\"cmd\":\"NODE_HANDLE_ACK\"}\n");
}

TEST(ipc_handles, in_an_envelope_in_an_envelope_have_one_answer) { tell(twice_wrapped()); }

asio::awaitable<void> internal_payload() {
    for (auto const how : both_modes) {
        two_ends both(how);
        auto const loop = co_await asio::this_coro::executor;
        js::value heard_message;
        kind heard_kind = kind::none;
        both.there.on_internal(
            [&](js::value const& m, ipc_handle handle) { heard_message = m, heard_kind = handle.what(); });
        auto const [one, other] = socket_pair();
        js::object m;
        m["cmd"] = "NODE_CLUSTER";
        m["act"] = "newconn";
        auto const receive = [](ipc_channel& talk) -> asio::awaitable<void> { EXPECT_EQ(co_await next_of(talk), "1"); };
        asio::co_spawn(loop, receive(both.there), asio::detached);
        co_await both.here.send_internal(js::value(m), ipc_handle(kind::native, ipc_handle::copy_of(one.get())));
        EXPECT_EQ(heard_message, js::value(m));
        EXPECT_EQ(heard_kind, kind::native);
        co_await both.here.send(text("1"));
        co_await turns();
    }
}

TEST(ipc_handles, may_come_with_a_message_of_nodes_own) { tell(internal_payload()); }

// ---- what can be sent

TEST(ipc_handles, are_refused_where_node_would_die_of_them) {
    auto const refused = [](kind what, unique_fd fd) {
        try {
            ipc_handle(what, std::move(fd));
        } catch (failure const& fault) {
            return fault.code() == errc::invalid_argument;
        }
        return false;
    };
    int pipe_ends[2];
    ASSERT_EQ(::pipe2(pipe_ends, O_CLOEXEC), 0);
    unique_fd const reader(pipe_ends[0]), writer(pipe_ends[1]);
    auto const file = [] { return unique_fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)); };
    auto const fresh = [](int family, int type) { return unique_fd(::socket(family, type | SOCK_CLOEXEC, 0)); };
    EXPECT_TRUE(refused(kind::socket, file()));
    EXPECT_TRUE(refused(kind::native, file()));
    EXPECT_TRUE(refused(kind::native, unique_fd(::open("/dev/null", O_RDWR | O_CLOEXEC))));
    EXPECT_TRUE(refused(kind::native, unique_fd(::eventfd(0, EFD_CLOEXEC))));
    EXPECT_TRUE(refused(kind::socket, fresh(AF_UNIX, SOCK_DGRAM)));
    EXPECT_TRUE(refused(kind::datagram, fresh(AF_UNIX, SOCK_DGRAM)));
    EXPECT_TRUE(refused(kind::datagram, fresh(AF_INET, SOCK_STREAM)));
    EXPECT_TRUE(refused(kind::socket, ipc_handle::copy_of(reader.get())));
    EXPECT_FALSE(refused(kind::native, ipc_handle::copy_of(reader.get()))) << "a FIFO";
    EXPECT_FALSE(refused(kind::datagram, fresh(AF_INET, SOCK_DGRAM)));
    EXPECT_FALSE(refused(kind::server, fresh(AF_INET6, SOCK_STREAM)));
}

asio::awaitable<void> wrong_protocol() {
    auto const loop = co_await asio::this_coro::executor;
    auto [one, other] = socket_pair();
    ipc_handle handle(kind::socket, std::move(one));
    try {
        std::move(handle).as<tcp::socket>(loop);
        ADD_FAILURE();
    } catch (failure const& fault) {
        EXPECT_THAT(fault.what(), HasSubstr("it is a Unix socket"));
    }
    // NOLINTNEXTLINE(bugprone-use-after-move): that it is still there is what is tested
    EXPECT_TRUE(std::move(handle).as<asio::local::stream_protocol::socket>(loop).is_open()) << "it was not lost";
}

TEST(ipc_handles, say_what_they_are_where_another_protocol_is_asked_for) { tell(wrong_protocol()); }

asio::awaitable<void> counted() {
    auto const loop = co_await asio::this_coro::executor;
    // Node children count connections that have a key, and tell when the last one is closed.
    auto child = run_js("const held = []; process.on('message', (m, s) => { if (s) held.push(s); else if (m === "
                        "'close') held.pop().destroy(); process.send(held.length) })");
    auto& talk = child.channel();
    std::vector<tcp::socket> clients;
    for (int i = 0; i < 2; ++i) {
        auto [client, server] = co_await connection();
        clients.push_back(std::move(client));
        auto handle = ipc_handle::socket(std::move(server));
        handle.key = "4:127.0.0.1:0";
        co_await talk.send(text("\"hold\""), std::move(handle));
        EXPECT_EQ(co_await next_of(talk), std::to_string(i + 1));
    }
    EXPECT_EQ(co_await talk.count_connections("4:127.0.0.1:0"), 2u);
    std::vector<std::string> told;
    auto const wait = [](ipc_channel& of, std::vector<std::string>& into) -> asio::awaitable<void> {
        co_await of.wait_connections_closed("4:127.0.0.1:0");
        into.emplace_back("closed");
    };
    asio::co_spawn(loop, wait(talk, told), asio::detached);
    co_await talk.send(text("\"close\""));
    EXPECT_EQ(co_await next_of(talk), "1");
    EXPECT_THAT(told, IsEmpty());
    co_await talk.send(text("\"close\""));
    EXPECT_EQ(co_await next_of(talk), "0");
    while (told.empty()) co_await turns(1);
    co_await talk.disconnect();
    co_await child.wait();
}

TEST(ipc_handles, are_counted_for_the_server_that_accepted_them) { tell(counted()); }

asio::awaitable<void> counted_here() {
    two_ends both(serialization::json);
    auto [client, server] = co_await connection();
    auto handle = ipc_handle::socket(std::move(server));
    handle.key = "k";
    auto const loop = co_await asio::this_coro::executor;
    auto const send = [](ipc_channel& talk, ipc_handle h) -> asio::awaitable<void> {
        co_await talk.send(text("1"), std::move(h));
    };
    asio::co_spawn(loop, send(both.here, std::move(handle)), asio::detached);
    auto m = co_await both.there.receive();
    EXPECT_TRUE(m.has_value());
    if (!m) co_return;
    auto held = std::make_optional(m->take_handle().as<tcp::socket>(loop));
    EXPECT_EQ(co_await both.here.count_connections("k"), 1u) << "nobody receives there, and still it is answered";
    std::vector<int> told;
    auto const wait = [](ipc_channel& of, std::vector<int>& all, int mine) -> asio::awaitable<void> {
        co_await of.wait_connections_closed("k");
        all.push_back(mine);
    };
    for (int i = 0; i < 3; ++i) asio::co_spawn(loop, wait(both.here, told, i), asio::detached);
    co_await turns(50);
    EXPECT_THAT(told, IsEmpty());
    held.reset();
    while (told.size() < 3) co_await turns(1);
    EXPECT_EQ(co_await both.here.count_connections("k"), 0u);
}

TEST(ipc_handles, are_counted_here_whoever_owns_them) { tell(counted_here()); }

asio::awaitable<void> sent_on() {
    two_ends first(serialization::json), second(serialization::advanced);
    auto const loop = co_await asio::this_coro::executor;
    auto const [one, other] = socket_pair();
    auto const send = [](ipc_channel& talk, ipc_handle h) -> asio::awaitable<void> {
        co_await talk.send(text("[1]"), std::move(h));
    };
    asio::co_spawn(loop, send(first.here, {kind::socket, ipc_handle::copy_of(one.get())}), asio::detached);
    auto m = co_await first.there.receive();
    EXPECT_TRUE(m && m->has_handle());
    if (!m) co_return;
    auto const pass_on = [](ipc_channel& talk, ipc_message what) -> asio::awaitable<void> {
        co_await talk.send(std::move(what));
    };
    asio::co_spawn(loop, pass_on(second.here, std::move(*m)), asio::detached);
    auto again = co_await second.there.receive();
    EXPECT_EQ(again ? again->text() : "", "[1]");
    EXPECT_EQ(again ? inode_of(again->take_handle().native()) : 0, inode_of(one.get()));
    co_await turns();
}

TEST(ipc_handles, go_on_with_a_message_that_is_sent_on) { tell(sent_on()); }

asio::awaitable<void> peer_gone() {
    bare_end both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    auto [near, far] = co_await connection();
    result<void> sent = failure(errc::timed_out);
    auto const send = [](ipc_channel& talk, ipc_handle handle, result<void>& into) -> asio::awaitable<void> {
        into = co_await as_result(talk.send(text("1"), std::move(handle)));
    };
    asio::co_spawn(loop, send(both.talk, ipc_handle::socket(std::move(near)), sent), asio::detached);
    co_await turns();
    co_await both.talk.send(text("2"));
    both.peer.close();
    while (!sent && sent.error().code() == errc::timed_out) co_await turns(1);
    EXPECT_EQ(code_of(sent), errc::handle_lost);
    EXPECT_EQ(co_await read_all(far), "") << "no copy of it is left here";
    auto const left = co_await both.talk.disconnect();
    EXPECT_EQ(left.size(), 1u);
    EXPECT_EQ(left.empty() ? "" : left.back().text(), "2") << "what waited behind it comes back";
}

TEST(ipc_handles, that_nobody_took_are_reported) { tell(peer_gone()); }

asio::awaitable<void> ends_in_a_fault(std::string last_words) {
    bare_end both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    auto [near, far] = co_await connection();
    result<void> sent = failure(errc::timed_out);
    auto const send = [](ipc_channel& talk, ipc_handle handle, result<void>& into) -> asio::awaitable<void> {
        into = co_await as_result(talk.send(text("1"), std::move(handle)));
    };
    asio::co_spawn(loop, send(both.talk, ipc_handle::socket(std::move(near)), sent), asio::detached);
    co_await both.peer.write(std::move(last_words));
    both.peer.close_write();
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::ended_inside_message);
    while (!sent && sent.error().code() == errc::timed_out) co_await turns(1);
    EXPECT_EQ(code_of(sent), errc::handle_lost);
    static_cast<void>(co_await both.talk.disconnect());
}

TEST(ipc_handles, are_not_waited_for_where_the_talk_ends_in_a_fault) { tell(ends_in_a_fault("{\"a\":")); }

asio::awaitable<void> over_pipes() {
    std::array<int, 2> there{}, back{};
    if (::pipe2(there.data(), O_CLOEXEC) != 0 || ::pipe2(back.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    unique_fd const reads(there[0]), writes(back[1]);
    stream pipes{unique_fd(back[0]), unique_fd(there[1])};
    ipc_channel talk(std::move(pipes), serialization::json);
    auto [near, far] = co_await connection();
    auto const sent = co_await as_result(talk.send(text("1"), ipc_handle::socket(std::move(near))));
    EXPECT_EQ(code_of(sent), errc::not_supported);
    static_cast<void>(co_await talk.disconnect());
}

TEST(ipc_handles, are_refused_over_pipes) { tell(over_pipes()); }

/// A line with two descriptors. No coroutine: GCC 12 does not align the variables of those.
void send_two(int over, int one, int other) {
    int const both_fds[] = {one, other};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof both_fds)] = {};
    std::string line = "[1]\n";
    iovec where{line.data(), line.size()};
    msghdr all{};
    all.msg_iov = &where, all.msg_iovlen = 1, all.msg_control = room, all.msg_controllen = sizeof room;
    auto* const head = CMSG_FIRSTHDR(&all);
    head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof both_fds);
    std::memcpy(CMSG_DATA(head), both_fds, sizeof both_fds);
    EXPECT_EQ(::sendmsg(over, &all, MSG_NOSIGNAL), 4);
}

asio::awaitable<void> two_at_once() {
    bare_end both(serialization::json);
    auto const open_now = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                             std::filesystem::directory_iterator());
    };
    auto const [one, other] = socket_pair();
    auto const before = open_now();
    for (int i = 0; i < 20; ++i) {
        send_two(both.raw, one.get(), other.get());
        EXPECT_EQ(co_await next_of(both.talk), "[1]");
    }
    EXPECT_LE(open_now(), before + 30) << "of two that came together only the first is taken";
}

TEST(ipc_handles, that_come_in_twos_do_not_leak) { tell(two_at_once()); }

asio::awaitable<void> sent_by_a_liar() {
    bare_end both(serialization::json);
    unique_fd const null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    std::string_view const bytes = "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":1}\n";
    co_await both.peer.write_some({&bytes, 1}, null.get());
    auto m = co_await both.talk.receive();
    EXPECT_TRUE(m && m->has_handle());
    if (!m) co_return;
    two_ends next(serialization::json);
    EXPECT_EQ(code_of(co_await as_result(next.here.send(std::move(*m)))), errc::invalid_argument);
}

TEST(ipc_handles, that_a_liar_sent_do_not_go_on) { tell(sent_by_a_liar()); }

asio::awaitable<void> throwing_hook() {
    two_ends both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    both.here.on_internal([](js::value const&, ipc_handle const&) { throw std::runtime_error("of the hook"); });
    co_await both.there.send_internal(js::value(parsed(R"({"cmd":"NODE_WHAT"})")));
    auto [near, far] = co_await connection();
    auto const answer = [](ipc_channel& talk) -> asio::awaitable<void> { static_cast<void>(co_await talk.receive()); };
    asio::co_spawn(loop, answer(both.there), asio::detached);
    co_await both.here.send(text("1"), ipc_handle::socket(std::move(near))); // reads past what throws
    EXPECT_THROW(co_await both.here.receive(), std::runtime_error) << "and it is told";
    co_await turns();
}

TEST(ipc_handles, arrive_also_where_a_hook_throws) { tell(throwing_hook()); }

asio::awaitable<void> out_of_patience() {
    bare_end both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    auto [near, far] = co_await connection();
    auto const inode = inode_of(near.native_handle());
    auto const send = [](ipc_channel& talk, ipc_handle handle) -> asio::awaitable<void> {
        EXPECT_EQ(code_of(co_await as_result(talk.send(text("1"), std::move(handle)))), errc::handle_lost);
    };
    asio::co_spawn(loop, send(both.talk, ipc_handle::socket(std::move(near))), asio::detached);
    co_await turns();
    auto left = co_await both.talk.disconnect(20ms);
    EXPECT_EQ(left.size(), 1u);
    if (left.empty()) co_return;
    EXPECT_EQ(left.back().text(), "1");
    EXPECT_EQ(inode_of(left.back().take_handle().native()), inode);
    co_await turns();
}

TEST(disconnect, waits_for_a_handle_and_gives_it_back) { tell(out_of_patience()); }

} // namespace
} // namespace parlance::testing
