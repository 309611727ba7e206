// Messages that cannot be read and carry a descriptor: it is closed, belongs to no other message, and a peer that waits
// for an answer gets one.
#include "support.hpp"

#include <fcntl.h>

namespace parlance::testing {
namespace {

constexpr std::string_view ack = "NODE_HANDLE_ACK", nack = "NODE_HANDLE_NACK";

std::string framed(serialization how, std::string body) {
    if (how == serialization::json) return body + "\n";
    std::string length(4, '\0');
    for (unsigned i = 0; i < 4; ++i) length[i] = static_cast<char>(body.size() >> (24 - 8 * i));
    return length + body;
}

std::string envelope(serialization how, js::value payload) {
    js::object out;
    out["cmd"] = "NODE_HANDLE";
    out["type"] = "net.Socket";
    out["msg"] = std::move(payload);
    js::value const whole(std::move(out));
    return framed(how, how == serialization::json ? js::to_json(whole).value() : js::v8_encode(whole));
}

/// {"cmd":"NODE_HANDLE","type":"net.Socket","msg":[[[…
std::string deep_envelope(serialization how) {
    std::string const json_begin = R"({"cmd":"NODE_HANDLE","type":"net.Socket","msg":)";
    constexpr std::size_t depth = 1500;
    if (how == serialization::json) return json_begin + std::string(depth, '[') + std::string(depth, ']') + "}\n";
    std::string body = js::v8_encode(js::object{{"cmd", "NODE_HANDLE"}, {"type", "net.Socket"}});
    body.resize(body.size() - 2); // without its end
    body += "\"\x03msg";
    for (std::size_t i = 0; i < depth; ++i) body += "A\x01";
    body += "_";
    for (std::size_t i = 0; i < depth; ++i) body.append("$\0\x01", 3);
    return framed(how, body + "{\x03");
}

/// The member "a" twice, which every reader of ours refuses.
std::string envelope_with_a_name_twice() {
    std::string body = js::v8_encode(js::object{{"cmd", "NODE_HANDLE"}, {"type", "net.Socket"}});
    body.resize(body.size() - 2);
    return framed(serialization::advanced, body + "\"\x03msgo\"\x01"
                                                  "aI\x02\"\x01"
                                                  "aI\x04{\x02{\x03");
}

/// What came as answers until now.
asio::awaitable<std::string> answers(bare_end& both) {
    std::string room(4096, '\0');
    auto const got = co_await both.peer.read_some(room);
    co_return room.substr(0, got);
}

std::size_t count(std::string_view all, std::string_view what) {
    std::size_t found = 0;
    for (auto at = all.find(what); at != all.npos; at = all.find(what, at + 1)) ++found;
    return found;
}

bool is_closed(int other_end) {
    char byte = 0;
    return ::recv(other_end, &byte, 1, MSG_DONTWAIT) == 0;
}

struct unreadable {
    std::string_view what;
    errc fault;
    bool is_answered;
    std::string frame;
};

/// Sends it with a descriptor, then a good one with another.
asio::awaitable<void> then_a_good_one(serialization how, unreadable const& bad, std::size_t limit_bytes) {
    bare_end both(how, {.message_limit_bytes = limit_bytes});
    auto [lost, lost_end] = socket_pair();
    std::string_view const bytes = bad.frame;
    auto const written = co_await both.peer.write_some({&bytes, 1}, lost.get());
    lost.reset();
    co_await both.peer.write(std::string(bytes.substr(written)));
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), bad.fault) << bad.what;

    auto const [good, good_end] = socket_pair();
    auto const next = envelope(how, js::value("next"));
    std::string_view const next_bytes = next;
    co_await both.peer.write_some({&next_bytes, 1}, good.get());
    auto m = co_await both.talk.receive();
    EXPECT_TRUE(m.has_value()) << bad.what;
    if (!m) co_return;
    EXPECT_EQ(m->text(), "\"next\"") << bad.what;
    EXPECT_EQ(inode_of(m->take_handle().native()), inode_of(good.get())) << bad.what << ": its own";
    EXPECT_TRUE(is_closed(lost_end.get())) << bad.what;
    auto const heard = co_await answers(both);
    EXPECT_EQ(count(heard, ack), bad.is_answered ? 2u : 1u) << bad.what;
    EXPECT_EQ(count(heard, nack), 0u) << bad.what;
}

asio::awaitable<void> of_json() {
    constexpr auto how = serialization::json;
    std::vector<unreadable> const all{
        {"too deep", errc::not_a_message, true, deep_envelope(how)},
        {"too large", errc::message_too_large, true, envelope(how, js::value(std::string(20'000, 'x')))},
        {"too large for one read", errc::message_too_large, true, envelope(how, js::value(std::string(150'000, 'x')))},
        {"no JSON", errc::not_a_message, false, "what is this\n"},
        {"white space in it", errc::not_a_message, true, "{ \"cmd\" : \"NODE_HANDLE\" , oops}\n"},
    };
    for (auto const& each : all) co_await then_a_good_one(how, each, 10'000);
}

TEST(unreadable_json, is_answered_and_its_descriptor_closed) { tell(of_json()); }

asio::awaitable<void> of_advanced() {
    constexpr auto how = serialization::advanced;
    std::vector<unreadable> const all{
        {"too deep", errc::bad_frame, true, deep_envelope(how)},
        {"a name twice", errc::bad_frame, true, envelope_with_a_name_twice()},
        {"too large", errc::message_too_large, true, envelope(how, js::value(std::string(20'000, 'x')))},
        {"too large for one read", errc::message_too_large, true, envelope(how, js::value(std::string(150'000, 'x')))},
        {"no value", errc::bad_frame, false, framed(how, "what is this")},
    };
    for (auto const& each : all) co_await then_a_good_one(how, each, 10'000);
}

TEST(unreadable_advanced, is_answered_and_its_descriptor_closed) { tell(of_advanced()); }

/// A message that announces no handle, and one comes with it.
asio::awaitable<void> unannounced() {
    for (auto const how : both_modes) {
        bare_end both(how);
        auto [stray, stray_end] = socket_pair();
        auto const plain = framed(how, how == serialization::json ? "1" : js::v8_encode(js::value(1)));
        std::string_view const bytes = plain;
        co_await both.peer.write_some({&bytes, 1}, stray.get());
        stray.reset();
        EXPECT_EQ(co_await next_of(both.talk), "1");
        co_await both.peer.write(envelope(how, js::value("no handle with it")) + plain);
        EXPECT_EQ(co_await next_of(both.talk), "1") << "the envelope has none, and does not get the other's";
        EXPECT_TRUE(is_closed(stray_end.get()));
        auto const heard = co_await answers(both);
        EXPECT_EQ(count(heard, nack), 1u);
        EXPECT_EQ(count(heard, ack), 0u);
    }
}

TEST(unannounced_descriptors, are_closed) { tell(unannounced()); }

/// The first bytes of the envelope come with the end of another message, the rest in pieces.
asio::awaitable<void> cut_anywhere() {
    for (auto const how : both_modes) {
        auto const whole = envelope(how, js::value("here"));
        auto const plain = framed(how, how == serialization::json ? "1" : js::v8_encode(js::value(1)));
        for (std::size_t first = 1; first < whole.size(); first += 5) {
            bare_end both(how);
            auto const [one, other] = socket_pair();
            co_await both.peer.write(plain);
            std::string_view const bytes = std::string_view(whole).substr(0, first);
            co_await both.peer.write_some({&bytes, 1}, one.get());
            EXPECT_EQ(co_await next_of(both.talk), "1");
            co_await both.peer.write(whole.substr(first));
            auto m = co_await both.talk.receive();
            EXPECT_EQ(m ? inode_of(m->take_handle().native()) : 0, inode_of(one.get())) << first;
        }
    }
}

TEST(announced_descriptors, are_found_wherever_the_bytes_are_cut) { tell(cut_anywhere()); }

/// A peer that asks for ever and reads no answer does not fill our memory.
asio::awaitable<void> flood(serialization how) {
    bare_end both(how);
    auto const loop = co_await asio::this_coro::executor;
    auto const receive = [](ipc_channel& talk) -> asio::awaitable<void> {
        static_cast<void>(co_await as_result(talk.receive()));
    };
    asio::co_spawn(loop, receive(both.talk), asio::detached);
    auto const question = envelope(how, js::value("no handle with it"));
    std::size_t taken = 0;
    std::string many;
    while (many.size() < 60'000) many += question;
    for (int refused = 0; refused < 50;) { // until it takes no more
        std::string_view const part = many;
        auto const wrote = taken == 0 ? co_await both.peer.write_some({&part, 1}) : both.peer.try_write({&part, 1});
        taken += wrote;
        many.erase(0, wrote);
        while (many.size() < 60'000) many += question;
        refused = wrote > 0 ? 0 : refused + 1;
        co_await turns(5);
        if (taken > (64u << 20)) break;
    }
    EXPECT_LT(taken, 64u << 20) << "it is not read any more";
}

TEST(answers, that_nobody_reads_stop_the_reading) {
    for (auto const how : both_modes) tell(flood(how));
}

/// Two ends that both ask much, and send all the time: neither may wait for the other to read first.
asio::awaitable<void> both_ask() {
    two_ends both(serialization::json);
    auto const loop = co_await asio::this_coro::executor;
    for (auto* each : {&both.here, &both.there}) {
        auto const [one, other] = socket_pair();
        ipc_handle handle(ipc_handle::kind::socket, ipc_handle::copy_of(one.get()));
        handle.key = "k";
        auto const take = [](ipc_channel& from) -> asio::awaitable<void> {
            static_cast<void>(co_await from.receive());
        };
        asio::co_spawn(loop, take(each == &both.here ? both.there : both.here), asio::detached);
        co_await each->send(text("1"), std::move(handle));
    }
    bool ended = false;
    auto const chatter = [](ipc_channel& to, bool& end) -> asio::awaitable<void> {
        while (!end) co_await to.send(text("\"chatter\""));
    };
    auto const listen = [](ipc_channel& from) -> asio::awaitable<void> {
        while (!(co_await from.receive_some()).empty()) {}
    };
    std::vector<std::size_t> answered;
    auto const ask = [](ipc_channel& of, std::vector<std::size_t>& counts) -> asio::awaitable<void> {
        counts.push_back(co_await of.count_connections("k"));
    };
    for (auto* each : {&both.here, &both.there}) {
        asio::co_spawn(loop, chatter(*each, ended), asio::detached);
        asio::co_spawn(loop, listen(*each), asio::detached);
        for (int i = 0; i < 3000; ++i) asio::co_spawn(loop, ask(*each, answered), asio::detached);
    }
    while (answered.size() < 6000) co_await turns(1);
    ended = true;
    co_await turns(100);
}

TEST(answers, come_although_both_ask_and_send_all_the_time) { tell(both_ask()); }

} // namespace
} // namespace parlance::testing
