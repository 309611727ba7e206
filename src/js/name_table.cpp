#include "js/name_table.hpp"

#include <sys/random.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstring>

namespace parlance::js {
namespace {

using key = std::array<std::uint64_t, 2>;

key draw_key() noexcept {
    key drawn{};
    if (::getrandom(drawn.data(), sizeof drawn, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof drawn)) {
        // Only in the first moments of a system: better than a key that is known.
        drawn[0] = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
        drawn[1] = reinterpret_cast<std::uintptr_t>(&drawn);
    }
    return drawn;
}

/// SipHash-1-3.
struct sip_state {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

std::uint64_t hash(std::string_view name) noexcept {
    static key const k = draw_key();
    sip_state state{k[0] ^ 0x736f6d6570736575, k[1] ^ 0x646f72616e646f6d, k[0] ^ 0x6c7967656e657261,
                    k[1] ^ 0x7465646279746573};
    auto const whole = name.size() / 8 * 8;
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < whole; at += 8) {
        std::memcpy(&word, name.data() + at, 8);
        state.take(word);
    }
    word = 0;
    if (whole < name.size()) std::memcpy(&word, name.data() + whole, name.size() - whole);
    state.take(word | static_cast<std::uint64_t>(name.size()) << 56);
    state.v2 ^= 0xff;
    for (int i = 0; i < 3; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

} // namespace

std::optional<std::size_t> name_table::find(std::span<object::member const> members,
                                            std::string_view name) const noexcept {
    if (slots_.empty()) return std::nullopt;
    auto const mask = slots_.size() - 1;
    for (auto at = hash(name) & mask; slots_[at] != 0; at = (at + 1) & mask) {
        auto const position = slots_[at] - 1;
        if (members[position].first == name) return position;
    }
    return std::nullopt;
}

void name_table::place(std::string_view name, std::size_t position) noexcept {
    auto const mask = slots_.size() - 1;
    auto at = hash(name) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(position + 1);
}

void name_table::add(std::span<object::member const> members, std::size_t position) {
    if (slots_.size() < 2 * (position + 1)) {
        slots_.assign(std::bit_ceil(4 * (position + 1)), 0);
        for (std::size_t i = 0; i < position; ++i) place(members[i].first, i);
    }
    place(members[position].first, position);
}

void name_table::rebuild(std::span<object::member const> members) {
    make_room_for(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) place(members[i].first, i);
}

bool name_table::rebuild_of_different(std::span<object::member const> members) {
    make_room_for(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (find(members, members[i].first)) return false;
        place(members[i].first, i);
    }
    return true;
}

void name_table::make_room_for(std::size_t names) {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(4 * names, 4)), 0);
}

} // namespace parlance::js
