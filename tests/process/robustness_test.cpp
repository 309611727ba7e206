// Many children, few descriptors.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <array>

namespace parlance {
namespace {

using namespace test;

void limit_descriptors(rlim_t most) {
    rlimit const few{.rlim_cur = most, .rlim_max = most};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
}

void allow_all_descriptors() {
    rlimit allowed{};
    ::getrlimit(RLIMIT_NOFILE, &allowed);
    allowed.rlim_cur = allowed.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &allowed), 0);
}

asio::awaitable<process_end> waited(child c) { co_return co_await c.wait(); }

/// One child, and one of all the ways in which its life may go.
asio::awaitable<void> one_life(int which) {
    switch (which % 8) {
    case 0: EXPECT_TRUE((co_await waited(spawn("true"))).ok()); break;
    case 1: EXPECT_EQ((co_await exec("echo x")).out, "x\n"); break;
    case 2: EXPECT_EQ((co_await exec_file("no-such-program")).reason, end_reason::not_started); break;
    case 3: spawn("sleep", {"1000"}); break; // never awaited, and dropped
    case 4: EXPECT_EQ(exec_file_sync("cat", {}, {.input = "x"}).out, "x"); break;
    case 5: {
        auto c = spawn("sleep", {"1000"});
        EXPECT_EQ((co_await c.stop()).signal, signal::term);
        break;
    }
    case 6: {
        auto c = spawn("echo", {"x"});
        EXPECT_EQ(co_await c.out().line(), "x"); // and not its end
        break;
    }
    case 7: {
        auto c = spawn("true");
        c.detach();
        break;
    }
    }
}

asio::awaitable<void> lives(int times) {
    for (int i = 0; i < times; ++i) co_await one_life(i);
}

/// What is open when all is at rest. What was left alone is reaped by the next start; what was dropped while the event
/// loop watched it is let go of when that goes on.
std::size_t open_at_rest() {
    for (auto const deadline = clock::now() + generous; clock::now() < deadline; ::usleep(2000)) {
        run(waited(spawn("true")));
        if (has_no_children()) return open_descriptors();
    }
    ADD_FAILURE() << "a child is left";
    return 0;
}

void leave_nothing_behind(int times) {
    run(lives(8));
    auto const before = open_at_rest();
    run(lives(times));
    EXPECT_EQ(open_at_rest(), before);
}

TEST(robustness, a_thousand_lives_of_all_kinds_leave_no_descriptor_and_no_zombie) { leave_nothing_behind(1000); }
TEST(long_robustness, ten_thousand_lives_of_all_kinds_leave_no_descriptor_and_no_zombie) {
    leave_nothing_behind(10'000);
}

asio::awaitable<void> spawned(int times) {
    for (int i = 0; i < times; ++i) EXPECT_TRUE((co_await waited(spawn("true"))).ok());
}

void spawn_and_leave_nothing(int times) {
    run(spawned(1));
    auto const before = open_descriptors();
    run(spawned(times));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(has_no_children());
}

TEST(robustness, two_thousand_spawns_leave_no_descriptor_and_no_zombie) { spawn_and_leave_nothing(2000); }
TEST(long_robustness, ten_thousand_spawns_leave_no_descriptor_and_no_zombie) { spawn_and_leave_nothing(10'000); }

TEST(robustness, five_hundred_at_once_are_all_served) {
    struct conversation {
        static asio::awaitable<void> with(int count) {
            std::vector<child> all;
            for (int i = 0; i < count; ++i) all.push_back(spawn("cat"));
            for (int i = 0; i < count; ++i) co_await all[index(i)].in().write(std::to_string(i) + '\n');
            for (auto& each : all) each.in().close();
            for (int i = 0; i < count; ++i) EXPECT_EQ(co_await all[index(i)].out().line(), std::to_string(i));
            for (auto& each : all) EXPECT_TRUE((co_await each.wait()).ok());
        }
        static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    };
    in_a_process([] {
        allow_all_descriptors();
        run(conversation::with(1));
        auto const before = open_descriptors();
        run(conversation::with(500));
        EXPECT_EQ(open_descriptors(), before);
        EXPECT_TRUE(has_no_children());
    });
}

TEST(robustness, five_hundred_at_once_that_are_dropped_are_all_ended) {
    in_a_process([] {
        allow_all_descriptors();
        auto const before = open_descriptors();
        {
            std::vector<child> all;
            for (int i = 0; i < 500; ++i) all.push_back(spawn("sleep", {"1000"}));
        }
        EXPECT_EQ(open_descriptors(), before);
        EXPECT_TRUE(has_no_children());
    });
}

/// As many as can be started; the last one's failure is `fault`.
std::vector<child> as_many_as_possible(std::optional<failure>& fault) {
    std::vector<child> all;
    while (all.size() < 100) {
        try {
            all.push_back(spawn("cat"));
        } catch (failure const& refused) {
            fault = refused;
            break;
        }
    }
    return all;
}

constexpr auto no_undefined_behaviour_sanitizer =
    "the undefined-behaviour sanitizer itself needs descriptors to look at objects";

TEST(robustness, without_descriptors_the_error_is_clean_and_recovery_complete) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << no_undefined_behaviour_sanitizer;
#endif
    in_a_process([] {
        limit_descriptors(64);
        run(lives(8));
        auto const at_rest = open_at_rest();
        for (int round = 0; round < 10; ++round) {
            std::optional<failure> fault;
            auto all = as_many_as_possible(fault);
            ASSERT_TRUE(fault) << all.size();
            EXPECT_GT(all.size(), 10U);
            EXPECT_EQ(fault->code(), errc::cannot_start);
            EXPECT_EQ(fault->details().facts.at("errno").as_string(), "EMFILE");
            EXPECT_NE(std::string(fault->what()).find("close descriptors or raise the limit (ulimit -n)"),
                      std::string::npos);
            auto const held = open_descriptors();
            for (int i = 0; i < 20; ++i) {
                EXPECT_THROW(spawn("cat"), failure);
                EXPECT_EQ(exec_file_sync("cat").reason, end_reason::not_started);
            }
            EXPECT_EQ(open_descriptors(), held) << "what failed holds nothing";
            all.clear();
        }
        EXPECT_EQ(open_at_rest(), at_rest);
        run(lives(16));
        EXPECT_EQ(open_at_rest(), at_rest);
    });
}

/// Counted without opening one.
int open_descriptors_known_by_number() {
    int count = 0;
    for (int fd = 0; fd < 64; ++fd) count += ::fcntl(fd, F_GETFD) != -1 ? 1 : 0;
    return count;
}

/// All that can be reserved but `left`.
std::vector<unique_fd> all_descriptors_but(int left) {
    std::vector<unique_fd> held;
    for (;;) {
        unique_fd next(::dup(0));
        if (!next) break;
        held.push_back(std::move(next));
    }
    held.resize(held.size() - static_cast<std::size_t>(left));
    return held;
}

TEST(robustness, a_start_may_fail_at_each_of_its_descriptors) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << no_undefined_behaviour_sanitizer;
#endif
    in_a_process([] {
        limit_descriptors(64);
        run(lives(8));
        open_at_rest();
        bool has_worked = false;
        for (int left = 0; left < 24; ++left) {
            auto held = all_descriptors_but(left);
            auto const before = open_descriptors_known_by_number();
            std::array const more{stdio::pipe(), stdio::pipe()};
            auto const end = exec_sync("echo out; echo err >&2; echo more >&3",
                                       {.more = more, .input = "x", .ends_with_parent = true});
            bool const works = end.reason != end_reason::not_started;
            EXPECT_TRUE(works || !has_worked) << left;
            has_worked = works;
            if (!works) {
                EXPECT_EQ(end.fault.value().details().facts.at("errno").as_string(), "EMFILE") << left;
            } else {
                EXPECT_TRUE(end.ok()) << left << ": " << end.sentence();
                EXPECT_EQ(end.out + end.err + end.more.at(0), "out\nerr\nmore\n") << left;
            }
            EXPECT_EQ(open_descriptors_known_by_number(), before) << left;
            EXPECT_TRUE(has_no_children()) << left;
        }
        EXPECT_TRUE(has_worked);
    });
}

} // namespace
} // namespace parlance
