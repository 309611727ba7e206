#pragma once
/// Real node-ipc at the other end, in a folder of the test's own.

#include "support/loop.hpp"
#include "support/test_folder.hpp"

#include <parlance/process.hpp>
#include <parlance/socket.hpp>

#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace parlance::testing {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

class scratch_folder : public test_folder {
public:
    std::string const& root() const { return root_; } ///< with the slash, as socket_root
    std::string file(std::string const& name) const { return path(name); }

private:
    std::string root_ = path() + '/';
};

/// As `tell`, on a loop that outlives what a test holds: its servers and clients are dropped after their story.
inline void play(asio::awaitable<void> story) {
    static asio::io_context loop(1);
    std::exception_ptr thrown;
    bool done = false;
    loop.restart();
    asio::co_spawn(loop, std::move(story), [&](std::exception_ptr e) {
        thrown = e;
        done = true;
        loop.stop();
    });
    loop.run_for(1min);
    if (thrown) std::rethrow_exception(thrown);
    if (!done) throw std::runtime_error("the test did not end within a minute");
}

inline bool has_node_ipc() {
    return std::filesystem::exists(PARLANCE_PEERS "/node_ipc/node_modules/node-ipc/package.json");
}

/// A Node program with node-ipc in it. Ends with the test.
class node_program {
public:
    static constexpr char const* nine = "node-ipc";
    static constexpr char const* ten = "@achrinza/node-ipc";

    node_program(scratch_folder const& folder, std::string const& code, char const* which = nine)
        : child_(start(folder.root(), code, which)) {}

    /// The next thing that it says; "(ended N)" at its end.
    asio::awaitable<std::string> says() {
        auto line = co_await child_.out().line();
        if (line) co_return *line;
        auto const end = co_await child_.wait();
        co_return "(ended " + std::to_string(end.shell_status()) + ")";
    }
    asio::awaitable<words> says(std::size_t count) {
        words all;
        while (all.size() < count) all.push_back(co_await says());
        co_return all;
    }
    asio::awaitable<void> tell(std::string line) { co_await child_.in().write(line + "\n"); }
    child& process() { return child_; }

private:
    static child start(std::string const& root, std::string const& code, char const* which) {
        std::string const env[] = {"SOCKET_ROOT=" + root, std::string("NODE_IPC=") + which};
        return spawn("node", {"-e", "require('./prelude.js');" + code},
                     {.err = stdio::inherit(), .cwd = PARLANCE_PEERS "/node_ipc", .env = env});
    }
    child child_;
};

/// What a server or client hears, as sentences: "connect 1", "message m \"hello\"".
inline std::string told(socket_event const& e) {
    std::string out(name_of(e.what));
    if (e.what == happened::message) out.append(" ").append(e.type()).append(" ").append(e.text());
    if (e.what == happened::error) out.append(" ").append(e.fault->message());
    return out;
}

#define NEEDS_NODE_IPC()                                                                                               \
    if (!::parlance::testing::has_node_ipc())                                                                          \
    GTEST_SKIP() << "node-ipc is not installed: npm ci --ignore-scripts in tests/peers/node_ipc"

} // namespace parlance::testing
