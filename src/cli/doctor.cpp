#include "cli/doctor.hpp"

#include "cli/commands.hpp"
#include "cli/json_line.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

std::string_view name_of_health(health state) {
    return state == health::ok ? "ok" : state == health::warning ? "warning" : "broken";
}

std::string mark(health state, output& out) {
    if (state == health::ok) return out.painted(paint::green, "ok      ");
    if (state == health::warning) return out.painted(paint::yellow, "warning ");
    return out.painted(paint::red, "broken  ");
}

void print(finding const& found, command_line& line) {
    auto& out = line.out();
    if (line.json()) {
        json_line told;
        told.text("check", found.check).text("status", name_of_health(found.state)).text("message", found.message);
        found.mend.empty() ? told.null("mend") : told.text("mend", found.mend);
        out.line(told.str());
        return;
    }
    out.line(mark(found.state, out) + found.check +
             std::string(14 - std::min<std::size_t>(found.check.size(), 13), ' ') + found.message);
    if (!found.mend.empty()) out.line(std::string(22, ' ') + out.painted(paint::cyan, "mend: ") + found.mend);
}

int examine(command_line& line) {
    auto findings = examine_store(line);
    auto const system = examine_system();
    findings.insert(findings.end(), system.begin(), system.end());
    for (auto const& each : findings) print(each, line);
    auto const count = [&](health state) {
        return std::count_if(findings.begin(), findings.end(), [&](auto const& each) { return each.state == state; });
    };
    auto const broken = count(health::broken), warnings = count(health::warning);
    if (!line.json()) {
        line.out().flush();
        line.err().line(broken > 0     ? std::to_string(broken) + " broken: mend what is marked"
                        : warnings > 0 ? "works; " + std::to_string(warnings) + " to look at"
                                       : "all is well");
    }
    return broken > 0 ? status::failed : status::done;
}

} // namespace

void add_doctor(CLI::App& app, command_line& line) {
    line.takes_store(app);
    line.page(
        {.usage = "[options]",
         .more =
             "Looks at the store (permissions, file system, free space, format, durability) and the system (kernel, "
             "system calls, limits). It makes and changes nothing. With --json each line is {\"check\",\"status\","
             "\"message\",\"mend\"}, status being ok, warning or broken.",
         .examples = {{"parlance doctor", "the default store and this machine"},
                      {"parlance doctor --store ./queues --json | jq 'select(.status != \"ok\")'",
                       "what needs a mend"}},
         .statuses = {{"0", "nothing is broken"}, {"1", "something is broken; its line says what to do"}}});
    line.does([&line] { return examine(line); });
}

} // namespace parlance::cli
