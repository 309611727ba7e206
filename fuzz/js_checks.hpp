#pragma once
/// What the fuzz targets of JavaScript's values check.

#include "js/v8_encode.hpp"
#include "js/v8_scan.hpp"

#include <parlance/error.hpp>
#include <parlance/js.hpp>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::fuzz {

inline void require_js(bool holds) {
    if (!holds) std::abort(); // what libFuzzer and gtest's death both see
}

/// A copy with nothing behind it, so that a read beyond the end is seen.
class exact_copy {
public:
    explicit exact_copy(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
        bytes.copy(bytes_.get(), size_);
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

/// Small ones, so that the limits are met.
inline constexpr js::limits fuzz_limits{.depth = 60, .values = 20'000};

/// `v8_scan` takes what `v8_decode` does, and both name the same fault; what was read is written so that it reads the
/// same again, in both dialects, and as tagged JSON; the other forms end, with or without an error.
inline void check_v8(std::string_view input, js::dialect dialect) {
    exact_copy const data(input);
    auto const scan = js::v8_scan(data.view(), dialect, fuzz_limits);
    std::optional<js::value> read;
    try {
        read = js::v8_decode(data.view(), dialect, fuzz_limits);
        require_js(scan.fault.empty());
    } catch (failure const& fault) {
        require_js(fault.code() == errc::bad_frame && *fault.details().offset_bytes <= input.size());
        auto const twice = fault.details().reason == "a name that is there already";
        require_js(twice || (scan.fault == fault.details().reason && scan.at == fault.details().offset_bytes));
        return;
    }
    for (auto const as : {js::dialect::channel, js::dialect::v8}) {
        std::string written;
        try {
            written = js::v8_encode(*read, as);
        } catch (failure const& fault) { // what is read and not written
            std::string_view const why = fault.what();
            require_js(why.find("to an Error inside it") != why.npos || why.find("no regular expression") != why.npos);
            require_js(js::holds_what_is_looked_into(*read));
            continue;
        }
        require_js(js::v8_decode(written, as) == *read);
        require_js(js::v8_scan(written, as).fault.empty());
        require_js(js::v8_encode(js::v8_decode(written, as), as) == written);
    }
    auto const tagged = js::to_tagged_json(*read);
    require_js(js::to_tagged_json(js::from_tagged_json(tagged)) == tagged);
    try {
        std::vector<js::loss> losses;
        js::to_json(*read, &losses);
    } catch (failure const& fault) {
        require_js(fault.code() == errc::not_json);
    }
}

/// What is read of tagged JSON is written so that it reads the same again, and can be sent; or the error says where.
inline void check_tagged_json(std::string_view input) {
    exact_copy const text(input);
    std::optional<js::value> read;
    try {
        read = js::from_tagged_json(text.view());
    } catch (failure const& fault) {
        require_js(fault.code() == errc::not_json || fault.code() == errc::invalid_argument);
        return;
    }
    try {
        auto const tagged = js::to_tagged_json(*read);
        require_js(js::to_tagged_json(js::from_tagged_json(tagged)) == tagged);
        require_js(js::v8_decode(js::v8_encode(*read)) == *read);
    } catch (failure const& fault) { // what nobody would read: a name for an Error that is none, flags, depth
        require_js(fault.code() == errc::not_json || fault.code() == errc::invalid_argument);
    }
}

} // namespace parlance::fuzz
