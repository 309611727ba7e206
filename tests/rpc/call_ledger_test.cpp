// Which reply answers which call: no clock, no channel.
#include "rpc/call_ledger.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using match = call_ledger::match;
using kind = call_outcome::kind;
using namespace std::chrono_literals;

constexpr call_ledger::time_point start{};
constexpr auto never = call_ledger::time_point::max();

/// The reply to `id`.
envelope result_of(std::string_view id, std::string_view body = "1") {
    return {.kind = envelope_kind::result, .id = id, .body = body};
}
envelope error_of(std::string_view id, std::string_view body = "{}") {
    return {.kind = envelope_kind::error, .id = id, .body = body};
}
call_ledger::settled settled(match what, call_ledger::group whose = 0) { return {what, whose}; }

TEST(call_ledger, gives_each_reply_to_its_call) {
    call_ledger ledger;
    auto const first = ledger.open(1, never), second = ledger.open(1, never);
    EXPECT_EQ(ledger.settle(result_of("2", "\"b\"")), settled(match::complete, second));
    EXPECT_FALSE(ledger.is_over(first, start));
    EXPECT_EQ(ledger.settle(error_of("1", "{\"code\":1}")), settled(match::complete, first));
    EXPECT_EQ(ledger.take(first).at(0), (call_outcome{kind::error, "{\"code\":1}"}));
    EXPECT_EQ(ledger.take(second).at(0), (call_outcome{kind::result, "\"b\""}));
    EXPECT_EQ(ledger.groups(), 0u);
}

TEST(call_ledger, knows_what_is_nobodys) {
    call_ledger ledger;
    ledger.open(1, never);
    for (auto const* id : {"2", "0", "\"1\"", "1.0", "-1", "{}"})
        EXPECT_EQ(ledger.settle(result_of(id)), settled(match::not_ours)) << id;
    EXPECT_EQ(ledger.settle(result_of("null")), settled(match::not_ours)) << "a result has an id";
}

TEST(call_ledger, knows_what_comes_late_or_twice) {
    call_ledger ledger;
    auto const given_up = ledger.open(1, never), pair = ledger.open(2, never);
    ledger.take(given_up);
    EXPECT_EQ(ledger.settle(result_of("1")), settled(match::late));
    EXPECT_EQ(ledger.settle(result_of("2")), settled(match::answered, pair));
    EXPECT_EQ(ledger.settle(result_of("2")), settled(match::late));
    EXPECT_EQ(ledger.settle(result_of("3")), settled(match::complete, pair));
    ledger.take(pair);
    EXPECT_EQ(ledger.settle(result_of("3")), settled(match::late));
}

TEST(call_ledger, completes_a_batch_with_its_last_reply_in_whatever_order) {
    call_ledger ledger;
    auto const batch = ledger.open(3, never);
    EXPECT_EQ(ledger.settle(result_of("3", "30")).what, match::answered);
    EXPECT_EQ(ledger.settle(result_of("1", "10")).what, match::answered);
    EXPECT_FALSE(ledger.is_over(batch, start));
    EXPECT_EQ(ledger.settle(result_of("2", "20")).what, match::complete);
    auto const all = ledger.take(batch);
    EXPECT_EQ(all.at(0).text + all.at(1).text + all.at(2).text, "102030");
}

TEST(call_ledger, gives_an_error_without_an_id_to_the_one_group_that_waits) {
    call_ledger ledger;
    auto const one = ledger.open(2, never);
    ledger.settle(result_of("1"));
    EXPECT_EQ(ledger.settle(error_of("null")), settled(match::complete, one));
    auto const all = ledger.take(one);
    EXPECT_EQ(all.at(0).what, kind::result);
    EXPECT_EQ(all.at(1).what, kind::error);
    ledger.open(1, never), ledger.open(1, never);
    EXPECT_EQ(ledger.settle(error_of("null")), settled(match::not_ours)) << "whose it is of two, nobody knows";
}

TEST(call_ledger, ends_a_call_at_its_deadline_unless_the_answer_is_there) {
    call_ledger ledger;
    auto const late = ledger.open(1, start + 5s), in_time = ledger.open(1, start + 5s);
    ledger.settle(result_of("2"));
    EXPECT_FALSE(ledger.is_over(late, start + 4s));
    EXPECT_TRUE(ledger.is_over(in_time, start + 4s));
    EXPECT_TRUE(ledger.is_over(late, start + 5s));
    std::vector<std::uint64_t> unanswered;
    EXPECT_EQ(ledger.take(late, &unanswered).at(0).what, kind::timed_out);
    EXPECT_EQ(ledger.take(in_time, &unanswered).at(0).what, kind::result);
    EXPECT_EQ(unanswered, std::vector<std::uint64_t>{1}) << "the peer is to be told of this one";
}

TEST(call_ledger, fails_all_that_wait_when_the_peer_is_gone) {
    call_ledger ledger;
    auto const waits = ledger.open(2, never), has_it = ledger.open(1, never);
    ledger.settle(result_of("1")), ledger.settle(result_of("3"));
    EXPECT_EQ(ledger.peer_gone(), std::vector<call_ledger::group>{waits});
    EXPECT_TRUE(ledger.is_over(waits, start));
    std::vector<std::uint64_t> unanswered;
    auto const half = ledger.take(waits, &unanswered);
    EXPECT_EQ(half.at(0).what, kind::result) << "what came before is kept";
    EXPECT_EQ(half.at(1).what, kind::peer_gone);
    EXPECT_EQ(ledger.take(has_it, &unanswered).at(0).what, kind::result);
    EXPECT_TRUE(unanswered.empty()) << "nobody is left to be told";
}

TEST(call_ledger, fails_a_call_whose_reply_is_none) {
    call_ledger ledger;
    auto const call = ledger.open(1, never);
    ledger.settle({.kind = envelope_kind::bad_reply, .id = "1", .reason = "neither a result nor an error"});
    EXPECT_EQ(ledger.take(call).at(0), (call_outcome{kind::bad_reply, "neither a result nor an error"}));
}

} // namespace
} // namespace parlance
