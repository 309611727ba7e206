#pragma once
/// What the tests of Node's channel share.

#include "support/loop.hpp"

#include <parlance/parlance.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace parlance::testing {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

inline constexpr std::array both_modes{serialization::json, serialization::advanced};

inline std::string peer_path(std::string const& name) { return PARLANCE_PEERS "/" + name; }

/// Node with this program, and a channel to it.
inline child run_js(std::string const& code, spawn_options options = {}) {
    static std::string const evaluate[] = {"-e"};
    options.exec_path = "node";
    options.exec_argv = evaluate;
    return fork(code, {}, options);
}

inline json::value parsed(std::string_view text) { return parse_json(text); }
inline ipc_message text(std::string_view json) { return ipc_message(message(std::string(json))); }

/// What comes until the end, as JSON text.
inline asio::awaitable<std::vector<std::string>> all_of(ipc_channel& talk) {
    std::vector<std::string> all;
    while (auto m = co_await talk.receive()) all.emplace_back(m->text());
    co_return all;
}

/// The next message as text; "end" at the end.
inline asio::awaitable<std::string> next_of(ipc_channel& talk) {
    auto const m = co_await talk.receive();
    co_return m ? std::string(m->text()) : "end";
}

template <class T> errc code_of(result<T> const& got) {
    return got ? errc{} : static_cast<errc>(got.error().code().value());
}

inline std::pair<unique_fd, unique_fd> socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("socketpair");
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

/// A channel, and the bare other end.
struct bare_end {
    explicit bare_end(serialization how, ipc_options options = {}) : bare_end(socket_pair(), how, options) {}
    ipc_channel talk;
    int raw; ///< `peer`'s descriptor
    stream peer;

private:
    bare_end(std::pair<unique_fd, unique_fd> ends, serialization how, ipc_options options)
        : talk(std::move(ends.first), how, options), raw(ends.second.get()), peer(std::move(ends.second)) {
        peer.receive_descriptors();
    }
};

/// Two channels.
struct two_ends {
    explicit two_ends(serialization how, ipc_options options = {}) : two_ends(socket_pair(), how, options) {}
    ipc_channel here, there;

private:
    two_ends(std::pair<unique_fd, unique_fd> ends, serialization how, ipc_options options)
        : here(std::move(ends.first), how, options), there(std::move(ends.second), how, options) {}
};

inline ino_t inode_of(int fd) {
    struct stat about{};
    return ::fstat(fd, &about) == 0 ? about.st_ino : 0;
}

} // namespace parlance::testing
