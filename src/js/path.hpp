#pragma once
/// Where in a value we are: `$.items[3].at`. Steps lie on the stack of who walks, and cost nothing until they are told.

#include <cstddef>
#include <string>
#include <string_view>

namespace parlance::js {

class path {
public:
    path() noexcept = default; ///< the whole value: `$`
    path(path const& up, std::string_view name) noexcept : up_(&up), name_(name), is_name_(true) {}
    path(path const& up, std::size_t index) noexcept : up_(&up), index_(index) {}

    std::string text() const;

private:
    path const* up_ = nullptr;
    std::string_view name_{};
    std::size_t index_ = 0;
    bool is_name_ = false;
};

} // namespace parlance::js
