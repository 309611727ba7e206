// The decisions and texts of queues, as tables.
#include "queue/backoff.hpp"
#include "queue/checks.hpp"
#include "queue/ids.hpp"
#include "queue/receipt.hpp"
#include "queue/store_url.hpp"

#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

TEST(ids, are_rsmqs) {
    auto const sent = sent_micros_of("hoeyxd91hgvtxCNNB10GlLDDzne5xtHr"); // made by rsmq 0.12.4
    ASSERT_TRUE(sent);
    EXPECT_EQ(make_message_id(*sent, "vtxCNNB10GlLDDzne5xtHr"), "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr");
    message_id const id("hoeyxd91hgvtxCNNB10GlLDDzne5xtHr");
    EXPECT_EQ(id.sent().time_since_epoch().count(), static_cast<std::int64_t>(*sent));
    EXPECT_GT(id.sent(), std::chrono::sys_days(std::chrono::year(2024) / 1 / 1));
}

TEST(ids, of_other_forms_are_refused_with_rsmqs_texts) {
    EXPECT_TRUE(is_message_id("hoeyxd91hg:txCNNB10GlLDDzne5xtHr")); // rsmq allows the colon
    EXPECT_EQ(text_of([] { message_id(""); }), "No id supplied");
    EXPECT_EQ(text_of([] { message_id("short"); }), "Invalid id format");
    EXPECT_EQ(text_of([] { message_id("hoeyxd91hg-txCNNB10GlLDDzne5xtHr"); }), "Invalid id format");
}

TEST(ids, have_ten_digits_of_time_until_they_end) {
    auto const last = make_message_id(end_of_ids_micros - 1, std::string(id_tail_length, 'A'));
    EXPECT_EQ(last.substr(0, id_time_length), "zzzzzzzzzz");
    EXPECT_EQ(sent_micros_of(last), end_of_ids_micros - 1);
}

TEST(ids, have_tails_of_62_symbols) {
    char tail[id_tail_length];
    make_id_tail(tail, {0, 61, 62 * 61}); // least digit first: A is 0, 9 is 61
    EXPECT_EQ(std::string_view(tail, id_tail_length), "AAAAAAAAAA9AAAAAAAAAA9");
}

TEST(receipts, are_read_back_and_nothing_else_is) {
    std::string const id = "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr";
    EXPECT_EQ(parse_receipt(make_receipt(id, 7)), (receipt_parts{id, 7}));
    for (auto const* bad : {"", "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr", "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr-",
                            "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr-0", "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr-7x",
                            "hoeyxd91hgvtxCNNB10GlLDDzne5xtHr-99999999999", "x-1"})
        EXPECT_FALSE(parse_receipt(bad)) << bad;
}

TEST(queue_names, are_checked_as_rsmq_does) {
    check_queue_name("a");
    check_queue_name(std::string(160, 'a'));
    check_queue_name("A-z_09");
    EXPECT_EQ(text_of([] { check_queue_name(""); }), "No qname supplied");
    for (auto const& bad :
         {std::string(161, 'a'), std::string("a b"), std::string("a:b"), std::string("ä"), std::string("a.b")})
        EXPECT_EQ(text_of([&] { check_queue_name(bad); }), "Invalid qname format") << bad;
}

TEST(queue_names, called_QUEUES_are_refused_with_the_reason) {
    try {
        check_queue_name("QUEUES");
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_queue_name);
        EXPECT_NE(std::string_view(fault.what()).find("list of all queues"), std::string_view::npos) << fault.what();
    }
}

TEST(queue_settings, have_rsmqs_ranges_and_texts) {
    struct {
        queue_options options;
        char const* text;
    } const rows[] = {
        {{.vt = -1s}, "vt must be between 0 and 9999999"},
        {{.vt = 10'000'000s}, "vt must be between 0 and 9999999"},
        {{.vt = 1500ms}, "vt must be between 0 and 9999999"},
        {{.delay = -1s}, "delay must be between 0 and 9999999"},
        {{.delay = 10'000'000s}, "delay must be between 0 and 9999999"},
        {{.maxsize = 1023}, "maxsize must be between 1024 and 65536"},
        {{.maxsize = 65537}, "maxsize must be between 1024 and 65536"},
        {{.maxsize = -2}, "maxsize must be between 1024 and 65536"},
        {{.vt = 0s}, ""},
        {{.vt = 9'999'999s, .delay = 9'999'999s, .maxsize = -1}, ""},
        {{.maxsize = 1024}, ""},
        {{.dead_letter = "jobs"}, "dead_letter must be another queue"},
        {{.dead_letter = "a b"}, "Invalid qname format"},
        {{.backoff = backoff{2s, 1s}}, "backoff must be between 0 and 9999999"},
    };
    for (auto const& row : rows)
        EXPECT_EQ(text_of([&] { static_cast<void>(apply(row.options, {}, "jobs")); }), row.text);
}

TEST(queue_settings, with_a_limit_need_a_name_with_room_for_the_dead) {
    std::string const longest(154, 'a'), longer(155, 'a');
    EXPECT_EQ(dead_letter_name(longest, apply({.max_receives = 3}, {}, longest)), longest + "--dead");
    EXPECT_EQ(code_of([&] { static_cast<void>(apply({.max_receives = 3}, {}, longer)); }), errc::invalid_value);
    auto const named = apply({.max_receives = 3, .dead_letter = "graves"}, {}, longer);
    EXPECT_EQ(dead_letter_name(longer, named), "graves");
    static_cast<void>(apply({.vt = 5s}, {}, longer)); // without a limit nothing is needed
}

TEST(message_sizes, are_counted_in_utf16_units) {
    struct {
        std::string text;
        std::size_t units;
    } const rows[] = {{"", 0},   {"abc", 3},      {"é", 1},        {"€", 1},
                      {"😀", 2}, {"\xff\xfe", 2}, {"\xf0\x9f", 2}, {"a\xc3", 2}};
    for (auto const& row : rows) EXPECT_EQ(utf16_length(row.text), row.units) << row.text;
}

TEST(message_sizes, over_the_limit_are_refused) {
    std::string accents, smiles;
    for (int i = 0; i < 1024; ++i) accents += "é";
    for (int i = 0; i < 513; ++i) smiles += "😀";
    check_message(accents, 1024);
    EXPECT_EQ(text_of([&] { check_message(smiles, 1024); }), "Message too long");
    check_message(smiles, -1);
}

TEST(backoff, doubles_up_to_the_longest) {
    backoff const rule{1s, 5min};
    struct {
        std::uint32_t failures;
        std::chrono::milliseconds delay;
    } const rows[] = {{0, 0s}, {1, 1s}, {2, 2s}, {3, 4s}, {9, 256s}, {10, 300s}, {1000, 300s}, {~0U, 300s}};
    for (auto const& row : rows) EXPECT_EQ(backoff_delay(rule, row.failures, 0), row.delay) << row.failures;
    EXPECT_EQ(backoff_delay({0s, 0s}, 5, 0), 0s);
    EXPECT_EQ(backoff_delay({10s, 5s}, 1, 0), 5s);
}

TEST(backoff, is_up_to_a_quarter_less_by_chance) {
    EXPECT_EQ(backoff_delay({4s, 5min}, 1, 0.5), 3500ms);
    EXPECT_GT(backoff_delay({4s, 5min}, 1, 0.999999), 3s);
}

TEST(next_due, lets_the_first_crash_pass_and_makes_failures_wait) {
    backoff const rule{1s, 5min};
    struct {
        char const* what;
        attempt_history history;
        std::chrono::milliseconds wait;
    } const rows[] = {
        {"first failure", {1, 0, false}, 1s},
        {"second failure", {2, 0, false}, 2s},
        {"first crash", {1, 1, true}, 0s},
        {"second crash", {2, 2, true}, 1s},
        {"third crash", {3, 3, true}, 2s},
        {"first crash, after a failure", {2, 1, true}, 0s},
        {"failure, after a crash", {2, 1, false}, 1s},
        {"nothing charged", {0, 0, false}, 1s},
    };
    for (auto const& row : rows) EXPECT_EQ(next_due(rule, row.history, 0), row.wait) << row.what;
}

TEST(store_urls, name_a_directory_and_perhaps_a_durability) {
    struct {
        char const* url;
        store_address address;
    } const rows[] = {
        {"./queues", {"./queues", {}}},
        {"lmdb:/var/q", {"/var/q", {}}},
        {"q?durability=fast", {"q", durability::fast}},
        {"lmdb:q?durability=relaxed", {"q", durability::relaxed}},
        {"lmdb:q?durability=durable", {"q", durability::durable}},
    };
    for (auto const& row : rows) EXPECT_EQ(parse_store_url(row.url), row.address) << row.url;
}

TEST(store_urls, of_other_forms_are_refused) {
    for (auto const* bad : {"", "lmdb:", "?durability=fast", "q?durability=safe", "q?speed=1", "q?durability"})
        EXPECT_EQ(code_of([&] { static_cast<void>(parse_store_url(bad)); }), errc::invalid_argument) << bad;
    EXPECT_EQ(code_of([&] { static_cast<void>(parse_store_url("other://host")); }), errc::invalid_argument);
    for (auto const* redis :
         {"redis://localhost", "rediss://h", "redis+unix:/x", "redis+sentinel://h/m", "redis+cluster://h"})
        EXPECT_EQ(code_of([&] { static_cast<void>(parse_store_url(redis)); }), errc::not_supported) << redis;
}

TEST(store_urls, default_to_the_state_directory) {
    ::setenv("XDG_STATE_HOME", "/state", 1);
    ::unsetenv("PARLANCE_STORE");
    EXPECT_EQ(store::default_url(), "/state/parlance");
    ::setenv("PARLANCE_STORE", "lmdb:/elsewhere", 1);
    EXPECT_EQ(store::default_url(), "lmdb:/elsewhere");
    ::unsetenv("PARLANCE_STORE");
    ::unsetenv("XDG_STATE_HOME");
    ::setenv("HOME", "/home/me", 1);
    EXPECT_EQ(store::default_url(), "/home/me/.local/state/parlance");
}

} // namespace
} // namespace parlance
