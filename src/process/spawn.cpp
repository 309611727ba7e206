#include "process/child_state.hpp"
#include "process/launch.hpp"
#include "process/launch_stack.hpp"
#include "process/program_text.hpp"
#include "process/quote.hpp"
#include "process/start_failure.hpp"
#include "process/stdio_set.hpp"

namespace parlance {

child spawn(std::string const& program, std::vector<std::string> const& args, spawn_options const& options) {
    reap_those_left();
    auto command = quoted_command(program, args);
    program_text text(program, args, options);
    auto const core = std::make_shared<child_core>(command, options);
    auto what = std::make_shared<child::state>(core);
    what->left_alone = options.detached;
    auto io = open_stdio(command, options);
    auto const steps = plan_descriptors(io.sources);
    std::vector<int> lifted(io.sources.size());
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
                                 .set_gid = options.user.gid.has_value(),
                                 .set_uid = options.user.uid.has_value(),
                                 .gid = options.user.gid.value_or(0),
                                 .uid = options.user.uid.value_or(0),
                                 .without_close_range = false};
    auto const answer = launch(request, launch_stack_top());
    if (answer.error != 0) throw_start_failure(answer, program, command, text.paths(), options);
    core->started(answer.pid, unique_fd(answer.pidfd), std::move(io.ours));
    return child(std::move(what));
}

} // namespace parlance
