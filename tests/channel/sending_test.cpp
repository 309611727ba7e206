// The way out: gathering, back-pressure, what was not taken.
#include "ends.hpp"

#include <iterator>
#include <sstream>

namespace parlance::testing {
namespace {

asio::awaitable<void> send_all(channel& to, std::vector<std::string> what, std::size_t* accepted = nullptr) {
    for (auto const& each : what) {
        co_await to.send(text(each));
        if (accepted) ++*accepted;
    }
}

asio::awaitable<void> send_one(channel& to, std::string what) { co_await to.send(message(std::move(what))); }

std::vector<std::string> words(std::string const& spaced) {
    std::istringstream in(spaced);
    return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> numbers(int from, int to) {
    std::vector<std::string> all;
    for (int i = from; i < to; ++i) all.push_back(std::to_string(i));
    return all;
}

asio::awaitable<void> messages_of_one_turn() {
    half ends(framing::lines);
    co_await ends.here.flush(); // now it is bound to the loop
    for (auto const& each : numbers(0, 100)) co_await ends.here.send(text(each));
    EXPECT_EQ(ends.here.statistics().writes, 0u);
    co_await ends.here.flush();
    EXPECT_LE(ends.here.statistics().writes, 1u);
    EXPECT_EQ(ends.here.statistics().messages_out, 100u);
    co_await ends.here.close();
    EXPECT_THAT(co_await ends.peer.read_all(), ::testing::StartsWith("0\n1\n2\n"));
}

TEST(send, gathers_the_messages_of_one_turn_into_one_write) { tell(messages_of_one_turn()); }

asio::awaitable<void> without_a_flush() {
    half ends(framing::lines);
    co_await ends.here.send(text("1"));
    std::array<char, 16> into{};
    EXPECT_EQ(co_await ends.peer.read_some(into), 2u);
    co_await ends.here.send(text("2"));
    EXPECT_EQ(co_await ends.peer.read_some(into), 2u);
}

TEST(send, needs_no_flush) { tell(without_a_flush()); }

asio::awaitable<void> waits_while_the_peer_does_not_read() {
    half ends(framing::lines, {.write_buffer_bytes = 100}, 50);
    std::size_t accepted = 0;
    outcome sender;
    co_await start(send_all(ends.here, numbers(1000, 2000), &accepted), sender);
    co_await turns();
    EXPECT_FALSE(sender.done);
    EXPECT_GE(accepted, 20u);
    EXPECT_LE(accepted, 32u) << "50 bytes in the stream, 100 in the channel, 5 each";
    std::string all;
    std::array<char, 64> into{};
    while (!sender.done || all.size() < 5000) all.append(into.data(), co_await ends.peer.read_some(into));
    std::string expected;
    for (auto const& each : numbers(1000, 2000)) expected += each + "\n";
    EXPECT_EQ(all, expected);
    EXPECT_FALSE(sender.thrown);
}

TEST(send, waits_while_the_peer_does_not_read) { tell(waits_while_the_peer_does_not_read()); }

asio::awaitable<void> without_waiting() {
    half ends(framing::lines, {.write_buffer_bytes = 100}, 50);
    auto first = text("1000");
    EXPECT_FALSE(ends.here.try_send(first)) << "it is not yet bound to a loop";
    co_await ends.here.send(std::move(first)); // it was left as it is
    std::string expected = "1000\n", all;
    auto each = text("1001");
    for (int i = 1001; ends.here.try_send(each); each = text(std::to_string(++i)))
        expected.append(std::to_string(i)).append("\n");
    EXPECT_GE(expected.size(), 100u) << "what fits is taken";
    EXPECT_LE(expected.size(), 160u) << "50 bytes in the stream, 100 in the channel, 5 each";
    expected.append(each.text()).append("\n");
    outcome sender;
    co_await start(send_one(ends.here, std::string(each.text())), sender);
    auto another = text("0");
    EXPECT_FALSE(ends.here.try_send(another)) << "it would pass the one that waits";
    std::array<char, 64> into{};
    while (all.size() < expected.size()) all.append(into.data(), co_await ends.peer.read_some(into));
    EXPECT_EQ(all, expected);
    EXPECT_TRUE(ends.here.try_send(another));
    auto broken = text("1\n2");
    EXPECT_THROW(ends.here.try_send(broken), failure);
    co_await ends.here.close();
    EXPECT_THROW(ends.here.try_send(each), failure);
}

TEST(try_send, takes_what_fits_and_leaves_the_rest) { tell(without_waiting()); }

asio::awaitable<void> answers_without_waiting() {
    half ends(framing::lines);
    std::array<char, 64> into{};
    for (int round = 0; round < 100; ++round) {
        co_await ends.peer.write("1\n");
        auto answer = *co_await ends.here.receive();
        EXPECT_TRUE(ends.here.try_send(answer)) << "round " << round << ": nothing waits to be written";
        co_await ends.peer.read_some(into);
    }
}

TEST(try_send, is_never_refused_by_a_channel_at_rest) { tell(answers_without_waiting()); }

asio::awaitable<void> several_senders() {
    half ends(framing::lines, {.write_buffer_bytes = 10}, 10);
    std::array<outcome, 50> senders;
    for (int i = 0; i < 50; ++i)
        co_await start(send_one(ends.here, std::to_string(100 + i)), senders[static_cast<std::size_t>(i)]);
    std::string expected, all;
    for (auto const& each : numbers(100, 150)) expected += each + "\n";
    std::array<char, 7> into{};
    while (all.size() < expected.size()) all.append(into.data(), co_await ends.peer.read_some(into));
    EXPECT_EQ(all, expected);
}

TEST(send, keeps_the_order_of_several_senders) { tell(several_senders()); }

asio::awaitable<void> cancelled_while_it_waits() {
    half ends(framing::lines, {.write_buffer_bytes = 4}, 4);
    std::array<outcome, 4> senders;
    for (int i = 0; i < 4; ++i)
        co_await start(send_one(ends.here, std::to_string(100 + i)), senders[static_cast<std::size_t>(i)]);
    co_await turns();
    EXPECT_TRUE(senders[0].done);
    EXPECT_TRUE(senders[1].done);
    EXPECT_FALSE(senders[2].done);
    senders[2].stop.emit(asio::cancellation_type::terminal);
    co_await turns();
    EXPECT_EQ(senders[2].code(), asio::error::operation_aborted);
    std::string all;
    std::array<char, 64> into{};
    while (all.size() < 12) all.append(into.data(), co_await ends.peer.read_some(into));
    EXPECT_EQ(all, "100\n101\n103\n");
    EXPECT_TRUE(senders[3].done);
    EXPECT_EQ(ends.here.statistics().messages_out, 3u);
}

TEST(send, cancelled_before_acceptance_sends_nothing) { tell(cancelled_while_it_waits()); }

asio::awaitable<void> what_cannot_be_sent() {
    half ends(framing::lines, {.message_limit_bytes = 8, .name = "stdin of `cat`"});
    auto const large = co_await failure_of(ends.here.send(text("123456789")));
    EXPECT_EQ(large.code(), errc::message_too_large);
    EXPECT_STREQ(
        large.what(),
        "a message of 9 bytes to stdin of `cat`: larger than the limit of 8 bytes: raise message_limit_bytes, or "
        "send it in parts");
    auto const broken = co_await failure_of(ends.here.send(text("[\n1]")));
    EXPECT_EQ(broken.code(), errc::not_json);
    EXPECT_STREQ(broken.what(), "a message to stdin of `cat`: a line break inside a message, which the framing 'lines' "
                                "does not allow: send compact JSON");
    co_await ends.here.send(text("12345678"));
    EXPECT_THAT(co_await ends.here.close(), IsEmpty());
    EXPECT_EQ(co_await ends.peer.read_all(), "12345678\n");
    EXPECT_EQ((co_await failure_of(ends.here.send(text("1")))).code(), errc::channel_closed);
}

TEST(send, refuses_what_the_framing_or_the_limit_does_not_allow) { tell(what_cannot_be_sent()); }

asio::awaitable<void> large_messages(framing frames) {
    pair ends(frames, {}, 10000);
    std::vector<std::string> sent;
    for (auto const size : {10, 40000, 5, 32768, 32767, 1000000, 7}) sent.push_back('"' + std::string(size, 'x') + '"');
    outcome sender;
    co_await start(send_all(ends.here, sent), sender);
    for (auto const& each : sent) {
        auto const got = co_await ends.there.receive();
        EXPECT_TRUE(got && got->text() == each) << each.size();
    }
}

TEST(send, carries_large_messages_between_small_ones) {
    for (auto const frames : all_framings) tell(large_messages(frames));
}

asio::awaitable<void> gives_back_what_was_not_taken(framing frames) {
    half ends(frames, {}, 100);
    auto const big = '"' + std::string(50000, 'b') + '"';
    std::vector<std::string> const all{"\"first\"", '"' + std::string(200, 'x') + '"', "3", big, "5"};
    co_await send_all(ends.here, all);
    auto const left = co_await ends.here.close(std::chrono::milliseconds(1));
    EXPECT_EQ(texts(left), std::vector(all.begin() + 1, all.end())) << "a part of the second counts as not taken";
    EXPECT_THAT(co_await ends.here.close(), IsEmpty());
    EXPECT_EQ((co_await ends.peer.read_all()).size(), 100u);
}

TEST(close, gives_back_in_order_what_the_peer_did_not_take_in_time) {
    for (auto const frames : all_framings) tell(gives_back_what_was_not_taken(frames));
}

asio::awaitable<void> peer_closes_while_we_send() {
    half ends(framing::lines, {.write_buffer_bytes = 20, .name = "the peer"}, 10);
    co_await send_all(ends.here, words("1000 2000 3000 4000"));
    outcome waiting;
    co_await start(send_all(ends.here, words("5000 6000 7000")), waiting);
    co_await turns();
    ends.peer.close();
    co_await turns();
    EXPECT_EQ(waiting.code(), errc::peer_closed);
    auto const fault = co_await failure_of(ends.here.send(text("8000")));
    EXPECT_EQ(fault.code(), errc::peer_closed);
    EXPECT_THAT(fault.what(), HasSubstr("the peer"));
    EXPECT_EQ((co_await failure_of(ends.here.flush())).code(), errc::peer_closed);
    EXPECT_THAT(texts(co_await ends.here.close()), ElementsAre("3000", "4000", "5000", "6000"));
    EXPECT_FALSE(co_await ends.here.receive());
    EXPECT_EQ(ends.here.end(), make_error_code(errc::peer_closed));
}

TEST(close, gives_back_what_a_peer_that_closed_did_not_take) { tell(peer_closes_while_we_send()); }

asio::awaitable<void> close_and_keep(channel& what, std::vector<std::string>& left) {
    left = texts(co_await what.close());
}

asio::awaitable<void> cancelled_close() {
    half ends(framing::lines, {}, 4);
    co_await send_all(ends.here, words("100 200 300"));
    outcome closing;
    std::vector<std::string> left;
    co_await start(close_and_keep(ends.here, left), closing);
    co_await turns();
    EXPECT_FALSE(closing.done);
    closing.stop.emit(asio::cancellation_type::terminal);
    co_await turns();
    EXPECT_TRUE(closing.done);
    EXPECT_THAT(left, ElementsAre("200", "300"));
}

TEST(close, gives_back_what_is_left_when_it_is_cancelled) { tell(cancelled_close()); }

asio::awaitable<void> senders_at_close() {
    half ends(framing::lines, {.write_buffer_bytes = 4}, 4);
    outcome sender;
    std::size_t accepted = 0;
    co_await start(send_all(ends.here, numbers(100, 110), &accepted), sender);
    co_await turns();
    auto const left = co_await ends.here.close(std::chrono::milliseconds(1));
    co_await turns();
    EXPECT_EQ(sender.code(), errc::channel_closed);
    EXPECT_EQ(accepted, 1 + left.size()) << "what was accepted was written or comes back";
}

TEST(close, ends_those_who_wait_to_send) { tell(senders_at_close()); }

asio::awaitable<void> busy_sender() {
    half ends(framing::lines, {}, 1 << 30);
    outcome sender, other;
    auto const line = '"' + std::string(1000, 'x') + '"';
    auto forever = [](channel& to, std::string what) -> asio::awaitable<void> {
        for (;;) co_await to.send(text(what));
    };
    co_await start(forever(ends.here, line), sender);
    co_await turns(100); // comes back although the peer always takes
    sender.stop.emit(asio::cancellation_type::terminal);
    co_await turns(100);
    EXPECT_EQ(sender.code(), asio::error::operation_aborted);
}

TEST(send, gives_others_a_turn_although_the_peer_always_reads) { tell(busy_sender()); }

} // namespace
} // namespace parlance::testing
