// What workers of `parlance work` leave behind: found and ended, and nobody else's.
#include "cli/typed.hpp"

#include <gmock/gmock.h>

namespace parlance::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(work_leftovers, that_cleared_their_environment_end_with_the_work) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said = someone.types(
        R"sh(parlance work jobs --until-empty --procs 1 -- sh -c 'env -i setsid sh -c "echo \$\$ > pid; exec sleep 600" &
             until [ -s pid ]; do sleep 0.01; done'; )sh" +
        says_if_it_runs("pid"));
    EXPECT_THAT(said.out, HasSubstr("1 done"));
    EXPECT_THAT(said.out, Not(HasSubstr("it runs")));
}

TEST(work_leftovers, of_a_worker_that_lives_are_let_live) {
    user const someone;
    someone.gets("parlance queue create jobs; printf '1\\n2\\n2\\n2\\n2\\n' | parlance queue send jobs --lines");
    auto const said = someone.types(
        R"sh(parlance work jobs --until-empty --procs 2 -- sh -c 'if [ $1 = 2 ]; then echo >> others; exit; fi
             setsid sh -c "setsid sh -c \"echo \\\$\\\$ > pid; exec sleep 600\" &"
             until [ -s pid ] && [ "$(wc -l < others)" = 4 ]; do sleep 0.01; done
             kill -0 $(cat pid) && echo it lives' sh {} 2>said; cat said; )sh" +
        says_if_it_runs("pid"));
    EXPECT_THAT(said.out, HasSubstr("| it lives\n"));
    EXPECT_THAT(said.out, HasSubstr("5 done"));
    EXPECT_THAT(said.out, Not(HasSubstr("it runs"))) << "its worker has ended";
}

TEST(work_leftovers, of_a_killed_work_are_ended_with_their_group_although_its_leader_is_gone) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue send jobs 1");
    auto const said = someone.types(
        R"sh(parlance work jobs --procs 1 -- sh -c 'env -i sh -c "echo \$\$ > bare; exec sleep 600" & sleep 600 &
             until [ -s bare ]; do sleep 0.01; done; echo $$ > leader; wait' 2>/dev/null & killed=$!
             until [ -s leader ]; do sleep 0.01; done; kill -KILL $killed $(cat leader); wait
             parlance work jobs --procs 1 --until-empty -- true; )sh" +
        says_if_it_runs("bare"));
    EXPECT_THAT(said.err, HasSubstr("took over from a work that was killed: 1 message, 1 worker that it left running "
                                    "was ended"));
    EXPECT_THAT(said.out, Not(HasSubstr("it runs")));
}

} // namespace
} // namespace parlance::cli
