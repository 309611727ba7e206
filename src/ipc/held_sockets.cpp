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
    look();
    all.look_at = std::max(all.look_at, 2 * all.inodes.size());
}

void held_sockets::look() {
    auto const open = open_sockets();
    for (auto& [key, all] : keys_) std::erase_if(all.inodes, [&](ino_t socket) { return !open.contains(socket); });
}

std::size_t held_sockets::known_open(std::string_view key) const noexcept {
    auto const held = keys_.find(key);
    return held == keys_.end() ? 0 : held->second.inodes.size();
}

std::size_t held_sockets::count(std::string_view key) {
    look();
    return known_open(key);
}

} // namespace parlance
