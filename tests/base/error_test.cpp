#include <parlance/error.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace parlance {
namespace {

TEST(failure, names_the_input_the_place_and_the_mend) {
    failure const fault(errc::not_json, {.input = "stdout of `node child.js`",
                                         .offset_bytes = 4096,
                                         .line = 3,
                                         .column = 7,
                                         .mend = "print one JSON value on each line"});
    EXPECT_STREQ(fault.what(), "stdout of `node child.js`: not JSON at line 3, column 7 (byte 4096): "
                               "print one JSON value on each line");
    EXPECT_EQ(fault.message(), "not JSON");
}

TEST(failure, of_rsmq_has_its_name_and_text) {
    failure const fault(errc::queue_not_found, {.input = "queue jobs"});
    EXPECT_EQ(name_of(fault.code()), "queueNotFound");
    EXPECT_EQ(fault.message(), "Queue not found");
}

TEST(failure, compares_with_its_remedy) {
    EXPECT_EQ(make_error_code(errc::queue_not_found), remedy::mend_input);
    EXPECT_EQ(make_error_code(errc::store_full), remedy::try_later);
    EXPECT_NE(make_error_code(errc::store_full), remedy::reconnect);
    EXPECT_EQ(boost::system::error_code(ECONNRESET, boost::system::system_category()), remedy::reconnect);
}

} // namespace
} // namespace parlance
