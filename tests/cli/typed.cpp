#include "cli/typed.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ostream>

namespace parlance::cli {
namespace {

std::string contents(int fd) {
    std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
    auto const got = ::pread(fd, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    ::close(fd);
    return text;
}

int shell_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

/// `sh -c line`, with what `actions` say of its descriptors.
pid_t start(std::string const& line, std::vector<std::string> environment, posix_spawn_file_actions_t const& actions,
            short flags) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, flags);
    std::string shell = "/bin/sh", option = "-c", text = line;
    char* args[] = {shell.data(), option.data(), text.data(), nullptr};
    std::vector<char*> env;
    for (auto& each : environment) env.push_back(each.data());
    env.push_back(nullptr);
    pid_t pid = -1;
    EXPECT_EQ(posix_spawn(&pid, "/bin/sh", &actions, &attributes, args, env.data()), 0);
    posix_spawnattr_destroy(&attributes);
    return pid;
}

/// All that a terminal shows until nobody holds its other end; `keys` are typed at the beginning.
std::string conversation(int terminal, std::string const& typed_keys) {
    EXPECT_EQ(::write(terminal, typed_keys.data(), typed_keys.size()), static_cast<ssize_t>(typed_keys.size()));
    std::string shown;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(terminal, buffer, sizeof buffer)) > 0;)
        shown.append(buffer, static_cast<std::size_t>(got));
    return shown;
}

} // namespace

void PrintTo(answer const& given, std::ostream* out) {
    *out << "status " << given.status << "\n--- out ---\n" << given.out << "--- err ---\n" << given.err;
}

std::vector<std::string> user::environment() const {
    auto const bin = std::filesystem::path(PARLANCE_COMMAND).parent_path().string();
    auto const* path = std::getenv("PATH");
    std::vector<std::string> all{"PATH=" + bin + ":" + (path ? path : "/usr/bin:/bin"), "HOME=" + folder_.path(),
                                 "PARLANCE_STORE=" + folder_.path("store"), "TERM=xterm", "LC_ALL=C.UTF-8"};
    for (auto const* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
        if (auto const* value = std::getenv(kept)) all.push_back(std::string(kept) + "=" + value);
    return all;
}

answer user::types(std::string const& line) const {
    auto const out = ::memfd_create("stdout", MFD_CLOEXEC), err = ::memfd_create("stderr", MFD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    auto const pid = start("cd '" + folder_.path() + "' && { " + line + "\n}", environment(), actions, 0);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return {shell_status(status), contents(out), contents(err)};
}

answer user::types_at_terminal(std::string const& line, std::string const& typed_keys) const {
    auto const terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::grantpt(terminal), ::unlockpt(terminal);
    std::string const name = ::ptsname(terminal);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // the first terminal that a session's leader opens is its own
    posix_spawn_file_actions_addopen(&actions, 0, name.c_str(), O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
    auto const pid = start("stty -echo -onlcr; cd '" + folder_.path() + "' && { " + line + "\n}", environment(),
                           actions, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_destroy(&actions);
    answer given;
    given.out = conversation(terminal, typed_keys);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ::close(terminal);
    given.status = shell_status(status);
    return given;
}

std::string user::gets(std::string const& line) const {
    auto given = types(line);
    EXPECT_EQ(given.status, 0) << line << "\n" << given.err;
    if (given.out.ends_with('\n')) given.out.pop_back();
    return given.out;
}

boost::json::value user::gets_json(std::string const& line) const {
    boost::json::error_code error;
    auto const text = gets(line);
    auto value = boost::json::parse(text, error);
    EXPECT_FALSE(error) << line << "\n" << text;
    return value;
}

std::string says_if_it_runs(std::string const& pid_file) {
    return "case $(cut -d' ' -f3 /proc/$(cat " + pid_file + ")/stat 2>/dev/null) in ''|Z) ;; *) echo it runs ;; esac";
}

std::string keys(boost::json::value const& value) {
    std::string names;
    if (!value.is_object()) return "(no object)";
    for (auto const& member : value.get_object()) names.append(names.empty() ? "" : ",").append(member.key());
    return names;
}

std::string text_of(boost::json::value const& value, std::string_view key) {
    auto const* member = value.is_object() ? value.get_object().if_contains(key) : nullptr;
    return member && member->is_string() ? std::string(member->get_string()) : "(no string)";
}

boost::json::object error_of(answer const& given) {
    boost::json::error_code error;
    auto const value = boost::json::parse(given.err, error);
    EXPECT_FALSE(error) << given.err;
    if (error || !value.is_object() || !value.get_object().contains("error")) return {};
    return value.get_object().at("error").as_object();
}

} // namespace parlance::cli
