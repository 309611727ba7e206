#pragma once
/// What becomes of an output of a child that nobody reads as a stream.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace parlance {

/// One output: its bytes are dropped, kept whole up to a limit, kept as far as its tail, or handed on by the line.
/// Which of them may change while it is being read.
class kept_output {
public:
    using line_function = std::function<void(std::string_view)>;

    void keep_tail(std::size_t bytes) { tail_bytes_ = bytes; }
    void collect(std::size_t limit_bytes) { limit_bytes_ = limit_bytes, collects_ = true; }
    void give_lines(line_function hear, std::size_t longest_bytes) {
        hear_ = std::move(hear);
        limit_bytes_ = longest_bytes;
    }
    /// From now on nothing more is kept, or handed on.
    void let_go() { over_ = true; }
    bool collects() const noexcept { return collects_; }
    bool gives_lines() const noexcept { return static_cast<bool>(hear_); }

    /// Takes what was read. False when it is more than may be collected: the first `limit_bytes` are kept.
    /// Throws what the hearer of the lines throws.
    bool take(std::string_view bytes);
    /// The output is at its end: the last line, without a newline, is one too.
    void end();

    std::string& text() noexcept { return text_; } ///< what was collected, or its tail and perhaps a little more

private:
    void hand_on(std::string_view bytes);

    std::size_t tail_bytes_ = 0, limit_bytes_ = 0;
    bool collects_ = false, over_ = false;
    line_function hear_{};
    std::string text_;
};

} // namespace parlance
