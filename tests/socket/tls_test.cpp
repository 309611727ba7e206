// TLS, with real node-ipc at the other end: the rows of docs/socket.md.
#include "support.hpp"

#include "support/certificates.hpp"

namespace parlance {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A folder with certificates of a server's and a client's, both issued by ca.pem.
struct certified_folder {
    scratch_folder folder;
    authority ours{"ours"};
    std::string const ca = folder.test_folder::file("ca.pem", ours.certificate());
    std::string const certificate = folder.file("server.pem"), key = folder.file("server.key");
    std::string const client_certificate = folder.file("client.pem"), client_key = folder.file("client.key");

    certified_folder() {
        give("server", 3600);
        give("client", 3600);
    }
    void give(std::string const& whom, long seconds) const {
        auto const made = ours.issue("DNS:localhost,IP:127.0.0.1", seconds);
        folder.test_folder::file(whom + ".pem", made.certificate);
        folder.test_folder::file(whom + ".key", made.key);
    }
    tls_options of_server(bool mutual = false) const {
        return {.certificate = certificate, .key = key, .ca = mutual ? std::string_view(ca) : std::string_view()};
    }
    tls_options of_client() const { return {.ca = ca}; }
    tls_options of_known_client() const { return {.certificate = client_certificate, .key = client_key, .ca = ca}; }
    /// For Node: its `tls` object. `private` and `public` are node-ipc's words.
    std::string node_tls(std::string const& whom, std::string const& more = {}) const {
        return "ipc.config.tls = {" +
               (whom.empty()
                    ? std::string()
                    : "private: '" + folder.file(whom + ".key") + "', public: '" + folder.file(whom + ".pem") + "', ") +
               "trustedConnections: '" + ca + "'" + more + "};";
    }
};

std::string const plain_client = "ipc.config.tls = false;";

std::string client_code(std::uint16_t port) {
    return "ipc.config.maxRetries = 0; ipc.connectToNet('world', 'localhost', " + std::to_string(port) + R"(, () => {
        const world = ipc.of.world;
        world.on('connect', () => say('connect', world.socket.getProtocol && world.socket.getProtocol()));
        world.on('error', (e) => say('error', e.code || e.message));
        world.on('destroy', () => say('destroy'));
        world.on('m', (d) => say(d));
        world.emit('m', 'hello'); });)";
}

/// The server's side of it: what it hears, and it answers.
void answer(server& world, words& heard) {
    world.on("m", [](socket_event const& e) { e.peer.try_emit("m", std::string(e.json().as_string()) + '!'); });
    for (auto const* name : {"connect", "error"})
        world.on(name, [&](socket_event const& e) { heard.push_back(testing::told(e)); });
}

asio::awaitable<void> meets(certified_folder const& files, bool mutual, std::string node, words& heard, words& said) {
    server world(address::tcp("127.0.0.1", 0), {.tls = files.of_server(mutual)});
    answer(world, heard);
    co_await world.start();
    node_program peer(files.folder, node + client_code(world.where().port()));
    for (std::string last; last != R"(["hello!"])" && last != R"(["destroy"])";) {
        last = co_await peer.says();
        said.push_back(last);
    }
    while (heard.empty()) co_await testing::turns(); // we may hear of it after the client did
}

struct {
    char const* what;
    bool mutual;
    char const* whom; ///< the client's certificate
    char const* more;
    char const* heard; ///< by the server
    char const* said;  ///< by the client, last but one
} const clients[] = {
    {"trusts us", false, "", "", "connect", R"(["hello!"])"},
    {"trusts us, TLS 1.2", false, "", ", maxVersion: 'TLSv1.2'", "connect", R"(["hello!"])"},
    {"does not look", false, "", ", ca: [], rejectUnauthorized: false", "connect", R"(["hello!"])"},
    {"does not know us", false, "", ", ca: [], trustedConnections: []", "error", R"(["error",)"},
    {"too old a TLS", false, "", ", maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0'", "error", R"(["error",)"},
    {"is known to us", true, "client", "", "connect", R"(["hello!"])"},
    {"shows no certificate", true, "", "", "error", R"(["error","ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"])"},
};

TEST(tls_node_clients, meet_our_server_as_the_table_says) {
    NEEDS_NODE_IPC();
    certified_folder const files;
    for (auto const& row : clients) {
        words heard, said;
        play(meets(files, row.mutual, files.node_tls(row.whom, row.more), heard, said));
        EXPECT_THAT(heard, ElementsAre(StartsWith(row.heard))) << row.what;
        EXPECT_THAT(said, ::testing::Contains(StartsWith(row.said))) << row.what;
    }
}

TEST(tls_node_clients, that_speak_plainly_are_an_error_and_nothing_else) {
    NEEDS_NODE_IPC();
    certified_folder const files;
    words heard, said;
    play(meets(files, false, plain_client, heard, said));
    EXPECT_THAT(heard, ElementsAre(StartsWith("error the TLS handshake failed")));
    EXPECT_EQ(said.back(), R"(["destroy"])");
}

asio::awaitable<words> said_of(certified_folder const& files, std::string tls, client_options options) {
    node_program peer(files.folder, tls + R"(
        ipc.serveNet('127.0.0.1', 0, () => {
            ipc.server.on('m', (d, socket) => ipc.server.emit(socket, 'm', d + '!'));
            say(ipc.server.server.address().port); }); ipc.server.start();)");
    auto const port = co_await peer.says();
    client world(address::tcp("localhost", static_cast<std::uint16_t>(std::stoi(port.substr(1)))), options);
    co_await world.emit("m", "hello");
    words all;
    while (auto const event = co_await world.next()) {
        all.push_back(testing::told(*event));
        if (event->what == happened::message) break;
    }
    co_return all;
}

asio::awaitable<void> meets_node(certified_folder const& files) {
    client_options options{.max_retries = 0, .family = ip_family::v4, .tls = files.of_client()};
    auto const own = files.node_tls("server");
    auto all = co_await said_of(files, own, options);
    EXPECT_THAT(all, ElementsAre("connect", R"(message m "hello!")")) << "verified";
    all = co_await said_of(files, "ipc.config.tls = {};", options);
    EXPECT_THAT(all, ElementsAre(HasSubstr("certificate"), "disconnect", "destroy")) << "node-ipc's own, expired";
    options.tls->verify = false;
    all = co_await said_of(files, "ipc.config.tls = {};", options);
    EXPECT_THAT(all, ElementsAre("connect", R"(message m "hello!")")) << "not verified";
    auto const mutual = files.node_tls("server", ", requestCert: true, rejectUnauthorized: true");
    options.tls = files.of_known_client();
    all = co_await said_of(files, mutual, options);
    EXPECT_THAT(all, ElementsAre("connect", R"(message m "hello!")")) << "mutual";
    options.tls = files.of_client();
    all = co_await said_of(files, mutual, options);
    EXPECT_THAT(all, ElementsAre("connect", HasSubstr("certificate required"), "disconnect", "destroy"))
        << "no certificate";
    options.tls.reset();
    all = co_await said_of(files, own, options);
    EXPECT_EQ(all.back(), "destroy") << "plain words to TLS";
    options.tls = files.of_client();
    options.tls->patience = std::chrono::milliseconds(100);
    all = co_await said_of(files, plain_client, options);
    EXPECT_THAT(all, ElementsAre("error nobody answered in time", "disconnect", "destroy")) << "TLS to plain words";
}

TEST(tls_node_servers, meet_our_client_as_they_should) {
    NEEDS_NODE_IPC();
    certified_folder const files;
    play(meets_node(files));
}

asio::awaitable<std::string> asks_once(address where, tls_options tls) {
    client one(where, {.max_retries = 0, .tls = tls});
    auto const connected = co_await as_result(one.connect());
    if (!connected) co_return connected.error().message();
    co_await one.emit("m", "hello");
    auto const answered = co_await one.receive();
    co_return std::string(answered->text());
}

asio::awaitable<void> renews(certified_folder const& files) {
    files.give("server", -60);
    server world(address::tcp("127.0.0.1", 0), {.tls = files.of_server(true)});
    words heard;
    answer(world, heard);
    co_await world.start();
    auto answered = co_await asks_once(world.where(), files.of_known_client());
    EXPECT_THAT(answered, HasSubstr("expired"));
    files.give("server", 3600);
    world.reload_certificates();
    answered = co_await asks_once(world.where(), files.of_known_client());
    EXPECT_EQ(answered, R"("hello!")");
    client one(world.where(), {.retry = std::chrono::milliseconds(1), .tls = files.of_known_client()});
    co_await one.connect();
    files.give("server", -60);
    world.reload_certificates();
    co_await one.emit("m", "still");
    auto const still = co_await one.receive();
    EXPECT_EQ(still->text(), R"("still!")") << "who is connected stays";
}

TEST(tls, certificates_are_renewed_while_a_server_runs) {
    certified_folder const files;
    play(renews(files));
}

asio::awaitable<void> stops_in_a_handshake(certified_folder const& files) {
    server world(address::tcp("127.0.0.1", 0), {.tls = files.of_server()});
    words heard;
    answer(world, heard);
    co_await world.start();
    auto silent = co_await dial(world.where());
    co_await testing::turns();
    co_await world.stop();
    co_await world.run(); // over, though the silent one's ten seconds are not
    EXPECT_TRUE(heard.empty());
    auto const end = co_await silent.read_all();
    EXPECT_EQ(end, "");
    // and a client
    auto door = co_await listen(address::tcp("127.0.0.1", 0));
    client one(door.where(), {.tls = files.of_client()});
    auto const waiting = co_await as_result(one.emit("m"));
    EXPECT_TRUE(waiting);
    auto const came = co_await door.accept();
    auto const left = co_await one.disconnect();
    EXPECT_EQ(left.size(), 1u);
    co_await one.run();
}

TEST(tls, a_handshake_that_nobody_ends_holds_up_no_stop) {
    certified_folder const files;
    play(stops_in_a_handshake(files));
}

TEST(tls, is_for_tcp_and_needs_files_that_can_be_used) {
    certified_folder const files;
    EXPECT_THROW(server(address::unix_path("x"), {.tls = files.of_server()}), failure);
    EXPECT_THROW(server("x", {.tls = files.of_server()}), failure);
    EXPECT_THROW(client("x", {.tls = files.of_client()}), failure);
    EXPECT_THROW(server(address::tcp("127.0.0.1", 0), {.tls = tls_options{}}), failure);
}

} // namespace
} // namespace parlance
