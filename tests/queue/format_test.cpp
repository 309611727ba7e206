// The examples of docs/store-format.md, byte for byte.
#include "queue/lmdb_store/keys.hpp"
#include "queue/lmdb_store/records.hpp"

#include "queue/scratch.hpp"

namespace parlance::lmdb_store {
namespace {

using namespace parlance::testing;

std::string hex(std::string_view bytes) {
    std::string text;
    for (unsigned char byte : bytes) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", byte);
        text += two;
    }
    return text;
}

constexpr message_number id{0x0005E1F2A3B4C5D6, 1};

TEST(store_format, has_the_keys_of_its_page) {
    EXPECT_EQ(hex(message_key{7, id}.bytes()), "00000007"
                                               "0005e1f2a3b4c5d6"
                                               "0001");
    EXPECT_EQ(hex(ready_key{7, 1'700'000'000'000, id}.bytes()), "00000007"
                                                                "0000018bcfe56800"
                                                                "0005e1f2a3b4c5d6"
                                                                "0001");
    EXPECT_EQ(hex(timer_key{1'700'000'000'000, timer_kind::delay, 7, id}.bytes()), "0000018bcfe56800"
                                                                                   "00"
                                                                                   "00000007"
                                                                                   "0005e1f2a3b4c5d6"
                                                                                   "0001");
    EXPECT_EQ(hex(lease_key{60'000, 7, id}.bytes()), "000000000000ea60"
                                                     "00000007"
                                                     "0005e1f2a3b4c5d6"
                                                     "0001");
    EXPECT_EQ(hex(stat_key(7)), "3d73"
                                "00000007");
    EXPECT_EQ(hex(former_home_key(7, 9)), "3d64"
                                          "00000007"
                                          "00000009");
}

TEST(store_format, reads_its_keys_back) {
    message_key const message{7, id};
    ready_key const ready{7, 12, id};
    timer_key const timer{12, timer_kind::ttl, 7, id};
    lease_key const lease{12, 7, id};
    EXPECT_EQ(message_key::read(message.bytes()), message);
    EXPECT_EQ(ready_key::read(ready.bytes()), ready);
    EXPECT_EQ(timer_key::read(timer.bytes()), timer);
    EXPECT_EQ(lease_key::read(lease.bytes()), lease);
}

TEST(store_format, has_the_header_of_its_page) {
    message_header header;
    header.place = place::lease;
    header.queue = 7;
    header.rc = 2;
    header.uncharged = 1;
    header.crashes = 1;
    header.first_received_ms = 1'700'000'000'000;
    header.at = 60'000;
    std::memcpy(header.tail, "vtxCNNB10GlLDDzne5xtHr", sizeof header.tail);
    header.flags = has_trouble;
    EXPECT_EQ(hex({reinterpret_cast<char const*>(&header), sizeof header}),
              "4000"
              "02"
              "00"
              "07000000"
              "02000000"
              "01000000"
              "01000000"
              "00000000"
              "0068e5cf8b010000"
              "60ea000000000000"
              "767478434e4e423130476c4c44447a6e653578744872"
              "0200");
}

TEST(store_format, reads_its_records_back) {
    queue_record const queue{3, 100, 200, {5s, 6s, -1, 4, "graves", {1s, 9s}, true}};
    EXPECT_EQ(decode_queue(encode(queue)), queue);
    trouble_record const trouble{"jobs", "worker died: SIGSEGV", "oops", 5, 2, 10, 20};
    EXPECT_EQ(decode_trouble(encode(trouble)), trouble);
    format_record const format{format_version, durability::relaxed, "boot", 42};
    EXPECT_EQ(decode_format(encode(format)), format);
    clock_note const note{1, 2, 3};
    EXPECT_EQ(decode_clock(encode(note)), note);
    holder_record const holder{4711, 1000, 4026531836, "boot", 42};
    EXPECT_EQ(decode_holder(encode(holder)), holder);
}

TEST(store_format, tells_a_record_that_was_cut_at_any_byte) {
    auto const whole = encode(queue_record{3, 100, 200, {5s, 6s, -1, 4, "graves", {1s, 9s}, true}});
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
        EXPECT_EQ(code_of([&] { decode_queue(whole.substr(0, cut)); }), errc::store_unavailable) << cut;
}

TEST(store_format, of_a_newer_version_is_read_no_further_than_its_version) {
    EXPECT_EQ(decode_format(value_writer().add(std::uint32_t{9}).bytes()).version, 9U);
}

TEST(the_reserve, counts_what_is_allocated_ahead_and_what_is_free_within) {
    EXPECT_TRUE(leaves_reserve({.allocated_end = 300, .used_end = 100, .free_bytes = 0}, 100, 100));
    EXPECT_FALSE(leaves_reserve({.allocated_end = 299, .used_end = 100, .free_bytes = 0}, 100, 100));
    EXPECT_TRUE(leaves_reserve({.allocated_end = 100, .used_end = 150, .free_bytes = 200}, 100, 100));
    EXPECT_FALSE(leaves_reserve({.allocated_end = 0, .used_end = 150, .free_bytes = 199}, 100, 100));
}

} // namespace
} // namespace parlance::lmdb_store
