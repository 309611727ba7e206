// What CLI.md says of the commands that change many messages, or wait for them.
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(queue_pause, hands_out_nothing_until_resume) {
    owner someone;
    someone.gets("parlance queue send jobs 1");
    EXPECT_EQ(someone.gets("parlance queue pause jobs --json"), R"({"name":"jobs","paused":true})");
    EXPECT_EQ(someone.types("parlance queue receive jobs").status, 3);
    EXPECT_EQ(someone.gets("parlance queue resume jobs --json"), R"({"name":"jobs","paused":false})");
    EXPECT_EQ(someone.types("parlance queue receive jobs").status, 0);
}

TEST(queue_wait, ends_when_it_is_empty_and_with_124_when_the_timeout_is_first) {
    owner someone;
    EXPECT_EQ(someone.gets("parlance queue wait jobs --json"), R"({"name":"jobs","empty":true})");
    someone.gets("parlance queue send jobs 1 --delay 1h");
    auto const late = someone.types("parlance queue wait jobs --timeout 50ms --json");
    EXPECT_EQ(late.status, 124);
    EXPECT_EQ(error_of(late).at("code"), "timedOut");
    EXPECT_EQ(error_of(late).at("queue"), "jobs");
    EXPECT_EQ(someone.types("parlance queue wait jobs --timeout 0").status, 124);
    EXPECT_EQ(someone.gets("parlance queue wait jobs --due-only"), "jobs is empty");
}

TEST(queue_dead, tells_what_died_and_redrive_sends_it_back) {
    user someone;
    someone.gets("parlance queue create jobs --max-receives 1");
    auto const id = someone.gets("parlance queue send jobs '{\"poison\":true}'");
    someone.gets("parlance queue receive jobs && parlance queue nack jobs " + id);
    auto const letter = someone.gets_json("parlance queue dead jobs --json");
    EXPECT_EQ(keys(letter), "id,message,reason,attempts,crashes,first_failure,last_failure,stderr");
    EXPECT_EQ(text_of(letter, "id"), id);
    EXPECT_EQ(letter.at("message"), (boost::json::value{{"poison", true}}));
    EXPECT_EQ(letter.at("attempts"), 1);
    EXPECT_EQ(letter.at("crashes"), 0);
    EXPECT_EQ(someone.gets("parlance queue redrive jobs --dry-run --json"), R"({"name":"jobs","count":1})");
    EXPECT_EQ(someone.gets("parlance queue redrive jobs --json"), R"({"name":"jobs","count":1})");
    EXPECT_EQ(someone.types("parlance queue dead jobs").status, 3);
    EXPECT_EQ(someone.gets("parlance queue peek jobs"), "{\"poison\":true}");
}

TEST(queue_dead, has_none_where_the_name_has_no_room_for_a_dead_letter_queue) {
    user someone;
    std::string const name(155, 'n');
    someone.gets("parlance queue create " + name);
    EXPECT_EQ(someone.types("parlance queue dead " + name), (answer{3, "", ""}));
    EXPECT_EQ(someone.gets("parlance queue redrive " + name + " --json"), "{\"name\":\"" + name + "\",\"count\":0}");
}

TEST(queue_redrive, takes_ids_and_says_when_none_of_them_is_dead) {
    user someone;
    someone.gets("parlance queue create jobs --max-receives 1");
    std::string ids[2];
    for (auto& id : ids) {
        id = someone.gets("parlance queue send jobs 1");
        someone.gets("parlance queue receive jobs && parlance queue nack jobs " + id);
    }
    EXPECT_EQ(someone.gets("parlance queue redrive jobs " + ids[1] + " --json"), R"({"name":"jobs","count":1})");
    EXPECT_EQ(someone.types("parlance queue redrive jobs " + ids[1] + " --json").status, 3);
    EXPECT_EQ(text_of(someone.gets_json("parlance queue dead jobs --json"), "id"), ids[0]);
}

TEST(queue_purge, counts_with_dry_run_and_removes_without_a_question_off_a_terminal) {
    owner someone;
    someone.gets("printf '1\\n2\\n' | parlance queue send jobs --lines");
    EXPECT_EQ(someone.gets("parlance queue purge jobs --dry-run --json"), R"({"name":"jobs","count":2})");
    EXPECT_EQ(someone.gets("parlance queue purge jobs --json"), R"({"name":"jobs","count":2})");
    EXPECT_EQ(someone.gets("parlance queue purge jobs --json"), R"({"name":"jobs","count":0})");
}

TEST(queue_delete, needs_yes_off_a_terminal_only_when_there_are_messages) {
    owner someone;
    someone.gets("parlance queue send jobs 1");
    auto const refused = someone.types("parlance queue delete jobs --json");
    EXPECT_EQ(refused.status, 2);
    EXPECT_EQ(error_of(refused).at("code"), "confirmationNeeded");
    EXPECT_EQ(someone.gets("parlance queue delete jobs --dry-run --json"), R"({"name":"jobs","count":1})");
    EXPECT_EQ(someone.gets("parlance queue delete jobs --yes --json"), R"({"name":"jobs","count":1})");
    EXPECT_EQ(someone.gets("parlance queue create jobs; parlance queue delete jobs --json | tail -1"),
              "queue jobs made in " + (someone.home() / "store").string() + "\n{\"name\":\"jobs\",\"count\":0}");
    EXPECT_EQ(someone.gets("parlance queue list"), "");
}

} // namespace
} // namespace parlance::cli
