// What a full disk does to a store, and does not.
#include "queue/namespaces.hpp"

#include <algorithm>

namespace parlance {
namespace {

using namespace testing;

TEST(a_full_disk, refuses_sends_takes_every_ack_and_recovers) {
    scratch_folder folder;
    for (auto const* mode : {"fast", "durable"}) {
        std::filesystem::remove_all(folder.path("disk"));
        auto disk = on_a_small_disk(folder, "6m", [mode](std::string const& path) {
            auto const q = store::open(path + "?durability=" + mode).queue("jobs");
            run(q.create());
            std::uint64_t sent = 0, acked = 0;
            boost::system::error_code refused;
            for (; !refused && sent < 100'000; sent += refused ? 0 : 1)
                refused = code_of([&] { run(q.send(std::string(500, 'x'))); });
            std::printf("%s: %llu sent, then %s\n", mode, static_cast<unsigned long long>(sent),
                        refused.message().c_str());
            if (refused != errc::store_full || sent < 500) return 1;
            if (run(q.info()).msgs != sent) return 2;
            while (auto const got = run(q.receive())) acked += run(got->ack()) ? 1 : 0;
            if (acked != sent) return 3;
            for (int i = 0; i < 100; ++i) run(q.send(std::string(500, 'x'))); // room again
            return run(q.info()).msgs == 100 ? 0 : 4;
        });
        PARLANCE_EXPECT_DONE(disk) << mode;
    }
}

/// A store on the small disk, on a clock that is turned by hand, and a queue `jobs` that fills the disk.
struct full_store {
    full_store(std::string const& path, durability mode) {
        lmdb_store::open_options options;
        options.clock = &clock;
        store = store_access::wrap({}, lmdb_store::directory_store::open(path, mode, options));
    }
    queue make(std::string_view name, queue_options options = {}) const {
        auto q = store.queue(name);
        run(q.create(options));
        return q;
    }
    /// Until no send is taken any more; says how many were.
    std::uint64_t fill(queue const& q) const {
        std::uint64_t sent = 0;
        while (!code_of([&] { run(q.send(std::string(500, 'x'))); })) ++sent;
        return sent;
    }
    /// What was freed is not free for the very next commit: the move may need another attempt.
    std::vector<dead_message> dead_when_moved(queue const& q) {
        std::vector<dead_message> dead;
        for (int i = 0; i < 5 && dead.empty(); ++i) {
            clock.advance(10s);
            dead = run(q.dead());
        }
        return dead;
    }
    hand_clock clock;
    parlance::store store;
};

/// A hundred at a time: each commit rewrites the pages of what it hands out.
std::vector<delivery> receive_up_to(queue const& q, std::size_t count, std::chrono::milliseconds vt) {
    std::vector<delivery> held;
    while (held.size() < count) {
        auto got = run(q.receive_some({.count = 100, .vt = vt}));
        if (got.empty()) break;
        held.insert(held.end(), got.begin(), got.end());
    }
    return held;
}

/// True where all that `q` has is received, then acked.
bool receives_all_then_acks_all(queue const& q, std::uint64_t sent) {
    auto const held = receive_up_to(q, ~std::size_t{0}, 1h);
    auto answers = run(q.ack_all(held));
    return held.size() == sent && std::ranges::count(answers, true) == static_cast<std::ptrdiff_t>(sent);
}

TEST(a_full_disk, holds_the_leases_of_all_that_is_on_it) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "6m", [](std::string const& path) {
        full_store const s(path, durability::fast);
        auto const q = s.make("jobs");
        auto const sent = s.fill(q);
        return sent > 500 && receives_all_then_acks_all(q, sent) ? 0 : 1;
    });
    PARLANCE_EXPECT_DONE(disk);
}

TEST(a_full_disk, lets_a_letter_too_large_to_move_wait_and_stops_no_other_queue) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "8m", [](std::string const& path) {
        full_store s(path, durability::fast);
        auto const big = s.make("big", {.maxsize = -1, .max_receives = 1});
        auto const jobs = s.make("jobs");
        run(big.send(std::string(2 << 20, 'b')));
        run(big.receive({.vt = 1s}));
        auto const sent = s.fill(jobs);
        s.clock.advance(2s); // its last lease is over; every receive, look and wait would move it
        if (!run(jobs.receive({.vt = 1s})) || !run(jobs.pop())) return 1;
        s.clock.advance(1s);
        if (!run(big.dead()).empty() || run(big.info()).msgs != 1 || run(big.receive())) return 2;
        if (!receives_all_then_acks_all(jobs, sent - 1)) return 3;
        auto const dead = s.dead_when_moved(big);
        if (dead.size() != 1 || dead[0].text.size() != 2 << 20 || dead[0].reason != "lease ran out") return 4;
        return run(big.info()).msgs == 0 ? 0 : 5;
    });
    PARLANCE_EXPECT_DONE(disk);
}

TEST(a_full_disk, takes_the_nack_of_a_last_attempt_and_buries_when_there_is_room) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "8m", [](std::string const& path) {
        full_store s(path, durability::fast);
        auto const big = s.make("big", {.maxsize = -1});
        auto const jobs = s.make("jobs");
        run(big.send(std::string(2 << 20, 'b')));
        auto const got = run(big.receive());
        auto const sent = s.fill(jobs);
        if (!run(got->nack({.dead = true, .reason = "never again", .err_tail = "why\n"}))) return 1;
        s.clock.advance(1h); // dead it is, though it cannot be moved yet
        if (run(big.receive()) || !run(big.dead()).empty() || run(big.info()).msgs != 1) return 2;
        if (!receives_all_then_acks_all(jobs, sent)) return 3;
        auto const dead = s.dead_when_moved(big);
        return dead.size() == 1 && dead[0].reason == "never again" && dead[0].attempts == 1 ? 0 : 4;
    });
    PARLANCE_EXPECT_DONE(disk);
}

TEST(a_full_disk, sends_no_dead_letter_back_rather_than_some) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "8m", [](std::string const& path) {
        full_store s(path, durability::fast);
        auto const big = s.make("big", {.maxsize = -1, .max_receives = 1});
        auto const jobs = s.make("jobs");
        for (int i = 0; i < 2; ++i) run(big.send(std::string(700'000, 'b')));
        for (int i = 0; i < 2; ++i) run(run(big.receive())->nack());
        auto const sent = s.fill(jobs);
        if (code_of([&] { run(big.redrive()); }) != errc::store_full) return 1;
        if (run(big.dead()).size() != 2 || run(big.info()).msgs != 0) return 2;
        if (!receives_all_then_acks_all(jobs, sent)) return 3;
        run(jobs.send("x")); // what was freed is not free for the very next commit
        return run(big.redrive()) == 2 && run(big.receive())->attempt() == 1 ? 0 : 4;
    });
    PARLANCE_EXPECT_DONE(disk);
}

TEST(a_full_disk, keeps_room_for_acks_whatever_is_said_of_failures) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "6m", [](std::string const& path) {
        full_store s(path, durability::fast);
        auto const q = s.make("jobs");
        auto const sent = s.fill(q);
        auto const held = receive_up_to(q, 2'000, 1h);
        for (auto const& one : held)
            if (!run(one.nack({.delay = 0s, .reason = "exit 1", .err_tail = std::string(4000, 'e')}))) return 1;
        receive_up_to(q, 2'000, 1s);
        s.clock.advance(2s); // and those leases run out, which is noted too
        return receives_all_then_acks_all(q, sent) ? 0 : 2;
    });
    PARLANCE_EXPECT_DONE(disk);
}

TEST(a_full_disk, lets_no_store_be_made_and_says_why) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "64k", [](std::string const& path) {
        return code_of([&] { store::open(path); }) == errc::store_full ? 0 : 1;
    });
    PARLANCE_EXPECT_DONE(disk);
}

} // namespace
} // namespace parlance
