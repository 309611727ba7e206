// Programs that have ways of their own with SIGCHLD and with waitpid: the end is seen under each of them.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <atomic>
#include <thread>

namespace parlance {
namespace {

using namespace test;

// ---- the hosts

std::atomic<int> heard{0};

void handle_sigchld(void (*handler)(int), int flags) {
    struct sigaction how{};
    how.sa_handler = handler;
    how.sa_flags = flags; // without SA_RESTART: calls are interrupted
    ASSERT_EQ(::sigaction(SIGCHLD, &how, nullptr), 0);
}

void counts_the_signals() {
    handle_sigchld([](int) { ++heard; }, 0);
}
void reaps_in_its_handler() {
    handle_sigchld(
        [](int) {
            int const kept = errno;
            while (::waitpid(-1, nullptr, WNOHANG) > 0) ++heard;
            errno = kept;
        },
        0);
}
void reaps_in_a_thread() {
    std::thread([] {
        for (;; ::usleep(50))
            if (::waitpid(-1, nullptr, 0) > 0) ++heard;
    }).detach();
}
void ignores_the_signal() { handle_sigchld(SIG_IGN, 0); }
void wants_no_zombies() {
    handle_sigchld([](int) { ++heard; }, SA_NOCLDWAIT);
}
void blocks_the_signal() {
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &child_signal, nullptr), 0);
}

enum class status { known, taken, either };
constexpr struct {
    char const* what;
    void (*begin)();
    status of_children;
} hosts[] = {
    {"has a handler", counts_the_signals, status::known},
    {"has a handler that reaps everything", reaps_in_its_handler, status::either},
    {"has a thread that reaps everything", reaps_in_a_thread, status::either},
    {"ignores SIGCHLD", ignores_the_signal, status::taken},
    {"sets SA_NOCLDWAIT", wants_no_zombies, status::taken},
    {"blocks SIGCHLD", blocks_the_signal, status::known},
};

// What the event loop of a thread has open: epoll, eventfd, timerfd.
constexpr std::size_t loop_descriptors = 4;

/// In each of these hosts, a process of its own.
void in_each_host(void (*story)(status)) {
    for (auto const& host : hosts) {
        SCOPED_TRACE(host.what);
        in_a_process([&] {
            SCOPED_TRACE(host.what);
            host.begin();
            auto const before = open_descriptors();
            story(host.of_children);
            EXPECT_LE(open_descriptors(), before + loop_descriptors);
        });
    }
}

/// Whether that end is what such a host can be told: with this code, or that it was taken.
void expect_exit(process_end const& end, int code, status of_children) {
    bool const is_taken = end.reason == end_reason::status_taken;
    if (is_taken) {
        EXPECT_NE(of_children, status::known);
        EXPECT_FALSE(end.code) << end.sentence();
        EXPECT_FALSE(end.ok());
        EXPECT_NE(end.sentence().find("another part of this program took its status"), std::string::npos);
        return;
    }
    EXPECT_NE(of_children, status::taken) << end.sentence();
    EXPECT_EQ(end.reason, end_reason::exited) << end.sentence();
    EXPECT_EQ(end.code, code) << end.sentence();
}

// ---- the stories

TEST(host, of_any_kind_sees_the_end_and_all_output) {
    in_each_host([](status of_children) {
        for (int i = 0; i < 50; ++i) {
            auto const end = run(exec("echo out; echo err >&2; exit " + std::to_string(i)));
            EXPECT_EQ(end.out, "out\n");
            EXPECT_EQ(end.err, "err\n");
            expect_exit(end, i, of_children);
        }
    });
}

TEST(host, of_any_kind_calls_the_blocking_forms_from_many_threads) {
    in_each_host([](status of_children) {
        std::vector<std::thread> threads;
        threads.reserve(6);
        for (int t = 0; t < 6; ++t)
            threads.emplace_back([=] {
                for (int i = 0; i < 15; ++i) {
                    auto const word = std::to_string(t * 100 + i);
                    auto const end = exec_file_sync("sh", {"-c", "cat; exit 9"}, {.input = word});
                    EXPECT_EQ(end.out, word);
                    expect_exit(end, 9, of_children);
                }
            });
        for (auto& thread : threads) thread.join();
    });
}

TEST(host, of_any_kind_stops_drops_and_times_out) {
    struct conversation {
        static asio::awaitable<process_end> stopped(child c) { co_return co_await c.stop(); }
    };
    in_each_host([](status) {
        for (int i = 0; i < 10; ++i) {
            auto const stopped = run(conversation::stopped(spawn("sleep", {"1000"})));
            EXPECT_TRUE(stopped.reason == end_reason::stopped || stopped.reason == end_reason::status_taken)
                << stopped.sentence();
            auto const late = exec_sync("exec sleep 1000", {.timeout = 10ms});
            EXPECT_EQ(late.reason, end_reason::timed_out) << late.sentence();
            std::optional<child> dropped = spawn("sleep", {"1000"});
            auto const who = identity_of(dropped->pid()).value();
            dropped.reset();
            EXPECT_TRUE(is_gone_soon(who));
        }
    });
}

TEST(host, of_any_kind_is_told_what_cannot_start) {
    in_each_host([](status) {
        for (int i = 0; i < 50; ++i) {
            EXPECT_EQ(start_failure("no-such-program").code(), errc::program_not_found);
            EXPECT_EQ(start_failure("true", {}, {.cwd = "/no/such/place"}).code(), errc::bad_directory);
            EXPECT_EQ(exec_file_sync("/etc/passwd").shell_status(), 126);
        }
    });
}

TEST(host, of_any_kind_gives_back_what_it_got_where_it_reaps_its_own_only) {
    in_each_host([](status of_children) {
        if (of_children != status::known) return;
        // A child of the host's own is the host's: nobody here takes its status.
        pid_t const own = ::fork();
        if (own == 0) ::_exit(7);
        for (int i = 0; i < 20; ++i) EXPECT_TRUE(exec_file_sync("true").ok());
        int status = 0;
        EXPECT_EQ(::waitpid(own, &status, 0), own);
        EXPECT_EQ(WEXITSTATUS(status), 7);
    });
}

TEST(host, that_forks_keeps_its_children) {
    auto c = spawn("cat");
    pid_t const forked = ::fork();
    if (forked == 0) {
        {
            auto const dropped = std::move(c);
        }
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(forked, &status, 0), forked);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_TRUE(run(c.wait()).ok()) << "its input ended, and nobody killed it";
}

} // namespace
} // namespace parlance
