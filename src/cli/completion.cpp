#include "cli/completion.hpp"

#include "cli/front.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

using words = std::vector<std::string>;

/// What an option means, in a few words: its help up to the first detail.
std::string in_short(std::string const& description) {
    auto end = description.find_first_of("(;:");
    end = std::min({end, description.find(", e.g."), description.size()});
    auto const last = description.find_last_not_of(' ', end == 0 ? 0 : end - 1);
    return description.substr(0, last + 1);
}

void offer(completion& found, std::string const& current, std::string const& word, std::string meaning) {
    auto const known =
        std::any_of(found.words.begin(), found.words.end(), [&](auto const& each) { return each.left == word; });
    if (!known && word.starts_with(current)) found.words.push_back({word, std::move(meaning)});
}

/// The first word of a command's name behind `group` and a blank.
std::string word_behind(std::string const& group, std::string_view name) {
    auto const behind = group.empty() ? name : name.substr(std::min(group.size() + 1, name.size()));
    return std::string(behind.substr(0, behind.find(' ')));
}

/// The commands, or those of a group: their first words that are not typed yet.
completion next_command_word(std::string const& group, std::string const& current, std::span<command const> commands) {
    completion found;
    for (auto const& each : commands) {
        if (!each.add || !(group.empty() || each.name.starts_with(group + " "))) continue;
        auto const word = word_behind(group, each.name);
        bool const whole = each.name.size() == group.size() + (group.empty() ? 0 : 1) + word.size();
        offer(found, current, word,
              whole ? std::string(each.purpose) : "Commands of " + word + (word == "queue" ? "s" : ""));
    }
    return found;
}

/// One command line, taken apart up to the word that is being typed.
class reader {
public:
    reader(command const& which, words before, std::string current, queue_lister const& queues)
        : before_(std::move(before)), current_(std::move(current)), queues_(queues) {
        app_.set_help_flag();
        which.add(app_, line_);
        add_everywhere(app_, everywhere_);
        for (auto* each : app_.get_options())
            if (each->get_positional()) positionals_.push_back(each);
    }

    completion answer() {
        auto const* awaits = read_before();
        if (behind_dashes_ && line_.has_program())
            return {.what = words_behind_ == 0 ? completion::kind::programs : completion::kind::files};
        if (awaits) return values_of(*awaits, "");
        auto const equals = current_.find('=');
        if (current_.starts_with("--") && equals != current_.npos && !behind_dashes_) {
            auto const* option = option_called(current_.substr(0, equals));
            return option ? values_of(*option, current_.substr(0, equals + 1)) : completion{};
        }
        if (current_.starts_with("-") && !behind_dashes_) return options();
        if (auto const* next = next_positional()) return values_of(*next, "");
        completion found;
        if (line_.has_program()) offer(found, current_, "--", "The program and its arguments stand behind it");
        return found;
    }

private:
    static bool takes_value(CLI::Option const& option) { return option.get_expected_max() > 0; }
    CLI::Option const* option_called(std::string const& name) const { return app_.get_option_no_throw(name); }

    /// Gives back the option whose value is being typed, if one is.
    CLI::Option const* read_before() {
        CLI::Option const* awaits = nullptr;
        for (auto const& word : before_) {
            if (behind_dashes_) {
                ++words_behind_, ++positional_words_;
            } else if (awaits) {
                if (awaits->check_lname("store")) store_ = word;
                awaits = nullptr;
            } else if (word == "--") {
                behind_dashes_ = true;
            } else if (word.starts_with("--store=")) {
                store_ = word.substr(8);
            } else if (word.size() > 1 && word[0] == '-') {
                auto const* option = word.find('=') == word.npos ? option_called(word) : nullptr;
                if (option && takes_value(*option)) awaits = option;
            } else {
                ++positional_words_;
            }
        }
        return awaits;
    }

    CLI::Option const* next_positional() const {
        if (positional_words_ < positionals_.size()) return positionals_[positional_words_];
        bool const last_repeats = !positionals_.empty() && positionals_.back()->get_expected_max() > 1;
        return last_repeats ? positionals_.back() : nullptr;
    }

    completion options() const {
        completion found;
        for (auto const* each : app_.get_options())
            for (auto const& name : each->get_lnames())
                offer(found, current_, "--" + name, in_short(each->get_description()));
        return found;
    }

    /// `prefix` stands in the same word: `--store=`.
    completion values_of(CLI::Option const& option, std::string const& prefix) const {
        auto const& type = option.get_type_name();
        if (type == "URL" || type == "DIR") return {.what = completion::kind::directories};
        if (type == "PATH" || type == "FILE") return {.what = completion::kind::files};
        completion found;
        if (type == "QUEUE")
            for (auto const& name : queues_(store_)) offer(found, current_, prefix + name, "queue");
        if (type.find('|') != type.npos)
            for (std::size_t at = 0; at <= type.size();) {
                auto const end = std::min(type.find('|', at), type.size());
                offer(found, current_, prefix + type.substr(at, end - at), "");
                at = end + 1;
            }
        return found;
    }

    words before_;
    std::string current_;
    queue_lister const& queues_;
    command_line line_{false, color_choice::never};
    CLI::App app_;
    everywhere everywhere_;
    std::vector<CLI::Option const*> positionals_;
    bool behind_dashes_ = false;
    std::size_t words_behind_ = 0, positional_words_ = 0;
    std::string store_;
};

completion in_front_of_a_command(std::string const& current) {
    completion found;
    for (auto const& [word, meaning] : std::initializer_list<help_page::row>{{"--help", "The commands"},
                                                                             {"--version", "Which parlance this is"},
                                                                             {"--store", "Where the queues live"},
                                                                             {"--json", "Results and errors as JSON"},
                                                                             {"--color", "When to color"},
                                                                             {"--no-color", "No colors"}})
        offer(found, current, word, meaning);
    return found;
}

/// `parlance help …`: names of commands.
completion help_words(words const& before, std::string const& current, std::span<command const> commands) {
    std::string group;
    for (auto const& word : before) group += (group.empty() ? "" : " ") + word;
    auto found = next_command_word(group, current, commands);
    if (group.empty()) offer(found, current, "exit-codes", "The exit statuses of every command");
    return found;
}

} // namespace

completion complete(words typed, std::span<command const> commands, queue_lister const& queues) {
    if (typed.empty()) typed.emplace_back();
    auto const current = std::move(typed.back());
    typed.pop_back();
    if (!typed.empty() && typed.front() == "help")
        return help_words({typed.begin() + 1, typed.end()}, current, commands);
    auto const asked = taken_apart(typed, commands);
    using kind = invocation::kind;
    switch (asked.what) {
    case kind::run: return asked.which->add ? reader(*asked.which, asked.args, current, queues).answer() : completion{};
    case kind::group: return next_command_word(asked.name, current, commands);
    case kind::overview: {
        auto const& last = asked.args.empty() ? current : asked.args.back();
        if (last == "--store") return {.what = completion::kind::directories};
        if (current.starts_with("-")) return in_front_of_a_command(current);
        auto found = next_command_word("", current, commands);
        offer(found, current, "help", "All about a command");
        return found;
    }
    case kind::version:
    case kind::help:
    case kind::unknown: break;
    }
    return {};
}

} // namespace parlance::cli
