#pragma once
/// What a store's URL says. Pure.

#include <parlance/queue.hpp>

namespace parlance {

struct store_address {
    std::string directory;
    std::optional<parlance::durability> durability{}; ///< none: as the store was made, or `durable` for a new one
    bool operator==(store_address const&) const = default;
};

/// `DIR`, `lmdb:DIR`, with `?durability=…`. Throws failure: errc::invalid_argument; errc::not_supported for Redis.
store_address parse_store_url(std::string_view url);

} // namespace parlance
