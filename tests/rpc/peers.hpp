#pragma once
/// The programs at the other end: clangd, and what `npm ci` put into tests/peers/rpc (./dev test does it).

#include "rpc/support.hpp"
#include "support/test_folder.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace parlance::testing {

inline std::string rpc_peers_folder() { return PARLANCE_PEERS "/rpc"; }
inline std::string npm_program(std::string const& name) { return rpc_peers_folder() + "/node_modules/.bin/" + name; }

/// Skips the test where the program is not here.
#define NEEDS(path)                                                                                                    \
    if (!std::filesystem::exists(path))                                                                                \
    GTEST_SKIP() << (path) << " is not here: `npm ci --ignore-scripts` in tests/peers/rpc, or apt-get install clangd"

inline json::value const& lsp_hello() {
    static json::value const hello{{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", json::object()}};
    return hello;
}
inline json::value const& mcp_hello() {
    static json::value const hello{{"protocolVersion", "2025-06-18"},
                                   {"capabilities", {{"roots", json::object()}}},
                                   {"clientInfo", {{"name", "parlance"}, {"version", "1"}}}};
    return hello;
}
/// A document that is opened in a language server.
inline json::value opened(std::string const& uri, std::string const& language, std::string const& text) {
    return {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", 1}, {"text", text}}}};
}
inline json::value place_in(std::string const& uri, int line, int character) {
    return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

/// How many processes live whose environment has this token.
inline int count_of_token(std::string const& token) {
    int count = 0;
    for (auto const& each : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(each.path() / "environ");
        std::ostringstream all;
        all << file.rdbuf();
        if (all.str().find("PARLANCE_WORKER=" + token) != std::string::npos) ++count;
    }
    return count;
}

} // namespace parlance::testing
