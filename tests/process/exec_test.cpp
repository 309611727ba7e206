// exec, exec_file and their blocking forms: what a run gives back, and why it ended.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gmock/gmock.h>

#include <atomic>

#include <thread>

namespace parlance {
namespace {

using namespace test;

TEST(exec, collects_both_outputs_and_says_how_it_ended) {
    auto const end = run(exec("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(end.out, "out\n");
    EXPECT_EQ(end.err, "err\n");
    EXPECT_EQ(end.code, 3);
    EXPECT_EQ(end.signal, std::nullopt);
    EXPECT_EQ(end.reason, end_reason::exited);
    EXPECT_FALSE(end.ok());
    EXPECT_GT(end.pid, 0);
    EXPECT_EQ(end.command, "/bin/sh -c 'echo out; echo err >&2; exit 3'");
    EXPECT_THAT(end.sentence(), testing::EndsWith(": err"));
}

TEST(exec, uses_the_shell_that_it_is_given) {
    EXPECT_EQ(run(exec("echo $0 ${BASH_VERSION:+is bash}", {.shell = "/bin/bash"})).out, "/bin/bash is bash\n");
}

TEST(exec, takes_a_line_that_begins_as_an_option_does_for_a_command) {
    for (auto const* line : {"-c x", "+x", "--version", "-"}) {
        auto const end = exec_sync(line);
        EXPECT_EQ(end.code, 127) << end.sentence() << ": the shell looked for it";
    }
}

TEST(exec, begins_at_the_call_and_not_at_the_await) {
    scratch_folder const folder;
    auto const path = folder.path();
    struct conversation {
        static asio::awaitable<void> in(std::string folder) {
            auto first = exec("until test -e second; do sleep 0.01; done", {.cwd = folder});
            auto second = exec("touch second", {.cwd = folder});
            EXPECT_TRUE((co_await std::move(first)).ok()); // ends only since the second runs beside it
            EXPECT_TRUE((co_await std::move(second)).ok());
        }
    };
    run(conversation::in(folder.path()));
}

TEST(exec, ends_what_is_not_awaited) {
    scratch_folder const folder;
    auto const mark = folder.file("mark", "");
    { auto const never = exec("echo $$ > mark; exec sleep 1000", {.cwd = folder.path()}); }
    EXPECT_TRUE(has_no_children());
}

TEST(exec_file, meets_no_shell) {
    std::vector<std::string> const args{"$HOME; `id` * ' \""};
    EXPECT_EQ(run(exec_file("echo", args)).out, args.front() + "\n");
}

TEST(exec_file, gives_bytes_as_they_are) {
    auto const end = exec_file_sync("printf", {R"(\377\000\200)"});
    EXPECT_EQ(end.out, std::string("\xff\0\x80", 3));
}

TEST(exec_file, tells_in_its_result_what_was_not_started) {
    auto const end = run(exec_file("no-such-program"));
    EXPECT_EQ(end.reason, end_reason::not_started);
    EXPECT_EQ(end.pid, -1);
    EXPECT_EQ(end.code, std::nullopt);
    EXPECT_EQ(end.shell_status(), 127);
    EXPECT_EQ(end.sentence(), "no-such-program: program not found: no directory of the PATH holds it");
    try {
        end.check();
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::program_not_found);
        EXPECT_EQ(fault.what(), end.sentence());
    }
}

TEST(exec_file, throws_what_no_program_could_be_given) {
    EXPECT_THROW(run(exec_file("")), failure);
    EXPECT_THROW(exec_file_sync("echo", {std::string("a\0b", 3)}), failure);
}

TEST(exec_file, gives_its_input_and_the_end_of_it) {
    EXPECT_EQ(exec_file_sync("cat", {}, {.input = "one\ntwo"}).out, "one\ntwo");
    EXPECT_EQ(exec_file_sync("cat").out, "") << "without an input it is at its end";
}

TEST(exec_file, does_not_mind_a_program_that_reads_no_input) {
    std::string const much(4 << 20, 'x');
    auto const end = exec_file_sync("true", {}, {.input = much});
    EXPECT_TRUE(end.ok()) << end.sentence();
    EXPECT_LT(end.duration, generous);
}

TEST(exec_file, carries_100_megabytes_in_and_out_at_once) {
    std::string much;
    much.reserve(100'000'000);
    for (int i = 0; much.size() < 100'000'000; ++i) much += std::to_string(i * 7919L) + '\n';
    auto const end = exec_file_sync("cat", {}, {.input = much, .max_buffer_bytes = much.size()});
    EXPECT_TRUE(end.ok()) << end.sentence();
    EXPECT_TRUE(end.out == much);
    scratch_folder const folder;
    auto const file = folder.file("much", much);
    auto const from_file = exec_file_sync("cat", {}, {.in = stdio::read(file), .max_buffer_bytes = much.size()});
    EXPECT_TRUE(from_file.out == much);
}

TEST(exec_file, keeps_what_the_limit_allows_and_says_which_output_had_more) {
    for (int const number : {1, 2}) {
        auto const end = exec_sync("yes >&" + std::to_string(number), {.max_buffer_bytes = 1000});
        EXPECT_EQ(end.reason, end_reason::max_buffer);
        EXPECT_EQ(end.overflowed, number);
        EXPECT_EQ(number == 1 ? end.out.size() : end.err.size(), 1000U);
        EXPECT_THAT(end.sentence(), testing::HasSubstr(number == 1 ? "had more on its standard output than"
                                                                   : "had more on its standard error than"));
        try {
            end.check();
            FAIL();
        } catch (failure const& fault) {
            EXPECT_EQ(fault.code(), errc::max_buffer);
        }
    }
    auto const exactly = exec_sync("printf 12345", {.max_buffer_bytes = 5});
    EXPECT_TRUE(exactly.ok()) << exactly.sentence();
    EXPECT_EQ(exactly.out, "12345");
    auto const at_its_end = exec_sync("printf 123456", {.max_buffer_bytes = 5});
    EXPECT_EQ(at_its_end.reason, end_reason::max_buffer) << "also where it has ended meanwhile";
    EXPECT_EQ(at_its_end.out, "12345");
}

TEST(exec_file, ends_with_what_was_said_so_far_when_its_time_is_over) {
    auto const end = exec_sync("echo begun; exec sleep 1000", {.stop = {.first = signal::interrupt}, .timeout = 200ms});
    EXPECT_EQ(end.reason, end_reason::timed_out);
    EXPECT_EQ(end.signal, signal::interrupt);
    EXPECT_EQ(end.out, "begun\n");
    EXPECT_THAT(end.sentence(), testing::HasSubstr("timed out and was ended by SIGINT after "));
    EXPECT_THROW(end.check(), failure);
}

TEST(exec_file, ends_who_says_nothing_for_too_long) {
    auto const end = exec_sync("echo begun; exec sleep 1000", {.silence = 150ms});
    EXPECT_EQ(end.reason, end_reason::silent);
    EXPECT_EQ(end.out, "begun\n");
    EXPECT_GE(end.duration, 150ms);
    auto const talks = exec_sync("for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.1; done", {.silence = 450ms});
    EXPECT_TRUE(talks.ok()) << talks.sentence() << ": each line begins the time anew";
}

TEST(spawn, does_not_take_unread_words_for_silence) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            EXPECT_EQ((co_await line_of(c)), "1");
            asio::steady_timer pause(co_await asio::this_coro::executor,
                                     400ms); // a slow reader; it has spoken meanwhile
            co_await pause.async_wait(asio::use_awaitable);
            EXPECT_EQ((co_await line_of(c)), "2");
            EXPECT_TRUE((co_await c.wait()).ok());
        }
    };
    run(conversation::with(
        spawn("sh", {"-c", "echo 1; sleep 0.05; echo 2; exec >&-; read end; exit 0"}, {.silence = 200ms})));
}

TEST(exec_sync, works_inside_an_event_loop_and_in_many_threads_at_once) {
    struct conversation {
        static asio::awaitable<std::string> inside() { co_return exec_sync("echo inside").out; }
    };
    EXPECT_EQ(run(conversation::inside()), "inside\n");
    std::vector<std::thread> all;
    std::atomic<int> right = 0;
    for (int n = 0; n < 8; ++n)
        all.emplace_back([n, &right] {
            for (int i = 0; i < 10; ++i) {
                auto const word = std::to_string(n * 100 + i);
                if (spawn_sync("sh", {"-c", "cat; echo $1", "sh", word}, {.input = word}).out == word + word + "\n")
                    ++right;
            }
        });
    for (auto& each : all) each.join();
    EXPECT_EQ(right, 80);
    EXPECT_TRUE(has_no_children());
}

TEST(exec_sync, leaves_a_terminal_or_a_file_to_the_program_where_it_is_told_to) {
    scratch_folder const folder;
    auto const end =
        exec_sync("echo both; echo both >&2", {.out = stdio::write(folder.path() + "/all"), .err = stdio::same_as(1)});
    EXPECT_TRUE(end.ok());
    EXPECT_EQ(end.out, "");
    EXPECT_EQ(exec_file_sync("cat", {folder.path() + "/all"}).out, "both\nboth\n");
}

TEST(process_end, reports_what_was_used) {
    auto const end = exec_sync("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
    EXPECT_GT(end.used.user_time + end.used.system_time, 1ms);
    EXPECT_LT(end.used.user_time + end.used.system_time, generous);
    auto const large = exec_file_sync("python3", {"-c", "x = bytearray(300_000_000)"});
    EXPECT_GT(large.used.peak_memory_bytes, 300'000'000U);
    EXPECT_LT(large.used.peak_memory_bytes, 900'000'000U);
}

} // namespace
} // namespace parlance
