#include "process/spawn.hpp"

#include "process/child_core.hpp"
#include "process/command_log.hpp"
#include "process/launch.hpp"
#include "process/launch_limits.hpp"
#include "process/launch_stack.hpp"
#include "process/program_text.hpp"
#include "process/quote.hpp"
#include "process/start_failure.hpp"
#include "process/stdio_set.hpp"
#include "process/strangers.hpp"

namespace parlance {
namespace {

[[noreturn]] void refuse(std::string const& command, std::string reason, std::string mend) {
    throw failure(errc::invalid_argument, {.input = command, .reason = std::move(reason), .mend = std::move(mend)});
}

bool is_pipe(stdio const& what) noexcept { return what.what() == stdio::kind::pipe; }

/// What would silently do nothing, or something else than was meant.
void check_options(std::string const& command, spawn_options const& options) {
    for (auto const& [time, name] : {std::pair{options.timeout, "timeout"},
                                     {options.silence, "silence"},
                                     {options.drain, "drain"},
                                     {options.stop.grace, "stop.grace"}})
        if (time.count() < 0) refuse(command, std::string("`") + name + "` is negative", "0 is none");
    if (!options.input.empty() && !is_pipe(options.in))
        refuse(command, "`input` needs a pipe to it", "leave `in` as it is");
    if (options.detached && options.ends_with_parent)
        refuse(command, "`detached` lets it live on and `ends_with_parent` does not", "choose one");
    bool const is_heard = is_pipe(options.out) || is_pipe(options.err) || ipc_number(options) >= 0 ||
                          std::any_of(options.more.begin(), options.more.end(), is_pipe);
    if (options.silence.count() != 0 && !is_heard)
        refuse(command, "its `silence` cannot be heard, since none of its outputs is a pipe", "use `timeout`");
}

child start(std::string const& program, std::vector<std::string> const& args, spawn_options const& options,
            std::string const& command, told heard) {
    reap_those_left();
    program_text text(program, args, options);
    check_options(command, options);
    auto const core = std::make_shared<child_core>(command, options, heard);
    auto io = open_stdio(command, options);
    auto const steps = plan_descriptors(io.sources);
    auto const limits = launch_limits(options.limits);
    std::vector<int> lifted(io.sources.size());
    if (options.ends_with_parent) core->watched_by.start();
    launch_request const request{.candidates = text.candidates(),
                                 .argv = text.argv(),
                                 .envp = text.envp(),
                                 .shell_argv = text.shell_argv(),
                                 .directory = text.directory(),
                                 .steps = steps.data(),
                                 .step_count = steps.size(),
                                 .lifted = lifted.data(),
                                 .descriptors = static_cast<int>(io.sources.size()),
                                 .new_session = options.detached,
                                 .new_group = options.own_group,
                                 .guard = core->watched_by.line(),
                                 .limits = limits.data(),
                                 .limit_count = limits.size(),
                                 .set_nice = options.nice.has_value(),
                                 .set_umask = options.umask.has_value(),
                                 .no_new_privs = options.no_new_privs,
                                 .nice = options.nice.value_or(0),
                                 .umask = options.umask.value_or(0),
                                 .set_groups = !options.user.groups.empty(),
                                 .set_gid = options.user.gid.has_value(),
                                 .set_uid = options.user.uid.has_value(),
                                 .groups = options.user.groups.data(),
                                 .group_count = options.user.groups.size(),
                                 .gid = options.user.gid.value_or(0),
                                 .uid = options.user.uid.value_or(0),
                                 .without_close_range = false};
    auto const nobody_takes_it_for_a_stranger = starting();
    auto const answer = launch(request, launch_stack_top());
    if (answer.error != 0) throw_start_failure(answer, program, command, text.paths(), options);
    return child_core::run(core, answer, std::move(io), options.detached);
}

} // namespace

child start_child(std::string const& program, std::vector<std::string> const& args, spawn_options const& options,
                  told heard) {
    auto const command = quoted_command(program, args);
    bool const tell = heard == told::yes && commands_are_heard();
    try {
        auto started = start(program, args, options, command, heard);
        if (tell) tell_command({.command = command, .pid = started.pid()});
        return started;
    } catch (failure const& fault) {
        if (tell) tell_command({.command = command, .fault = &fault});
        throw;
    }
}

child spawn(std::string const& program, std::vector<std::string> const& args, spawn_options const& options) {
    return start_child(program, args, options, told::yes);
}

} // namespace parlance
