// Children that end with us, however we end; and what escapes from them.
#include "process/tree.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <fcntl.h>

#include <array>
#include <cstdio>
#include <thread>

namespace parlance {
namespace {

using namespace test;

/// Runs `story` in a process of its own, which is killed by SIGKILL where it returns; gives what it wrote to `to`.
std::string in_a_process_that_is_killed(void (*story)(int to)) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
    pid_t const parent = ::fork();
    if (parent == 0) {
        try {
            story(ends[1]);
        } catch (std::exception const& fault) {
            dprintf(ends[1], "%s\n", fault.what());
        }
        ::kill(::getpid(), SIGKILL);
    }
    ::close(ends[1]);
    std::string said;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
        said.append(chunk.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    ::waitpid(parent, nullptr, 0);
    return said;
}

/// A shell that says, on its standard output, its own number and that of a process it started, and sleeps.
constexpr auto tree = "sleep 1000 & echo $$ $!; wait";

std::array<process_identity, 2> identities_in(std::string const& said) {
    auto const blank = said.find(' ');
    if (blank == said.npos) throw std::runtime_error(said);
    return {identity_in(said), identity_in(said.substr(blank))};
}

TEST(ends_with_parent, ends_the_whole_group_after_a_kill_nine_of_the_parent) {
    // The numbers are looked up while it lives still: the one who is killed waits until we have.
    std::array<int, 2> go{};
    ASSERT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
    std::array<int, 2> said{};
    ASSERT_EQ(::pipe2(said.data(), O_CLOEXEC), 0);
    pid_t const parent = ::fork();
    if (parent == 0) {
        auto const c = spawn("sh", {"-c", tree}, {.out = stdio::descriptor(said[1]), .ends_with_parent = true});
        char byte = 0;
        [[maybe_unused]] auto const got = ::read(go[0], &byte, 1);
        ::kill(::getpid(), SIGKILL);
    }
    ::close(said[1]);
    std::array<char, 64> line{};
    ASSERT_GT(::read(said[0], line.data(), line.size() - 1), 0);
    auto const both = identities_in(line.data());
    for (auto const& each : both) EXPECT_TRUE(is_alive(each));
    ASSERT_EQ(::write(go[1], "x", 1), 1);
    ::waitpid(parent, nullptr, 0);
    for (auto const& each : both) EXPECT_TRUE(is_gone_soon(each));
    for (int const fd : {go[0], go[1], said[0]}) ::close(fd);
}

TEST(ends_with_parent, does_not_mean_the_thread_that_started_it) {
    std::optional<child> c;
    std::thread([&] { c.emplace(spawn("sleep", {"1000"}, {.ends_with_parent = true})); }).join();
    auto const who = identity_of(c->pid()).value();
    // A signal that came with the thread's end would be here by the time that another process came and went.
    EXPECT_TRUE(exec_file_sync("true").ok());
    EXPECT_TRUE(is_alive(who));
    c.reset();
    EXPECT_TRUE(has_no_children()) << "neither it nor its guard";
}

TEST(ends_with_parent, leaves_nobody_behind_when_the_child_ends_first) {
    EXPECT_TRUE(exec_sync("exit 0", {.ends_with_parent = true}).ok());
    EXPECT_EQ(exec_file_sync("no-such-program", {}, {.ends_with_parent = true}).reason, end_reason::not_started);
    EXPECT_TRUE(has_no_children());
}

TEST(ends_with_parent, is_off_once_the_child_is_left_on_its_own) {
    auto const said = in_a_process_that_is_killed([](int to) {
        auto c = spawn("sleep", {"1000"}, {.ends_with_parent = true});
        dprintf(to, "%d\n", c.pid());
        c.detach();
    });
    auto const who = identity_in(said);
    EXPECT_TRUE(is_alive(who));
    ::kill(who.pid, SIGKILL);
    EXPECT_TRUE(is_gone_soon(who));
}

TEST(adopt_orphans, ends_what_left_the_tree_and_cleared_its_environment) {
    auto const said = in_a_process_that_is_killed([](int to) {
        become_subreaper();
        auto const token = random_token();
        struct conversation {
            static asio::awaitable<void> with(child c, int to) {
                auto const escaped = identity_in(co_await line_of(c));
                co_await c.stop({.first = signal::kill});
                dprintf(to, "%s %s\n", life_of(escaped) == life::gone ? "gone" : "alive",
                        has_no_children() ? "reaped" : "zombie");
            }
        };
        // The one in the middle ends at once, so that nothing joins the last one to the first.
        auto const script = "(setsid env -i sh -c 'echo $$; exec sleep 1000' &) ; exec sleep 1000";
        run(conversation::with(spawn("sh", {"-c", script}, {.token = token, .adopt_orphans = true}), to));
    });
    EXPECT_EQ(said, "gone reaped\n");
}

TEST(adopt_orphans, lets_live_what_carries_the_token_of_another) {
    auto const said = in_a_process_that_is_killed([](int to) {
        become_subreaper();
        auto const own = random_token(), other = "PARLANCE_WORKER=" + random_token();
        struct conversation {
            static asio::awaitable<void> with(child c, int to) {
                auto const escaped = identity_in(co_await line_of(c));
                co_await c.stop({.first = signal::kill});
                dprintf(to, "%s\n", life_of(escaped) == life::gone ? "gone" : "alive");
                ::kill(escaped.pid, SIGKILL);
            }
        };
        auto const script = "(setsid env -i " + other + " sh -c 'echo $$; exec sleep 1000' &) ; exec sleep 1000";
        run(conversation::with(spawn("sh", {"-c", script}, {.token = own, .adopt_orphans = true}), to));
    });
    EXPECT_EQ(said, "alive\n");
}

} // namespace
} // namespace parlance
