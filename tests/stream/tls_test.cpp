#include "support/certificates.hpp"
#include "support/loop.hpp"
#include "support/test_folder.hpp"

#include <parlance/error.hpp>
#include <parlance/tls.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance {
namespace {

using ::testing::HasSubstr;
using testing::tell;
using namespace asio::experimental::awaitable_operators;

/// Who issues, and files of what was issued.
struct certificates {
    test_folder folder;
    authority ours{"ours"}, others{"others"};
    std::string const ca = folder.file("ca.pem", ours.certificate());
    std::string const other_ca = folder.file("other.pem", others.certificate());
    std::string const certificate = folder.path("server.pem"), key = folder.path("server.key");
    std::string const client_certificate = folder.path("client.pem"), client_key = folder.path("client.key");

    certificates() { give_server(ours, "DNS:localhost,IP:127.0.0.1", 3600); }
    void give_server(authority const& by, std::string const& names, long seconds) const {
        auto const made = by.issue(names, seconds);
        folder.file("server.pem", made.certificate);
        folder.file("server.key", made.key);
    }
    void give_client(authority const& by) const {
        auto const made = by.issue("DNS:me");
        folder.file("client.pem", made.certificate);
        folder.file("client.key", made.key);
    }
    tls_options server() const { return {.certificate = certificate, .key = key}; }
};

/// What became of a conversation: "hello" and its echo, or why there was none.
struct outcome {
    std::string client, server;
};

asio::awaitable<std::string> greets(stream over, tls_context with, std::string host) {
    auto talk = co_await as_result(tls_connect(std::move(over), with, host));
    if (!talk) co_return talk.error().message();
    auto const written = co_await as_result(talk->write("hello"));
    talk->close_write();
    auto echoed = co_await as_result(talk->read_all());
    co_return echoed ? *echoed : echoed.error().message();
}

asio::awaitable<std::string> echoes(stream over, tls_context with) {
    auto talk = co_await as_result(tls_accept(std::move(over), with));
    if (!talk) co_return talk.error().message();
    auto heard = co_await as_result(talk->read_all());
    if (!heard) co_return heard.error().message();
    auto const written = co_await as_result(talk->write(*heard));
    co_return "done";
}

asio::awaitable<void> converse(tls_context server, tls_context client, std::string host, outcome& into) {
    auto [one, two] = memory_pair(1000);
    std::tie(into.client, into.server) =
        co_await (greets(std::move(one), client, host) && echoes(std::move(two), server));
}

outcome between(tls_options const& server, tls_options const& client, std::string const& host = "localhost") {
    outcome got;
    tell(converse(tls_context::for_server(server), tls_context::for_client(client), host, got));
    return got;
}

struct {
    char const* what;
    char const* names;
    long seconds;
    char const* host;
    char const* server_name;
    bool known, verify;
    char const* client; ///< what it says
} const servers[] = {
    {"a name", "DNS:localhost", 3600, "localhost", "", true, true, "hello"},
    {"a number", "IP:127.0.0.1", 3600, "127.0.0.1", "", true, true, "hello"},
    {"an IPv6 number", "IP:::1", 3600, "::1", "", true, true, "hello"},
    {"one of many", "DNS:a,DNS:*.b.org", 3600, "x.b.org", "", true, true, "hello"},
    {"another name", "DNS:localhost", 3600, "elsewhere", "", true, true, "hostname mismatch"},
    {"a name is no number", "DNS:127.0.0.1", 3600, "127.0.0.1", "", true, true, "IP address mismatch"},
    {"a name that was asked for", "DNS:elsewhere", 3600, "127.0.0.1", "elsewhere", true, true, "hello"},
    {"one that nobody knows", "DNS:localhost", 3600, "localhost", "", false, true, "unable to get local issuer"},
    {"too old", "DNS:localhost", -60, "localhost", "", true, true, "certificate has expired"},
    {"too old, and nobody looks", "DNS:elsewhere", -60, "localhost", "", false, false, "hello"},
};

TEST(tls, believes_only_whom_it_can_verify) {
    certificates const files;
    for (auto const& row : servers) {
        files.give_server(files.ours, row.names, row.seconds);
        tls_options const client{
            .ca = row.known ? files.ca : files.other_ca, .server_name = row.server_name, .verify = row.verify};
        auto const got = between(files.server(), client, row.host);
        EXPECT_THAT(got.client, HasSubstr(row.client)) << row.what;
        EXPECT_EQ(got.server == "done", std::string_view(row.client) == "hello") << row.what << ": " << got.server;
    }
}

TEST(tls, believes_nobody_whom_the_system_does_not_know_where_there_is_no_ca) {
    certificates const files;
    auto const got = between(files.server(), {});
    EXPECT_THAT(got.client, HasSubstr("unable to get local issuer certificate"));
    EXPECT_THAT(got.server, HasSubstr("unknown ca")) << "the client's alert";
}

TEST(tls, demands_a_certificate_of_clients_where_there_is_a_ca) {
    certificates const files;
    auto server = files.server();
    server.ca = files.ca;
    tls_options client{.ca = files.ca};
    EXPECT_THAT(between(server, client).server, HasSubstr("peer did not return a certificate"));
    EXPECT_THAT(between(server, client).client, HasSubstr("certificate required"));
    client.certificate = files.client_certificate;
    client.key = files.client_key;
    files.give_client(files.others);
    EXPECT_THAT(between(server, client).server, HasSubstr("certificate verify failed"));
    files.give_client(files.ours);
    EXPECT_EQ(between(server, client).client, "hello");
}

TEST(tls, reads_renewed_certificates_and_keeps_the_old_where_the_new_cannot_be_used) {
    certificates const files;
    files.give_server(files.ours, "DNS:localhost", -60);
    auto server = tls_context::for_server(files.server());
    auto const client = tls_context::for_client({.ca = files.ca});
    outcome got;
    tell(converse(server, client, "localhost", got));
    EXPECT_THAT(got.client, HasSubstr("expired"));
    files.give_server(files.ours, "DNS:localhost", 3600);
    tell(converse(server, client, "localhost", got));
    EXPECT_THAT(got.client, HasSubstr("expired")) << "not before it is told";
    server.reload();
    tell(converse(server, client, "localhost", got));
    EXPECT_EQ(got.client, "hello");
    files.folder.file("server.pem", "no certificate");
    EXPECT_THROW(server.reload(), failure);
    tell(converse(server, client, "localhost", got));
    EXPECT_EQ(got.client, "hello");
}

asio::awaitable<std::size_t> writes_all(stream& to, std::string bytes) {
    auto const size = bytes.size();
    co_await to.write(std::move(bytes));
    to.close_write();
    co_return size;
}

asio::awaitable<std::string> reads_and_writes(stream& talk, std::string bytes) {
    auto [heard, wrote] = co_await (talk.read_all() && writes_all(talk, std::move(bytes)));
    co_return heard;
}

asio::awaitable<std::pair<stream, stream>> shaken_pair(tls_context server, tls_context client) {
    auto [one, two] = memory_pair(777);
    auto [left, right] =
        co_await (tls_connect(std::move(one), client, "localhost") && tls_accept(std::move(two), server));
    co_return std::pair(std::move(left), std::move(right));
}

asio::awaitable<void> carries_much(tls_context server, tls_context client) {
    auto [left, right] = co_await shaken_pair(server, client);
    std::string there, back;
    for (int i = 0; i < 1 << 18; ++i) there.append(std::to_string(i)), back.append(std::to_string(i * 7));
    auto [got_back, got_there] = co_await (reads_and_writes(left, there) && reads_and_writes(right, back));
    EXPECT_TRUE(got_there == there);
    EXPECT_TRUE(got_back == back);
    auto const none = co_await as_result(left.write("more"));
    EXPECT_FALSE(none);
}

TEST(tls, carries_much_both_ways_at_once) {
    certificates const files;
    tell(carries_much(tls_context::for_server(files.server()), tls_context::for_client({.ca = files.ca})));
}

asio::awaitable<void> says_something_else(tls_context server) {
    auto [one, two] = memory_pair();
    co_await one.write("GET / HTTP/1.1\r\n\r\n");
    auto const fault = co_await as_result(tls_accept(std::move(two), server));
    EXPECT_EQ(fault.error().code(), errc::tls_failed);
    EXPECT_THAT(fault.error().message(), HasSubstr("http request"));
    auto [three, four] = memory_pair();
    three.close();
    auto const gone = co_await as_result(tls_accept(std::move(four), server));
    EXPECT_EQ(gone.error().code(), errc::peer_closed);
}

TEST(tls, tells_of_peers_that_speak_something_else_or_nothing) {
    certificates const files;
    tell(says_something_else(tls_context::for_server(files.server())));
}

asio::awaitable<bool> closes(stream& which) {
    co_await testing::turns();
    which.close();
    co_return true;
}

asio::awaitable<void> ends_a_read(tls_context server, tls_context client) {
    auto [left, right] = co_await shaken_pair(server, client);
    char room[10];
    auto [ended, closed] = co_await (as_result(left.read_some(room)) && closes(left));
    EXPECT_EQ(ended.error().code(), asio::error::operation_aborted);
    auto const end = co_await right.read_some(room);
    EXPECT_EQ(end, 0u);
}

TEST(tls, ends_a_read_that_waits_when_it_is_closed) {
    certificates const files;
    tell(ends_a_read(tls_context::for_server(files.server()), tls_context::for_client({.ca = files.ca})));
}

std::string why_not(tls_options const& options, bool server) {
    try {
        static_cast<void>(server ? tls_context::for_server(options) : tls_context::for_client(options));
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_argument);
        return fault.what();
    }
    return "nothing wrong";
}

TEST(tls_context, says_which_file_it_cannot_use) {
    certificates const files;
    files.give_client(files.ours);
    auto const none = files.folder.path("none.pem");
    EXPECT_THAT(why_not({}, true), HasSubstr("a server needs a certificate and its key"));
    EXPECT_THAT(why_not({.certificate = none, .key = none}, true), HasSubstr("none.pem: no certificate: "));
    EXPECT_THAT(why_not({.certificate = files.certificate, .key = files.certificate}, true), HasSubstr("no key"));
    EXPECT_THAT(why_not({.certificate = files.certificate, .key = files.client_key}, true),
                HasSubstr("client.key: no key: key values mismatch"));
    EXPECT_THAT(why_not({.certificate = files.certificate}, false), HasSubstr("go together"));
    EXPECT_THAT(why_not({.ca = files.key}, false), HasSubstr("server.key: no certificates"));
}

} // namespace
} // namespace parlance
