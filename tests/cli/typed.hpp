#pragma once
/// Command lines as a user types them, run by /bin/sh with `parlance` in the PATH and a store of their own.

#include "support/test_folder.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// What was printed, and the exit status as a shell tells it.
struct answer {
    int status = -1;
    std::string out{}, err{};
    bool operator==(answer const&) const = default;
};
void PrintTo(answer const&, std::ostream*);

/// A user at a prompt, in an empty directory that is removed in the end; PARLANCE_STORE is `store` in it.
class user {
public:
    /// Neither input nor outputs are a terminal; the input is empty unless the line has a pipe.
    answer types(std::string const& line) const;
    /// The same with a terminal for all three, at which `keys` are typed; `out` is what the terminal shows.
    answer types_at_terminal(std::string const& line, std::string const& keys) const;
    /// Types it and expects success; what was printed, without the last newline.
    std::string gets(std::string const& line) const;
    /// The same, read as JSON.
    boost::json::value gets_json(std::string const& line) const;
    std::filesystem::path home() const { return folder_.path(); }

private:
    std::vector<std::string> environment() const;
    test_folder folder_;
};

/// A user who has a queue called jobs.
struct owner : user {
    owner() { gets("parlance queue create jobs"); }
};

/// A shell's words that print "it runs" while the process whose number is in this file still runs; a zombie does not.
std::string says_if_it_runs(std::string const& pid_file);

/// The names of an object's members in their order, with commas between them.
std::string keys(boost::json::value const&);
/// A member that is a string; "(no string)" where it is none.
std::string text_of(boost::json::value const&, std::string_view key);
/// The error object that was printed on standard error with --json; empty where there is none.
boost::json::object error_of(answer const&);

} // namespace parlance::cli
