// Channels against Node, over real pipes.
#include "ends.hpp"
#include "support/peer.hpp"

#include <boost/json/object.hpp>

#include <unistd.h>

namespace parlance::testing {
namespace {

json::value handshake(std::string_view payload) { return {{"type", "handshake"}, {"payload", payload}}; }

asio::awaitable<void> echoes(framing frames) {
    peer node({"node", "echo.js", std::string(name_of(frames))});
    channel talk(std::move(node.bytes), frames, {.name = "node"});
    std::vector<std::string> sent;
    for (int i = 0; i < 500; ++i)
        sent.push_back("{\"n\":" + std::to_string(i) + ",\"text\":\"h\u00e9 }{\\\"\\\\ " +
                       std::string(i * 7 % 400, 'x') + "\"}");
    sent.push_back("{\"large\":\"" + std::string(300000, 'y') + "\"}");
    for (auto const& each : sent) co_await talk.send(text(each));
    for (auto const& each : sent) {
        auto const got = co_await talk.receive();
        EXPECT_TRUE(got && got->text() == each) << each.substr(0, 80);
        if (!got) break;
    }
    co_await talk.send(text("{\"quit\":true}"));
    EXPECT_FALSE(co_await talk.receive());
    EXPECT_EQ(talk.end(), boost::system::error_code());
    EXPECT_EQ(node.wait(), 3);
}

TEST(node, understands_lines_and_is_understood) { tell(echoes(framing::lines)); }
TEST(node, understands_concatenated_values_and_is_understood) { tell(echoes(framing::concatenated)); }
TEST(node, understands_content_length_and_is_understood) { tell(echoes(framing::content_length)); }
TEST(node, understands_record_separators_and_is_understood) { tell(echoes(framing::record_separator)); }

asio::awaitable<void> log_lines() {
    peer node({"node", "chatty.js"});
    channel talk(std::move(node.bytes), framing::lines);
    std::vector<std::string> noise;
    talk.on_noise([&](std::string_view line) { noise.emplace_back(line); });
    co_await talk.send(text("[1]"));
    EXPECT_EQ((co_await talk.receive())->text(), "{\"echo\":[1]}");
    EXPECT_THAT(noise, ElementsAre("Server listening on stdio", "[info] started", "got 3 bytes"));
    EXPECT_THAT(co_await talk.close(), IsEmpty());
    EXPECT_FALSE(co_await talk.receive());
    EXPECT_EQ(node.wait(), 0);
}

TEST(node, may_print_log_lines_between_its_messages) { tell(log_lines()); }

// The page from which parlance started, verbatim.
asio::awaitable<void> seed_child(bool one_at_a_time, int messages, int& answers, int& status) {
    peer child({"node", "./stdio-child.js"}, PARLANCE_PEERS "/seed");
    channel talk(std::move(child.bytes), framing::concatenated,
                 {.one_at_a_time = one_at_a_time, .name = "stdio-child.js"});
    for (int i = 0; i < messages; ++i) co_await talk.send(handshake("\u4f60\u597d\u5416"));
    answers = 0;
    if (one_at_a_time) co_await talk.flush(); // reads the answers that it waits for, and keeps them
    while (answers < messages) {
        auto const got = co_await talk.receive();
        if (!got) break;
        EXPECT_EQ(got->json().at("type"), "message");
        EXPECT_EQ(got->json().at("payload"), "\u4f60\u597d\u5416 : hoho");
        ++answers;
    }
    co_await talk.close();
    status = child.wait();
}

TEST(seed, the_child_answers_one_message_at_a_time) {
    int answers = 0, status = -1;
    tell(seed_child(true, 20, answers, status));
    EXPECT_EQ(answers, 20);
    EXPECT_EQ(status, 0);
}

TEST(seed, the_child_dies_of_two_messages_in_one_chunk) { // which is why one_at_a_time is there
    ::testing::internal::CaptureStderr();
    int answers = 0, status = -1;
    tell(seed_child(false, 2, answers, status));
    ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(answers, 0);
    EXPECT_EQ(status, 1);
}

asio::awaitable<void> seed_parent(std::string& printed) {
    peer parent({"node", "./stdio-parent.js"}, PARLANCE_PEERS "/seed");
    std::array<char, 256> into{};
    while (printed.find('\n') == printed.npos) printed.append(into.data(), co_await parent.bytes.read_some(into));
}

TEST(seed, the_parent_runs_as_the_page_says) {
    std::string printed;
    tell(seed_parent(printed));
    EXPECT_EQ(printed, "message \u4f60\u597d\u5416 : hoho\n");
}

// Over pipes between threads of the kernel's making: what a pipe holds, and what close finds in it.
asio::awaitable<void> pipe_without_a_reader() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    unique_fd reader(ends[0]);
    channel talk(stream(unique_fd(), unique_fd(ends[1])), framing::lines, {.name = "a pipe"});
    auto const line = '"' + std::string(9998, 'x') + '"';
    for (int i = 0; i < 10; ++i) co_await talk.send(text(line));
    EXPECT_THAT(co_await talk.close(std::chrono::milliseconds(1)), ::testing::SizeIs(4)) << "65,536 bytes hold six";
}

TEST(close, knows_what_a_pipe_did_not_take) { tell(pipe_without_a_reader()); }

asio::awaitable<void> pipe_whose_reader_left() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    channel talk(stream(unique_fd(), unique_fd(ends[1])), framing::lines, {.name = "a pipe"});
    ::close(ends[0]);
    co_await talk.send(text("1"));
    EXPECT_EQ((co_await failure_of(talk.flush())).code(), errc::peer_closed);
    EXPECT_EQ((co_await failure_of(talk.send(text("2")))).code(), errc::peer_closed);
    EXPECT_THAT(texts(co_await talk.close()), ElementsAre("1"));
}

TEST(close, gives_back_what_nobody_reads) { tell(pipe_whose_reader_left()); }

} // namespace
} // namespace parlance::testing
