// Those who read what tap shows slowly, or not at all, at a real pipe.
#include "cli/tap_log.hpp"
#include "cli/typed.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <thread>

namespace parlance::cli {
namespace {

struct plain_pipe {
    unique_fd reading, writing;
    plain_pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
        reading = unique_fd(ends[0]), writing = unique_fd(ends[1]);
    }
    std::string read_all() const {
        std::string all(1 << 16, '\0'), text;
        for (ssize_t got = 0; (got = ::read(reading.get(), all.data(), all.size())) > 0;)
            text.append(all, 0, static_cast<std::size_t>(got));
        return text;
    }
};

constexpr std::size_t many = 40'000;

void add_many(tap_log& log) {
    std::string const text = "\"" + std::string(1000, 'x') + "\"";
    piece const one{piece_kind::whole, text, text.size(), {}};
    for (std::size_t i = 0; i < many; ++i) {
        log.add(tap_direction::to_program, text.size(), {&one, 1}, std::chrono::system_clock::now());
        log.wake();
        log.wait_for_room();
    }
}

TEST(tap_log, counts_what_came_faster_than_it_was_read) {
    plain_pipe pipe;
    output const paints(pipe.writing.get(), color_choice::never);
    tap_summary summary;
    std::string read;
    std::thread reader;
    {
        tap_log log(unwaiting_fd(std::move(pipe.writing)), paints, {.frames = framing::lines, .json = true});
        add_many(log); // comes back although nobody reads
        reader = std::thread([&] { read = pipe.read_all(); });
        EXPECT_EQ(log.finish(summary), tap_log::ending::shown);
    }
    reader.join();
    EXPECT_EQ(summary.sums[0].messages, many);
    EXPECT_EQ(summary.sums[0].bytes, many * 1002);
    EXPECT_GT(summary.left_out, many / 40);
    EXPECT_NE(read.find("\n{\"left_out\":" + std::to_string(summary.left_out) + "}\n{\"time\""), read.npos);
    auto const lines = static_cast<std::size_t>(std::count(read.begin(), read.end(), '\n'));
    EXPECT_EQ(lines, many - summary.left_out + 2) << "what was left out is said once, then comes the summary";
}

TEST(tap_log, holds_up_a_talk_that_goes_faster_than_a_file_takes_it) {
    user const someone;
    auto const path = someone.home() / "log";
    unique_fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    output const paints(file.get(), color_choice::never);
    tap_summary summary;
    tap_log log(unwaiting_fd(std::move(file)), paints, {.frames = framing::lines, .json = true});
    add_many(log);
    EXPECT_EQ(log.finish(summary), tap_log::ending::shown);
    EXPECT_EQ(summary.left_out, 0U);
    std::ifstream written(path);
    EXPECT_EQ(static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(written), {}, '\n')), many + 1);
}

TEST(tap_log, gives_up_in_the_end_what_nobody_reads) {
    plain_pipe pipe;
    output const paints(pipe.writing.get(), color_choice::never);
    tap_summary summary;
    tap_log log(unwaiting_fd(std::move(pipe.writing)), paints, {.frames = framing::lines, .json = false});
    add_many(log);
    EXPECT_EQ(log.finish(summary), tap_log::ending::given_up);
}

} // namespace
} // namespace parlance::cli
