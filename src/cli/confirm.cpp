#include "cli/confirm.hpp"

#include <unistd.h>

namespace parlance::cli {
namespace {

/// One line from the terminal, a character at a time: nothing is taken from whoever reads after us.
std::string read_answer() {
    std::string answer;
    for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) answer += c;
    return answer;
}

} // namespace

void add_confirmation(CLI::App& app, confirmation& asked) {
    app.add_flag("--yes", asked.yes, "Do not ask");
    app.add_flag("--dry-run", asked.dry_run, "Change nothing, only say how many");
}

bool means_yes(std::string_view answer) noexcept {
    return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

void confirm(confirmation const& asked, std::string const& question, bool must_be_said, command_line& line) {
    if (asked.yes) return;
    if (!::isatty(STDIN_FILENO) || !line.err().is_terminal()) {
        if (!must_be_said) return;
        auto told = usage_problem(question + " Nobody is here to be asked", "say --yes; --dry-run only counts");
        told.code = "confirmationNeeded";
        throw told;
    }
    line.err().write(question + " [y/N] ");
    line.err().flush();
    if (means_yes(read_answer())) return;
    problem no;
    no.code = "notConfirmed";
    no.message = "nothing was changed";
    throw no;
}

} // namespace parlance::cli
