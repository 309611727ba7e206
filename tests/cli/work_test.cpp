// `parlance work` as a user types it; what becomes of messages is tested in tests/work.
#include "cli/typed.hpp"

#include <gmock/gmock.h>

namespace parlance::cli {
namespace {

using ::testing::HasSubstr;

TEST(work, makes_the_queue_and_ends_when_it_is_empty) {
    user const someone;
    EXPECT_EQ(someone.types("parlance work jobs --until-empty --procs 1 -- true").status, 0);
    EXPECT_EQ(someone.gets("parlance queue list"), "jobs");
}

TEST(work, shows_what_workers_print_with_their_names_and_ends_with_a_summary) {
    user const someone;
    someone.gets("parlance queue create jobs; printf '1\\n2\\n' | parlance queue send jobs --lines");
    auto const said = someone.types("parlance work jobs --until-empty --procs 1 -- sh -c 'echo did $1' sh {}");
    EXPECT_EQ(said.status, 0);
    EXPECT_EQ(said.err, "worker 1 | did 1\nworker 1 | did 2\n");
    EXPECT_THAT(said.out, HasSubstr("2 done, 0 failed, 0 retried, 0 dead in "));
}

TEST(work, summary_is_an_object_with_json) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const sums = someone.gets_json("parlance work jobs --until-empty --procs 1 --json -- true");
    EXPECT_EQ(keys(sums), "done,failed,retried,dead,rate");
    EXPECT_EQ(sums.at("done"), 1);
}

TEST(work, is_1_when_a_message_went_dead) {
    user const someone;
    someone.gets("parlance queue create jobs --backoff 1ms; parlance queue send jobs 1");
    auto const said =
        someone.types("parlance work jobs --until-empty --procs 1 --max-receives 2 -- sh -c 'echo why >&2; exit 3'");
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.out, HasSubstr("0 done, 2 failed, 1 retried, 1 dead in "));
    auto const dead = someone.gets_json("parlance queue dead jobs --json");
    EXPECT_EQ(text_of(dead, "reason"), "exit 3");
    EXPECT_EQ(text_of(dead, "stderr"), "why\n");
    EXPECT_EQ(dead.at("attempts"), 2);
}

TEST(work, says_why_workers_do_not_start) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said = someone.types("parlance work jobs --procs 1 --json -- ./no-such-worker");
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.err, HasSubstr(R"("code":"startFailed")"));
    EXPECT_THAT(said.err, HasSubstr("./no-such-worker"));
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 1);
}

TEST(work, ended_by_a_signal_finishes_what_is_in_hand_and_is_0) {
    user const someone;
    someone.gets("parlance queue create jobs; printf '1\\n2\\n' | parlance queue send jobs --lines");
    auto const said = someone.types("parlance work jobs --procs 1 -- sh -c 'kill -TERM $PPID; sleep 0.2; echo ended'");
    EXPECT_EQ(said.status, 0);
    EXPECT_THAT(said.err, HasSubstr("worker 1 | ended\n"));
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 1);
}

TEST(work, ended_by_timeout_finishes_what_is_in_hand) { // which signals its child, and then the group both are in
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said = someone.types("timeout 0.3 parlance work jobs --procs 1 -- sh -c 'sleep 0.6; echo ended'");
    EXPECT_THAT(said.err, HasSubstr("worker 1 | ended"));
    EXPECT_THAT(said.out, HasSubstr("1 done"));
}

TEST(work, ended_by_two_signals_ends_its_workers_at_once) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said = someone.types(
        "parlance work jobs --procs 1 -- sh -c 'kill -TERM $PPID; sleep 0.3; kill -TERM $PPID; exec sleep 600'");
    EXPECT_EQ(said.status, 128 + 15);
    auto const info = someone.gets_json("parlance queue info jobs --json");
    EXPECT_EQ(info.at("msgs"), 1);
    EXPECT_EQ(info.at("hiddenmsgs"), 0);
}

TEST(work, takes_over_at_once_from_another_that_is_killed_while_it_works) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said =
        someone.types("parlance work jobs --procs 1 -- sh -c 'echo $$ > first; exec sleep 600' 2>/dev/null & killed=$!;"
                      "until [ -s first ]; do sleep 0.01; done;"
                      "parlance work jobs --procs 1 --until-empty -- sh -c 'echo attempt $PARLANCE_ATTEMPT' 2>said &"
                      "until [ $(ls store/holders | wc -l) -ge 2 ]; do sleep 0.01; done;"
                      "kill -KILL $killed; wait; cat said; " +
                      says_if_it_runs("first"));
    EXPECT_THAT(said.out, HasSubstr("worker 1 | attempt 1\n"));
    EXPECT_EQ(said.out.find("it runs"), std::string::npos) << said.out;
}

TEST(work, whose_output_nobody_reads_any_more_ends_and_charges_nothing) {
    user const someone;
    someone.gets("parlance queue create jobs; printf '1\\n2\\n' | parlance queue send jobs --lines");
    someone.types("timeout 20 parlance work jobs --procs 1 -- sh -c 'echo a; sleep 0.1; echo b; sleep 0.1; echo c' "
                  "2>&1 | head -n 1");
    EXPECT_EQ(someone.types("parlance queue dead jobs").out, "");
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("hiddenmsgs"), 0);
}

TEST(work, with_a_worker_that_uses_sigterm_to_finish_has_finished) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    someone.types("parlance work jobs --procs 1 --grace 50ms -- sh -c 'trap \"exit 0\" TERM; kill -TERM $PPID; while "
                  ":; do sleep 0.02; done'");
    EXPECT_EQ(someone.gets_json("parlance queue info jobs --json").at("msgs"), 0);
}

TEST(exec, leaves_nothing_behind_after_its_timeout) {
    user const someone;
    auto const said = someone.types(
        R"sh(parlance exec 'setsid sh -c "echo \$\$ > pid; exec sleep 600" & sleep 600' --timeout 300ms; )sh" +
        says_if_it_runs("pid"));
    EXPECT_EQ(said.out, "");
}

TEST(work, refuses_what_makes_no_sense) {
    struct {
        char const* typed;
        int status;
        char const* says;
    } const lines[] = {
        {"parlance work jobs", 2, "--"},
        {"parlance work jobs --mode fast -- true", 2, "--mode is exec, lines or ipc"},
        {"parlance work jobs --procs 0 -- true", 2, "--procs must be between 1 and 10000"},
        {"parlance work jobs --procs x -- true", 2, "--procs must be between 1 and 10000, not `x`"},
        {"parlance work jobs --procs 1KiB -- true", 2, "--procs must be between 1 and 10000"},
        {"parlance work jobs --prefetch 2 -- true", 2, "--prefetch needs --mode lines or ipc"},
        {"parlance work jobs --timeout soon -- true", 2, "soon"},
        {"parlance work 'no name' -- true", 1, "Invalid qname format"},
        {"parlance work jobs --results done -- true", 2, "not in this version"},
        {"parlance work jobs --web -- true", 2, "not in this version"},
    };
    user const someone;
    for (auto const& line : lines) {
        auto const said = someone.types(line.typed);
        EXPECT_EQ(said.status, line.status) << line.typed;
        EXPECT_THAT(said.err, HasSubstr(line.says)) << line.typed;
    }
}

TEST(work, feeds_scripts_over_nodes_channel) {
    owner const someone;
    someone.gets(R"(seq 3 | parlance queue send jobs --lines; cat > worker.js <<'END'
process.on('message', ({id, message}) => { console.log('did', message); process.send({id, ok: true}); });
END)");
    auto const given = someone.types("parlance work jobs --mode ipc --procs 1 --until-empty --json -- ./worker.js");
    EXPECT_EQ(given.status, 0);
    EXPECT_EQ(given.out.substr(0, 43), R"({"done":3,"failed":0,"retried":0,"dead":0,")");
    for (auto const* line : {"did 1\n", "did 2\n", "did 3\n"})
        EXPECT_NE(given.err.find(line), std::string::npos) << line;
}

} // namespace
} // namespace parlance::cli
