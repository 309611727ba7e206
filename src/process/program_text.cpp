#include "process/program_text.hpp"

#include "ipc/parent_socket.hpp"
#include "process/quote.hpp"
#include "process/stdio_set.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace parlance {
namespace {

constexpr std::string_view default_path = "/bin:/usr/bin"; // as glibc's execvp
constexpr std::string_view token_name = "PARLANCE_WORKER=";

[[noreturn]] void refuse(std::string_view program, std::string reason, std::string mend) {
    throw failure(errc::invalid_argument, {.input = program.empty() ? "the program to start" : quoted_word(program),
                                           .reason = std::move(reason),
                                           .mend = std::move(mend)});
}

void check_text(std::string_view program, std::string_view text, std::string_view what) {
    if (text.find('\0') != std::string_view::npos)
        refuse(program.substr(0, program.find('\0')), std::string(what) + " holds a NUL byte",
               "no program can be given one; pass such data on its standard input");
}

void check(std::string_view program, std::vector<std::string> const& args, spawn_options const& options) {
    if (program.empty()) refuse(program, "its name is empty", "name a program or the path of one");
    check_text(program, program, "its name");
    for (std::size_t i = 0; i < args.size(); ++i) check_text(program, args[i], "argument " + std::to_string(i + 1));
    check_text(program, options.argv0, "argv0");
    check_text(program, options.cwd, "the directory to start in");
    check_text(program, options.token, "the token");
    for (auto const& entry : options.env) {
        check_text(program, entry, "an entry of its environment");
        if (auto const equals = entry.find('='); equals == std::string::npos || equals == 0)
            refuse(program, "the entry " + quoted_word(entry) + " of its environment has no name or no value",
                   "write NAME=value");
    }
}

std::string_view name_in(std::string_view entry) noexcept { return entry.substr(0, entry.find('=')); }

} // namespace

std::vector<std::string_view> merged_environment(std::span<char const* const> base,
                                                 std::span<std::string const> entries) {
    std::unordered_map<std::string_view, std::string_view> wanted;
    for (auto const& entry : entries) wanted[name_in(entry)] = entry;
    std::vector<std::string_view> merged;
    merged.reserve(base.size() + wanted.size());
    for (auto const* const entry : base)
        if (!wanted.contains(name_in(entry))) merged.emplace_back(entry);
    for (auto const& entry : entries)
        if (wanted.at(name_in(entry)).data() == entry.data()) merged.emplace_back(entry);
    return merged;
}

std::vector<std::string> candidate_paths(std::string_view program, std::optional<std::string_view> search_path) {
    if (program.find('/') != std::string_view::npos) return {std::string(program)};
    std::vector<std::string> paths;
    for (auto rest = search_path.value_or(default_path);;) {
        auto const directory = rest.substr(0, rest.find(':'));
        std::string path(directory);
        if (!path.empty() && path.back() != '/') path += '/';
        paths.push_back(path.append(program));
        if (directory.size() == rest.size()) return paths;
        rest.remove_prefix(directory.size() + 1);
    }
}

program_text::program_text(std::string const& program, std::vector<std::string> const& args,
                           spawn_options const& options)
    : argv0_(options.argv0.empty() ? program : options.argv0), cwd_(options.cwd) {
    check(program, args, options);
    make_environment(options);
    paths_ = candidate_paths(program, search_path());
    for (auto const& path : paths_) candidate_pointers_.push_back(path.c_str());
    candidate_pointers_.push_back(nullptr);
    argv_ = {argv0_.c_str()};
    shell_argv_ = {"/bin/sh", nullptr};
    for (auto const& arg : args) argv_.push_back(arg.c_str()), shell_argv_.push_back(arg.c_str());
    argv_.push_back(nullptr);
    shell_argv_.push_back(nullptr);
}

/// The channel that we have ourselves is closed in the child: what names it is taken out. Its own is put in.
void program_text::make_environment(spawn_options const& options) {
    auto const channel = ipc_number(options);
    bool const names_ours = ::getenv(channel_fd_name) != nullptr || ::getenv(channel_mode_name) != nullptr;
    if (options.env.empty() && !options.clear_env && options.token.empty() && channel < 0 && !names_ours)
        return; // ours, as it is
    env_is_ours_ = false;
    std::span<char const* const> base;
    if (!options.clear_env) {
        std::size_t count = 0;
        while (environ != nullptr && environ[count] != nullptr) ++count;
        base = {const_cast<char const* const*>(environ), count};
    }
    std::vector<std::string> entries(options.env.begin(), options.env.end());
    if (!options.token.empty()) entries.push_back(std::string(token_name) += options.token);
    if (channel >= 0) name_channel(channel, options.serialization, entries);
    auto const is_stale = [&](std::string_view entry) {
        auto const name = name_in(entry);
        return channel < 0 && (name == channel_fd_name || name == channel_mode_name) &&
               std::find(options.env.begin(), options.env.end(), entry) == options.env.end();
    };
    for (auto const entry : merged_environment(base, entries))
        if (!is_stale(entry)) env_strings_.emplace_back(entry);
    for (auto const& entry : env_strings_) env_.push_back(entry.c_str());
    env_.push_back(nullptr);
}

char* const* program_text::envp() const noexcept {
    return env_is_ours_ ? environ : const_cast<char* const*>(env_.data());
}

std::optional<std::string_view> program_text::search_path() const {
    for (char* const* entry = envp(); entry != nullptr && *entry != nullptr; ++entry)
        if (std::string_view const text(*entry); text.starts_with("PATH=")) return text.substr(5);
    return std::nullopt;
}

} // namespace parlance
