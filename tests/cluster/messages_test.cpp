#include "cluster/primary_message.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using act = worker_message::act;
using kind = listen_address::kind;

js::value value_of(std::string_view text) { return js::value(parse_json(text)); }

worker_message said(std::string const& members) {
    return read_worker_message(value_of(R"({"cmd":"NODE_CLUSTER",)" + members + "}")).value();
}

// As Node 20 sends them.
TEST(worker_message, says_what_node_says) {
    EXPECT_EQ(said(R"("act":"online","seq":0)").what, act::online);

    auto const listening = said(R"("act":"listening","index":0,"data":null,"address":"127.0.0.1","port":39879,
        "addressType":4,"flags":0,"backlog":0,"seq":8)");
    EXPECT_EQ(listening.what, act::listening);
    EXPECT_EQ(listening.at, (listen_address{kind::tcp4, "127.0.0.1", 39879}));

    auto const answer = said(R"("ack":4,"accepted":true,"seq":9)");
    EXPECT_EQ(answer.what, act::other);
    EXPECT_EQ(answer.ack, 4);
    EXPECT_TRUE(answer.accepted);
    EXPECT_FALSE(said(R"("ack":4,"accepted":false,"seq":9)").accepted);

    auto const closed = said(R"("act":"close","key":"127.0.0.1:0:4:undefined:0","seq":14)");
    EXPECT_EQ(closed.what, act::close);
    EXPECT_EQ(closed.key, "127.0.0.1:0:4:undefined:0");

    auto const leaves = said(R"("act":"exitedAfterDisconnect","seq":6)");
    EXPECT_EQ(leaves.what, act::leaves);
    EXPECT_EQ(leaves.seq, 6);

    EXPECT_EQ(said(R"("act":"tomorrow","seq":6)").what, act::other);
    EXPECT_EQ(said(R"("act":7,"seq":"six")").what, act::other);
    EXPECT_FALSE(read_worker_message(value_of(R"({"cmd":"NODE_OTHER","act":"online"})")));
    EXPECT_FALSE(read_worker_message(value_of("3")));
}

TEST(worker_message, asks_for_a_socket) {
    struct expected {
        kind how;
        char const* address;
        int port;
        int backlog = 511;
        int fd = -1;
        bool is_sane = true;
    };
    struct {
        char const* what;
        char const* members;
        char const* key;
        expected is;
    } const cases[] = {
        {"an address",
         R"("index":0,"data":null,"address":"127.0.0.1","port":0,"addressType":4,"flags":0,"backlog":0,"seq":3)",
         "127.0.0.1:0:4:undefined:0",
         {kind::tcp4, "127.0.0.1", 0}},
        {"any address",
         R"("index":0,"data":null,"address":null,"port":8000,"addressType":4,"backlog":0)",
         "null:8000:4:undefined:0",
         {kind::tcp4, "", 8000}},
        {"the second server on any port",
         R"("index":1,"data":null,"address":null,"port":0,"addressType":4)",
         "null:0:4:undefined:1",
         {kind::tcp4, "", 0}},
        {"IPv6",
         R"("index":0,"address":"::1","port":80,"addressType":6,"backlog":9)",
         "::1:80:6:undefined:0",
         {kind::tcp6, "::1", 80, 9}},
        {"a backlog that is none",
         R"("index":0,"address":"::1","port":80,"addressType":6,"backlog":false)",
         "::1:80:6:undefined:0",
         {kind::tcp6, "::1", 80}},
        {"a backlog below nothing",
         R"("index":0,"address":"::1","port":80,"addressType":6,"backlog":-5)",
         "::1:80:6:undefined:0",
         {kind::tcp6, "::1", 80}},
        {"a path",
         R"("index":0,"data":null,"address":"/p/a.sock","port":-1,"addressType":-1,"backlog":0)",
         "/p/a.sock:-1:-1:undefined:0",
         {kind::path, "/p/a.sock", -1}},
        {"a datagram socket",
         R"("index":0,"data":null,"address":"0.0.0.0","port":0,"addressType":"udp4","fd":-1,"flags":0)",
         "0.0.0.0:0:udp4:-1:0",
         {kind::udp4, "0.0.0.0", 0}},
        {"a datagram socket of IPv6",
         R"("index":0,"address":"::","port":53,"addressType":"udp6","fd":-1,"flags":1)",
         ":::53:udp6:-1:0",
         {kind::udp6, "::", 53}},
        {"a descriptor",
         R"("index":0,"address":null,"port":null,"addressType":null,"fd":7)",
         "null:null:null:7:0",
         {kind::descriptor, "", -1, 511, 7}},
        {"a descriptor that is none",
         R"("index":0,"address":null,"port":null,"addressType":null,"fd":-1)",
         "null:null:null:-1:0",
         {kind::descriptor, "", -1, 511, -1, false}},
        {"a port that is none",
         R"("index":0,"address":null,"port":70000,"addressType":4)",
         "null:70000:4:undefined:0",
         {kind::tcp4, "", 70000, 511, -1, false}},
        {"no port",
         R"("index":0,"address":"::1","addressType":6)",
         "::1:undefined:6:undefined:0",
         {kind::tcp6, "::1", -1, 511, -1, false}},
        {"a path without one",
         R"("index":0,"address":"","port":-1,"addressType":-1)",
         ":-1:-1:undefined:0",
         {kind::path, "", -1, 511, -1, false}},
        {"a kind that nobody knows",
         R"("index":0,"address":"::1","port":1,"addressType":5)",
         "::1:1:5:undefined:0",
         {kind::tcp4, "::1", 1, 511, -1, false}},
    };
    for (auto const& one : cases) {
        auto const query = said(std::string(R"("act":"queryServer",)") + one.members).query;
        EXPECT_EQ(query.key, one.key) << one.what;
        EXPECT_EQ(query.at, (listen_address{one.is.how, one.is.address, one.is.port})) << one.what;
        EXPECT_EQ(query.backlog, one.is.backlog) << one.what;
        EXPECT_EQ(query.fd, one.is.fd) << one.what;
        EXPECT_EQ(query.is_sane, one.is.is_sane) << one.what;
    }
}

TEST(worker_message, keeps_what_goes_with_a_query) {
    auto const query = said(R"("act":"queryServer","index":0,"data":{"keys":[1]},"address":"/p","port":-1,
        "addressType":-1,"flags":5,"readableAll":true,"writableAll":false)")
                           .query;
    EXPECT_EQ(js::to_json(query.data), R"({"keys":[1]})");
    EXPECT_EQ(query.flags, listen_ipv6_only | listen_reuse_address);
    EXPECT_TRUE(query.readable_all);
    EXPECT_FALSE(query.writable_all);
}

TEST(primary_message, answers_as_nodes_primary_does) {
    auto const query = said(R"("act":"queryServer","index":0,"data":null,"address":"127.0.0.1","port":0,
        "addressType":4,"flags":0,"backlog":0,"seq":3)");
    struct {
        char const* what;
        js::value m;
        char const* text;
    } const cases[] = {
        {"round robin", say_round_robin(query, nullptr, socket_name{"127.0.0.1", false, 39879}),
         R"({"cmd":"NODE_CLUSTER","errno":null,"key":"127.0.0.1:0:4:undefined:0","ack":3,"data":null,)"
         R"("sockname":{"address":"127.0.0.1","family":"IPv4","port":39879}})"},
        {"round robin, IPv6", say_round_robin(query, 7, socket_name{"::1", true, 80}),
         R"({"cmd":"NODE_CLUSTER","errno":null,"key":"127.0.0.1:0:4:undefined:0","ack":3,"data":7,)"
         R"("sockname":{"address":"::1","family":"IPv6","port":80}})"},
        {"round robin on a path", say_round_robin(query, nullptr, std::nullopt),
         R"({"cmd":"NODE_CLUSTER","errno":null,"key":"127.0.0.1:0:4:undefined:0","ack":3,"data":null})"},
        {"shared", say_shared(query, nullptr),
         R"({"cmd":"NODE_CLUSTER","errno":0,"key":"127.0.0.1:0:4:undefined:0","ack":3,"data":null})"},
        {"no socket", say_no_socket(query, 98),
         R"({"cmd":"NODE_CLUSTER","errno":-98,"key":"127.0.0.1:0:4:undefined:0","ack":3,"data":null})"},
        {"a connection", say_new_connection("k", 5), R"({"cmd":"NODE_CLUSTER","act":"newconn","key":"k","seq":5})"},
        {"the end", say_disconnect(), R"({"cmd":"NODE_CLUSTER","act":"disconnect"})"},
        {"heard", say_received(6), R"({"cmd":"NODE_CLUSTER","ack":6})"},
    };
    for (auto const& one : cases) EXPECT_EQ(js::to_json(one.m), one.text) << one.what;
}

} // namespace
} // namespace parlance
