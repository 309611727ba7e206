// Section 2 of Node's channel: JSON mode.
#include "support.hpp"

#include <limits>

namespace parlance::testing {
namespace {

asio::awaitable<void> bad_lines() {
    bare_end both(serialization::json);
    co_await both.peer.write("{\"a\":1}\n{oops\n\n[1,2]\nundefined\n  3 \r\n");
    both.peer.close_write();
    EXPECT_EQ(co_await next_of(both.talk), R"({"a":1})");
    auto const bad = co_await as_result(both.talk.receive());
    EXPECT_EQ(code_of(bad), errc::not_a_message);
    EXPECT_THAT(bad ? "" : bad.error().what(), HasSubstr("{oops"));
    EXPECT_EQ(co_await next_of(both.talk), "[1,2]") << "an empty line is nothing";
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::not_a_message);
    EXPECT_EQ(co_await next_of(both.talk), "  3 ");
    EXPECT_EQ(co_await next_of(both.talk), "end");
}

TEST(json_channel, goes_on_behind_a_bad_line) { tell(bad_lines()); }

asio::awaitable<void> half_a_line() {
    bare_end both(serialization::json);
    co_await both.peer.write("[1]\n[2,");
    both.peer.close_write();
    EXPECT_EQ(co_await next_of(both.talk), "[1]");
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::ended_inside_message);
    EXPECT_EQ(co_await next_of(both.talk), "end");
}

TEST(json_channel, says_when_the_end_came_inside_a_message) { tell(half_a_line()); }

struct {
    char const* what;
    std::string json;
    bool is_internal;
} const names[] = {
    {"Node's own", R"({"cmd":"NODE_FOO"})", true},
    {"written otherwise", R"({"cmd":"\u004eODE_FOO"})", true},
    {"not first", R"({"a":[1],"cmd":"NODE_X"})", true},
    {"the last of two counts", R"({"cmd":"x","cmd":"NODE_FOO"})", true},
    {"too short", R"({"cmd":"NODE_"})", false},
    {"small letters", R"({"cmd":"node_foo"})", false},
    {"not at the beginning", R"({"cmd":"xNODE_FOO"})", false},
    {"no string", R"({"cmd":5,"b":"NODE_FOO"})", false},
    {"deeper", R"({"a":{"cmd":"NODE_FOO"}})", false},
    {"in an array", R"([{"cmd":"NODE_FOO"}])", false},
    {"a string", R"("NODE_FOO")", false},
};

asio::awaitable<void> refuses_names() {
    for (auto const how : both_modes) {
        two_ends both(how);
        int heard = 0;
        both.there.on_internal([&](js::value const&, ipc_handle) { ++heard; });
        int internal = 0;
        for (auto const& each : names) {
            auto const sent = co_await as_result(both.here.send(text(each.json)));
            EXPECT_EQ(code_of(sent), each.is_internal ? errc::invalid_argument : errc{}) << each.what;
            if (each.is_internal) co_await both.here.send_internal(js::value(parsed(each.json))), ++internal;
            if (!each.is_internal) {
                auto const got = co_await both.there.receive();
                EXPECT_TRUE(got && got->json() == parsed(each.json)) << each.what;
            }
        }
        co_await both.here.disconnect();
        EXPECT_EQ(co_await next_of(both.there), "end");
        EXPECT_EQ(heard, internal) << "they are kept apart";
    }
}

TEST(ipc, keeps_messages_of_nodes_own_apart) { tell(refuses_names()); }

std::string const no_json[] = {"", " ", "{", "nul", "[1]\n[2]", "{\"a\":\n1}", "NaN", "\"\xff\"", "[1] [2]"};

/// What could harm a Node, and what is done about it.
asio::awaitable<void> never_harms_node() {
    auto child = run_js("process.on('message', m => process.send(m))");
    auto& talk = child.channel();
    for (auto const& bad : no_json) EXPECT_EQ(code_of(co_await as_result(talk.send(text(bad)))), errc::not_json) << bad;
    EXPECT_EQ(code_of(co_await as_result(talk.send(js::value()))), errc::not_json) << "undefined";
    EXPECT_EQ(code_of(co_await as_result(talk.send(js::value(js::bigint(5))))), errc::not_json);
    auto cycle = js::value(js::array{js::reference{0}});
    EXPECT_EQ(code_of(co_await as_result(talk.send(std::move(cycle)))), errc::not_json);
    json::value const not_a_number{{"n", std::numeric_limits<double>::quiet_NaN()}};
    co_await talk.send(not_a_number);
    EXPECT_EQ(co_await next_of(talk), R"({"n":null})");
    co_await talk.send(text(R"({"twice":1,"twice":2})"));
    EXPECT_EQ(co_await next_of(talk), R"({"twice":2})") << "JSON.parse takes the last";
    co_await talk.disconnect();
    EXPECT_EQ((co_await child.wait()).code, 0) << "it lives";
}

TEST(json_channel, sends_nothing_that_node_dies_of) { tell(never_harms_node()); }

/// Names that are Node's own in disguise.
asio::awaitable<void> disguises() {
    js::object boxed;
    boxed["cmd"] = js::boxed(js::value("NODE_HANDLE_ACK"));
    js::array list;
    list.properties["cmd"] = "NODE_HANDLE_ACK";
    for (auto const how : both_modes) {
        two_ends both(how);
        EXPECT_EQ(code_of(co_await as_result(both.here.send(js::value(boxed)))), errc::invalid_argument);
        EXPECT_EQ(code_of(co_await as_result(both.here.send(js::value(list)))), errc::invalid_argument);
    }
    two_ends both(serialization::advanced);
    bare_end from(serialization::advanced);
    std::string const twice("\0\0\0\x0f\xff\x0f\x6f\x22\x01\x61\x49\x02\x22\x01\x61\x49\x04\x7b\x02", 19);
    co_await from.peer.write(twice);
    auto m = co_await from.talk.receive();
    EXPECT_TRUE(m.has_value());
    if (!m) co_return;
    EXPECT_EQ(code_of(co_await as_result(both.here.send(std::move(*m)))), errc::bad_frame) << "a name twice";
}

TEST(ipc, sends_nothing_of_nodes_own_in_disguise) { tell(disguises()); }

asio::awaitable<void> all_characters() {
    auto child = run_js("process.on('message', m => process.send(m))");
    auto& talk = child.channel();
    std::string many = "\"";
    for (int i = 0; i < 400'000; ++i) many += "\u00fc";
    many += '"';
    std::vector<std::string> texts;
    texts.push_back(R"("\u2028\u2029")");
    texts.push_back("\"\u2028\U0001F600\"");
    texts.push_back(many);
    for (auto const& each : texts) {
        co_await talk.send(text(each));
        auto const got = co_await talk.receive();
        EXPECT_TRUE(got && got->json() == parsed(each)) << each.substr(0, 20);
    }
    co_await talk.send(text(R"(["half","\ud800"])"));
    auto const half = co_await talk.receive();
    EXPECT_EQ(half ? half->text() : "", R"(["half","\ud800"])");
    EXPECT_EQ(half->value().as<js::array>().items.at(1), js::value("\xed\xa0\x80")) << "as it is, in three bytes";
    EXPECT_EQ(half->json().at(1).as_string(), "\uFFFD") << "which JSON's value has not";
    co_await talk.send(half->value());
    EXPECT_EQ(co_await next_of(talk), R"(["half","\ud800"])");
    co_await talk.disconnect();
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(json_channel, carries_every_character) { tell(all_characters()); }

asio::awaitable<void> cut_anywhere() {
    std::string const bytes = "{\"a\":\"h\u00e9\U0001F600\"}\n[1]\n";
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        bare_end both(serialization::json);
        co_await both.peer.write(bytes.substr(0, cut));
        auto const loop = co_await asio::this_coro::executor;
        asio::co_spawn(loop, both.peer.write(bytes.substr(cut)), asio::detached);
        EXPECT_EQ(co_await next_of(both.talk), "{\"a\":\"h\u00e9\U0001F600\"}") << cut;
        EXPECT_EQ(co_await next_of(both.talk), "[1]");
        co_await turns();
    }
}

TEST(json_channel, puts_messages_together_wherever_they_are_cut) { tell(cut_anywhere()); }

asio::awaitable<void> floods() {
    auto child = run_js(
        "let n = 0; process.on('message', m => { if (m.end) process.send({n}, () => process.disconnect()); else ++n });"
        "for (let i = 0; i < 20000; ++i) process.send({i, filler: 'some text'})");
    auto& talk = child.channel();
    for (int i = 0; i < 20'000; ++i) co_await talk.send(text(R"({"also":"some text"})")); // both write, nobody hangs
    co_await talk.send(text(R"({"end":true})"));
    auto const all = co_await all_of(talk);
    EXPECT_EQ(all.size(), 20'001u);
    EXPECT_EQ(all.empty() ? "" : all.back(), R"({"n":20000})");
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(ipc, carries_floods_both_ways_at_once) { tell(floods()); }

asio::awaitable<void> too_large() {
    bare_end both(serialization::json, {.message_limit_bytes = 100});
    EXPECT_EQ(code_of(co_await as_result(both.talk.send(text('"' + std::string(200, 'x') + '"')))),
              errc::message_too_large);
    co_await both.peer.write('"' + std::string(200, 'x') + "\"\n[1]\n");
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::message_too_large);
    EXPECT_EQ(co_await next_of(both.talk), "[1]");
}

TEST(json_channel, has_a_limit_for_a_message) { tell(too_large()); }

asio::awaitable<void> what_json_makes_of_values() {
    two_ends both(serialization::json);
    js::object all;
    all["when"] = js::date(0.0);
    all["gone"] = js::undefined;
    all["nan"] = std::numeric_limits<double>::infinity();
    all["map"] = js::map{};
    all["bytes"] = js::bytes::buffer(std::string("hi"));
    co_await both.here.send(js::value(all));
    EXPECT_EQ(co_await next_of(both.there),
              R"({"when":"1970-01-01T00:00:00.000Z","nan":null,"map":{},"bytes":{"type":"Buffer","data":[104,105]}})");
}

TEST(json_channel, makes_of_values_what_node_makes_of_them) { tell(what_json_makes_of_values()); }

/// Once a peer has said all, it may still listen.
asio::awaitable<void> half_open() {
    for (auto const how : both_modes) {
        auto [near, far] = socket_pair();
        ipc_channel answers(std::move(near), how, {.allow_half_open = true}), asks(std::move(far), how);
        co_await asks.send(text("1"));
        EXPECT_THAT(co_await asks.disconnect(), IsEmpty());
        EXPECT_EQ(co_await next_of(answers), "1");
        EXPECT_EQ(co_await next_of(answers), "end");
        co_await answers.send(text("2"));
        auto const [one, other] = socket_pair();
        auto const passed = co_await as_result(
            answers.send(text("3"), ipc_handle(ipc_handle::kind::native, ipc_handle::copy_of(one.get()))));
        EXPECT_EQ(code_of(passed), errc::peer_closed) << "nobody would say that it has come";
        EXPECT_THAT(co_await answers.disconnect(), IsEmpty());
        EXPECT_EQ(co_await next_of(asks), "2");
        EXPECT_EQ(co_await next_of(asks), "end");
    }
}

TEST(half_open_channels, answer_after_the_peers_end) { tell(half_open()); }

/// What a message is made of.
TEST(ipc_message, is_made_of_whatever_a_value_is_made_of) {
    js::object const members{{"a", 1}};
    EXPECT_EQ(ipc_message(members).text(), R"({"a":1})");
    EXPECT_EQ(ipc_message("text").text(), R"("text")");
    EXPECT_EQ(ipc_message(2.5).text(), "2.5");
    EXPECT_EQ(ipc_message(js::date(0)).text(), R"({"$date":"1970-01-01T00:00:00.000Z"})");
}

asio::awaitable<void> refused_now() {
    two_ends both(serialization::json, {.write_buffer_bytes = 1000});
    co_await both.here.flush(); // its first await
    ipc_message m(js::object{{"at", js::date(0)}});
    auto const before = m.value();
    while (both.here.try_send(m)) m = ipc_message(before);
    EXPECT_EQ(m.value(), before) << "as it was, and not as JSON has it";
}

TEST(try_send, that_says_false_leaves_the_message) { tell(refused_now()); }

/// Numbers and text that JavaScript would write otherwise, beside a handle, over two hops.
asio::awaitable<void> sent_on_with_a_handle(std::string_view as_it_stands) {
    auto const loop = co_await asio::this_coro::executor;
    two_ends first(serialization::json), second(serialization::json);
    auto const [one, other] = socket_pair();
    auto const send = [](ipc_channel& to, ipc_message m, int fd) -> asio::awaitable<void> {
        co_await to.send(std::move(m), ipc_handle(ipc_handle::kind::socket, ipc_handle::copy_of(fd)));
    };
    auto const pass_on = [](ipc_channel& to, ipc_message m) -> asio::awaitable<void> {
        co_await to.send(std::move(m));
    };
    asio::co_spawn(loop, send(first.here, text(as_it_stands), one.get()), asio::detached);
    auto m = co_await first.there.receive();
    EXPECT_TRUE(m && m->has_handle());
    if (!m) co_return;
    EXPECT_EQ(m->text(), as_it_stands);
    EXPECT_EQ(m->json(), text(as_it_stands).json());
    EXPECT_EQ(m->value(), text(as_it_stands).value());
    asio::co_spawn(loop, pass_on(second.here, std::move(*m)), asio::detached);
    EXPECT_EQ(co_await next_of(second.there), as_it_stands);
}

TEST(json_channel, keeps_the_text_beside_a_handle) {
    for (auto const* each :
         {"[9007199254740993, 1.0]", R"(["\ud800"])", R"({"cmd":"mine","msg":{"cmd":"NODE_HANDLE"}})"})
        tell(sent_on_with_a_handle(each));
}

} // namespace
} // namespace parlance::testing
