#include "cli/doctor.hpp"

#include "cli/queue_words.hpp"
#include "queue/lmdb_store/file_system.hpp"

#include <parlance/run.hpp>
#include <parlance/size.hpp>

#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <filesystem>

namespace parlance::cli {
namespace {

constexpr std::uint64_t scarce_bytes = std::uint64_t{1} << 30, hardly_any_bytes = 64 << 20;

/// The directory of a store's URL; empty where it is of another kind.
std::string directory_of(std::string_view url) {
    url = url.substr(0, url.find('?'));
    if (url.starts_with("lmdb:")) url.remove_prefix(5);
    return std::string(url);
}

/// The directory, or the nearest one above it that is there.
std::filesystem::path nearest_existing(std::filesystem::path path) {
    std::error_code ignored;
    path = std::filesystem::absolute(path, ignored);
    while (!std::filesystem::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
    return path;
}

finding examine_directory(std::string const& directory) {
    struct stat about{};
    if (::stat(directory.c_str(), &about) != 0) {
        auto const above = nearest_existing(directory);
        if (::access(above.c_str(), W_OK | X_OK) == 0)
            return {"store", health::ok, directory + " will be made when first used"};
        return {"store", health::broken, directory + " is not there, and " + above.string() + " may not be written",
                "give a directory of yours: --store DIR or PARLANCE_STORE"};
    }
    if (!S_ISDIR(about.st_mode))
        return {"store", health::broken, directory + " is no directory",
                "give a directory: --store DIR or PARLANCE_STORE"};
    if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0)
        return {"store", health::broken, directory + " may not be read and written",
                "chown or chmod it, or use another --store"};
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (about.st_mode & S_ISVTX) == 0)
        return {"store", health::warning, directory + " may be written by others", "chmod go-w " + directory};
    return {"store", health::ok, directory};
}

finding examine_file_system(std::filesystem::path const& place) {
    if (auto reason = lmdb_store::why_unsafe(place.string()); !reason.empty())
        return {"file system", health::broken, std::move(reason), "give a directory on a local disk: --store DIR"};
    return {"file system", health::ok, "local"};
}

finding examine_space(std::filesystem::path const& place) {
    struct statfs about{};
    if (::statfs(place.c_str(), &about) != 0)
        return {"free space", health::warning, "cannot be asked about " + place.string()};
    auto const free = static_cast<std::uint64_t>(about.f_bavail) * static_cast<std::uint64_t>(about.f_bsize);
    auto const text = format_size(free) + " in " + place.string();
    if (free < hardly_any_bytes)
        return {"free space", health::broken, text,
                "make room, or use another --store: sends will fail with storeFull"};
    if (free < scarce_bytes) return {"free space", health::warning, text, "make room before it is used up"};
    return {"free space", health::ok, text};
}

/// Opens what is there; makes nothing.
void examine_contents(command_line& line, std::vector<finding>& found) {
    try {
        auto const store = line.store();
        auto const names = parlance::run(store.list());
        found.push_back({"format", health::ok, "readable, " + counted(names.size(), "queue")});
        auto const mode = store.durability();
        if (mode == durability::fast)
            found.push_back({"durability", health::warning, "fast: a power loss may corrupt the store",
                             "a new store with ?durability=durable, for what must not be lost"});
        else if (mode == durability::relaxed)
            found.push_back({"durability", health::ok, "relaxed: the last commits may vanish at a power loss"});
        else
            found.push_back({"durability", health::ok, "durable: a message is on the disk when `send` returns"});
    } catch (failure const& fault) {
        found.push_back({"format", health::broken, fault.message(), explained(fault).hint});
    }
}

} // namespace

std::vector<finding> examine_store(command_line& line) {
    auto const directory = directory_of(line.store_url());
    std::vector<finding> found{examine_directory(directory)};
    auto const place = nearest_existing(directory);
    found.push_back(examine_file_system(place));
    found.push_back(examine_space(place));
    if (found.front().state == health::broken) return found;
    if (line.store_is_there()) examine_contents(line, found);
    return found;
}

} // namespace parlance::cli
