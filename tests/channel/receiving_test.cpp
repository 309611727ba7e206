// The way in: noise, faults and their places, limits, time, cancellation.
#include "ends.hpp"

namespace parlance::testing {
namespace {

using namespace std::chrono_literals;

struct told {
    std::vector<std::string> messages, noise;
    std::vector<std::string> faults;
    std::optional<boost::system::error_code> end;
};

/// Everything that a channel says about `input`, and then the end of input.
told hear(std::string input, framing frames, channel_options options = {}) {
    told all;
    options.name = "child";
    tell([](std::string bytes, framing f, channel_options o, told& out) -> asio::awaitable<void> {
        half ends(f, o, 1 << 20);
        ends.here.on_noise([&out](std::string_view line) { out.noise.emplace_back(line); });
        co_await write_and_close(ends.peer, std::move(bytes));
        for (;;) {
            auto got = co_await as_result(ends.here.receive());
            if (!got)
                out.faults.emplace_back(got.error().what());
            else if (!*got)
                break;
            else
                out.messages.emplace_back((*got)->text());
        }
        out.end = ends.here.end();
    }(std::move(input), frames, options, all));
    return all;
}

TEST(receive, passes_lines_that_are_no_messages_to_the_listener) {
    auto const all = hear("starting\n{\"a\":1}\n[info] started\n\n  \r\n{\"b\":2} trailing\n[2]\n12 monkeys\nnull\n",
                          framing::lines);
    EXPECT_THAT(all.messages, ElementsAre("{\"a\":1}", "[2]", "null"));
    EXPECT_THAT(all.noise, ElementsAre("starting", "[info] started", "{\"b\":2} trailing", "12 monkeys"));
    EXPECT_THAT(all.faults, IsEmpty());
    EXPECT_EQ(all.end, boost::system::error_code());
}

TEST(receive, drops_noise_when_asked_to) {
    auto const all = hear("starting\n1\n", framing::lines, {.noise = noise::skip});
    EXPECT_THAT(all.messages, ElementsAre("1"));
    EXPECT_THAT(all.noise, IsEmpty());
}

TEST(receive, makes_noise_an_error_with_its_place_and_goes_on) {
    auto const all = hear("1\n\n[info] started\r\n2\n", framing::lines, {.noise = noise::error});
    EXPECT_THAT(all.messages, ElementsAre("1", "2"));
    EXPECT_THAT(all.faults, ElementsAre("child: not a message: \"[info] started\" at line 3 (byte 3): "
                                        "print one JSON value on each line; logs belong on standard error"));
    EXPECT_EQ(all.end, boost::system::error_code());
}

TEST(receive, looks_only_at_the_first_byte_without_validation) {
    auto const all = hear("starting\n[info] x\n", framing::lines, {.validate = false});
    EXPECT_THAT(all.messages, ElementsAre("[info] x"));
    EXPECT_THAT(all.noise, ElementsAre("starting"));
}

TEST(receive, hears_noise_in_every_framing) {
    EXPECT_THAT(hear("[info] started\n{}", framing::concatenated).noise, ElementsAre("[info]", "started"));
    EXPECT_THAT(hear("started\n\x1e{}\n", framing::record_separator).noise, ElementsAre("started"));
    EXPECT_THAT(hear("it started\nContent-Length: 2\r\n\r\n{}", framing::content_length).noise,
                ElementsAre("it started"));
}

TEST(receive, prints_noise_on_standard_error_and_says_so_once) {
    ::testing::internal::CaptureStderr();
    tell([]() -> asio::awaitable<void> {
        half ends(framing::lines, {.name = "stdout of `x`"});
        co_await write_and_close(ends.peer, "hello\nworld\n1\n");
        EXPECT_EQ((co_await ends.here.receive())->text(), "1");
        EXPECT_EQ(ends.here.statistics().noise_lines, 2u);
    }());
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "parlance: stdout of `x` has lines that are no messages:\nhello\nworld\n");
}

TEST(receive, tells_a_message_over_the_limit_and_goes_on_where_it_can) {
    channel_options const small{.message_limit_bytes = 8};
    auto const lines = hear("1\n\"12345678\"\n2\n", framing::lines, small);
    EXPECT_THAT(lines.messages, ElementsAre("1", "2"));
    EXPECT_THAT(lines.faults, ElementsAre("child: a message larger than the limit of 8 bytes at line 2 (byte 2)"));
    auto const values = hear("1 [12345678] 2 ", framing::concatenated, small);
    EXPECT_THAT(values.messages, ElementsAre("1"));
    EXPECT_THAT(values.faults, ElementsAre("child: a message larger than the limit of 8 bytes at byte 2"));
    EXPECT_EQ(values.end, make_error_code(errc::message_too_large));
}

TEST(receive, ends_at_a_bad_frame_after_what_came_before) {
    auto const all = hear("Content-Length: 2\r\n\r\n{}Content-Length: x\r\n\r\n", framing::content_length);
    EXPECT_THAT(all.messages, ElementsAre("{}"));
    EXPECT_THAT(all.faults, ElementsAre("child: a Content-Length that is no number at byte 23"));
    EXPECT_EQ(all.end, make_error_code(errc::bad_frame));
}

TEST(receive, says_how_much_came_of_a_message_that_was_cut_off) {
    for (auto const& [frames, input] : std::initializer_list<std::pair<framing, char const*>>{
             {framing::lines, "[1]\n[1,2,"},
             {framing::concatenated, "[1] [1,2,"},
             {framing::content_length, "Content-Length: 3\r\n\r\n[1]"
                                       "Content-Length: 9\r\n\r\n[1,2,"},
             {framing::record_separator, "\x1e[1]\n\x1e[1,2,"}}) {
        auto const all = hear(input, frames);
        EXPECT_THAT(all.messages, ElementsAre("[1]"));
        ASSERT_EQ(all.faults.size(), 1u);
        EXPECT_THAT(all.faults[0], HasSubstr("ended in the middle of a message, of which 5 bytes came"));
        EXPECT_EQ(all.end, make_error_code(errc::ended_inside_message));
    }
}

TEST(receive, takes_a_whole_last_line_without_its_newline) {
    EXPECT_THAT(hear("[1]\n[2]", framing::lines).messages, ElementsAre("[1]", "[2]"));
    EXPECT_THAT(hear("[1]\nbye", framing::lines).noise, ElementsAre("bye"));
}

asio::awaitable<void> many_from_one_read() {
    half ends(framing::lines, {.noise = noise::error});
    co_await ends.peer.write("1\n2\n3\nnoise\n4\n5");
    EXPECT_THAT(texts(co_await ends.here.receive_some()), ElementsAre("1", "2", "3"));
    EXPECT_EQ(ends.here.statistics().reads, 1u);
    EXPECT_EQ((co_await failure_of(ends.here.receive_some())).code(), errc::not_a_message);
    EXPECT_EQ(ends.here.try_receive()->text(), "4");
    EXPECT_FALSE(ends.here.try_receive()) << "the last line is not whole";
    EXPECT_FALSE(ends.here.end());
    ends.peer.close_write();
    EXPECT_THAT(texts(co_await ends.here.receive_some()), ElementsAre("5"));
    EXPECT_THAT(co_await ends.here.receive_some(), IsEmpty());
    EXPECT_EQ(ends.here.end(), boost::system::error_code());
    EXPECT_EQ(ends.here.statistics().messages_in, 5u);
}

TEST(receive_some, takes_everything_that_is_here_and_keeps_a_fault_for_the_next_call) { tell(many_from_one_read()); }

asio::awaitable<void> receive_into(channel& from, std::vector<std::string>& all) {
    while (auto got = co_await from.receive()) all.emplace_back(got->text());
}

asio::awaitable<void> cancelled() {
    half ends(framing::lines);
    outcome reader;
    std::vector<std::string> got;
    co_await ends.peer.write("[1,");
    co_await start(receive_into(ends.here, got), reader);
    co_await turns();
    reader.stop.emit(asio::cancellation_type::terminal);
    co_await turns();
    EXPECT_EQ(reader.code(), asio::error::operation_aborted);
    EXPECT_FALSE(ends.here.end());
    co_await write_and_close(ends.peer, "2]\n3\n");
    EXPECT_THAT(co_await all_of(ends.here), ElementsAre("[1,2]", "3"));
}

TEST(receive, cancelled_has_taken_nothing) { tell(cancelled()); }

asio::awaitable<void> silence() {
    half ends(framing::lines, {.idle_timeout = 5ms, .name = "the server"});
    co_await ends.peer.write("1\n[2,");
    EXPECT_EQ((co_await ends.here.receive())->text(), "1");
    auto const fault = co_await failure_of(ends.here.receive());
    EXPECT_EQ(fault.code(), errc::timed_out);
    EXPECT_STREQ(fault.what(), "the server: nothing came in time");
    co_await ends.peer.write("3]\n");
    EXPECT_EQ((co_await ends.here.receive())->text(), "[2,3]") << "it may be called again, and nothing is lost";
    ends.peer.close_write();
    EXPECT_FALSE(co_await ends.here.receive());
}

TEST(receive, times_out_when_nothing_comes) { tell(silence()); }

asio::awaitable<void> several_receivers() {
    half ends(framing::lines);
    std::array<outcome, 3> readers;
    std::array<std::vector<std::string>, 3> got;
    for (std::size_t i = 0; i < 3; ++i) co_await start(receive_into(ends.here, got[i]), readers[i]);
    for (int i = 0; i < 30; ++i) {
        co_await ends.peer.write(std::to_string(i) + "\n");
        co_await turns(2);
    }
    ends.peer.close_write();
    co_await turns();
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_TRUE(readers[i].done);
        sum += got[i].size();
    }
    EXPECT_EQ(sum, 30u);
}

TEST(receive, may_be_awaited_by_several_coroutines) { tell(several_receivers()); }

asio::awaitable<void> dropped() {
    outcome reader, sender;
    std::vector<std::string> got;
    auto ends = memory_pair(4);
    auto here =
        std::make_unique<channel>(std::move(ends.first), framing::lines, channel_options{.write_buffer_bytes = 4});
    co_await start(receive_into(*here, got), reader);
    auto flood = [](channel& to) -> asio::awaitable<void> {
        for (;;) co_await to.send(text("100"));
    };
    co_await start(flood(*here), sender);
    co_await turns();
    EXPECT_FALSE(sender.done);
    here.reset();
    co_await turns();
    EXPECT_EQ(reader.code(), asio::error::operation_aborted);
    EXPECT_EQ(sender.code(), asio::error::operation_aborted);
}

TEST(channel, may_be_dropped_while_its_operations_are_under_way) { tell(dropped()); }

asio::awaitable<void> busy_for_ever() {
    auto ends = memory_pair(4);
    channel here(std::move(ends.first), framing::lines, {.write_buffer_bytes = 4});
    outcome reader;
    std::vector<std::string> got;
    co_await start(receive_into(here, got), reader);
    for (;;) co_await here.send(text("100"));
}

TEST(channel, may_be_under_way_when_the_loop_ends) {
    asio::io_context loop;
    asio::co_spawn(loop, busy_for_ever(), asio::detached);
    loop.poll();
}

} // namespace
} // namespace parlance::testing
