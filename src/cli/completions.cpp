#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/completion_scripts.hpp"
#include "queue/lmdb_store/directory.hpp"
#include "queue/store_url.hpp"

#include <parlance/run.hpp>

namespace parlance::cli {
namespace {

/// The queues of a store that is there already: to look must not make one. What cannot be read has none to offer.
std::vector<std::string> queues_of(std::string const& url) {
    try {
        auto const where = url.empty() ? store::default_url() : url;
        if (lmdb_store::has_no_store(parse_store_url(where).directory)) return {};
        return parlance::run(store::open(where).list());
    } catch (std::exception const&) { // there is nobody to tell: a line is being typed
        return {};
    }
}

/// For the scripts: what could stand in place of the last of the words behind `--`.
int offer_words(command_line& line) {
    auto& out = line.out();
    auto const found = complete(line.program(), line.commands(), queues_of);
    switch (found.what) {
    case completion::kind::directories: out.line(":directories"); break;
    case completion::kind::files: out.line(":files"); break;
    case completion::kind::programs: out.line(":programs"); break;
    case completion::kind::words:
        for (auto const& [word, meaning] : found.words) {
            out.write(word);
            out.line(meaning.empty() ? "" : "\t" + meaning);
        }
    }
    return status::done;
}

int completions(std::string const& shell, command_line& line) {
    if (shell == "words") return offer_words(line);
    for (auto const& [name, script] : completion_scripts)
        if (name == shell) {
            line.out().write(script);
            return status::done;
        }
    throw usage_problem("there is no script for `" + shell + "`", "bash, zsh or fish");
}

} // namespace

void add_completions(CLI::App& app, command_line& line) {
    auto shell = std::make_shared<std::string>();
    app.add_option("SHELL", *shell, "bash, zsh or fish")->required()->type_name("bash|zsh|fish");
    line.takes_program();
    line.page({.usage = "bash|zsh|fish",
               .more = "Prints a script for the shell, after which Tab completes commands, options, and the names of "
                       "queues in the store that --store or PARLANCE_STORE names. The script asks this program each "
                       "time, so it stays true when parlance is replaced by a newer one.",
               .examples = {{"source <(parlance completions bash)", "in ~/.bashrc"},
                            {"source <(parlance completions zsh)", "in ~/.zshrc, behind compinit"},
                            {"parlance completions fish > ~/.config/fish/completions/parlance.fish", "once"}},
               .statuses = {{"0", "printed"}}});
    line.does([shell, &line] { return completions(*shell, line); });
}

} // namespace parlance::cli
