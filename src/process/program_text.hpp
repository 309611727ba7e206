#pragma once
/// A program's arguments, environment and possible paths, as execve takes them.

#include <parlance/process.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// `base` with `entries` (`NAME=value`) added; an entry takes the place of what has its name, the last one wins.
std::vector<std::string_view> merged_environment(std::span<char const* const> base,
                                                 std::span<std::string const> entries);

/// The paths to try for `program`, in order: itself where it has a `/`, else one for each directory of `search_path`,
/// an empty one of which is the directory the child starts in. Without a PATH: that of the system, /bin:/usr/bin.
std::vector<std::string> candidate_paths(std::string_view program, std::optional<std::string_view> search_path);

/// What `launch` needs to know of a program. Not movable: its parts point to each other.
class program_text {
public:
    /// Throws failure: errc::invalid_argument.
    program_text(std::string const& program, std::vector<std::string> const& args, spawn_options const& options);
    program_text(program_text const&) = delete;
    program_text& operator=(program_text const&) = delete;

    char const* const* candidates() const noexcept { return candidate_pointers_.data(); }
    std::vector<std::string> const& paths() const noexcept { return paths_; }
    char* const* argv() const noexcept { return const_cast<char* const*>(argv_.data()); }
    char const** shell_argv() noexcept { return shell_argv_.data(); }
    char* const* envp() const noexcept;
    char const* directory() const noexcept { return cwd_.empty() ? nullptr : cwd_.c_str(); }

private:
    void make_environment(spawn_options const& options);
    std::optional<std::string_view> search_path() const;

    std::string argv0_, cwd_;
    std::vector<std::string> env_strings_;
    std::vector<char const*> env_;
    bool env_is_ours_ = true;
    std::vector<std::string> paths_;
    std::vector<char const*> candidate_pointers_, argv_, shell_argv_;
};

} // namespace parlance
