#include "js/v8_scan.hpp"

#include "js/v8_parser.hpp"

#include <new>

namespace parlance::js {
namespace {

/// Makes nothing.
struct no_builder {
    struct value {};
    static value undefined() { return {}; }
    static value null() { return {}; }
    static value boolean(bool) { return {}; }
    static value number(double) { return {}; }
    static value text(v8::wire_text const&) { return {}; }
    static value bigint(bool, std::string_view) { return {}; }
    static value reference(std::size_t) { return {}; }
    static std::size_t object_of(value) { return 0; }
    static value date(double) { return {}; }
    static value boxed(value) { return {}; }
    static value regexp(v8::wire_text const&, std::uint32_t) { return {}; }
    static value bytes(view, std::string_view, std::optional<std::size_t>) { return {}; }

    struct object {
        static std::int64_t last_index() { return -1; }
        void add(v8::wire_name const&, value) {}
        bool finish(value&) { return true; }
    };
    class array {
    public:
        array(std::uint32_t length, bool dense) : last_index_(dense ? std::int64_t{length} - 1 : -1) {}
        std::int64_t last_index() const { return last_index_; }
        void hole() {}
        void item(value) {}
        void add(v8::wire_name const&, value) {}
        bool finish(value&) { return true; }

    private:
        std::int64_t last_index_;
    };
    struct map {
        void add(value, value) {}
        void finish(value&) {}
    };
    struct set {
        void add(value) {}
        void finish(value&) {}
    };
    struct error {
        void name(std::string_view) {}
        void message(v8::wire_text const&) {}
        void stack(v8::wire_text const&) {}
        void cause(value) {}
        void finish(value&) {}
    };
};

std::string command_of_node(v8::wire_text const& command) {
    constexpr std::string_view prefix = "NODE_";
    if (!v8::starts_with(command, prefix) || v8::is(command, prefix)) return {};
    return v8::to_text(command);
}

} // namespace

v8_check v8_scan(std::string_view frame, dialect d, limits bounds) noexcept {
    try {
        v8::parser<no_builder> parser(frame, d, bounds);
        no_builder::value nothing;
        if (parser.message(nothing)) return {{}, 0, command_of_node(parser.command())};
        return {parser.why().what, parser.why().at, command_of_node(parser.command())};
    } catch (std::bad_alloc const&) {
        return {"no memory to read it with", 0, {}};
    }
}

} // namespace parlance::js
