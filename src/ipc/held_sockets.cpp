#include "ipc/held_sockets.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unordered_set>

namespace parlance {
namespace {

std::unordered_set<ino_t> open_sockets() {
    std::unordered_set<ino_t> found;
    std::unique_ptr<DIR, int (*)(DIR*)> const all(::opendir("/proc/self/fd"), ::closedir);
    while (auto const* const each = all ? ::readdir(all.get()) : nullptr) {
        struct stat about{};
        if (::fstat(std::atoi(each->d_name), &about) == 0 && S_ISSOCK(about.st_mode)) found.insert(about.st_ino);
    }
    return found;
}

} // namespace

void held_sockets::add(std::string const& key, int socket) {
    struct stat about{};
    if (::fstat(socket, &about) != 0) return;
    auto& all = keys_[key];
    all.inodes.push_back(about.st_ino);
    if (all.inodes.size() < all.look_at) return;
    forget_closed(all);
    all.look_at = std::max(all.look_at, 2 * all.inodes.size());
}

void held_sockets::forget_closed(sockets& all) {
    auto const open = open_sockets();
    std::erase_if(all.inodes, [&](ino_t socket) { return !open.contains(socket); });
}

std::size_t held_sockets::count(std::string_view key) {
    auto const held = keys_.find(key);
    if (held == keys_.end()) return 0;
    forget_closed(held->second);
    return held->second.inodes.size();
}

} // namespace parlance
