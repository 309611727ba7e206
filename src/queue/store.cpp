#include "queue/checks.hpp"
#include "queue/lmdb_store/directory_store.hpp"
#include "queue/store_access.hpp"
#include "queue/store_url.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace parlance {

std::shared_ptr<store_backend> open_store(std::string_view url) {
    auto const address = parse_store_url(url);
    return lmdb_store::directory_store::open(address.directory, address.durability);
}

store store::open(std::string_view url) {
    store opened;
    opened.state_ = std::make_shared<state>(state{std::string(url), open_store(url)});
    return opened;
}

std::string store::default_url() {
    auto const value = [](char const* name) {
        auto const* text = std::getenv(name);
        return std::string(text != nullptr ? text : "");
    };
    if (auto url = value("PARLANCE_STORE"); !url.empty()) return url;
    if (auto state = value("XDG_STATE_HOME"); state.starts_with('/')) return state + "/parlance";
    auto home = value("HOME");
    if (home.empty()) { // as under cron or systemd
        std::array<char, 16384> room;
        passwd entry{};
        passwd* found = nullptr;
        if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) == 0 && found) home = found->pw_dir;
    }
    return home + "/.local/state/parlance";
}

queue store::queue(std::string_view name) const {
    check_queue_name(name);
    return parlance::queue(*this, std::string(name));
}

asio::awaitable<std::vector<std::string>> store::list() const { return state_->backend->list(); }
std::string const& store::url() const noexcept { return state_->url; }
durability store::durability() const noexcept { return state_->backend->durability(); }

} // namespace parlance
