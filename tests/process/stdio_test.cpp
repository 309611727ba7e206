// What each of a child's descriptors may be, and the outputs that one child gives to another.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

namespace parlance {
namespace {

using namespace test;

std::string text_of(std::string const& path) { return exec_file_sync("cat", {path}).out; }

TEST(stdio, may_be_a_file_to_read_to_write_or_to_append_to) {
    scratch_folder const folder;
    auto const in = folder.file("in", "from a file\n");
    auto const out = folder.path() + "/out";
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(spawn_sync("cat", {}, {.in = stdio::read(in), .out = stdio::write(out)}).ok());
    EXPECT_EQ(text_of(out), "from a file\n");
    EXPECT_TRUE(exec_sync("echo more; echo and more >&2", {.out = stdio::append(out), .err = stdio::same_as(1)}).ok());
    EXPECT_EQ(text_of(out), "from a file\nmore\nand more\n");
}

TEST(stdio, of_a_file_that_cannot_be_opened_is_an_error_that_names_it) {
    auto const fault = start_failure("cat", {}, {.in = stdio::read("/no/such/file")});
    EXPECT_EQ(fault.code().value(), ENOENT);
    EXPECT_EQ(std::string(fault.what()),
              "file /no/such/file, meant to be the standard input of cat: No such file or directory");
    auto const end = exec_file_sync("cat", {}, {.in = stdio::read("/no/such/file")});
    EXPECT_EQ(end.reason, end_reason::not_started);
    EXPECT_EQ(start_failure("cat", {}, {.in = stdio::read(std::string_view("a\0b", 3))}).code(),
              errc::invalid_argument);
}

TEST(stdio, of_both_outputs_in_one_keeps_the_order) {
    auto const end = exec_sync("for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done", {.err = stdio::same_as(1)});
    std::string expected;
    for (auto const* n : {"1", "2", "3", "4", "5"}) expected += std::string("out ") + n + "\nerr " + n + '\n';
    EXPECT_EQ(end.out, expected);
    EXPECT_EQ(end.err, "");
    auto const swapped = exec_sync("echo out; echo err >&2", {.out = stdio::same_as(2)});
    EXPECT_EQ(swapped.err, "out\nerr\n");
}

TEST(stdio, same_as_must_name_another_descriptor) {
    for (int const number : {2, 3, -1, 99})
        EXPECT_EQ(start_failure("true", {}, {.err = stdio::same_as(number)}).code(), errc::invalid_argument) << number;
    EXPECT_EQ(start_failure("true", {}, {.out = stdio::same_as(2), .err = stdio::same_as(1)}).code(),
              errc::invalid_argument);
}

TEST(stdio, beyond_the_three_is_collected_too) {
    std::array const more{stdio::pipe(), stdio::ignore(), stdio::pipe()};
    auto const end = exec_sync("echo three >&3; echo nowhere >&4; echo five >&5", {.more = more});
    EXPECT_TRUE(end.ok()) << end.sentence();
    EXPECT_THAT(end.more, testing::ElementsAre("three\n", "", "five\n"));
}

TEST(stdio, carries_a_channel_at_any_descriptor) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto talk = c.messages_at(4);
            json::value const question{{"n", 20}};
            co_await talk.send(message(question));
            auto const answer = co_await talk.receive();
            EXPECT_EQ(answer.value().text(), R"({"n":21})");
            co_await talk.close();
            auto const end = co_await c.collect();
            EXPECT_TRUE(end.ok()) << end.sentence();
            EXPECT_EQ(end.out, "not a message\n");
        }
    };
    std::array const more{stdio::ignore(), stdio::pipe()};
    auto const script = "const s = require('net').Socket({fd: 4});"
                        "s.once('data', d => { console.log('not a message');"
                        "  s.write(JSON.stringify({n: JSON.parse(d).n + 1}) + '\\n'); s.end(); })";
    run(conversation::with(spawn("node", {"-e", script}, {.more = more})));
    auto c = spawn("true");
    EXPECT_THROW(c.messages_at(3), failure);
}

TEST(pipeline, is_joined_without_a_shell_and_without_us) {
    struct conversation {
        static asio::awaitable<void> with(child words, child sorted, child counted) {
            auto const ends = co_await finish(words, sorted, counted);
            EXPECT_EQ(ends.check(), "      2 a\n      1 b\n");
            EXPECT_EQ(ends.parts.size(), 3U);
            EXPECT_EQ(ends.parts[0].out, "") << "it went to the next";
        }
    };
    auto words = spawn("printf", {"a\\nb\\na\\n"});
    auto sorted = spawn("sort", {}, {.in = stdio::output_of(words)});
    auto counted = spawn("uniq", {"-c"}, {.in = stdio::output_of(sorted)});
    run(conversation::with(std::move(words), std::move(sorted), std::move(counted)));
    EXPECT_TRUE(has_no_children());
}

/// `first | second`, both shell scripts.
pipeline_end of(char const* first, char const* second) {
    struct conversation {
        static asio::awaitable<pipeline_end> with(child a, child b) { co_return co_await finish(a, b); }
    };
    auto a = spawn("sh", {"-c", first});
    auto b = spawn("sh", {"-c", second}, {.in = stdio::output_of(a)});
    return run(conversation::with(std::move(a), std::move(b)));
}

TEST(pipeline, fails_as_with_pipefail) {
    constexpr struct {
        char const* what;
        char const* first;
        char const* second;
        int status;
    } cases[] = {
        {"both are well", "echo x", "cat", 0},
        {"the first fails", "echo x; exit 3", "cat", 3},
        {"the last fails", "echo x", "cat; exit 4", 4},
        {"both fail: the last counts", "exit 3", "exit 4", 4},
        {"the last had enough, which is no fault of the first", "yes", "head -n 1", 0},
        {"the first is killed", "kill -TERM $$", "cat", 128 + SIGTERM},
    };
    for (auto const& each : cases) {
        auto const ends = of(each.first, each.second);
        EXPECT_EQ(ends.verdict().shell_status(), each.status) << each.what << ": " << ends.verdict().sentence();
        auto const shell =
            exec_sync(std::string("set -o pipefail; sh -c '") + each.first + "' | sh -c '" + each.second + "'",
                      {.shell = "/bin/bash"});
        if (each.status != 0) { // where it is, bash finds a fault in the SIGPIPE
            EXPECT_EQ(shell.shell_status(), each.status) << each.what << ", as bash says";
        }
    }
}

TEST(pipeline, keeps_everyones_errors) {
    auto const ends = of("echo first >&2", "cat; echo second >&2");
    EXPECT_EQ(ends.parts[0].err, "first\n");
    EXPECT_EQ(ends.parts[1].err, "second\n");
}

TEST(pipeline, takes_an_output_once) {
    auto a = spawn("true");
    { auto b = spawn("cat", {}, {.in = stdio::output_of(a)}); }
    EXPECT_THROW(spawn("cat", {}, {.in = stdio::output_of(a)}), failure);
    auto c = spawn("true", {}, {.out = stdio::ignore()});
    EXPECT_THROW(stdio::output_of(c), failure);
    auto d = spawn("true");
    d.out();
    EXPECT_THROW(stdio::output_of(d), failure);
}

TEST(pipeline, leaves_the_output_where_it_was_when_the_next_cannot_start) {
    auto a = spawn("echo", {"still here"});
    EXPECT_THROW(spawn("no-such-program", {}, {.in = stdio::output_of(a)}), failure);
    struct conversation {
        static asio::awaitable<process_end> with(child a) { co_return co_await a.collect(); }
    };
    EXPECT_EQ(run(conversation::with(std::move(a))).out, "still here\n");
}

TEST(pipeline, of_nothing_is_refused) { EXPECT_THROW(run(finish(std::vector<child*>{})), failure); }

TEST(pipeline, takes_the_output_of_a_child_that_was_moved_since) {
    auto first = spawn("echo", {"a"});
    auto const its_output = stdio::output_of(first);
    auto const elsewhere = std::move(first);
    auto second = spawn("cat", {}, {.in = its_output});
    EXPECT_EQ(run(second.collect()).out, "a\n");
}

} // namespace
} // namespace parlance
