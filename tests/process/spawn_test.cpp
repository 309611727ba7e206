// What a child is given: arguments, environment, directory, descriptors, signals, user.
#include "support.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace parlance {
namespace {

using namespace test;

TEST(spawn, hands_on_arguments_as_they_are) {
    auto const got = run_program("printf", {"%s|", "a b", "", "$HOME", "it's", "\xFF", "-n"});
    EXPECT_EQ(got.out, "a b||$HOME|it's|\xFF|-n|");
    EXPECT_TRUE(got.end.ok()) << got.end.sentence();
}

TEST(spawn, reports_the_exit_code_and_the_command) {
    auto const got = run_shell("exit 42");
    EXPECT_EQ(got.end.reason, end_reason::exited);
    EXPECT_EQ(got.end.code, 42);
    EXPECT_EQ(got.end.command, "sh -c 'exit 42'");
    EXPECT_GT(got.end.pid, 1);
    EXPECT_EQ(got.end.shell_status(), 42);
}

TEST(spawn, reports_the_signal_that_ended_it) {
    auto const got = run_shell("kill -SEGV $$");
    EXPECT_EQ(got.end.reason, end_reason::signalled);
    EXPECT_EQ(got.end.signal, static_cast<signal>(SIGSEGV));
    EXPECT_FALSE(got.end.code);
    EXPECT_EQ(got.end.shell_status(), 139);
}

TEST(spawn, adds_to_our_environment_or_replaces_it) {
    ::setenv("PARLANCE_TEST_OURS", "kept", 1);
    std::vector<std::string> const added{"PARLANCE_TEST_NEW=1", "PARLANCE_TEST_NEW=2"};
    EXPECT_EQ(run_shell("echo $PARLANCE_TEST_OURS $PARLANCE_TEST_NEW", {.env = added}).out, "kept 2\n");
    std::vector<std::string> const only{"A=1", "B=two words"};
    EXPECT_EQ(run_program("/usr/bin/env", {}, {.env = only, .clear_env = true}).out, "A=1\nB=two words\n");
    EXPECT_EQ(run_program("/usr/bin/env", {}, {.clear_env = true}).out, "");
    EXPECT_EQ(run_program("/usr/bin/env", {}, {.clear_env = true, .token = "t1"}).out, "PARLANCE_WORKER=t1\n");
}

TEST(spawn, looks_in_the_path_of_the_childs_environment) {
    scratch_folder const folder;
    folder.file("only-there", "#!/bin/sh\necho found\n", true);
    std::vector<std::string> const path{"PATH=/nowhere:" + folder.path() + ":/bin"};
    EXPECT_EQ(run_program("only-there", {}, {.env = path}).out, "found\n");
    EXPECT_EQ(start_failure("only-there").code(), make_error_code(errc::program_not_found));
}

TEST(spawn, goes_on_in_the_path_behind_what_may_not_be_run) {
    scratch_folder const first, second;
    first.file("tool", "#!/bin/sh\necho first\n");
    second.file("tool", "#!/bin/sh\necho second\n", true);
    std::vector<std::string> const both{"PATH=" + first.path() + ":" + second.path()};
    EXPECT_EQ(run_program("tool", {}, {.env = both}).out, "second\n");
    std::vector<std::string> const one{"PATH=" + first.path() + ":/nowhere"};
    EXPECT_EQ(start_failure("tool", {}, {.env = one}).code(), make_error_code(errc::program_not_executable));
}

TEST(spawn, gives_a_script_without_a_first_line_to_the_shell) {
    scratch_folder const folder;
    auto const script = folder.file("bare", "echo \"$0 $1\"\n", true);
    EXPECT_EQ(run_program(script, {"arg"}).out, script + " arg\n");
}

TEST(spawn, starts_in_the_directory) {
    scratch_folder const folder;
    folder.file("here", "#!/bin/sh\npwd\n", true);
    auto const real = std::filesystem::canonical(folder.path()).string();
    EXPECT_EQ(run_program("/bin/pwd", {}, {.cwd = folder.path()}).out, real + "\n");
    EXPECT_EQ(run_program("./here", {}, {.cwd = folder.path()}).out, real + "\n");
}

TEST(spawn, says_another_name_to_the_program) {
    EXPECT_EQ(run_program("sh", {"-c", "head -zn1 /proc/$$/cmdline | tr -d '\\0'"}, {.argv0 = "other"}).out, "other");
}

TEST(spawn, carries_bytes_in_out_and_err) {
    struct conversation {
        static asio::awaitable<void> with(child mine) {
            auto errors = std::move(mine.err());
            co_await mine.in().write("hello");
            mine.in().close();
            EXPECT_EQ(co_await mine.out().read_all(), "hello");
            EXPECT_EQ(co_await errors.read_all(), "oops\n");
            auto const end = co_await mine.wait();
            EXPECT_TRUE(end.ok());
            EXPECT_EQ(end.err_tail, "");
        }
    };
    run(conversation::with(spawn("sh", {"-c", "cat; echo oops >&2"})));
}

TEST(spawn, inherits_ignores_and_hands_on_descriptors) {
    scratch_folder const folder;
    auto const path = folder.file("log", "");
    unique_fd const file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    auto const got = run_shell("echo to-file; readlink /proc/$$/fd/0 /proc/$$/fd/2 >&1; echo $(readlink /proc/$$/fd/2)",
                               {.in = stdio::ignore(), .out = stdio::descriptor(file.get()), .err = stdio::ignore()});
    EXPECT_TRUE(got.end.ok());
    std::ifstream written(path);
    std::string const text{std::istreambuf_iterator<char>(written), {}};
    EXPECT_EQ(text, "to-file\n/dev/null\n/dev/null\n/dev/null\n");
    EXPECT_EQ(::fcntl(file.get(), F_GETFD), FD_CLOEXEC) << "ours stays ours, and closed on exec";
    struct stat ours{};
    ::fstat(0, &ours);
    auto const inherited = run_shell("stat -Lc %i /proc/self/fd/0", {.in = stdio::inherit()});
    EXPECT_EQ(inherited.out, std::to_string(ours.st_ino) + "\n");
}

TEST(spawn, gives_devnull_for_what_is_closed_here) {
    ::close(0);
    EXPECT_EQ(run_shell("readlink /proc/$$/fd/0", {.in = stdio::inherit()}).out, "/dev/null\n");
}

TEST(spawn, arranges_descriptors_that_lie_in_each_others_way) {
    // 10 files become 12 … 3 where they are 3 … 12 now: each lies where another must go.
    scratch_folder const folder;
    std::vector<unique_fd> files;
    files.reserve(12);
    for (int i = 0; i < 12; ++i)
        files.emplace_back(::open(folder.file("f" + std::to_string(i), "").c_str(), O_RDWR | O_CLOEXEC));
    std::vector<stdio> more;
    std::string expected;
    for (auto file = files.rbegin(); file != files.rend() && more.size() < 10; ++file) {
        more.push_back(stdio::descriptor(file->get()));
        expected += std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file->get())).string() + "\n";
    }
    auto const got = run_shell("for n in 3 4 5 6 7 8 9 10 11 12; do readlink /proc/$$/fd/$n; done", {.more = more});
    EXPECT_EQ(got.out, expected);
}

TEST(spawn, swaps_standard_output_and_error) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    unique_fd const readable(ends[0]);
    unique_fd writable(ends[1]);
    unique_fd const kept(::fcntl(1, F_DUPFD_CLOEXEC, 10));
    ASSERT_EQ(::dup2(writable.get(), 1), 1);
    auto c = spawn("sh", {"-c", "echo to-1; echo to-2 >&2"},
                   {.in = stdio::ignore(), .out = stdio::descriptor(2), .err = stdio::descriptor(1)});
    ::dup2(kept.get(), 1);
    writable.reset();
    std::string got(100, '\0');
    got.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(readable.get(), got.data(), got.size()))));
    EXPECT_EQ(got, "to-2\n");
}

TEST(spawn, talks_over_ten_more_descriptors_both_ways) {
    std::vector<stdio> const more(10, stdio::pipe());
    auto c = spawn("bash", {"-c", "for n in {3..12}; do read -r x <&$n; echo \"$n $x\" >&$n; done"}, {.more = more});
    struct conversation {
        static asio::awaitable<void> with(child mine) {
            for (int n = 3; n <= 12; ++n) co_await mine.at(n).write("to" + std::to_string(n) + "\n");
            for (int n = 3; n <= 12; ++n)
                EXPECT_EQ(co_await mine.at(n).read_all(), std::to_string(n) + " to" + std::to_string(n) + "\n");
            EXPECT_TRUE((co_await mine.wait()).ok());
        }
    };
    run(conversation::with(std::move(c)));
}

TEST(spawn, leaks_no_descriptor_into_the_child) {
    unique_fd const careless(::open("/dev/null", O_RDONLY)); // not close-on-exec
    unique_fd const high(::fcntl(careless.get(), F_DUPFD, 500));
    EXPECT_EQ(run_program("ls", {"-1", "/proc/self/fd"}).out, "0\n1\n2\n3\n"); // 3 is the directory that ls reads
}

TEST(spawn, resets_signal_mask_and_ignored_signals) {
    sigset_t some, before;
    sigemptyset(&some);
    for (int number : {SIGUSR1, SIGTERM, SIGRTMIN + 3}) sigaddset(&some, number);
    ::pthread_sigmask(SIG_BLOCK, &some, &before);
    for (int number : {SIGPIPE, SIGHUP, SIGRTMIN + 5}) ::signal(number, SIG_IGN);
    auto const got = run_program("grep", {"^Sig[BI]", "/proc/self/status"});
    EXPECT_EQ(got.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    EXPECT_TRUE(sigismember(&now, SIGUSR1) && sigismember(&now, SIGRTMIN + 3) && !sigismember(&now, SIGINT));
    struct sigaction kept{};
    ::sigaction(SIGHUP, nullptr, &kept);
    EXPECT_EQ(kept.sa_handler, SIG_IGN) << "ours are ours";
}

TEST(spawn, keeps_errno_and_installs_no_handler) {
    run_shell("exit 0"); // first use sets up this thread
    errno = 4711;
    auto c = spawn("true");
    EXPECT_EQ(errno, 4711);
    struct sigaction now{};
    ::sigaction(SIGCHLD, nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(spawn, makes_a_group_or_a_session_of_its_own) {
    constexpr auto* script = "set -- $(sed 's/.*) //' /proc/$$/stat); echo $3 $4"; // group and session
    auto const ids = [&](spawn_options const& options) {
        auto const got = run_shell(script, options);
        auto const number = [&](pid_t id) { return id == got.end.pid ? "own" : "other"; };
        pid_t group = 0, session = 0;
        std::istringstream(got.out) >> group >> session;
        return std::string(number(group)) + " group, " + number(session) + " session";
    };
    EXPECT_EQ(ids({}), "own group, other session");
    EXPECT_EQ(ids({.own_group = false}), "other group, other session");
    EXPECT_EQ(ids({.detached = true}), "own group, own session");
}

TEST(spawn, becomes_another_user) {
    if (auto const* const why = why_no_other_user()) GTEST_SKIP() << why;
    EXPECT_EQ(run_shell("id -u; id -g; id -G", {.user = {.uid = 65534, .gid = 65534}}).out, "65534\n65534\n65534\n");
    EXPECT_EQ(::geteuid(), 0U) << "we stay who we are";
}

TEST(spawn, from_several_threads_at_once_starts_each) {
    auto const before = open_descriptors();
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([t] {
            for (int i = 0; i < 25; ++i) {
                auto const text = std::to_string(t) + "/" + std::to_string(i);
                EXPECT_EQ(run_program("echo", {text}).out, text + "\n");
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(has_no_children());
}

TEST(spawn, a_thousand_times_leaves_nothing_behind) {
    struct conversation {
        static asio::awaitable<void> with(int times) {
            for (int i = 0; i < times; ++i) {
                auto c = spawn("true");
                EXPECT_TRUE((co_await c.wait()).ok());
            }
        }
    };
    run(conversation::with(1));
    auto const before = open_descriptors();
    run(conversation::with(1000));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(has_no_children());
}

} // namespace
} // namespace parlance
