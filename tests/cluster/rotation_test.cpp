#include "cluster/rotation.hpp"

#include <gtest/gtest.h>

#include <string>

namespace parlance {
namespace {

/// The handovers that a script of events leads to, "a1" being connection a to worker 1, and "!" that all have refused
/// one.
std::string told_by(std::string const& script) {
    rotation<char> turns;
    std::string told;
    for (std::size_t i = 0; i < script.size(); ++i) {
        auto const what = script[i];
        if (what == ' ') continue;
        auto const worker = [&] { return static_cast<unsigned>(script[++i] - '0'); };
        switch (what) {
        case '+': turns.joined(worker()); break;
        case '-': turns.left(worker()); break;
        case '#': turns.gone(worker()); break;
        case '=': turns.answered(worker(), true); break;
        case '~': turns.answered(worker(), false); break;
        case '?': turns.offer_again(); break;
        default: turns.arrived(what); break;
        }
        while (auto const next = turns.next())
            told += (told.empty() ? "" : " ") + std::string(1, next->connection) + std::to_string(next->worker);
        if (turns.is_refused_by_all()) told += '!';
    }
    return told;
}

// "+1" joins, "-1" leaves, "#1" dies, "=1" accepts, "~1" refuses, "?" is offered again, a letter is a connection
TEST(rotation, gives_connections_to_workers_in_turn) {
    constexpr struct {
        char const* what;
        char const* script;
        char const* told;
    } cases[] = {
        {"nobody is there", "a b", ""},
        {"who waits gets the first worker", "a b +1 =1", "a1 b1"},
        {"in turn", "+1 +2 +3 a =1 b =2 c =3 d", "a1 b2 c3 d1"},
        {"one at a time to each", "+1 +2 a b c d =2 =1", "a1 b2 c2 d1"},
        {"the first that is free", "+1 +2 a b =2 =1 c d", "a1 b2 c2 d1"},
        {"it joins twice", "+1 +1 a b", "a1"},
        {"refused, it goes to another", "+1 +2 a ~1", "a1 a2"},
        {"refused, it is in front of the others", "+1 +2 a b c ~1 =2", "a1 b2 c1 a2"},
        {"refused by all, it waits", "+1 +2 a ~1 ~2", "a1 a2!"},
        {"and is offered again", "+1 a ~1 ? =1 b", "a1! a1 b1"},
        {"others do not wait for it", "+1 a ~1 b =1 ? ", "a1! b1!! a1"},
        {"one that joins has not refused it", "+1 a ~1 +2", "a1! a2"},
        {"its worker dies", "+1 +2 a #1", "a1 a2"},
        {"the only worker dies, and has a successor", "+1 a b #1 c +2 =2 =2", "a1 a2 b2 c2"},
        {"what it had accepted died with it", "+1 a =1 #1 +2", "a1"},
        {"who left gets none", "+1 +2 a =1 -2 b =1 c", "a1 b1 c1"},
        {"who left may still accept", "+1 +2 a -1 =1 b", "a1 b2"},
        {"who left may still refuse", "+1 +2 a -1 ~1 b", "a1 a2"},
        {"who left, and dies then", "+1 +2 a -1 #1", "a1 a2"},
        {"who left may come back", "+1 a -1 +1 b =1", "a1 b1"},
        {"an answer to nothing", "+1 =1 ~1 =7 a b", "a1"},
        {"refused by the last", "+1 a ~1 -1 +2", "a1! a2"},
    };
    for (auto const& one : cases) EXPECT_EQ(told_by(one.script), one.told) << one.what << ": " << one.script;
}

TEST(rotation, counts_who_waits) {
    rotation<char> turns;
    EXPECT_FALSE(turns.has_workers());
    turns.arrived('a');
    turns.arrived('b');
    EXPECT_EQ(turns.waiting(), 2);
    EXPECT_FALSE(turns.is_refused_by_all()) << "nobody was asked";
    turns.joined(1);
    EXPECT_TRUE(turns.has_workers());
    EXPECT_TRUE(turns.next());
    EXPECT_EQ(turns.waiting(), 1) << "the other is in hand";
    turns.drop_waiting();
    EXPECT_EQ(turns.waiting(), 0);
}

} // namespace
} // namespace parlance
