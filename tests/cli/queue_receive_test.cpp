// What CLI.md says of taking messages and giving them back, and of looking at them.
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(queue_receive, prints_the_contracts_object) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs '{\"a\":[1,2]}'");
    auto const got = someone.gets_json("parlance queue receive jobs --json");
    EXPECT_EQ(keys(got), "id,message,rc,fr,sent,receipt,headers,group");
    EXPECT_EQ(text_of(got, "id"), id);
    EXPECT_EQ(got.at("message"), (boost::json::value{{"a", {1, 2}}}));
    EXPECT_EQ(got.at("rc"), 1);
    EXPECT_TRUE(got.at("fr").is_int64());
    EXPECT_TRUE(got.at("sent").is_number());
    EXPECT_EQ(got.at("headers"), boost::json::object());
    EXPECT_TRUE(got.at("group").is_null());
}

TEST(queue_receive, says_nothing_and_ends_with_3_when_there_is_nothing) {
    owner someone;
    for (auto const* line : {"receive jobs", "receive jobs --json", "receive jobs --wait 20ms", "pop jobs",
                             "pop jobs --json", "peek jobs", "peek jobs --json", "dead jobs", "dead jobs --json"})
        EXPECT_EQ(someone.types("parlance queue " + std::string(line)), (answer{3, "", ""})) << line;
}

TEST(queue_receive, shows_a_message_that_is_not_json_as_a_string) {
    owner someone;
    someone.gets("parlance queue send jobs --text 'plain words'");
    EXPECT_EQ(someone.gets_json("parlance queue receive jobs --json").at("message"), "plain words");
}

TEST(queue_receive, gives_people_the_message_on_stdout_and_the_rest_on_stderr) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs '{\"a\": 1}'");
    auto const given = someone.types("parlance queue receive jobs");
    EXPECT_EQ(given.out, "{\"a\": 1}\n");
    EXPECT_NE(given.err.find(id), std::string::npos) << given.err;
}

TEST(queue_receive, takes_several_at_once) {
    owner someone;
    someone.gets("printf '1\\n2\\n3\\n' | parlance queue send jobs --lines");
    EXPECT_EQ(someone.gets("parlance queue receive jobs --count 2"), "1\n2");
    EXPECT_EQ(someone.gets("parlance queue receive jobs --count 2"), "3");
}

TEST(queue_receive, waits_for_a_message_of_another_process) {
    owner someone;
    EXPECT_EQ(someone.gets("parlance queue receive jobs --wait 60s --json > got & "
                           "while [ -z \"$(pgrep -P $$ parlance)\" ]; do :; done; "
                           "parlance queue send jobs 7 > /dev/null; wait $!; grep -o '\"message\":7' got"),
              "\"message\":7");
}

TEST(queue_receive, is_ended_by_a_signal_and_leaves_nothing_leased) {
    owner someone;
    EXPECT_EQ(someone.types("timeout -s INT --preserve-status 0.2 parlance queue receive jobs --wait 60s").status, 130);
    EXPECT_EQ(someone.types("timeout -s TERM --preserve-status 0.2 parlance queue receive jobs --wait 60s").status,
              143);
    someone.gets("parlance queue send jobs 1");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "1");
}

TEST(queue_pop, removes_at_once_and_has_no_receipt) {
    owner someone;
    someone.gets("parlance queue send jobs 5");
    auto const got = someone.gets_json("parlance queue pop jobs --json");
    EXPECT_EQ(keys(got), "id,message,rc,fr,sent,receipt,headers,group");
    EXPECT_TRUE(got.at("receipt").is_null());
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 0);
}

TEST(queue_ack, answers_true_once_and_then_false_with_3) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs 1");
    EXPECT_EQ(someone.gets("parlance queue ack jobs " + id + " --json"), "{\"id\":\"" + id + "\",\"ok\":true}");
    EXPECT_EQ(someone.types("parlance queue ack jobs " + id + " --json"),
              (answer{3, "{\"id\":\"" + id + "\",\"ok\":false}\n", ""}));
}

TEST(queue_ack, is_refused_to_an_owner_whose_lease_was_lost) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs 1");
    auto const first = someone.gets_json("parlance queue receive jobs --vt 1ms --json");
    auto const second = someone.gets_json("parlance queue receive jobs --wait 20s --json");
    auto const with = [&](boost::json::value const& got) {
        return "parlance queue ack jobs " + id + " --json --receipt " + text_of(got, "receipt");
    };
    auto const late = someone.types(with(first));
    EXPECT_EQ(late.status, 1);
    EXPECT_EQ(error_of(late).at("code"), "leaseLost");
    EXPECT_EQ(someone.types(with(second)).status, 0);
}

TEST(queue_nack, gives_a_message_back) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs 1");
    auto const receipt = text_of(someone.gets_json("parlance queue receive jobs --json"), "receipt");
    EXPECT_EQ(someone.gets("parlance queue nack jobs " + id + " --receipt " + receipt + " --delay 10ms --json"),
              "{\"id\":\"" + id + "\",\"ok\":true}");
    EXPECT_EQ(someone.gets_json("parlance queue receive jobs --wait 20s --json").at("rc"), 2);
}

TEST(queue_extend, moves_the_end_of_the_lease) {
    owner someone;
    auto const id = someone.gets("parlance queue send jobs 1");
    someone.gets("parlance queue receive jobs --vt 1h");
    EXPECT_EQ(someone.gets("parlance queue extend jobs " + id + " --vt 0 --json"),
              "{\"id\":\"" + id + "\",\"ok\":true}");
    EXPECT_EQ(someone.gets_json("parlance queue receive jobs --wait 20s --json").at("rc"), 2);
}

TEST(queue_peek, shows_messages_without_taking_them) {
    owner someone;
    someone.gets("printf '1\\n2\\n' | parlance queue send jobs --lines");
    auto const seen = someone.gets_json("parlance queue peek jobs --count 1 --json");
    EXPECT_EQ(keys(seen), "id,message,rc,fr,sent,headers,group");
    EXPECT_EQ(seen.at("rc"), 0);
    EXPECT_TRUE(seen.at("fr").is_null());
    EXPECT_EQ(someone.gets("parlance queue peek jobs"), "1\n2");
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("hiddenmsgs"), 0);
}

} // namespace
} // namespace parlance::cli
