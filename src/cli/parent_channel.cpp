#include "cli/parent_channel.hpp"

#include "cli/problem.hpp"

#include <utility>

namespace parlance::cli {

parent_socket joined_parent(std::string mend) {
    try {
        if (auto found = take_parent_socket()) return std::move(*found);
    } catch (failure const& fault) {
        auto told = explained(fault);
        told.code = "usage";
        told.status = status::usage;
        throw told;
    }
    throw usage_problem("nobody forked this process: there is no NODE_CHANNEL_FD in the environment", std::move(mend));
}

} // namespace parlance::cli
