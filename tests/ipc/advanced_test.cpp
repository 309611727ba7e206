// Section 3 of Node's channel: advanced mode.
#include "support.hpp"

#include "js/random_value.hpp"

namespace parlance::testing {
namespace {

using namespace std::string_view_literals;

std::string framed(std::string_view body) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift);
    return out += body;
}

asio::awaitable<void> bad_frames() {
    bare_end both(serialization::advanced);
    auto const good = js::v8_encode(js::value("good"));
    auto const bytes = framed("") + framed(good) + framed("\xff\x0f") + framed("junk") + framed(good);
    co_await both.peer.write(bytes);
    both.peer.close_write();
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::bad_frame);
    EXPECT_EQ(co_await next_of(both.talk), "\"good\"");
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::bad_frame);
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::bad_frame);
    EXPECT_EQ(co_await next_of(both.talk), "\"good\"");
    EXPECT_EQ(co_await next_of(both.talk), "end");
}

TEST(advanced_channel, goes_on_behind_a_frame_that_is_no_value) { tell(bad_frames()); }

asio::awaitable<void> huge_length() {
    bare_end both(serialization::advanced);
    co_await both.peer.write(std::string("\x80\0\0\0\x01", 5));
    EXPECT_EQ(code_of(co_await as_result(both.talk.receive())), errc::bad_frame);
    EXPECT_EQ(co_await next_of(both.talk), "end") << "nothing tells where the next one begins";
    EXPECT_FALSE(both.talk.connected());
}

TEST(advanced_channel, ends_at_a_length_that_is_none) { tell(huge_length()); }

asio::awaitable<void> cut_anywhere() {
    auto const bytes = framed(js::v8_encode(js::value("one"))) + framed(js::v8_encode(js::value(2.5)));
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        bare_end both(serialization::advanced);
        co_await both.peer.write(bytes.substr(0, cut));
        auto const loop = co_await asio::this_coro::executor;
        asio::co_spawn(loop, both.peer.write(bytes.substr(cut)), asio::detached);
        EXPECT_EQ(co_await next_of(both.talk), "\"one\"") << cut;
        EXPECT_EQ(co_await next_of(both.talk), "2.5");
        co_await turns();
    }
}

TEST(advanced_channel, puts_messages_together_wherever_they_are_cut) { tell(cut_anywhere()); }

/// Reads as Node does, 64 KiB at once, and counts the reads that end inside the length of a frame.
asio::awaitable<int> lengths_cut(stream& peer, std::size_t frames) {
    std::vector<char> room(65536);
    std::string kept;
    int cut = 0;
    while (frames > 0) {
        auto const got = co_await peer.read_some(room);
        if (got == 0) throw std::runtime_error("it ended");
        kept.append(room.data(), got);
        std::size_t at = 0;
        while (kept.size() - at >= 4) {
            std::size_t size = 4;
            for (std::size_t i = 0; i < 4; ++i)
                size += static_cast<std::size_t>(static_cast<unsigned char>(kept[at + i])) << (24 - 8 * i);
            if (kept.size() - at < size) break;
            at += size;
            --frames;
        }
        kept.erase(0, at);
        cut += !kept.empty() && kept.size() < 4;
    }
    co_return cut;
}

/// nodejs/node#55834: Node 18, and older ones of 20 and 22, hear nothing more after a length that was cut.
asio::awaitable<void> lengths_in_one_piece() {
    bare_end both(serialization::advanced);
    auto const loop = co_await asio::this_coro::executor;
    static constexpr std::size_t count = 200'000;
    auto const flood = [](ipc_channel& talk) -> asio::awaitable<void> {
        for (std::size_t i = 0; i < count; ++i) co_await talk.send(js::value(std::string(i % 57, 'x')));
    };
    asio::co_spawn(loop, flood(both.talk), asio::detached);
    EXPECT_EQ(co_await lengths_cut(both.peer, count), 0);
}

TEST(advanced_channel, writes_so_that_no_read_of_nodes_ends_inside_a_length) { tell(lengths_in_one_piece()); }

asio::awaitable<void> large_buffers() {
    auto child =
        run_js("for (let i = 0; i < 4; ++i) process.send(Buffer.alloc(8 << 20, i + 1));"
               "for (let i = 0; i < 10; ++i) process.send('y'.repeat(65521));"
               "process.on('message', m => { process.send([m.length, m.every(b => b === 7)]); process.disconnect() })",
               {.serialization = serialization::advanced});
    auto& talk = child.channel();
    for (char i = 1; i <= 4; ++i) {
        auto const got = co_await talk.receive();
        auto const* const bytes = got ? got->value().get_if<js::bytes>() : nullptr;
        EXPECT_TRUE(bytes && bytes->what == js::view::buffer && bytes->data == std::string(8 << 20, i));
    }
    for (int i = 0; i < 10; ++i) { // the length of each next one is cut by Node's 64 KiB
        auto const got = co_await talk.receive();
        EXPECT_TRUE(got && got->value() == js::value(std::string(65521, 'y')));
    }
    co_await talk.send(js::value(js::bytes::buffer(std::string(8 << 20, '\x07'))));
    EXPECT_EQ(co_await next_of(talk), "[8388608,true]");
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(advanced_channel, carries_buffers_of_8_mib) { tell(large_buffers()); }

asio::awaitable<void> undefined() {
    auto child = run_js("process.on('message', m => { process.send({got: typeof m}); process.disconnect() })",
                        {.serialization = serialization::advanced});
    co_await child.channel().send(js::value());
    EXPECT_EQ(co_await next_of(child.channel()), R"({"got":"undefined"})");
    co_await child.wait();
}

TEST(advanced_channel, carries_undefined) { tell(undefined()); }

asio::awaitable<void> refuses_what_cannot_be_read() {
    auto child = run_js("process.on('message', m => process.send(m))", {.serialization = serialization::advanced});
    auto& talk = child.channel();
    EXPECT_EQ(code_of(co_await as_result(talk.send(js::value(js::hole)))), errc::invalid_argument);
    auto unknown = js::value(js::array{js::reference{5}});
    EXPECT_EQ(code_of(co_await as_result(talk.send(std::move(unknown)))), errc::invalid_argument);
    auto cycle = js::value(js::array{js::reference{0}});
    co_await talk.send(cycle);
    auto const got = co_await talk.receive();
    EXPECT_TRUE(got && got->value() == cycle);
    co_await talk.disconnect();
    EXPECT_EQ((co_await child.wait()).code, 0) << "it lives";
}

/// What `send` says of it; empty where it went.
asio::awaitable<std::string> refusal_of(ipc_channel& talk, ipc_message m) {
    auto const sent = co_await as_result(talk.send(std::move(m)));
    co_return sent ? "" : sent.error().what();
}

/// A message that another peer sent, as these bytes.
asio::awaitable<ipc_message> sent_by_a_liar(std::string_view frame) {
    bare_end both(serialization::advanced);
    co_await both.peer.write(framed(frame));
    auto m = co_await both.talk.receive();
    if (!m) throw std::runtime_error("nothing came");
    co_return std::move(*m);
}

/// Node compiles a RegExp as it reads it.
asio::awaitable<void> what_is_no_pattern() {
    auto child = run_js("process.on('message', m => process.send(m))", {.serialization = serialization::advanced});
    auto& talk = child.channel();
    auto const no_pattern = std::string("no regular expression: a group without its end, at character 2 of its source");
    js::value const ours = js::regexp{"(", ""};
    EXPECT_EQ(co_await refusal_of(talk, ours), "$: " + no_pattern);
    auto tagged = js::from_tagged_json(R"({"r":[{"$regexp":["(","g"]}]})");
    EXPECT_EQ(co_await refusal_of(talk, std::move(tagged)), "$.r[0]: " + no_pattern);
    auto other = co_await sent_by_a_liar("\xFF\x0F\x41\1R\"\1(\0$\0\1"sv);
    EXPECT_EQ(other.value().as<js::array>().items.at(0), ours) << "here it harms nobody";
    EXPECT_EQ(co_await refusal_of(talk, std::move(other)), "$[0]: " + no_pattern);
    auto cause = co_await sent_by_a_liar("\xFF\x0FrcA\1^\0$\0\1."sv);
    EXPECT_EQ(co_await refusal_of(talk, std::move(cause)),
              "$.cause[0]: a reference to an Error inside it, which no V8 reads");
    auto good = co_await sent_by_a_liar("\xFF\x0F\x41\2R\"\1a\1r.$\0\2"sv);
    EXPECT_EQ(co_await refusal_of(talk, std::move(good)), "");
    EXPECT_EQ(co_await next_of(talk), R"([{"$regexp":["a","g"]},{"$error":{"name":"Error"}}])");
    co_await talk.disconnect();
    EXPECT_EQ((co_await child.wait()).code, 0) << "it lives";
}

TEST(advanced_channel, sends_no_regular_expression_that_is_none) { tell(what_is_no_pattern()); }

TEST(advanced_channel, sends_nothing_that_node_dies_of) { tell(refuses_what_cannot_be_read()); }

/// What is left of it in JSON; null where JSON has not even an error for it.
js::value as_json_has_it(js::value const& v) {
    try {
        return js::value(js::to_json_value(v).value_or(nullptr));
    } catch (failure const&) { // a bigint, or a cycle
        return nullptr;
    }
}

asio::awaitable<void> random_values(serialization how, unsigned seed) {
    auto child = run_js("process.on('message', m => process.send(m)); process.send('resize' in ArrayBuffer.prototype)",
                        {.serialization = how});
    auto& talk = child.channel();
    js::random_values random(seed, co_await next_of(talk) == "true"); // Node 18 dies of those that can grow
    constexpr int count = 10'000, at_once = 50;
    for (int i = 0; i < count; i += at_once) {
        std::vector<js::value> sent;
        for (int n = 0; n < at_once; ++n) {
            sent.push_back(random.next());
            if (how == serialization::json) sent.back() = as_json_has_it(sent.back());
            co_await talk.send(js::value(sent.back()));
        }
        for (auto const& each : sent) {
            auto const got = co_await talk.receive();
            EXPECT_TRUE(got && got->value() == each) << js::to_tagged_json(each);
            if (!got || got->value() != each) co_return;
        }
    }
    co_await talk.disconnect();
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(advanced_channel, brings_10000_random_values_to_node_and_back) { tell(random_values(serialization::advanced, 1)); }
TEST(json_channel, brings_10000_random_values_to_node_and_back) { tell(random_values(serialization::json, 2)); }

} // namespace
} // namespace parlance::testing
