#include "js/array_index.hpp"
#include "js/name_table.hpp"

#include <parlance/error.hpp>

#include <algorithm>

namespace parlance::js {
namespace {

/// Below this, looking at each name is faster than a table.
constexpr std::size_t small_object = 16;

/// Where a name stands among others: an index by its value, the others behind all indexes.
constexpr std::uint64_t no_index = std::uint64_t{1} << 32;
std::uint64_t rank(std::string_view name) noexcept {
    auto const index = parse_array_index(name);
    return index ? *index : no_index;
}

} // namespace

struct object::contents {
    std::vector<member> members; ///< the indexes first, sorted
    std::size_t indexes = 0;
    name_table table; ///< of the others, where they are more than `small_object`

    std::span<member const> names() const noexcept { return std::span(members).subspan(indexes); }
    std::size_t index_place(std::uint64_t index) const noexcept {
        auto const end = members.begin() + static_cast<std::ptrdiff_t>(indexes);
        auto const at = std::partition_point(members.begin(), end,
                                             [&](member const& m) { return *parse_array_index(m.first) < index; });
        return static_cast<std::size_t>(at - members.begin());
    }

    std::optional<std::size_t> find(std::string_view name) const noexcept {
        if (auto const index = parse_array_index(name)) {
            auto const at = index_place(*index);
            return at < indexes && members[at].first == name ? std::optional(at) : std::nullopt;
        }
        auto const among = names();
        if (among.size() > small_object) {
            auto const at = table.find(among, name);
            return at ? std::optional(indexes + *at) : std::nullopt;
        }
        for (std::size_t i = 0; i < among.size(); ++i)
            if (among[i].first == name) return indexes + i;
        return std::nullopt;
    }

    /// Takes them as they are. False, and nothing done, where they are out of order, or a name is there twice.
    bool adopt(std::vector<member>& all) {
        std::uint64_t last = 0;
        std::size_t first_name = 0;
        for (auto const& each : all) {
            auto const its = rank(each.first);
            if (its < last || (its == last && its < no_index && &each != all.data())) return false;
            last = its;
            first_name += its < no_index;
        }
        auto const among = std::span<member const>(all).subspan(first_name);
        if (among.size() <= small_object) {
            for (std::size_t i = 1; i < among.size(); ++i)
                for (std::size_t k = 0; k < i; ++k)
                    if (among[k].first == among[i].first) return false;
        } else if (!table.rebuild_of_different(among)) {
            return false;
        }
        members = std::move(all);
        indexes = first_name;
        return true;
    }

    /// Puts what is not there yet where it belongs.
    value& put(member m) {
        if (auto const index = parse_array_index(m.first)) {
            auto const at = static_cast<std::ptrdiff_t>(index_place(*index));
            ++indexes;
            return members.insert(members.begin() + at, std::move(m))->second;
        }
        members.push_back(std::move(m));
        note_last();
        return members.back().second;
    }
    void note_last() {
        auto const among = names();
        if (among.size() == small_object + 1)
            table.rebuild(among);
        else if (among.size() > small_object)
            table.add(among, among.size() - 1);
    }
    void erase(std::size_t at) {
        members.erase(members.begin() + static_cast<std::ptrdiff_t>(at));
        if (at < indexes) {
            --indexes;
        } else if (names().size() > small_object) {
            table.rebuild(names());
        }
    }
};

object::object() noexcept = default;
object::object(std::initializer_list<member> members) : object(std::vector<member>(members)) {}
object::object(std::vector<member> members) {
    if (members.empty()) return;
    auto& mine = make();
    if (mine.adopt(members)) return; // nearly always
    std::ranges::stable_sort(members, {}, [](member const& m) { return rank(m.first); });
    mine.members.reserve(members.size());
    for (auto& m : members) {
        if (auto const at = mine.find(m.first))
            mine.members[*at].second = std::move(m.second);
        else
            mine.put(std::move(m));
    }
}
object::object(object const& other)
    : contents_(other.contents_ ? std::make_unique<contents>(*other.contents_) : nullptr) {}
object::object(object&&) noexcept = default;
object& object::operator=(object const& other) {
    if (this != &other) *this = object(other);
    return *this;
}
object& object::operator=(object&&) noexcept = default;
object::~object() = default;

object::contents& object::make() {
    if (!contents_) contents_ = std::make_unique<contents>();
    return *contents_;
}

std::size_t object::size() const noexcept { return contents_ ? contents_->members.size() : 0; }

value const* object::find(std::string_view name) const noexcept {
    auto const at = contents_ ? contents_->find(name) : std::nullopt;
    return at ? &contents_->members[*at].second : nullptr;
}
value* object::find(std::string_view name) noexcept { return const_cast<value*>(std::as_const(*this).find(name)); }

value const& object::at(std::string_view name) const {
    if (auto const* found = find(name)) return *found;
    throw failure(errc::invalid_argument, {.reason = "an object has no \"" + std::string(name) + "\""});
}

value& object::operator[](std::string_view name) {
    if (auto* found = find(name)) return *found;
    return make().put({std::string(name), {}});
}

bool object::insert(std::string name, value v) {
    if (contains(name)) return false;
    make().put({std::move(name), std::move(v)});
    return true;
}

bool object::erase(std::string_view name) {
    auto const at = contents_ ? contents_->find(name) : std::nullopt;
    if (!at) return false;
    contents_->erase(*at);
    return true;
}

object::member const* object::begin() const noexcept { return contents_ ? contents_->members.data() : nullptr; }
object::member const* object::end() const noexcept { return begin() + size(); }

bool object::operator==(object const& other) const {
    if (size() != other.size()) return false;
    auto const* theirs = other.begin();
    for (auto const& [name, mine] : *this) {
        auto const* found = theirs->first == name ? &theirs->second : other.find(name);
        if (!found || !(mine == *found)) return false;
        ++theirs;
    }
    return true;
}

} // namespace parlance::js
