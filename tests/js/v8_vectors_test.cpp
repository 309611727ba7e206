#include "js/v8_scan.hpp"
#include "print.hpp"
#include "vectors.hpp"

#include <parlance/error.hpp>

#include <gtest/gtest.h>

namespace parlance::js {
namespace {

TEST(v8_vectors, are_all_there) {
    EXPECT_EQ(vectors().size(), 353U); // the other 22 are what Node refuses to write
}

TEST(v8_vectors, decode_to_what_they_are) {
    for (auto const& v : vectors())
        if (v.kind != "reject") {
            EXPECT_EQ(to_tagged_json(v8_decode(v.data, v.as())), v.tagged) << v.what;
            EXPECT_EQ(v8_decode(v.data, v.as()), from_tagged_json(v.tagged)) << v.what;
        }
}

TEST(v8_vectors, are_written_to_the_byte) {
    for (auto const& v : vectors()) {
        if (v.kind == "reject") continue;
        auto const made = v8_decode(v.data, v.as());
        auto const again = v8_encode(made, v.as());
        EXPECT_EQ(v8_decode(again, v.as()), made) << v.what;
        if (v.kind != "decode" && !v.we_write_it_otherwise) {
            EXPECT_EQ(to_hex(again), to_hex(v.data)) << v.what;
        }
    }
}

TEST(v8_vectors, are_refused_where_node_refuses_them) {
    for (auto const& v : vectors())
        if (v.kind == "reject") {
            EXPECT_THROW(v8_decode(v.data, v.as()), failure) << v.what;
        }
}

TEST(v8_vectors, are_scanned_as_they_are_decoded) {
    for (auto const& v : vectors()) {
        auto const expected = v.kind != "reject" || v.what.starts_with("duplicate key");
        EXPECT_EQ(v8_scan(v.data, v.as()).fault.empty(), expected) << v.what;
    }
}

TEST(v8_vectors, cut_anywhere_are_never_read_beyond_their_end) {
    for (auto const& v : vectors()) {
        if (v.kind == "reject") continue;
        for (std::size_t size = 0; size < v.data.size(); ++size) {
            std::vector<char> const cut(v.data.begin(), v.data.begin() + static_cast<std::ptrdiff_t>(size)); // no more
            auto const scan = v8_scan({cut.data(), size}, v.as());
            try {
                v8_decode({cut.data(), size}, v.as()); // some have bytes behind the value
                EXPECT_EQ(scan.fault, "") << v.what;
            } catch (failure const& fault) {
                EXPECT_LE(fault.details().offset_bytes.value(), size) << v.what;
                EXPECT_EQ(fault.details().reason, scan.fault) << v.what;
                EXPECT_EQ(fault.details().offset_bytes, scan.at) << v.what;
            }
        }
    }
}

} // namespace
} // namespace parlance::js
