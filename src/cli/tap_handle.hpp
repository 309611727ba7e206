#pragma once
/// A descriptor that passes.

#include <string>

namespace parlance::cli {

/// "TCP 127.0.0.1:8080, listening", "TCP 127.0.0.1:8080 with 127.0.0.1:40000", "UDP 0.0.0.0:53", "a Unix socket
/// /tmp/s", "a pipe", "a file".
std::string descriptor_in_words(int fd);

} // namespace parlance::cli
