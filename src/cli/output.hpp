#pragma once
/// Standard output and standard error: buffered, coloured where that is wanted, and quiet when nobody reads any more.

#include <string>
#include <string_view>

namespace parlance::cli {

enum class color_choice { automatic, never, always };
enum class paint { bold, dim, red, green, yellow, cyan };

/// Thrown when whoever read our output has gone. The command then ends as one that SIGPIPE ended, and says nothing.
struct output_closed {};

/// One of our two outputs. Nothing is lost when it is dropped only after `flush`.
class output {
public:
    output(int fd, color_choice color);

    bool is_terminal() const noexcept { return terminal_; }
    /// `text` in this paint, or as it is where no color is wanted.
    std::string painted(paint, std::string_view text) const;

    void write(std::string_view text);
    void line(std::string_view text);
    /// Whether a small text would have to wait for whoever reads.
    bool stands_still() const noexcept;
    /// Waits until it is written. Throws output_closed; failure with the system's code (a full disk).
    void flush();

private:
    int fd_;
    bool terminal_, color_;
    std::string waiting_;
};

/// Whether to color: the choice first, then NO_COLOR and TERM=dumb, then whether a terminal is there. Pure.
bool wants_color(color_choice, char const* no_color, char const* term, bool terminal) noexcept;

} // namespace parlance::cli
