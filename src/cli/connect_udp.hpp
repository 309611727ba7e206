#pragma once
/// `connect --udp`: node-ipc has no clients over UDP, so it is a server that talks to one peer alone.

#include "cli/socket_words.hpp"

namespace parlance::cli {

asio::awaitable<int> connect_udp(socket_request asked, command_line& line);

} // namespace parlance::cli
