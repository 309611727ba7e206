#include "process/node_script.hpp"
#include "process/quote.hpp"
#include "process/stdio_set.hpp"

#include <parlance/process.hpp>

namespace parlance {
namespace {

/// What runs it: Node, what the options say, or nothing.
std::string_view interpreter_of(std::string const& program, spawn_options const& options) {
    if (!options.exec_path.empty()) return options.exec_path;
    if (is_node_script(program)) return "node";
    if (!options.exec_argv.empty())
        throw failure(errc::invalid_argument, {.input = quoted_word(program),
                                               .reason = "runs by itself, and `exec_argv` has nobody to go to",
                                               .mend = "give the arguments themselves, or an `exec_path`"});
    return {};
}

} // namespace

child fork(std::string const& program_or_script, std::vector<std::string> const& args, spawn_options const& options) {
    auto forked = options;
    if (!options.silent)
        for (auto* const each : {&forked.in, &forked.out, &forked.err})
            if (each->is_usual()) *each = stdio::inherit();
    std::vector<stdio> more(options.more.begin(), options.more.end());
    if (ipc_number(options) < 0) more.push_back(stdio::ipc());
    forked.more = more;

    auto const interpreter = interpreter_of(program_or_script, options);
    if (interpreter.empty()) return spawn(program_or_script, args, forked);
    std::vector<std::string> all(options.exec_argv.begin(), options.exec_argv.end());
    all.push_back(program_or_script);
    all.insert(all.end(), args.begin(), args.end());
    return spawn(std::string(interpreter), all, forked);
}

} // namespace parlance
