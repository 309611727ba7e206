// What the queue commands say when they fail.
#include "cli/typed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pwd.h>
#include <unistd.h>

namespace parlance::cli {
namespace {

struct wrong_line {
    std::string_view line;
    int status;
    std::string_view code, message;
};
constexpr wrong_line wrong_lines[] = {
    {"queue create jobs", 1, "queueExists", "Queue exists"},
    {"queue info nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue send nowhere 1", 1, "queueNotFound", "Queue not found"},
    {"queue receive nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue pop nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue delete nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue purge nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue pause nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue wait nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue peek nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue dead nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue redrive nowhere", 1, "queueNotFound", "Queue not found"},
    {"queue set nowhere --vt 1", 1, "queueNotFound", "Queue not found"},
    {"queue set jobs", 1, "noAttributeSupplied", "No attribute was supplied"},
    {"queue create ''", 1, "missingParameter", "No qname supplied"},
    {"queue create a:b", 1, "invalidFormat", "Invalid qname format"},
    {"queue create QUEUES", 1, "invalidFormat", "Invalid qname format"},
    {"queue create $(printf %0161d 0)", 1, "invalidFormat", "Invalid qname format"},
    {"queue create new --vt=-1", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue create new --vt -1", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue create new --vt soon", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue create new --vt 1.5", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue create new --vt 10000000", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue create new --delay 250ms", 1, "invalidValue", "delay must be between 0 and 9999999"},
    {"queue create new --max-size 1023", 1, "invalidValue", "maxsize must be between 1024 and 65536"},
    {"queue create new --max-size big", 1, "invalidValue", "maxsize must be between 1024 and 65536"},
    {"queue set jobs --max-receives many", 1, "invalidValue", "max-receives must be between 0 and 4294967295"},
    {"queue receive jobs --vt x", 1, "invalidValue", "vt must be between 0 and 9999999"},
    {"queue receive jobs --count 0", 1, "invalidValue", "count must be between 1 and 10000"},
    {"queue receive jobs --wait x", 1, "invalidValue", "wait must be a duration"},
    {"queue send jobs 1 --delay=-5", 1, "invalidValue", "delay must be between 0 and 9999999"},
    {"queue wait jobs --timeout x", 1, "invalidValue", "timeout must be a duration"},
    {"queue ack jobs tooshort", 1, "invalidFormat", "Invalid id format"},
    {"queue extend jobs tooshort --vt 1", 1, "invalidFormat", "Invalid id format"},
    {"queue send jobs \"$(head -c 70000 /dev/zero | tr '\\0' 1)\"", 1, "messageTooLong", "Message too long"},
    {"queue send jobs nope", 1, "invalidJson", ""},
    {"queue send jobs ''", 1, "invalidJson", ""},
    {"queue info", 2, "usage", "NAME is missing"},
    {"queue extend jobs tooshort", 2, "usage", ""},
    {"queue create new --dedupe-window 5m", 2, "notInThisVersion", "not in this version"},
    {"queue create new --priority=aged", 2, "notInThisVersion", "not in this version"},
    {"queue set jobs --on-dead stop", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --priority 9", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --key k", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --group g", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --header k=v", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --ttl 5m", 2, "notInThisVersion", "not in this version"},
    {"queue cancel jobs ID", 2, "notInThisVersion", "not in this version"},
    {"queue find jobs ID", 2, "notInThisVersion", "not in this version"},
    {"queue move jobs others", 2, "notInThisVersion", "not in this version"},
    {"queue compact", 2, "notInThisVersion", "not in this version"},
    {"queue export", 2, "notInThisVersion", "not in this version"},
    {"queue import", 2, "notInThisVersion", "not in this version"},
    {"queue ack jobs 0123456789abcdef0123456789abcdef --receipt bogus", 1, "invalidFormat", "Invalid receipt format"},
    {"queue nack jobs 0123456789abcdef0123456789abcdef --receipt ''", 1, "invalidFormat", "Invalid receipt format"},
    {"queue extend jobs 0123456789abcdef0123456789abcdef --vt 1 --receipt fedcba9876543210fedcba9876543210-1", 1,
     "invalidValue", "the receipt is of another message"},
    {"queue list --store redis://localhost/0", 2, "notInThisVersion", "not in this version"},
    {"queue send jobs 1 --store rediss://localhost/0", 2, "notInThisVersion", "not in this version"},
    {"doctor --store redis+unix:/run/redis", 2, "notInThisVersion", "not in this version"},
    {"queue list --store other://localhost", 1, "invalidArgument", "there are no stores of this kind"},
};

TEST(queue_errors, have_their_code_text_and_exit_status) {
    owner someone;
    for (auto const& each : wrong_lines) {
        auto const given = someone.types("parlance " + std::string(each.line) + " --json");
        EXPECT_EQ(given.status, each.status) << each.line;
        EXPECT_EQ(given.out, "") << each.line;
        auto const error = error_of(given);
        ASSERT_TRUE(error.contains("code") && error.contains("message")) << each.line;
        EXPECT_EQ(keys(error).substr(0, 12), "code,message") << each.line;
        EXPECT_EQ(text_of(error, "code"), each.code) << each.line;
        if (each.message.empty()) continue; // its words may change
        EXPECT_EQ(text_of(error, "message"), each.message) << each.line;
    }
    EXPECT_EQ(someone.gets("parlance queue list"), "jobs") << "nothing of this may have made a queue";
}

TEST(queue_errors, of_rsmq_name_the_queue) {
    user someone;
    auto const error = error_of(someone.types("parlance queue info jobs --json"));
    EXPECT_EQ(error.at("queue"), "jobs");
    EXPECT_TRUE(error.contains("hint"));
    auto const refused = error_of(someone.types("parlance queue create jobs --vt soon --json"));
    EXPECT_EQ(refused.at("queue"), "jobs");
}

TEST(queue_errors, suggest_the_queue_that_was_meant) {
    owner someone;
    auto const given = someone.types("parlance queue info jbos");
    EXPECT_EQ(given.status, 1);
    EXPECT_NE(given.err.find("Queue not found"), std::string::npos) << given.err;
    EXPECT_NE(given.err.find("did you mean `jobs`?"), std::string::npos) << given.err;
}

TEST(queue_errors, name_the_reason_for_QUEUES) {
    user someone;
    auto const given = someone.types("parlance queue create QUEUES");
    EXPECT_NE(given.err.find("rsmq keeps the list of all queues under this name"), std::string::npos) << given.err;
}

TEST(queue_errors, of_a_long_name_with_a_limit_ask_for_a_dead_letter_queue) {
    user someone;
    auto const name = std::string(155, 'n');
    auto const given = someone.types("parlance queue create " + name + " --max-receives 3");
    EXPECT_EQ(given.status, 1);
    EXPECT_NE(given.err.find("--dead-letter"), std::string::npos) << given.err;
    EXPECT_EQ(someone.types("parlance queue create " + name + " --max-receives 3 --dead-letter d").status, 0);
}

TEST(a_store, that_is_not_there_is_named_and_not_made) {
    user const someone;
    for (std::string const words : {"info jobs", "send jobs 1", "receive jobs", "peek jobs", "wait jobs"}) {
        auto const given = someone.types("parlance queue " + words + " --store elsewhere");
        EXPECT_EQ(given.status, 1) << words;
        EXPECT_THAT(given.err, testing::HasSubstr("there is no store in elsewhere")) << words;
    }
    EXPECT_EQ(someone.types("parlance queue list --store elsewhere").status, 0);
    EXPECT_EQ(someone.types("ls -d elsewhere").status, 2);
    EXPECT_EQ(someone.types("parlance queue list --store ''").status, 2);
    someone.gets("parlance queue create jobs");
    auto const given = someone.types("parlance queue info job --json");
    EXPECT_THAT(given.err, testing::HasSubstr("\"store\":\"" + (someone.home() / "store").string()));
}

TEST(a_store, whose_file_was_cut_short_is_told_to_be_damaged) {
    user const someone;
    someone.gets("parlance queue create jobs --store here; truncate -s 8192 here/data.mdb");
    for (std::string const words : {"queue list", "queue info jobs", "doctor"}) {
        auto const given = someone.types("parlance " + words + " --store here");
        EXPECT_EQ(given.status, 1) << words;
        EXPECT_THAT(given.err + given.out, testing::HasSubstr("damaged")) << words;
    }
    EXPECT_EQ(someone.types("parlance work jobs --store here -- true").status, 1);
    EXPECT_THAT(someone.types("parlance queue list --store here --json").err,
                testing::HasSubstr("{\"error\":{\"code\":\"storeUnavailable\""));
}

TEST(a_store, that_may_not_grow_is_full) {
    user const someone;
    auto const given = someone.types("ulimit -f 100; parlance queue create jobs --store here --json");
    EXPECT_EQ(given.status, 1);
    EXPECT_THAT(given.err, testing::HasSubstr("storeFull"));
}

TEST(a_store, of_a_user_without_home_is_in_the_home_of_the_system_s_list) {
    user const someone;
    auto const given =
        someone.types("env -u HOME -u XDG_STATE_HOME -u PARLANCE_STORE parlance queue info nowhere --json");
    EXPECT_THAT(given.err, testing::HasSubstr("\"store\":\"" + std::string(::getpwuid(::geteuid())->pw_dir)));
}

TEST(a_paused_queue, is_named_to_whoever_waits_for_it) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1; parlance queue pause jobs");
    EXPECT_THAT(someone.types("parlance queue wait jobs --timeout 50ms").err, testing::HasSubstr("jobs is paused"));
    EXPECT_THAT(someone.types("timeout 0.3 parlance work jobs -- true").err, testing::HasSubstr("is paused"));
}

} // namespace
} // namespace parlance::cli
