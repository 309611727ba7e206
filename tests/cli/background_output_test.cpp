// A reader who stands still, at a real pipe.
#include "cli/background_output.hpp"
#include "cli/typed.hpp"
#include "cli/work_screen.hpp"

#include <parlance/queue.hpp>
#include <parlance/run.hpp>
#include <parlance/work.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace parlance::cli {
namespace {

using namespace std::chrono_literals;

struct unread_pipe {
    int ends[2] = {-1, -1};
    unread_pipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0); }
    ~unread_pipe() { ::close(ends[0]), close_write(); }
    void close_write() {
        if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
    }
    std::string read_all() const {
        std::string all(1 << 16, '\0'), text;
        for (ssize_t got = 0; (got = ::read(ends[0], all.data(), all.size())) > 0;)
            text.append(all, 0, static_cast<std::size_t>(got));
        return text;
    }
};

struct seen {
    bool came_back = false;
    work_summary sums{};
};

/// Two leases and a half somebody else waits for the message, while nobody reads the pipe; then `reader` begins.
asio::awaitable<void> wait_for_the_message(queue jobs, unread_pipe const& pipe, std::thread& reader, std::string& read,
                                           bool& came_back) {
    came_back = (co_await jobs.receive({.wait = 2500ms})).has_value();
    reader = std::thread([&] { read = pipe.read_all(); });
}

asio::awaitable<seen> work_with_a_pipe_that_nobody_reads(queue jobs, unread_pipe& pipe, std::thread& reader,
                                                         std::string& read) {
    seen all;
    co_await jobs.ensure();
    co_await jobs.send("1");
    auto const loop = co_await asio::this_coro::executor;
    output err(pipe.ends[1], color_choice::never);
    work_screen screen(err, "jobs", false, loop);
    bool begun = false;
    work_hooks hooks;
    hooks.output = [&](std::string_view worker, std::string_view line) {
        screen.worker_line(worker, line);
        if (std::exchange(begun, true)) return;
        asio::co_spawn(loop, wait_for_the_message(jobs, pipe, reader, read, all.came_back), asio::detached);
    };
    workers crew(jobs, {"sh", "-c", "yes | head -n 100000; echo that is all"},
                 {.procs = 1, .until_empty = true, .lease = 1s}, std::move(hooks));
    screen.when_much_waits([&](bool much) { crew.hold_output(much); });
    all.sums = co_await crew.run();
    screen.finish();
    co_return all;
}

TEST(background_output, that_nobody_reads_holds_up_workers_and_not_their_leases) {
    user const someone;
    unread_pipe pipe;
    std::thread reader;
    std::string read;
    auto const jobs = store::open((someone.home() / "here").string() + "?durability=fast").queue("jobs");
    auto const all = run(work_with_a_pipe_that_nobody_reads(jobs, pipe, reader, read));
    pipe.close_write();
    ASSERT_TRUE(reader.joinable());
    reader.join();
    EXPECT_FALSE(all.came_back) << "the lease was not renewed";
    EXPECT_EQ(all.sums.done, 1U);
    EXPECT_EQ(std::count(read.begin(), read.end(), '\n'), 100'001) << "every line is shown";
    EXPECT_TRUE(read.ends_with("worker 1 | that is all\n"));
}

TEST(background_output, that_is_gone_is_told_to_whoever_writes_on) {
    asio::io_context loop;
    unread_pipe pipe;
    ::close(std::exchange(pipe.ends[0], -1));
    auto const before = ::signal(SIGPIPE, SIG_IGN); // as the command has it
    output err(pipe.ends[1], color_choice::never);
    background_output behind(err, loop.get_executor());
    behind.write("a line\n");
    EXPECT_THROW(behind.finish(), output_closed);
    ::signal(SIGPIPE, before); // the children of other tests inherit it
}

TEST(background_output, counts_what_is_too_much) {
    asio::io_context loop;
    unread_pipe pipe;
    std::string read;
    output err(pipe.ends[1], color_choice::never);
    background_output behind(err, loop.get_executor());
    std::vector<bool> told;
    behind.when_much_waits([&](bool much) { told.push_back(much); });
    std::string const line = std::string(999, 'x') + "\n";
    for (int i = 0; i < 40'000; ++i) behind.write(line);
    std::thread reader([&] { read = pipe.read_all(); });
    behind.finish();
    pipe.close_write();
    reader.join();
    loop.run();
    EXPECT_EQ(told.front(), true);
    EXPECT_EQ(told.back(), false);
    EXPECT_LT(read.size(), 35'000'000U);
    EXPECT_NE(read.find(" lines were left out: nobody read them\n"), read.npos);
}

/// A work whose worker prints without end into a pipe that is open and unread; its number is in the file `pid`.
std::string const unread_work = "mkfifo unread; exec 3<>unread; parlance work jobs --procs 1 --grace 50ms -- "
                                "sh -c 'echo $PPID > pid.new; mv pid.new pid; exec yes' 2>unread & "
                                "until [ -s pid ]; do sleep 0.01; done; ";

TEST(work, is_ended_by_two_signals_although_nobody_reads_its_output) {
    owner const someone;
    someone.gets("parlance queue send jobs 1");
    auto const said =
        someone.types(unread_work + "while kill -TERM $(cat pid) 2>/dev/null; do sleep 0.1; done; wait $!");
    EXPECT_EQ(said.status, 143);
    auto const info = someone.gets_json("parlance queue info jobs --json");
    EXPECT_EQ(info.at("msgs"), 1);
    EXPECT_EQ(info.at("hiddenmsgs"), 0);
}

} // namespace
} // namespace parlance::cli
