#pragma once
// A redis-server of one's own, on a free port, for as long as it is needed.

#include "support/server.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Arguments for how durable it is. Without a log and without snapshots: as fast as Redis goes.
inline std::vector<std::string> in_memory() { return {"--appendonly", "no"}; }
/// Each command is on the disk of `directory`, which is there, before it is answered.
inline std::vector<std::string> synced(std::string const& directory) {
    return {"--dir", directory, "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"};
}

class redis_server {
public:
    explicit redis_server(std::vector<std::string> durability = in_memory())
        : port_(free_port()), process_(start(port_, std::move(durability))) {
        wait_until_it_says("Ready to accept connections", process_);
    }
    std::string const& port() const { return port_; }

private:
    static parlance::child start(std::string const& port, std::vector<std::string> args) {
        args.insert(args.end(), {"--bind", "127.0.0.1", "--port", port, "--save", ""});
        args.insert(args.end(), {"--set-proc-title", "no"}); // which would be written over what scratch finds it by
        return parlance::spawn("redis-server", args,
                               {.in = parlance::stdio::ignore(), .err = parlance::stdio::ignore()});
    }

    std::string port_;
    parlance::child process_;
};

} // namespace bench
