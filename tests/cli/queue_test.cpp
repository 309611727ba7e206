// What CLI.md says of the queue commands, typed as users type them.
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

/// A user who has a queue called jobs.
struct owner : user {
    owner() { gets("parlance queue create jobs"); }
};

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
    {"queue list --store redis://localhost/0", 1, "notSupported", "Redis stores are not in this version"},
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

TEST(queue_send, prints_an_id_that_info_then_counts) {
    owner someone;
    auto const sent = someone.gets_json("parlance queue send jobs '{\"a\":1}' --json");
    EXPECT_EQ(keys(sent), "id");
    EXPECT_EQ(sent.at("id").as_string().size(), 32u);
    EXPECT_EQ(someone.gets("parlance queue send jobs 2").size(), 32u);
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 2);
}

TEST(queue_send, keeps_json_byte_for_byte_without_the_white_space_around_it) {
    owner someone;
    someone.gets("printf ' \\n{\"n\":  1.0e400,\\n \"n\": 12345678901234567890123}\\n\\n' | parlance queue send jobs");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "{\"n\":  1.0e400,\n \"n\": 12345678901234567890123}");
}

TEST(queue_send, reads_standard_input_where_the_message_is_missing_or_a_dash) {
    owner someone;
    someone.gets("echo '[1]' | parlance queue send jobs");
    someone.gets("echo '[2]' | parlance queue send jobs -");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "[1]");
    EXPECT_EQ(someone.gets("parlance queue pop jobs"), "[2]");
}

TEST(queue_send, takes_text_as_it_is_final_newline_included) {
    owner someone;
    someone.gets("printf 'two\\nlines\\n' | parlance queue send jobs --text -");
    EXPECT_EQ(someone.gets_json("parlance queue pop jobs --text --json").at("message"), "two\nlines\n");
    someone.gets("parlance queue send jobs --text '{\"a\": 1}'");
    EXPECT_EQ(someone.gets_json("parlance queue pop jobs --text --json").at("message"), "{\"a\": 1}");
}

TEST(queue_send, shows_line_and_column_of_bad_json_with_a_caret) {
    owner someone;
    auto const given = someone.types("printf '{\\n \"a\": 1,\\n}' | parlance queue send jobs");
    EXPECT_EQ(given.status, 1);
    EXPECT_NE(given.err.find("line 3, column 1\n  }\n  ^\n"), std::string::npos) << given.err;
    auto const told = error_of(someone.types("parlance queue send jobs '[1 2]' --json"));
    EXPECT_EQ(told.at("code"), "invalidJson");
    EXPECT_EQ(told.at("line"), 1);
    EXPECT_EQ(told.at("column"), 4);
}

TEST(queue_send, sends_one_message_for_each_line) {
    owner someone;
    auto const ids = someone.gets("printf '1\\n2\\n\\n3' | parlance queue send jobs --lines");
    EXPECT_EQ(ids.size(), 3 * 32 + 2u);
    for (auto const* expected : {"1", "2", "3"}) EXPECT_EQ(someone.gets("parlance queue pop jobs"), expected);
}

TEST(queue_send, sends_all_lines_or_none) {
    owner someone;
    auto const given = someone.types("printf '1\\n2\\n{bad}\\n4\\n' | parlance queue send jobs --lines --json");
    EXPECT_EQ(given.status, 1);
    EXPECT_EQ(error_of(given).at("line"), 3);
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 0);
}

TEST(queue_send, sends_file_names_as_the_first_minute_does) {
    owner someone;
    EXPECT_EQ(someone.gets("touch a.png 'b c.png'; ls *.png | parlance queue send jobs --lines --text").size(), 65u);
    EXPECT_EQ(someone.gets("parlance queue pop jobs --text"), "a.png");
    EXPECT_EQ(someone.gets("parlance queue pop jobs --text"), "b c.png");
}

TEST(queue_send, takes_queues_that_are_called_like_commands) {
    user someone;
    for (auto const* name : {"send", "queue", "exec", "list", "work"}) {
        someone.gets("parlance queue create " + std::string(name));
        someone.gets("parlance queue send " + std::string(name) + " 1");
        EXPECT_EQ(someone.gets("parlance queue pop " + std::string(name)), "1");
    }
}

TEST(queue_send, hides_a_message_for_its_delay) {
    owner someone;
    someone.gets("parlance queue send jobs 1 --delay 1h");
    EXPECT_EQ(someone.types("parlance queue receive jobs"), (answer{3, "", ""}));
    someone.gets("parlance queue send jobs 2 --delay 50ms");
    EXPECT_EQ(someone.gets_json("parlance queue receive jobs --wait 20s --json").at("message"), 2);
}

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
