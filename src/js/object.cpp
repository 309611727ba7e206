#include "js/array_index.hpp"
#include "js/name_table.hpp"

#include <parlance/error.hpp>

#include <algorithm>

namespace parlance::js {
namespace {

/// Below this, looking at each name is faster than a table.
constexpr std::size_t small_object = 16;

/// Where a name stands among others: an index by its value, the others behind all indexes.
std::uint64_t rank(std::string_view name) noexcept {
    auto const index = parse_array_index(name);
    return index ? *index : std::uint64_t{1} << 32;
}

} // namespace

struct object::contents {
    std::vector<member> members;
    name_table table; ///< of more than `small_object` members

    std::optional<std::size_t> find(std::string_view name) const noexcept {
        if (members.size() > small_object) return table.find(members, name);
        for (std::size_t i = 0; i < members.size(); ++i)
            if (members[i].first == name) return i;
        return std::nullopt;
    }

    void push_back(member m) {
        members.push_back(std::move(m));
        if (members.size() == small_object + 1)
            table.rebuild(members);
        else if (members.size() > small_object)
            table.add(members, members.size() - 1);
    }

    value& put(std::string name) {
        auto at = members.end();
        if (auto const index = parse_array_index(name);
            index && !members.empty() && *index < rank(members.back().first)) {
            at = std::partition_point(members.begin(), members.end(),
                                      [&](member const& m) { return rank(m.first) < *index; });
        }
        if (at == members.end()) return push_back({std::move(name), {}}), members.back().second;
        auto const position = at - members.begin();
        members.insert(at, {std::move(name), {}});
        if (members.size() > small_object) table.rebuild(members);
        return members[static_cast<std::size_t>(position)].second;
    }
};

object::object() noexcept = default;
object::object(std::initializer_list<member> members) : object(std::vector<member>(members)) {}
object::object(std::vector<member> members) {
    if (members.empty()) return;
    if (!std::ranges::is_sorted(members, {}, [](member const& m) { return rank(m.first); }))
        std::ranges::stable_sort(members, {}, [](member const& m) { return rank(m.first); });
    auto& mine = make();
    mine.members.reserve(members.size());
    for (auto& m : members) {
        if (auto const at = mine.find(m.first))
            mine.members[*at].second = std::move(m.second);
        else
            mine.push_back(std::move(m));
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
    return make().put(std::string(name));
}

bool object::insert(std::string name, value v) {
    if (contains(name)) return false;
    make().put(std::move(name)) = std::move(v);
    return true;
}

bool object::erase(std::string_view name) {
    auto const at = contents_ ? contents_->find(name) : std::nullopt;
    if (!at) return false;
    contents_->members.erase(contents_->members.begin() + static_cast<std::ptrdiff_t>(*at));
    contents_->table.clear();
    if (contents_->members.size() > small_object) contents_->table.rebuild(contents_->members);
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
