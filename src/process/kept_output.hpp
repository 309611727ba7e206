#pragma once
/// What becomes of an output of a child that nobody reads as a stream.

#include "stream/capture_buffer.hpp"

#include <cstddef>
#include <functional>
#include <optional>
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
    /// What its tail was until now is the beginning.
    void collect(std::size_t limit_bytes);
    void give_lines(line_function hear, std::size_t longest_bytes) {
        hear_ = std::move(hear);
        limit_bytes_ = longest_bytes;
    }
    /// From now on nothing more is kept, or handed on.
    void let_go() noexcept { over_ = true; }
    bool collects() const noexcept { return collected_.has_value(); }
    bool gives_lines() const noexcept { return static_cast<bool>(hear_); }

    /// Where the next read goes; `scratch` where it need not stay.
    std::span<char> room(std::span<char> scratch) {
        return collected_ && !collected_->over() ? collected_->room() : scratch;
    }
    /// Takes what was read there. False when it is, for the first time, more than may be collected: the first
    /// `limit_bytes` are kept. Throws what the hearer of the lines throws.
    bool take(std::string_view bytes);
    /// The output is at its end: the last line, without a newline, is one too.
    void end();

    /// What was collected.
    std::string& whole();
    /// The same; then it is no longer here, but for its tail.
    std::string hand_out(std::size_t tail_bytes);
    /// The end of it, at most `limit_bytes`.
    std::string tail(std::size_t limit_bytes);

private:
    void hand_on(std::string_view bytes);

    std::size_t tail_bytes_ = 0, limit_bytes_ = 0;
    bool over_ = false, handed_out_ = false;
    line_function hear_{};
    std::optional<capture_buffer> collected_{};
    std::optional<std::string> whole_{}; ///< the same, once somebody asked for it
    std::string text_; ///< its tail, and perhaps a little more; of lines: the beginning of one that is not whole
};

} // namespace parlance
