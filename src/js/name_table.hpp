#pragma once
/// Where each name of a large object stands.

#include <parlance/js.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace parlance::js {

/// A hash table of positions in a list of members that lies elsewhere. Its hash has a key that each process draws for
/// itself: who sends the names cannot choose them so that they collide.
class name_table {
public:
    std::optional<std::size_t> find(std::span<object::member const> members, std::string_view name) const noexcept;
    /// Notes the member at `position`, whose name is not in the table yet.
    void add(std::span<object::member const> members, std::size_t position);
    void rebuild(std::span<object::member const> members);
    /// The same, of names that may be there twice: then false, and the table is of no use.
    bool rebuild_of_different(std::span<object::member const> members);

private:
    void make_room_for(std::size_t names);
    void place(std::string_view name, std::size_t position) noexcept;
    std::vector<std::uint32_t> slots_; ///< position + 1, or 0; a power of two of them, at most half in use
};

} // namespace parlance::js
