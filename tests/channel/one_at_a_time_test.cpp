// one_at_a_time: the next message leaves only after an answer to the one before.
#include "ends.hpp"

namespace parlance::testing {
namespace {

constexpr channel_options one_by_one{.one_at_a_time = true};

asio::awaitable<std::string> here_now(stream& from) {
    co_await turns();
    std::array<char, 256> into{};
    co_return std::string(into.data(), co_await from.read_some(into));
}

asio::awaitable<void> waits_for_answers() {
    half ends(framing::concatenated, one_by_one);
    for (auto const each : {"[1]", "[2]", "[3]"}) co_await ends.here.send(text(each));
    EXPECT_EQ(co_await here_now(ends.peer), "[1]");
    co_await ends.peer.write("{}");
    EXPECT_EQ((co_await ends.here.receive())->text(), "{}");
    EXPECT_EQ(co_await here_now(ends.peer), "[2]");
    co_await ends.peer.write("[]");
    EXPECT_EQ((co_await ends.here.receive())->text(), "[]");
    EXPECT_EQ(co_await here_now(ends.peer), "[3]");
}

TEST(one_at_a_time, sends_the_next_message_after_an_answer) { tell(waits_for_answers()); }

asio::awaitable<void> answer_each(stream& peer, std::string& heard) {
    std::array<char, 256> into{};
    while (auto const count = co_await peer.read_some(into)) {
        heard += std::string(into.data(), count) + "|";
        co_await peer.write("\"ok\"");
    }
    peer.close_write();
}

asio::awaitable<void> close_reads_the_answers() {
    half ends(framing::concatenated, one_by_one);
    std::string heard;
    outcome peer;
    co_await start(answer_each(ends.peer, heard), peer);
    for (auto const each : {"[1]", "[2]", "[3]"}) co_await ends.here.send(text(each));
    EXPECT_THAT(co_await ends.here.close(), IsEmpty());
    EXPECT_THAT(co_await all_of(ends.here), ElementsAre("\"ok\"", "\"ok\"", "\"ok\""));
    EXPECT_EQ(heard, "[1]|[2]|[3]|");
    EXPECT_TRUE(peer.done);
}

TEST(one_at_a_time, flushes_at_close_and_keeps_the_answers) { tell(close_reads_the_answers()); }

asio::awaitable<void> no_answer() {
    half ends(framing::concatenated, one_by_one);
    for (auto const each : {"[1]", "[2]", "[3]"}) co_await ends.here.send(text(each));
    EXPECT_EQ(co_await here_now(ends.peer), "[1]");
    ends.peer.close_write();
    EXPECT_EQ((co_await failure_of(ends.here.flush())).code(), errc::peer_closed);
    EXPECT_THAT(texts(co_await ends.here.close()), ElementsAre("[2]", "[3]"));
}

TEST(one_at_a_time, gives_back_what_had_no_turn) { tell(no_answer()); }

asio::awaitable<void> flush_beside_receive() {
    half ends(framing::concatenated, one_by_one);
    std::string heard;
    outcome peer, reader;
    std::vector<std::string> got;
    co_await start(answer_each(ends.peer, heard), peer);
    auto receive_all = [](channel& from, std::vector<std::string>& all) -> asio::awaitable<void> {
        while (auto each = co_await from.receive()) all.emplace_back(each->text());
    };
    co_await start(receive_all(ends.here, got), reader);
    for (auto const each : {"[1]", "[2]", "[3]"}) co_await ends.here.send(text(each));
    co_await ends.here.flush();
    EXPECT_THAT(co_await ends.here.close(), IsEmpty());
    co_await turns(50);
    EXPECT_TRUE(reader.done);
    EXPECT_EQ(got.size(), 3u);
}

TEST(one_at_a_time, may_flush_while_another_receives) { tell(flush_beside_receive()); }

asio::awaitable<void> flush_it(channel& which) { co_await which.flush(); }

asio::awaitable<void> bad_frame_before_a_flush() {
    half ends(framing::content_length, one_by_one);
    for (auto const each : {"[1]", "[2]"}) co_await ends.here.send(text(each));
    co_await turns();
    co_await ends.peer.write("Content-Length: 2\r\n\r\n{}Content-Length: 99999999999\r\n\r\n");
    EXPECT_EQ((co_await ends.here.receive())->text(), "{}");
    co_await ends.here.send(text("[3]"));
    co_await turns();
    outcome flusher;
    co_await start(flush_it(ends.here), flusher);
    co_await turns();
    EXPECT_EQ(flusher.code(), errc::message_too_large) << "what lies here already is looked at before more is read";
    EXPECT_FALSE(ends.here.try_receive());
    co_await ends.peer.write(std::string(3000, 'x')); // into memory that is no longer there, if a read still waited
    co_await turns();
}

TEST(one_at_a_time, flush_hears_of_a_bad_frame_that_lies_here_already) { tell(bad_frame_before_a_flush()); }

} // namespace
} // namespace parlance::testing
