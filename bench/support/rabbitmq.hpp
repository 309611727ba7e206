#pragma once
// A RabbitMQ of one's own, on free ports, for as long as it is needed.

#include "support/server.hpp"

#include <string>
#include <vector>

namespace bench {

/// A node with its own name, cookie and port mapper (epmd), all of whose files are in `directory`, which is there. Not
/// by the command of Debian's PATH, which becomes the user rabbitmq first.
class rabbitmq_server {
public:
    explicit rabbitmq_server(std::string const& directory)
        : port_(free_port()), mapper_port_(free_port()),
          mapper_(start("epmd", {"-address", "127.0.0.1", "-port", mapper_port_})),
          process_(start("/usr/lib/rabbitmq/bin/rabbitmq-server", {}, environment(directory))) {
        wait_until_it_says("completed with", process_);
    }
    std::string const& port() const { return port_; }

private:
    static parlance::child start(std::string const& program, std::vector<std::string> const& args,
                                 std::vector<std::string> const& environment = {}) {
        return parlance::spawn(program, args,
                               {.in = parlance::stdio::ignore(), .err = parlance::stdio::ignore(), .env = environment});
    }
    std::vector<std::string> environment(std::string const& directory) const {
        return {"HOME=" + directory,          // the cookie
                "RUNNING_UNDER_SYSTEMD=true", // it is our own child, and not that of a shell
                "ERL_EPMD_PORT=" + mapper_port_,
                "ERL_EPMD_ADDRESS=127.0.0.1",
                "RABBITMQ_NODENAME=parlance-bench-" + port_ + "@localhost",
                "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
                "RABBITMQ_NODE_PORT=" + port_,
                "RABBITMQ_DIST_PORT=" + free_port(),
                "RABBITMQ_MNESIA_BASE=" + directory,
                "RABBITMQ_LOGS=" + directory + "/log",
                "RABBITMQ_CONFIG_FILE=" + directory + "/none",
                "RABBITMQ_CONF_ENV_FILE=" + directory + "/none",
                "RABBITMQ_ENABLED_PLUGINS_FILE=" + directory + "/plugins"};
    }

    std::string port_, mapper_port_;
    parlance::child mapper_, process_;
};

} // namespace bench
