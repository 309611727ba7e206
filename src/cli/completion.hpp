#pragma once
/// What could stand where a shell's user pressed Tab. Made from the commands and options themselves, as their help is.

#include "cli/command_line.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace parlance::cli {

/// What the shell is to offer.
struct completion {
    enum class kind {
        words,       ///< these
        directories, ///< it knows better than we do
        files,
        programs,
    };
    kind what = kind::words;
    std::vector<help_page::row> words{}; ///< and what each means; all begin with what was typed so far
};

/// Names the queues of a store; the URL is empty where the line does not say.
using queue_lister = std::function<std::vector<std::string>(std::string const& store_url)>;

/// `typed`: the words behind `parlance`, the last of which is being typed (empty: nothing of it yet). An option's value
/// is offered by what its help calls it: QUEUE, URL and DIR (directories), PATH (files), or choices as `a|b|c`;
/// durations, numbers and the rest are the user's own.
completion complete(std::vector<std::string> typed, std::span<command const>, queue_lister const&);

} // namespace parlance::cli
