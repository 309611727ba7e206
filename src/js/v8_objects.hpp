#pragma once
/// The numbers of objects. V8's and ours differ where V8 counts two for what is one to us.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace parlance::js::v8 {

class object_numbers {
public:
    /// The next object of V8's begins: its number; none where they cannot be counted.
    std::optional<std::uint32_t> begin() noexcept {
        return begun_ == UINT32_MAX ? std::nullopt : std::optional(begun_++);
    }
    bool is_begun(std::uint32_t theirs) const noexcept { return theirs < begun_; }

    /// `theirs` is no object of ours. What it means instead may be told by `means`, with the place given here.
    std::size_t hide(std::uint32_t theirs) {
        hidden_.push_back({theirs, std::nullopt});
        return hidden_.size() - 1;
    }
    void means(std::size_t place, std::size_t ours) noexcept { hidden_[place].ours = ours; }

    /// Our number of the next object that begins.
    std::size_t next() const noexcept { return begun_ - hidden_.size(); }
    /// Our number of theirs; none where there is nothing that it could mean.
    std::optional<std::size_t> ours(std::uint32_t theirs) const noexcept {
        auto const at = std::ranges::lower_bound(hidden_, theirs, {}, &hidden::theirs);
        if (at != hidden_.end() && at->theirs == theirs) return at->ours;
        return theirs - static_cast<std::size_t>(at - hidden_.begin());
    }

private:
    struct hidden {
        std::uint32_t theirs;
        std::optional<std::size_t> ours;
    };
    std::uint32_t begun_ = 0;
    std::vector<hidden> hidden_; ///< by V8's number
};

} // namespace parlance::js::v8
