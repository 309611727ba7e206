#pragma once
/// What every command is given: the two outputs, the store, the options that are the same everywhere; and what it
/// gives back: its page of help and what to do once the arguments are read.

#include "cli/output.hpp"
#include "cli/problem.hpp"

#include <parlance/asio.hpp>
#include <parlance/queue.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// The part of a command's page that its options do not say.
struct help_page {
    struct row {
        std::string left, right;
    };
    std::string usage{};         ///< "NAME [MESSAGE|-] [options]"; the command's own name comes in front of it
    std::string more{};          ///< paragraphs between usage and options; each line is wrapped
    std::vector<row> examples{}; ///< two or more: what to type, what it does
    std::vector<row> statuses{}; ///< exit statuses of its own; 1 and 2 are said unless they are here
};

class command_line {
public:
    command_line(bool json, color_choice color) : json_(json), out_(1, color), err_(2, color) {}

    // What a command says of itself while it adds its options.
    void page(help_page page) { page_ = std::move(page); }
    help_page const& page() const noexcept { return page_; }
    /// It runs the program that follows `--`; those words are not read as options.
    void takes_program() noexcept { takes_program_ = true; }
    bool has_program() const noexcept { return takes_program_; }
    /// Adds `--store`.
    void takes_store(CLI::App&);
    /// Options of the contract that this version does not know: used, they are answered with "not in this version".
    void later(std::initializer_list<std::string_view> options) { later_.assign(options.begin(), options.end()); }
    std::vector<std::string> const& later() const noexcept { return later_; }
    /// What to do once the arguments are read; returns the exit status.
    void does(std::function<int()> action) { action_ = std::move(action); }
    int act() { return action_(); }

    // What it needs while it does it.
    std::span<struct command const> commands() const noexcept { return commands_; } ///< all that there are
    void commands(std::span<struct command const> all) noexcept { commands_ = all; }
    bool json() const noexcept { return json_; }
    output& out() noexcept { return out_; } ///< results
    output& err() noexcept { return err_; } ///< everything else
    /// The words after `--`. Throws problem (usage) where there are none.
    std::vector<std::string> const& program() const;
    bool program_given() const noexcept { return !program_.empty(); }
    void program(std::vector<std::string> words) { program_ = std::move(words); }
    /// The store that `--store` or PARLANCE_STORE names, opened at the first call. Throws problem (queueNotFound) where
    /// there is none, unless this command `makes_store`.
    parlance::store store();
    bool store_is_there() const;
    void makes_store() noexcept { makes_store_ = true; }
    /// The URL without opening it.
    std::string store_url() const;
    /// A fact that every error from here on has in its JSON form: about("queue", "jobs").
    void about(std::string_view key, std::string_view value) { facts_[key] = value; }
    /// A line on standard error that is no error: "warning: …".
    void warn(std::string_view text);

    /// Runs one conversation on an event loop of its own.
    int run(asio::awaitable<int> story);
    /// The same for what may last: SIGINT and SIGTERM cancel it, and the status is then 128 + the signal; a second one
    /// ends us at once.
    int run_until_signal(asio::awaitable<int> story);

    /// Tells a problem on standard error, in the form that was asked for; returns its exit status.
    int tell(problem);

private:
    void suggest_queue(problem&);

    bool json_;
    output out_, err_;
    help_page page_;
    bool takes_program_ = false;
    std::vector<std::string> later_, program_;
    std::function<int()> action_;
    std::optional<std::string> store_option_;
    bool makes_store_ = false;
    std::optional<parlance::store> store_;
    json::object facts_;
    std::span<struct command const> commands_;
};

/// One line of the list in main.cpp.
struct command {
    std::string_view name;                 ///< "queue send"
    std::string_view purpose;              ///< one line
    void (*add)(CLI::App&, command_line&); ///< adds the options; none: not in this version
};

} // namespace parlance::cli
