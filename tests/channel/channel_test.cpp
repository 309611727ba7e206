// A channel over memory: what goes in at one end comes out at the other, whole and in order.
#include "ends.hpp"

#include <boost/json/object.hpp>

namespace parlance::testing {
namespace {

asio::awaitable<void> carries_messages_both_ways(framing frames) {
    pair ends(frames);
    json::value const hello{{"text", "h\u00e9llo"}};
    co_await ends.here.send(hello);
    co_await ends.here.send(text("2"));
    auto const first = co_await ends.there.receive();
    EXPECT_EQ(first->json(), hello);
    co_await ends.there.send(text("\"back\""));
    EXPECT_EQ((co_await ends.there.receive())->text(), "2");
    EXPECT_EQ((co_await ends.here.receive())->text(), "\"back\"");
    EXPECT_TRUE((co_await ends.here.close()).empty());
    EXPECT_FALSE((co_await ends.there.receive()).has_value());
    EXPECT_EQ(ends.there.end(), boost::system::error_code());
    EXPECT_FALSE(ends.here.end().has_value()) << "the other way still lasts";
    co_await ends.there.send(text("[\"still\"]"));
    EXPECT_EQ((co_await ends.here.receive())->text(), "[\"still\"]");
}

TEST(channel, carries_messages_both_ways_in_every_framing) {
    for (auto const frames : all_framings) tell(carries_messages_both_ways(frames));
}

TEST(channel, gives_whole_messages_however_the_bytes_are_cut) {
    tell([]() -> asio::awaitable<void> {
        std::string const input = "{\"a\":\"h\u00e9\"}[1,2]\"\\\"\" 12 {}";
        for (std::size_t cut = 0; cut <= input.size(); ++cut) {
            auto ends = memory_pair();
            channel to(std::move(ends.second), framing::concatenated);
            co_await ends.first.write(input.substr(0, cut));
            std::vector<std::string> got;
            asio::co_spawn(co_await asio::this_coro::executor, all_of(to),
                           [&](std::exception_ptr, std::vector<std::string> all) { got = std::move(all); });
            co_await turns(); // it has read the first part
            co_await write_and_close(ends.first, input.substr(cut));
            co_await turns();
            EXPECT_THAT(got, ElementsAre("{\"a\":\"h\u00e9\"}", "[1,2]", "\"\\\"\"", "12", "{}")) << cut;
        }
    }());
}

} // namespace
} // namespace parlance::testing
