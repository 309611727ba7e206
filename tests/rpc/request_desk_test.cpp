// The peer's requests, from their arrival to their answer: no handlers, no channel.
#include "rpc/request_desk.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using form = request_desk::cancel_form;

peer_request request(std::string id, std::string params = "[]") {
    return {.id = std::move(id), .method = "m", .params = std::move(params)};
}
peer_request notification() { return {.method = "n"}; }

/// The ids of what may begin now.
std::string begun(request_desk& desk) {
    std::string ids;
    while (auto next = desk.next()) ids += next->id + " ";
    return ids;
}

TEST(request_desk, begins_requests_in_their_order_and_no_more_than_may_be_in_hand) {
    request_desk desk({.in_hand = 2, .waiting = 10, .waiting_bytes = 1000});
    for (auto const* id : {"1", "2", "3"}) EXPECT_TRUE(desk.arrive(request(id)));
    EXPECT_EQ(begun(desk), "1 2 ");
    EXPECT_EQ(desk.in_hand(), 2u);
    desk.finish(1);
    EXPECT_EQ(begun(desk), "3 ");
    desk.finish(2), desk.finish(3);
    EXPECT_TRUE(desk.idle());
}

TEST(request_desk, reads_no_more_while_too_many_wait) {
    request_desk desk({.in_hand = 0, .waiting = 2, .waiting_bytes = 1000});
    EXPECT_TRUE(desk.may_read(false));
    desk.arrive(request("1")), desk.arrive(request("2"));
    EXPECT_FALSE(desk.may_read(false));
    EXPECT_TRUE(desk.may_read(true)) << "the answer to our own call is behind them";
    EXPECT_FALSE(desk.arrive(request("3"))) << "refused";
    EXPECT_TRUE(desk.arrive(notification())) << "nobody could be told that it was";
    EXPECT_TRUE(desk.arrive(notification()));
    EXPECT_FALSE(desk.may_read(true)) << "but these have an end too";
}

TEST(request_desk, counts_the_bytes_that_wait) {
    request_desk desk({.in_hand = 1, .waiting = 1000, .waiting_bytes = 100});
    desk.arrive(request("1", std::string(120, ' ')));
    EXPECT_FALSE(desk.may_read(false));
    EXPECT_EQ(begun(desk), "1 ");
    EXPECT_TRUE(desk.may_read(false)) << "it waits no more";
}

TEST(request_desk, sends_the_answer_of_a_lone_request_at_once) {
    EXPECT_EQ(request_desk::answer(request("1"), "{}"), "{}");
    EXPECT_EQ(request_desk::answer(notification(), ""), "");
}

TEST(request_desk, sends_the_answers_of_a_batch_together_when_the_last_is_there) {
    auto const batch = std::make_shared<answer_batch>(answer_batch{.left = 2});
    auto one = request("1"), two = request("2"), heard = notification();
    one.batch = two.batch = heard.batch = batch;
    EXPECT_EQ(request_desk::answer(two, "{2}"), "");
    EXPECT_EQ(request_desk::answer(heard, ""), "") << "a notification has no part in it";
    EXPECT_EQ(request_desk::answer(one, "{1}"), "[{2},{1}]");
}

TEST(request_desk, sends_nothing_for_a_batch_whose_answers_nobody_wants) {
    auto const batch = std::make_shared<answer_batch>(answer_batch{.left = 1});
    auto only = request("1");
    only.batch = batch;
    EXPECT_EQ(request_desk::answer(only, ""), "");
}

TEST(request_desk, cancels_what_runs_and_what_waits) {
    request_desk desk({.in_hand = 2, .waiting = 10, .waiting_bytes = 1000});
    for (auto const* id : {"1", "\"a\"", "3"}) desk.arrive(request(id));
    begun(desk);
    auto const running = desk.cancel(R"("\u0061")", form::answered);
    EXPECT_EQ(running.running, std::vector<std::uint64_t>{2});
    EXPECT_TRUE(desk.was_cancelled(2));
    EXPECT_FALSE(desk.is_unwanted(2)) << "it is still answered";
    auto const waiting = desk.cancel("3", form::unanswered);
    ASSERT_EQ(waiting.waiting.size(), 1u);
    EXPECT_EQ(waiting.waiting[0].id, "3");
    EXPECT_EQ(desk.waiting(), 0u);
    desk.cancel("1", form::unanswered);
    EXPECT_TRUE(desk.is_unwanted(1));
}

TEST(request_desk, passes_over_the_cancellation_of_what_is_not_here) {
    request_desk desk({.in_hand = 2, .waiting = 10, .waiting_bytes = 1000});
    desk.arrive(notification());
    begun(desk);
    for (auto const* id : {"7", "null", "\"\""}) {
        auto const none = desk.cancel(id, form::answered);
        EXPECT_TRUE(none.running.empty() && none.waiting.empty()) << id;
    }
}

TEST(request_desk, drops_what_waits_when_nobody_reads_the_answers) {
    request_desk desk({.in_hand = 1, .waiting = 10, .waiting_bytes = 1000});
    desk.arrive(request("1")), desk.arrive(request("2"));
    begun(desk);
    EXPECT_EQ(desk.drop_all(), std::vector<std::uint64_t>{1}) << "whose handler is to be cancelled";
    EXPECT_EQ(desk.waiting(), 0u);
}

} // namespace
} // namespace parlance
