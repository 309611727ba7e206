// What CLI.md says of queues themselves, and of the store they lie in, typed as users type it.
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(queue_create, prints_the_queue_with_rsmqs_names_and_units) {
    user someone;
    auto const made = someone.gets_json("parlance queue create jobs --vt 1m --delay 2 --max-size 2048 --json");
    EXPECT_EQ(keys(made).substr(0, 84),
              "name,vt,delay,maxsize,totalrecv,totalsent,created,modified,msgs,hiddenmsgs,leased,ac");
    EXPECT_EQ(made.at("name"), "jobs");
    EXPECT_EQ(made.at("vt"), 60);
    EXPECT_EQ(made.at("delay"), 2);
    EXPECT_EQ(made.at("maxsize"), 2048);
}

TEST(queue_create, has_the_contracts_defaults) {
    user someone;
    auto const made = someone.gets_json("parlance queue create jobs --json");
    EXPECT_EQ(made.at("vt"), 30);
    EXPECT_EQ(made.at("delay"), 0);
    EXPECT_EQ(made.at("maxsize"), 65536);
    EXPECT_EQ(made.at("max_receives"), 0);
    EXPECT_EQ(made.at("dead_letter"), "jobs--dead");
    EXPECT_EQ(made.at("backoff_first_ms"), 1000);
    EXPECT_EQ(made.at("backoff_longest_ms"), 300000);
}

TEST(queue_list, prints_names_for_scripts_and_all_for_programs) {
    owner someone;
    someone.gets("parlance queue create another");
    EXPECT_EQ(someone.gets("parlance queue list"), "another\njobs");
    EXPECT_EQ(someone.gets("parlance queue list --json | head -1 | cut -c1-26"), "{\"name\":\"another\",\"vt\":30,");
}

TEST(queue_info, is_the_same_whoever_asks) {
    owner someone;
    someone.gets("parlance queue send jobs 1 && parlance queue receive jobs");
    auto const info = someone.gets_json("parlance queue info jobs --json");
    EXPECT_EQ(info.at("msgs"), 1);
    EXPECT_EQ(info.at("hiddenmsgs"), 1);
    EXPECT_EQ(info.at("leased"), 1);
    EXPECT_EQ(info.at("totalrecv"), 1);
    EXPECT_NE(someone.gets("parlance queue info jobs").find("in work         1"), std::string::npos);
}

TEST(store_option, says_where_queues_live) {
    user someone;
    someone.gets("parlance queue create a --store ./here; parlance --store lmdb:here queue create b");
    EXPECT_EQ(someone.gets("PARLANCE_STORE=here parlance queue list"), "a\nb");
    EXPECT_EQ(someone.gets("parlance queue list"), "");
    EXPECT_EQ(
        someone.gets("unset PARLANCE_STORE; parlance queue create c; ls -d .local/state/parlance | cat").substr(0, 12),
        "queue c made");
    EXPECT_EQ(someone.gets("unset PARLANCE_STORE; XDG_STATE_HOME=$PWD/state parlance queue create d; ls state"),
              "queue d made in " + someone.home().string() + "/state/parlance\nparlance");
}

TEST(store_option, that_is_no_store_is_told) {
    user someone;
    auto const file = someone.types("touch file; parlance queue list --store file --json");
    EXPECT_EQ(file.status, 1);
    EXPECT_EQ(error_of(file).at("code"), "storeUnavailable");
    auto const other =
        someone.types("parlance queue create a --store s; parlance queue list --store 's?durability=fast' --json");
    EXPECT_EQ(other.status, 1);
    EXPECT_EQ(error_of(other).at("code"), "invalidArgument");
}

} // namespace
} // namespace parlance::cli
