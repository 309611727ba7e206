#pragma once
/// What goes around a message on the wire. Rules: docs/framings.md.

#include <parlance/framing.hpp>

#include <array>
#include <string_view>

namespace parlance::wire {

/// The bytes before and after one message.
class envelope {
public:
    /// `delimiter` is that of `delimited`.
    envelope(framing, std::string_view message, char delimiter = '\f') noexcept;
    std::string_view before() const noexcept { return {before_.data(), before_size_}; }
    std::string_view after() const noexcept { return {after_.data(), after_size_}; }

private:
    std::array<char, 48> before_;
    std::size_t before_size_ = 0;
    std::array<char, 1> after_{'\n'};
    std::size_t after_size_ = 0;
};

/// Why a message cannot be sent in this framing, e.g. for its line break in `lines`; empty where it can.
/// Only what would break the framing is looked for, not whether it is JSON.
std::string_view why_unsendable(framing, std::string_view message, char delimiter = '\f') noexcept;

} // namespace parlance::wire
