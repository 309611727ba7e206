#include "js/json_text.hpp"
#include "js/json_walk.hpp"
#include "js/number_text.hpp"
#include "js/text.hpp"

#include <boost/json/value_stack.hpp>

namespace parlance::js {
namespace {

/// Writes text.
class text_sink {
public:
    explicit text_sink(std::string& out) : out_(out) {}
    /// More than a string of JavaScript can hold.
    bool too_large() const { return out_.size() > (std::size_t{1} << 29); }

    void begin_object() { open('{'); }
    void end_object(std::size_t) { close('}'); }
    void begin_array() { open('['); }
    void end_array(std::size_t) { close(']'); }
    bool name(std::string_view n) {
        comma();
        auto const fine = append_json_string(out_, n);
        out_ += ':';
        follows_ = false;
        return fine;
    }
    void null() { word("null"); }
    void boolean(bool b) { word(b ? "true" : "false"); }
    void number(double n) { word(number_text(n)); }
    bool string(std::string_view s) {
        comma();
        return append_json_string(out_, s);
    }
    static bool replaces_surrogates(std::string_view) { return false; }

private:
    void comma() {
        if (follows_) out_ += ',';
        follows_ = true;
    }
    void open(char c) {
        comma();
        out_ += c;
        follows_ = false;
    }
    void close(char c) {
        out_ += c;
        follows_ = true;
    }
    void word(std::string_view w) {
        comma();
        out_ += w;
    }

    std::string& out_;
    bool follows_ = false; ///< something stands before, in the same object or array
};

/// Builds a Boost value.
class value_sink {
public:
    value_sink() { stack_.reset(); }
    json::value release() { return stack_.release(); }
    bool too_large() const { return text_bytes_ > (std::size_t{1} << 29); }

    void begin_object() {}
    void end_object(std::size_t members) { stack_.push_object(members); }
    void begin_array() {}
    void end_array(std::size_t items) { stack_.push_array(items); }
    bool name(std::string_view n) {
        if (kind_of(n) == text_kind::invalid) return false;
        stack_.push_key(keep(n));
        return true;
    }
    void null() { stack_.push_null(); }
    void boolean(bool b) { stack_.push_bool(b); }
    void number(double n) {
        if (std::abs(n) <= 9007199254740992.0 && n == std::trunc(n))
            stack_.push_int64(static_cast<std::int64_t>(n));
        else
            stack_.push_double(n);
    }
    bool string(std::string_view s) {
        if (kind_of(s) == text_kind::invalid) return false;
        stack_.push_string(keep(s));
        return true;
    }
    static bool replaces_surrogates(std::string_view s) {
        return s.find('\xED') != s.npos && without_lone_surrogates(s) != s;
    }

private:
    std::string keep(std::string_view s) {
        text_bytes_ += s.size();
        return without_lone_surrogates(s);
    }
    json::value_stack stack_;
    std::size_t text_bytes_ = 0;
};

} // namespace

std::optional<std::string> to_json(value const& v, std::vector<loss>* losses) {
    std::string out;
    text_sink sink(out);
    if (!json_walk(sink, v, losses).run()) return std::nullopt;
    return out;
}

std::optional<json::value> to_json_value(value const& v, std::vector<loss>* losses) {
    value_sink sink;
    if (!json_walk(sink, v, losses).run()) return std::nullopt;
    return sink.release();
}

} // namespace parlance::js
