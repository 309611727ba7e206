#pragma once
/// What the tests of processes share: children that were run to their end, and what may not be left behind.

#include "process/identity.hpp"
#include "support/test_folder.hpp"

#include <parlance/process.hpp>
#include <parlance/run.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace parlance::test {

using namespace std::chrono_literals;

using scratch_folder = test_folder;

struct outcome {
    process_end end;
    std::string out;
};

/// Reads its standard output to the end, then waits for it. Its input is at its end from the beginning.
inline asio::awaitable<outcome> output_of(child& c) {
    c.in().close();
    auto out = co_await c.out().read_all();
    auto end = co_await c.wait();
    co_return outcome{std::move(end), std::move(out)};
}

inline outcome run_program(std::string program, std::vector<std::string> args = {}, spawn_options const& options = {}) {
    auto c = spawn(program, args, options);
    struct conversation {
        static asio::awaitable<outcome> with(child mine) { co_return co_await output_of(mine); }
    };
    return run(conversation::with(std::move(c)));
}

inline outcome run_shell(std::string script, spawn_options const& options = {}) {
    return run_program("sh", {"-c", std::move(script)}, options);
}

/// One line of its standard output, without the newline.
inline asio::awaitable<std::string> line_of(child& c) {
    std::string line;
    for (char byte = 0; co_await c.out().read_some({&byte, 1}) == 1 && byte != '\n';) line += byte;
    co_return line;
}

inline std::size_t open_descriptors() {
    auto const all = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// No child of ours is left, running or as a zombie.
inline bool has_no_children() {
    siginfo_t about{};
    return ::waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

/// The failure that starting it throws.
inline failure start_failure(std::string program, std::vector<std::string> args = {},
                             spawn_options const& options = {}) {
    try {
        auto c = spawn(program, args, options);
    } catch (failure const& fault) {
        return fault;
    }
    ADD_FAILURE() << program << " started";
    return failure(errc::invalid_argument);
}

/// Why no program can be started as another user here; null where one can.
inline char const* why_no_other_user() {
    struct stat root{};
    if (::geteuid() != 0) return "needs the rights of root";
    if (::stat("/", &root) == 0 && (root.st_mode & S_IXOTH) != 0) return nullptr;
    return "other users may not enter / here, so they find no program";
}

using clock = std::chrono::steady_clock;

constexpr auto generous = 30s;

/// Waits, outside any event loop, until nobody of that identity runs.
inline bool is_gone_soon(process_identity const& who) {
    for (auto const deadline = clock::now() + generous; clock::now() < deadline; ::usleep(2000))
        if (life_of(who) == life::gone) return true;
    return false;
}

inline process_identity identity_in(std::string const& line) { return identity_of(std::stoi(line)).value(); }

} // namespace parlance::test
