#pragma once
/// The connections that came with a `key`, which their server, in another process, wants counted.

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// Knows a socket by its inode, and counts those that are still open in this process, whoever owns them now.
class held_sockets {
public:
    void add(std::string const& key, int socket);
    /// Was there ever one of this key? Node answers for no other.
    bool knows(std::string_view key) const noexcept { return keys_.contains(key); }
    bool empty() const noexcept { return keys_.empty(); }
    /// How many are open. Reads /proc/self/fd.
    std::size_t count(std::string_view key);
    /// Reads /proc/self/fd once, for all keys; then `known_open` says what was found.
    void look();
    std::size_t known_open(std::string_view key) const noexcept;

private:
    struct sockets {
        std::vector<ino_t> inodes{};
        std::size_t look_at = 64; ///< so many: time to forget those that are closed
    };

    std::map<std::string, sockets, std::less<>> keys_;
};

} // namespace parlance
