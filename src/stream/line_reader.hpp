#pragma once
/// What `stream::line` remembers between its calls.

#include "stream/inbox.hpp"
#include "wire/delimited.hpp"

#include <parlance/stream.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Throws failure: errc::invalid_argument where it is empty.
void check_delimiter(std::string_view delimiter);

/// Bytes that were read and not handed out, and how far they were searched.
class stream::line_reader {
public:
    /// From now on lines end with `delimiter`. What was searched for another one is searched again.
    void end_with(std::string_view delimiter);

    /// The next whole line of what was read; none means: read more. Throws failure: errc::message_too_large.
    std::optional<std::string> next(std::size_t limit_bytes);
    /// What is left when no more comes. Throws the same.
    std::optional<std::string> last(std::size_t limit_bytes);

    std::span<char> room() { return in_.room(); }
    void filled(std::size_t count) noexcept { in_.filled(count); }

    bool has_bytes() const noexcept { return !in_.bytes().empty(); }
    /// Moves what was read ahead, as much as fits, into `into`: it is no longer cut into lines.
    std::size_t give(std::span<char> into) noexcept;
    /// Drops what was read ahead. A read may be under way.
    void forget() noexcept;

private:
    std::optional<std::string> judge(wire::cut const&, std::size_t limit_bytes);

    static constexpr std::size_t read_size = 256 << 10; ///< while much comes
    inbox in_{read_size};
    wire::delimited_scan scan_;
    std::string delimiter_;
};

} // namespace parlance
