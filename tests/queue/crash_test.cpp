// The crash facts: what kills, second openers and newer versions do to a store, and do not.
#include "queue/scratch.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <random>
#include <thread>

namespace parlance {
namespace {

using namespace testing;

std::string fast(scratch_folder const& folder) { return folder.path() + "?durability=fast"; }

lmdb_store::write_transaction begin_write(lmdb_store::environment& env) {
    static lmdb_store::reserve none(0);
    return {env, {1, 1}, none};
}

TEST(a_store, opened_twice_in_one_process_is_one_and_closing_one_frees_no_lock) {
    scratch_folder folder;
    signpost inside, closed, tried;
    child_process second([&] {
        inside.await();
        auto const q = store::open(fast(folder)).queue("jobs"); // waits for the writer of the first process
        closed.await();
        run(q.send("x"));
        tried.reached();
        return 0;
    });
    auto const one = lmdb_store::directory_store::open(folder.path(), durability::fast);
    EXPECT_EQ(lmdb_store::directory_store::open(folder.path() + "/../store", {}).get(), one.get());
    auto const wrapped = store_access::wrap(folder.path(), one);
    run(wrapped.queue("jobs").create());
    inside.reached();
    {
        auto const txn = begin_write(one->env());
        // Dropped at once: with an environment of its own it would have dropped our locks.
        std::thread([&] { store::open(folder.path()); }).join();
        closed.reached();
        ::usleep(50'000); // the other would have been through by now
        EXPECT_EQ(run(wrapped.queue("jobs").info()).msgs, 0U) << "it stood in our transaction";
    }
    tried.await();
    EXPECT_EQ(run(wrapped.queue("jobs").info()).msgs, 1U);
    EXPECT_EQ(second.wait(), 0);
}

TEST(a_store, keeps_the_durability_it_was_made_with) {
    scratch_folder folder;
    EXPECT_EQ(store::open(folder.path() + "?durability=relaxed").durability(), durability::relaxed);
    EXPECT_EQ(store::open(folder.path()).durability(), durability::relaxed);
    EXPECT_EQ(code_of([&] { store::open(fast(folder)); }), errc::invalid_argument);
    auto const open = store::open(folder.path());
    EXPECT_EQ(code_of([&] { store::open(fast(folder)); }), errc::invalid_argument);
    EXPECT_EQ(store::open(folder.path("new")).durability(), durability::durable);
}

TEST(a_store, is_refused_in_a_child_after_fork) {
    scratch_folder folder;
    auto const q = store::open(fast(folder)).queue("jobs");
    run(q.create());
    child_process child([&] {
        auto const used = code_of([&] { run(q.send("x")); }) == errc::store_unavailable;
        auto const opened = code_of([&] { store::open(folder.path()); }) == errc::store_unavailable;
        return used && opened ? 0 : 1;
    });
    EXPECT_EQ(child.wait(), 0);
    run(q.send("still fine here"));
}

TEST(a_store, of_a_newer_version_is_refused) {
    scratch_folder folder;
    {
        auto const store = lmdb_store::directory_store::open(folder.path(), {});
        auto txn = begin_write(store->env());
        txn.put(lmdb_store::database::main, lmdb_store::format_key,
                lmdb_store::value_writer().add(std::uint32_t{2}).add(std::uint64_t{0}).bytes());
        txn.commit();
    }
    try {
        store::open(folder.path());
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::store_newer);
        EXPECT_NE(std::string_view(fault.what()).find("format 2"), std::string_view::npos) << fault.what();
    }
}

TEST(a_store, that_is_a_file_or_no_store_is_refused) {
    scratch_folder folder;
    std::ofstream(folder.path("file")) << "x";
    EXPECT_EQ(code_of([&] { store::open(folder.path("file")); }), errc::store_unavailable);
    EXPECT_EQ(code_of([&] { store::open(folder.path("file/below")); }), errc::store_unavailable);
    std::filesystem::create_directory(folder.path("other"));
    std::ofstream(folder.path("other/data.mdb")) << std::string(10000, 'x');
    EXPECT_EQ(code_of([&] { store::open(folder.path("other")); }), errc::store_unavailable);
}

TEST(a_store, in_a_directory_that_is_not_writable_is_refused) {
    scratch_folder folder;
    std::filesystem::create_directory(folder.path("closed"));
    ::chmod(folder.path("closed").c_str(), 0555);
    ::chmod(folder.path(".").c_str(), 0755);
    child_process nobody([&] {
        if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 2;
        auto const itself = code_of([&] { store::open(folder.path("closed")); }) == errc::store_unavailable;
        auto const below = code_of([&] { store::open(folder.path("closed/store")); }) == errc::store_unavailable;
        return itself && below ? 0 : 1;
    });
    EXPECT_EQ(nobody.wait(), 0);
}

TEST(a_store, that_is_being_compacted_says_so) {
    scratch_folder folder;
    store::open(folder.path());
    unique_fd const file(::open(folder.path("store/store.lock").c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(file.get(), LOCK_EX | LOCK_NB), 0) << "nobody has it open";
    EXPECT_EQ(code_of([&] { store::open(folder.path()); }), errc::store_in_use);
    ::flock(file.get(), LOCK_UN);
    auto const open = store::open(folder.path());
    EXPECT_NE(::flock(file.get(), LOCK_EX | LOCK_NB), 0) << "an opener holds it";
}

TEST(a_killed_writer, leaves_nothing_of_its_transaction_and_no_lock) {
    scratch_folder folder;
    child_process dying([&] {
        auto const store = lmdb_store::directory_store::open(folder.path(), durability::fast);
        run(store_access::wrap({}, store).queue("jobs").create());
        auto txn = begin_write(store->env());
        lmdb_store::remove_queue(txn, "jobs");
        ::raise(SIGKILL);
        return 1;
    });
    EXPECT_EQ(dying.wait(), -SIGKILL);
    auto const q = store::open(fast(folder)).queue("jobs");
    run(q.send("x"));
    EXPECT_EQ(run(q.info()).msgs, 1U);
}

TEST(a_killed_reader, does_not_let_the_file_grow) {
    scratch_folder folder;
    child_process dying([&] {
        auto const store = lmdb_store::directory_store::open(folder.path(), durability::fast);
        run(store_access::wrap({}, store).queue("jobs").create());
        lmdb_store::read_transaction const reading(store->env(), {1, 1});
        ::raise(SIGKILL);
        return 1;
    });
    EXPECT_EQ(dying.wait(), -SIGKILL);
    auto const q = store::open(fast(folder)).queue("jobs");
    for (int i = 0; i < 5000; ++i) {
        run(q.send("x"));
        run(q.pop());
    }
    EXPECT_LT(std::filesystem::file_size(folder.path("store/data.mdb")), std::size_t{4} << 20);
}

TEST(a_small_map, is_grown_while_two_processes_use_it) {
    scratch_folder folder;
    auto const open = [&] {
        lmdb_store::open_options options;
        options.map_bytes = 256 << 10;
        return store_access::wrap({}, lmdb_store::directory_store::open(folder.path(), durability::fast, options));
    };
    auto const send = [&] {
        auto const q = open().queue("jobs");
        for (int i = 0; i < 500; ++i) run(q.send(std::string(4000, 'x')));
        return 0;
    };
    child_process([&] { return run(open().queue("jobs").create()), 0; }).wait();
    child_process one(send), two(send);
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(two.wait(), 0);
    EXPECT_EQ(run(open().queue("jobs").info()).msgs, 1000U);
}

/// Senders that write down each id once it was confirmed, and are killed at a random moment, again and again.
void kill_senders(durability mode, int rounds, unsigned seed) {
    scratch_folder folder;
    auto const url = folder.path() + "?durability=" + std::string(name_of(mode));
    child_process([&] { return run(store::open(url).queue("jobs").create()), 0; }).wait();
    std::mt19937 random(seed);
    for (int round = 0; round < rounds; ++round) {
        child_process sender([&] {
            auto const q = store::open(url).queue("jobs");
            unique_fd const log(::open(folder.path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
            for (int n = 0;; ++n) { // in front, since the one who was killed before may have left half a line
                auto const line = "\n" + run(q.send(std::to_string(n))).text();
                if (::write(log.get(), line.data(), line.size()) < 0) return 1;
            }
        });
        ::usleep(static_cast<useconds_t>(20'000 + random() % 30'000));
        sender.kill();
        sender.wait();
    }
    auto const q = store::open(url).queue("jobs");
    std::vector<std::string> there;
    for (auto const& waiting : run(q.peek(1'000'000))) there.push_back(waiting.id.text());
    EXPECT_TRUE(std::is_sorted(there.begin(), there.end()));
    std::ifstream log(folder.path("log"));
    std::size_t confirmed = 0;
    for (std::string id; log >> id; ++confirmed) // a kill in the middle of a write tears it where a page ends
        EXPECT_TRUE(id.size() < id_length || std::binary_search(there.begin(), there.end(), id)) << id;
    EXPECT_GT(confirmed, 0U);
    EXPECT_LE(there.size(), confirmed + static_cast<std::size_t>(rounds)) << "at most the one in hand at each kill";
    while (auto const got = run(q.receive())) EXPECT_TRUE(run(got->ack()));
    EXPECT_EQ(run(q.info()).msgs, 0U);
}

TEST(killed_senders, lose_nothing_that_was_confirmed) {
    for (auto const mode : {durability::durable, durability::relaxed, durability::fast}) kill_senders(mode, 4, 1);
}

TEST(long_killed_senders, lose_nothing_that_was_confirmed) {
    for (auto const mode : {durability::durable, durability::relaxed, durability::fast}) kill_senders(mode, 100, 2);
}

} // namespace
} // namespace parlance
