#pragma once
/// Integers and texts to bytes and back. Pure.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace parlance::lmdb_store {

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

template <class T> constexpr T swapped(T value) noexcept {
    if constexpr (sizeof value == 8) return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
    if constexpr (sizeof value == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    if constexpr (sizeof value == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    return value;
}

/// Writes a key's parts one after the other.
class key_writer {
public:
    explicit key_writer(char* at) noexcept : at_(at) {}
    template <class T> key_writer& add(T value) noexcept {
        auto const turned = swapped(value);
        std::memcpy(at_, &turned, sizeof turned);
        at_ += sizeof turned;
        return *this;
    }

private:
    char* at_;
};

/// Reads them back; what is missing reads as 0, so that a damaged key cannot lead outside.
class key_reader {
public:
    explicit key_reader(std::string_view bytes) noexcept : bytes_(bytes) {}
    template <class T> T take() noexcept {
        T value{};
        if (bytes_.size() < sizeof value) return bytes_ = {}, T{};
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
        return swapped(value);
    }

private:
    std::string_view bytes_;
};

/// Values: little-endian integers; a text is its u32 length and its bytes.
class value_writer {
public:
    template <class T> value_writer& add(T value) {
        bytes_.append(reinterpret_cast<char const*>(&value), sizeof value);
        return *this;
    }
    value_writer& text(std::string_view text) {
        add(static_cast<std::uint32_t>(text.size()));
        bytes_.append(text);
        return *this;
    }
    std::string const& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

class value_reader {
public:
    explicit value_reader(std::string_view bytes) noexcept : bytes_(bytes) {}
    template <class T> T take() noexcept {
        T value{};
        if (bytes_.size() < sizeof value) return bad_ = true, T{};
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
        return value;
    }
    std::string text() {
        auto const size = take<std::uint32_t>();
        if (bytes_.size() < size) return bad_ = true, std::string();
        std::string text(bytes_.substr(0, size));
        bytes_.remove_prefix(size);
        return text;
    }
    /// Something was missing.
    bool bad() const noexcept { return bad_; }

private:
    std::string_view bytes_;
    bool bad_ = false;
};

} // namespace parlance::lmdb_store
