#pragma once
/// The one reader of V8's format: what it finds goes to a builder, which makes values of it (v8_decode.cpp) or nothing
/// (v8_scan.cpp). So both take and refuse the same.

#include "js/v8_bytes.hpp"
#include "js/v8_objects.hpp"

#include <algorithm>
#include <string_view>

namespace parlance::js::v8 {

/// Deeper than this nobody reads, whatever the limits say: the stack is not ours alone.
inline constexpr std::size_t deepest = 1000;

/// Builder::value is what it makes of one value; see `tree_builder` for the rest.
template <class Builder> class parser : byte_reader {
public:
    using value = typename Builder::value;

    parser(std::string_view data, dialect d, limits bounds) noexcept
        : byte_reader(data), dialect_(d), depth_left_(std::min<std::size_t>(bounds.depth, deepest)),
          values_left_(bounds.values) {}

    /// One message. False where it has a fault.
    bool message(value& into) {
        if (!byte(header)) return failed("not V8's format, which begins with ff");
        if (!number(version_)) return false;
        if (version_ < oldest_version || version_ > version) return failed("a version other than 13, 14 and 15");
        return read(into) != got::nothing;
    }

    using byte_reader::why;
    /// The member "cmd" of the message where it is a string.
    wire_text const& command() const noexcept { return command_; }

private:
    enum class got { nothing, primitive, text, reference, object };

    got fail(std::string_view what) noexcept { return failed(what), got::nothing; }

    // ---- bounds

    bool count() noexcept {
        if (values_left_ == 0) return failed("more values than the limit");
        --values_left_;
        return true;
    }
    bool enter() noexcept {
        if (depth_left_ == 0) return failed("objects deeper in objects than the limit");
        --depth_left_;
        return true;
    }
    void leave() noexcept { ++depth_left_; }

    // ---- references

    got reference(value& into) {
        std::uint32_t theirs = 0;
        if (!number(theirs)) return got::nothing;
        if (!objects_.is_begun(theirs)) return fail("a reference to an object that is not there");
        auto const object = objects_.ours(theirs);
        if (!object) return fail("a reference to the ArrayBuffer of a view, or to what is not complete");
        referred_ = true;
        if (disordered_) return fail(out_of_order);
        into = Builder::reference(*object);
        return got::reference;
    }
    /// References count objects in JavaScript's order of names: a message in another order, which V8 never writes, may
    /// have none.
    bool note_disorder() noexcept {
        disordered_ = true;
        return !referred_ || failed(out_of_order);
    }
    static constexpr std::string_view out_of_order = "names like array indexes out of order, beside a reference";

    // ---- values

    // What has no values in it is read by functions that stay apart, so that those of deep values have small frames.

    got read(value& into) {
        unsigned char t = 0;
        if (!next_tag(t) || !count()) return got::nothing;
        std::uint32_t n = 0;
        switch (t) {
        case latin1_string:
        case utf16_string:
        case utf8_string:
            if (!text_of(t, last_text_)) return got::nothing;
            into = Builder::text(last_text_);
            return got::text;
        case int32_tag:
            if (!number(n)) return got::nothing;
            into = Builder::number(unzigzag(n));
            return got::primitive;
        case uint32_tag:
            if (!number(n)) return got::nothing;
            into = Builder::number(n);
            return got::primitive;
        case double_tag: return read_double(into);
        case true_tag: into = Builder::boolean(true); return got::primitive;
        case false_tag: into = Builder::boolean(false); return got::primitive;
        case null_tag: into = Builder::null(); return got::primitive;
        case undefined_tag: into = Builder::undefined(); return got::primitive;
        case bigint_tag: return read_bigint(into) ? got::primitive : got::nothing;
        case reference_tag: return reference(into);
        default: return read_object(t, into);
        }
    }

    got read_double(value& into) {
        double n = 0;
        if (!real(n)) return got::nothing;
        into = Builder::number(n);
        return got::primitive;
    }

    [[gnu::noinline]] bool read_bigint(value& into) {
        std::uint32_t bits = 0;
        std::string_view magnitude;
        if (!number(bits) || !raw(magnitude, bits >> 1)) return false;
        into = Builder::bigint((bits & 1) != 0, magnitude);
        return true;
    }

    got read_object(unsigned char t, value& into) {
        auto const begun = objects_.begin();
        if (!begun) return fail("more objects than can be counted");
        switch (t) {
        case object_begin: return nested(&parser::object, into);
        case dense_begin: return nested(&parser::dense_array, into);
        case sparse_begin: return nested(&parser::sparse_array, into);
        case map_begin: return nested(&parser::map, into);
        case set_begin: return nested(&parser::set, into);
        case error_tag: return nested(&parser::error, into);
        case host_object: return dialect_ == dialect::v8 ? done(host_view(into)) : host(into, *begun);
        case array_buffer_tag:
        case resizable_buffer_tag: return done(array_buffer(into, t == resizable_buffer_tag, *begun));
        default: return done(leaf(t, into));
        }
    }
    static got done(bool fine) noexcept { return fine ? got::object : got::nothing; }
    got nested(bool (parser::*part)(value&), value& into) {
        if (!enter()) return got::nothing;
        auto const fine = (this->*part)(into);
        leave();
        return done(fine);
    }

    /// Objects without others in them.
    [[gnu::noinline]] bool leaf(unsigned char t, value& into) {
        double n = 0;
        wire_text string;
        switch (t) {
        case date_tag: return real(n) && (into = Builder::date(n), true);
        case true_object: return into = Builder::boxed(Builder::boolean(true)), true;
        case false_object: return into = Builder::boxed(Builder::boolean(false)), true;
        case number_object: return real(n) && (into = Builder::boxed(Builder::number(n)), true);
        case string_object: return text(string) && (into = Builder::boxed(Builder::text(string)), true);
        case bigint_object: return read_bigint(into) && (into = Builder::boxed(std::move(into)), true);
        case regexp_tag: return regexp(into);
        case hole_tag: return back(), failed("a hole outside an array");
        default: return back(), failed("a tag that is not known");
        }
    }

    bool regexp(value& into) {
        wire_text source;
        std::uint32_t flags = 0;
        if (!text(source) || !number(flags)) return false;
        if (!are_flags(flags)) return failed("flags that no RegExp has");
        into = Builder::regexp(source, flags);
        return true;
    }

    /// Names and values until `end`, then their number.
    template <class Members> bool members(Members& to, unsigned char end, bool of_array) {
        bool const top = wrappers_ + 1 == nesting();
        std::uint32_t pairs = 0, told = 0;
        std::int64_t last_index = to.last_index();
        bool names_began = false;
        for (unsigned char t = 0;; ++pairs) {
            if (!peek(t)) return false;
            if (t == end) break;
            wire_name member;
            if (!name(member) || !count()) return false;
            if (auto const index = index_of(member)) {
                if ((names_began || *index <= last_index) && !note_disorder()) return false;
                last_index = *index;
            } else {
                names_began = true;
                if (of_array && is_length(member)) return failed("an array with a name \"length\"");
            }
            value item;
            auto const what = read(item);
            if (what == got::nothing) return false;
            if (top && what == got::text && !member.is_number && is(member.text, "cmd")) command_ = last_text_;
            to.add(member, std::move(item));
        }
        skip();
        return number(told) && (told == pairs || failed("a wrong number of names and values"));
    }
    static bool is_length(wire_name const& n) noexcept { return !n.is_number && is(n.text, "length"); }
    std::size_t nesting() const noexcept { return entered_ - depth_left_; }

    bool object(value& into) {
        typename Builder::object to;
        return members(to, object_end, false) && (to.finish(into) || failed(twice));
    }
    static constexpr std::string_view twice = "a name that is there already";

    bool dense_array(value& into) {
        std::uint32_t length = 0, told = 0;
        if (!number(length)) return false;
        if (length > left()) return failed("an array longer than the message");
        typename Builder::array to(length, true);
        for (std::uint32_t i = 0; i < length; ++i) {
            unsigned char t = 0;
            if (!peek(t)) return false;
            value item;
            if (t == hole_tag) {
                skip();
                if (!count()) return false;
                to.hole();
            } else {
                if (read(item) == got::nothing) return false;
                to.item(std::move(item));
            }
        }
        if (!members(to, dense_end, true) || !number(told)) return false;
        if (told != length) return failed("a wrong length of an array");
        return to.finish(into) || failed(twice);
    }

    bool sparse_array(value& into) {
        std::uint32_t length = 0, told = 0;
        if (!number(length)) return false;
        typename Builder::array to(length, false);
        if (!members(to, sparse_end, true) || !number(told)) return false;
        if (told != length) return failed("a wrong length of an array");
        return to.finish(into) || failed(twice);
    }

    bool map(value& into) {
        typename Builder::map to;
        std::uint32_t values = 0, told = 0;
        for (unsigned char t = 0;; values += 2) {
            if (!peek(t)) return false;
            if (t == map_end) break;
            value key, item;
            if (read(key) == got::nothing || read(item) == got::nothing) return false;
            to.add(std::move(key), std::move(item));
        }
        skip();
        if (!number(told)) return false;
        to.finish(into);
        return told == values || failed("a wrong size of a Map");
    }

    bool set(value& into) {
        typename Builder::set to;
        std::uint32_t values = 0, told = 0;
        for (unsigned char t = 0;; ++values) {
            if (!peek(t)) return false;
            if (t == set_end) break;
            value item;
            if (read(item) == got::nothing) return false;
            to.add(std::move(item));
        }
        skip();
        if (!number(told)) return false;
        to.finish(into);
        return told == values || failed("a wrong size of a Set");
    }

    /// Its parts in any order, each at most once but for the class: of two the last counts.
    bool error(value& into) {
        typename Builder::error to;
        bool has_message = false, has_stack = false, has_cause = false;
        auto const once = [&](bool& seen) { return !std::exchange(seen, true) || failed("a part of an Error twice"); };
        for (std::uint32_t part = 0;;) {
            if (!number(part)) return false;
            wire_text string;
            value cause;
            switch (part & 0xFF) {
            case error_end: return to.finish(into), true;
            case message_part:
                if (!once(has_message) || !text(string)) return false;
                to.message(string);
                break;
            case stack_part:
                if (!once(has_stack) || !text(string)) return false;
                to.stack(string);
                break;
            case cause_part:
                if (!once(has_cause) || read(cause) == got::nothing) return false;
                to.cause(std::move(cause));
                break;
            default: {
                auto const found = std::ranges::find(error_classes, static_cast<char>(part), &error_class::part);
                if (found == error_classes.end()) return failed("a part that no Error has");
                to.name(found->name);
            }
            }
        }
    }

    // ---- bytes as values

    /// Node's own: a view, or any other object that it has.
    [[gnu::noinline]] got host(value& into, std::uint32_t number_of_it) {
        std::uint32_t form = 0;
        if (!number(form)) return got::nothing;
        if (form == 0) return done(host_view(into));
        if (form != 1) return fail("a host object of an unknown form");
        // Its contents, an object, have a number too, and are the same to us.
        bool const wraps_message = wrappers_ == nesting();
        auto const place = objects_.hide(number_of_it);
        auto const ours = objects_.next();
        if (!enter()) return got::nothing;
        wrappers_ += wraps_message;
        auto const what = read(into);
        wrappers_ -= wraps_message;
        leave();
        if (what != got::object && what != got::reference)
            return what == got::nothing ? what : fail("a host object that is none");
        objects_.means(place, what == got::object ? ours : Builder::object_of(into));
        return what;
    }

    [[gnu::noinline]] bool host_view(value& into) {
        std::uint32_t index = 0;
        std::string_view data;
        if (!number(index)) return false;
        if (index > last_host_view) return failed("a view of an unknown kind");
        if (!sized(data)) return false;
        return bytes(static_cast<view>(index), data, into);
    }
    bool bytes(view what, std::string_view data, value& into) {
        if (data.size() % element_bytes(what) != 0) return failed("a view with part of an element");
        into = Builder::bytes(what, data, {});
        return true;
    }

    [[gnu::noinline]] bool array_buffer(value& into, bool can_grow, std::uint32_t number_of_it) {
        std::uint32_t size = 0, most = 0;
        std::string_view data;
        if (!number(size) || (can_grow && !number(most))) return false;
        if (can_grow && size > most) return failed("an ArrayBuffer that is larger than it may grow");
        if (!raw(data, size)) return false;
        skip_padding();
        if (byte(view_tag)) {
            objects_.hide(number_of_it);
            if (!objects_.begin()) return failed("more objects than can be counted");
            return view_of(data, can_grow, into);
        }
        into = Builder::bytes(view::array_buffer, data, can_grow ? std::optional<std::size_t>(most) : std::nullopt);
        return true;
    }

    bool view_of(std::string_view buffer, bool can_grow, value& into) {
        std::uint32_t letter = 0, offset = 0, size = 0, flags = 0;
        if (!number(letter) || !number(offset) || !number(size) || (version_ >= 14 && !number(flags))) return false;
        auto const found = std::ranges::find(view_letters, static_cast<char>(letter), &view_letter::letter);
        if (found == view_letters.end()) return failed("a view of an unknown kind");
        if (offset > buffer.size() || size > buffer.size() - offset) return failed("a view beyond its ArrayBuffer");
        if ((flags & (length_tracking | resizable)) != 0 && !can_grow)
            return failed("a view that grows with an ArrayBuffer that does not");
        auto const element = element_bytes(found->what);
        if (offset % element != 0) return failed("a view that begins inside an element");
        if ((flags & length_tracking) != 0)
            size = static_cast<std::uint32_t>((buffer.size() - offset) / element * element);
        return bytes(found->what, buffer.substr(offset, size), into);
    }

    dialect const dialect_;
    std::uint32_t version_ = 0;
    std::size_t depth_left_;
    std::size_t const entered_ = depth_left_; ///< so that the difference is how deep we are
    std::size_t values_left_;
    object_numbers objects_;
    std::size_t wrappers_ = 0; ///< host objects around everything
    bool referred_ = false, disordered_ = false;
    wire_text last_text_{}; ///< of the string that was read last
    wire_text command_{};
};

} // namespace parlance::js::v8
