#pragma once
/// What a sink is inside.

#include <parlance/sink.hpp>

#include <exception>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace parlance {

/// Takes bytes at once (`take`), or as a stream takes them (`to`).
struct sink::target {
    std::string name; ///< as errors say it
    std::function<void(std::string_view)> take{};
    std::function<void()> finish{}; ///< at the end of the input; none: nothing to do
    stream own{};                   ///< what `to` is, where it is nobody else's
    stream* to = nullptr;
    std::size_t left_bytes = std::numeric_limits<std::size_t>::max(); ///< that it may still have
    std::size_t at_most_bytes = std::numeric_limits<std::size_t>::max();

    std::string_view rest{}; ///< of what is being given to it
    bool reader_gone = false;
    std::exception_ptr fault{}; ///< thrown when the others have got theirs
};

} // namespace parlance
