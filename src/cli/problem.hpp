#pragma once
/// What a command has to say when it cannot do what was asked: a sentence for people, an object for programs.

#include "cli/output.hpp"
#include "cli/status.hpp"

#include <parlance/error.hpp>

#include <exception>
#include <string>

namespace parlance::cli {

/// An error of the command, with its exit status. A `failure` of the library becomes one by `explained`.
struct problem : std::exception {
    std::string code{};    ///< for programs: "queueNotFound"
    std::string message{}; ///< the fault in its own words: "Queue not found"
    std::string input{};   ///< what it is about; people read it in front of the message
    std::string place{};   ///< "line 3, column 7"; people read it behind the message
    std::string excerpt{}; ///< the place itself, with a caret under it; lines that end in \n
    json::object facts{};  ///< for programs, beside code and message
    std::string hint{};    ///< what to do about it
    int status = status::failed;

    char const* what() const noexcept override { return message.c_str(); }
};

/// Wrong usage: exit 2, code "usage".
problem usage_problem(std::string message, std::string hint = {});
/// "not in this version": exit 2.
problem not_in_this_version(std::string what);

/// The failure in the words of the command: names of commands where the library names functions.
problem explained(failure const&);

/// `error: …`, the excerpt, `hint: …`; each ends in a newline.
std::string for_people(problem const&, output const&);
/// `{"error":{"code":…,"message":…,…,"hint":…}}`
std::string for_programs(problem const&);

} // namespace parlance::cli
