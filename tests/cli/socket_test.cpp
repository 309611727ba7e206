// What CLI.md says of serve and connect, typed as users type it.
#include "cli/socket_words.hpp"
#include "cli/typed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

using testing::HasSubstr;

TEST(serve, shows_what_clients_say_and_ends_in_good_order) {
    user someone;
    auto const got = someone.types(
        "mkfifo up in; (exec parlance serve world --path s < in > up; ) & server=$!; exec 3> in; { read line; echo "
        "$line; "
        "echo '{\"type\":\"message\",\"data\":{\"id\":\"me\",\"n\":[1, 2.50]}}' | parlance connect world --path s > "
        "client; read line; echo $line; read line; echo $line; read line; echo $line; kill -TERM $server; cat; } < up; "
        "wait $server; echo $?; cat client; ls s");
    EXPECT_EQ(got.out,
              "{\"event\":\"start\"}\n{\"event\":\"connect\",\"socket\":1}\n"
              "{\"event\":\"message\",\"socket\":1,\"type\":\"message\",\"data\":{\"id\":\"me\",\"n\":[1, 2.50]}}\n"
              "{\"event\":\"disconnect\",\"socket\":1,\"id\":\"me\"}\n"
              "0\n{\"event\":\"connect\"}\n{\"event\":\"disconnect\"}\n");
    EXPECT_THAT(got.err, HasSubstr("'s'")) << "the socket's file is gone";
}

TEST(serve, answers_one_tells_all_and_closes_one) {
    user someone;
    auto const got = someone.types(
        "mkfifo up in; parlance serve world --path s --until-eof < in > up & exec 3> in; { read start; "
        "tail -f /dev/null | parlance connect world --path s --max-retries 0 > client & other=$!; read connected; "
        "echo '{\"type\":\"news\",\"data\":7}' >&3; echo '{\"socket\":1,\"type\":\"one\"}' >&3; "
        "echo '{\"socket\":9,\"type\":\"one\"}' >&3; echo '{\"socket\":1,\"close\":true}' >&3; "
        "read gone; echo $gone; exec 3>&-; cat; } < up; wait; cat client");
    EXPECT_EQ(got.out, "{\"event\":\"disconnect\",\"socket\":1,\"id\":null}\n"
                       "{\"event\":\"connect\"}\n{\"event\":\"message\",\"type\":\"news\",\"data\":7}\n"
                       "{\"event\":\"message\",\"type\":\"one\",\"data\":{}}\n{\"event\":\"disconnect\"}\n");
    EXPECT_THAT(got.err, HasSubstr("socket 9: it is not connected at line 3"));
}

TEST(connect, gives_up_when_it_was_told_so) {
    user someone;
    auto const got = someone.types("parlance connect nobody --path s --max-retries 1 --retry 10ms --json");
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(text_of(error_of(got), "code"), "notConnected");
    EXPECT_THAT(got.out, HasSubstr("{\"event\":\"error\",\"code\":\"systemError\",\"message\":"));
    EXPECT_THAT(got.out, HasSubstr("{\"event\":\"disconnect\"}"));
}

TEST(serve, and_connect_refuse_options_that_make_no_sense) {
    user someone;
    for (auto const* line : {"serve", "serve w --tcp nowhere", "serve w --path a --tcp 1", "serve w --delimiter ab",
                             "serve w --mode 8", "connect w --encoding hex", "connect w --retry soon",
                             "serve w --udp a:b", "connect w --udp 1", "connect w --tls-ca f"}) {
        auto const got = someone.types(std::string("parlance ") + line);
        EXPECT_EQ(got.status, 2) << line << ": " << got.err;
    }
}

TEST(serve, refuses_a_path_on_which_a_server_listens) {
    user someone;
    auto const got = someone.types(
        "mkfifo up in; parlance serve world --path s --until-eof < in > up & exec 3> in; { read start; parlance serve "
        "world --path s; echo $?; exec 3>&-; cat > rest; } < up; wait");
    EXPECT_EQ(got.out, "1\n");
    EXPECT_THAT(got.err, HasSubstr("another server listens there"));
}

TEST(connect, carries_raw_bytes_in_the_encoding_that_was_asked_for) {
    user someone;
    auto const got = someone.types(
        "mkfifo up in; parlance serve world --path s --raw --encoding hex --until-eof < in > up & exec 3> in; { read "
        "start; echo '{\"data\":\"AP+A\"}' | parlance connect world --path s --raw --encoding base64 > client; read a; "
        "read b; echo $b; exec 3>&-; cat > rest; } < up; wait");
    EXPECT_EQ(got.out, "{\"event\":\"message\",\"socket\":1,\"data\":\"00ff80\"}\n");
}

socket_request const plain{.id = "w"};

struct {
    std::string_view line;
    socket_order expected;
} const orders[] = {
    {R"({"socket":2,"type":"m","data":[1, 2]})", {.socket = 2, .type = "m", .data = "[1, 2]"}},
    {R"({"data":{},"type":"\u00e9"})", {.type = "é", .data = "{}"}},
    {R"( {"type":"m"} )", {.type = "m", .data = "{}"}},
    {R"({"socket":1,"close":true})", {.socket = 1, .close = true}},
};

TEST(order_in, reads_as_the_table_says) {
    for (auto const& each : orders) EXPECT_EQ(order_in(each.line, 1, plain, true), each.expected) << each.line;
    for (auto const* bad : {"5", "{}", R"({"type":5})", R"({"socket":"1","type":"m"})", R"({"close":true})",
                            R"({"socket":1,"close":false})", "{", R"({"socket":-1,"type":"m"})"})
        EXPECT_THROW(order_in(bad, 1, plain, true), problem) << bad;
}

} // namespace
} // namespace parlance::cli
