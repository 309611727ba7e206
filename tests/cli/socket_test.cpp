// What CLI.md says of serve and connect, typed as users type it.
#include "cli/socket_words.hpp"
#include "cli/typed.hpp"
#include "support/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

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
    for (auto const* line :
         {"serve", "serve w --tcp nowhere", "serve w --path a --tcp 1", "serve w --delimiter ab", "serve w --mode 8",
          "connect w --encoding hex", "connect w --retry soon", "serve w --udp a:b", "connect w --udp :a",
          "connect w --tls-ca f", "serve w --tcp 1 --tls-ca f", "connect w --tcp 1 --tls-cert f", "connect w --tls",
          "serve w --udp 1 --tls-cert a --tls-key b"}) {
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

/// Shell: starts a server and waits for it to say so; its port is chosen by the system, so it is looked up.
constexpr char const* free_port = "port=$(python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); "
                                  "print(s.getsockname()[1])'); mkfifo up in; ";

TEST(connect, talks_over_udp_with_whom_it_was_told_alone) {
    user someone;
    auto const got = someone.types(
        std::string(free_port) +
        "parlance serve w --udp 127.0.0.1:$port --until-eof < in > up & exec 3> in; { read start; mkfifo in2 up2; "
        "parlance connect w --udp 127.0.0.1:$port < in2 > up2 & exec 4> in2; exec 5< up2; read there <&5; echo $there; "
        "echo '{\"type\":\"m\",\"data\":{\"id\":\"us\"}}' >&4; read a; echo $a; read b; echo $b; "
        "echo '{\"socket\":1,\"type\":\"n\",\"data\":[1]}' >&3; read c <&5; echo $c; exec 4>&-; cat <&5; exec 3>&-; "
        "cat; } < up; wait");
    EXPECT_EQ(got.out, "{\"event\":\"connect\"}\n{\"event\":\"connect\",\"socket\":1}\n"
                       "{\"event\":\"message\",\"socket\":1,\"type\":\"m\",\"data\":{\"id\":\"us\"}}\n"
                       "{\"event\":\"message\",\"type\":\"n\",\"data\":[1]}\n{\"event\":\"disconnect\"}\n")
        << got.err;
}

/// A user with certificates in their folder, made by ca.pem.
struct certified_user : user {
    authority ours{"ours"};
    certified_user() {
        std::ofstream(home() / "ca.pem") << ours.certificate();
        give(ours.issue("DNS:localhost", -60));
        auto const good = ours.issue("DNS:localhost");
        std::ofstream(home() / "good.pem") << good.certificate;
        std::ofstream(home() / "good.key") << good.key;
    }
    void give(certified const& made) const {
        std::ofstream(home() / "own.pem") << made.certificate;
        std::ofstream(home() / "own.key") << made.key;
    }
};

TEST(serve, speaks_tls_with_those_it_knows_and_reads_its_certificates_again) {
    certified_user someone;
    auto const got = someone.types(
        std::string(free_port) +
        "(exec parlance serve w --tcp 127.0.0.1:$port --tls-cert own.pem --tls-key own.key --tls-ca ca.pem < in > up) "
        "& "
        "server=$!; exec 3> in; { read start; connect() { parlance connect w --tcp localhost:$port \"$@\" < /dev/null; "
        "}; "
        "connect --tls-ca ca.pem --max-retries 0; cp good.pem own.pem; cp good.key own.key; kill -HUP $server; "
        "connect --tls-ca ca.pem --tls-cert good.pem --tls-key good.key --retry 10ms | sed -n 's/^.*connect/and then a "
        "&/p'; "
        "connect --tls --max-retries 0; exec 3>&-; kill -TERM $server; cat; } < up; wait $server; echo $?");
    for (auto const* part : {"certificate has expired: certificate verify failed",
                             "and then a {\"event\":\"connect\"}\n", "self-signed certificate in certificate chain",
                             "{\"event\":\"error\",\"code\":\"tlsFailed\"", "{\"event\":\"connect\",\"socket\":"})
        EXPECT_THAT(got.out, HasSubstr(part)) << got.err;
    EXPECT_TRUE(got.out.ends_with("\n0\n")) << got.out << got.err;
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
