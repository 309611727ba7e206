// Holders: what a killed `work` leaves behind, and who takes it over.
#include "queue/holder.hpp"
#include "queue/scratch.hpp"

#include <fstream>

namespace parlance {
namespace {

using namespace testing;

worker_record worker(std::string token, std::int64_t pid) {
    return {std::move(token), pid, 12345, "boot-1", 4026531836};
}

struct bereaved {
    scratch_folder folder;
    store open() const { return store::open(folder.path() + "?durability=fast"); }

    /// A holder that records two workers, receives two of three messages for an hour, and is killed.
    void leave_a_dead_holder() const {
        child_process dying([&] {
            auto const s = open();
            auto const q = s.queue("jobs");
            run(q.create());
            run(q.send_all({"1", "2", "3"}));
            auto me = run(holder::enter(s));
            run(me.record_worker(worker("a", 1001)));
            run(me.record_worker(worker("b", 1002)));
            run(me.record_worker(worker("c", 1003)));
            run(me.forget_worker("c"));
            run(me.receive(q, {.count = 2, .vt = 1h}));
            ::raise(SIGKILL);
            return 1;
        });
        EXPECT_EQ(dying.wait(), -SIGKILL);
    }
};

TEST(a_holder, that_was_killed_is_found_with_its_workers_and_messages) {
    bereaved world;
    world.leave_a_dead_holder();
    auto const s = world.open();
    auto dead = run(dead_holders(s));
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].workers, (std::vector{worker("a", 1001), worker("b", 1002)}));
    ASSERT_EQ(dead[0].held.size(), 2U);
    EXPECT_EQ(dead[0].held[0].queue, "jobs");
    EXPECT_TRUE(run(dead_holders(s)).empty()) << "who found it takes it over alone";

    auto const q = s.queue("jobs");
    EXPECT_EQ(run(q.receive())->text(), "3");
    EXPECT_EQ(run(release(s, std::move(dead[0]))), 2U);
    auto const first = run(q.receive());
    ASSERT_TRUE(first);
    EXPECT_EQ(first->text(), "1");
    EXPECT_EQ(first->attempt(), 1U) << "not charged";
    EXPECT_EQ(first->rc(), 2U);
    EXPECT_TRUE(run(dead_holders(s)).empty());
    EXPECT_TRUE(std::filesystem::is_empty(world.folder.path() + "/holders"));
}

TEST(a_holder, that_lives_is_not_found) {
    bereaved world;
    signpost entered, seen;
    child_process living([&] {
        auto me = run(holder::enter(world.open()));
        entered.reached();
        seen.await();
        run(me.leave());
        return 0;
    });
    entered.await();
    auto const s = world.open();
    EXPECT_TRUE(run(dead_holders(s)).empty());
    seen.reached();
    EXPECT_EQ(living.wait(), 0);
    EXPECT_TRUE(run(dead_holders(s)).empty());
}

TEST(a_holder, that_leaves_gives_back_what_it_holds) {
    bereaved world;
    auto const s = world.open();
    auto const q = s.queue("jobs");
    run(q.create());
    run(q.send("x"));
    auto me = run(holder::enter(s));
    EXPECT_EQ(run(me.receive(q, {.count = 5})).size(), 1U);
    EXPECT_TRUE(run(dead_holders(s)).empty()) << "our own lives";
    run(me.leave());
    EXPECT_EQ(run(q.receive())->attempt(), 1U);
}

TEST(a_holder, of_an_earlier_boot_is_forgotten) {
    hand_store s;
    {
        auto me = run(holder::enter(s.store()));
        run(me.record_worker(worker("a", 1001)));
    }
    s.open(durability::fast, "boot-2");
    EXPECT_TRUE(run(dead_holders(s.store())).empty());
    EXPECT_TRUE(std::filesystem::is_empty(s.folder.path() + "/holders"));
}

/// Opened as by the kernel's boot of this name.
store open_in_boot(scratch_folder const& folder, std::string boot) {
    lmdb_store::open_options options;
    options.boot_id = std::move(boot);
    return store_access::wrap({}, lmdb_store::directory_store::open(folder.path(), durability::fast, options));
}

TEST(a_holder, that_lives_though_its_boot_has_another_name_is_left_alone) {
    scratch_folder folder; // as in a container whose manager gives each a boot id of its own
    signpost entered, seen;
    child_process living([&] {
        auto me = run(holder::enter(open_in_boot(folder, "boot-1")));
        entered.reached();
        seen.await();
        return std::filesystem::is_empty(folder.path() + "/holders") ? 1 : 0;
    });
    entered.await();
    auto const s = open_in_boot(folder, "boot-2");
    EXPECT_TRUE(run(dead_holders(s)).empty());
    seen.reached();
    EXPECT_EQ(living.wait(), 0) << "its lock is still there";
    EXPECT_TRUE(run(dead_holders(s)).empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path() + "/holders")) << "now it is dead";
}

TEST(a_holder, whose_lock_file_is_gone_is_left_alone_and_gets_no_new_one) {
    bereaved world;
    world.leave_a_dead_holder();
    auto const holders = world.folder.path() + "/holders";
    for (auto const& entry : std::filesystem::directory_iterator(holders)) std::filesystem::remove(entry);
    EXPECT_TRUE(run(dead_holders(world.open())).empty()) << "nobody can tell whether it lives: its leases end by time";
    EXPECT_TRUE(std::filesystem::is_empty(holders));
}

TEST(a_lock_file, that_no_record_tells_of_is_removed) {
    scratch_folder folder;
    auto const s = store::open(folder.path() + "?durability=fast");
    EXPECT_TRUE(run(dead_holders(s)).empty()) << "no holder ever was";
    auto me = run(holder::enter(s));
    auto const holders = folder.path() + "/holders/";
    for (auto const* name : {"00000000000000aa.lock", "notes.txt", "aa.lock", "00000000000000aa.locked"})
        std::ofstream(holders + name) << "";
    EXPECT_TRUE(run(dead_holders(s)).empty());
    EXPECT_FALSE(std::filesystem::exists(holders + "00000000000000aa.lock"));
    for (auto const* other : {"notes.txt", "aa.lock", "00000000000000aa.locked"})
        EXPECT_TRUE(std::filesystem::exists(holders + other)) << other;
    run(me.leave());
}

TEST(a_holder, refuses_a_worker_without_a_token) {
    hand_store s;
    auto me = run(holder::enter(s.store()));
    EXPECT_EQ(code_of([&] { run(me.record_worker(worker("", 1))); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { run(me.record_worker(worker(std::string(201, 'x'), 1))); }), errc::invalid_argument);
    run(me.leave());
}

TEST(extend_all, renews_many_leases_and_names_those_that_are_lost) {
    hand_store s;
    auto const q = s.queue();
    run(q.send_all({"1", "2", "3"}));
    auto const got = run(q.receive_some({.count = 3, .vt = 2s}));
    run(got[1].ack());
    s.clock.advance(1s);
    EXPECT_EQ(run(extend_all(got, 2s)), (std::vector<bool>{true, false, true}));
    s.clock.advance(1500ms);
    EXPECT_FALSE(run(q.receive()));
    EXPECT_TRUE(run(extend_all({}, 2s)).empty());
}

} // namespace
} // namespace parlance
