// One store and many threads: whose they are, and that none disturbs another.
#include "queue/scratch.hpp"

#include <thread>

namespace parlance {
namespace {

using namespace testing;

constexpr auto long_enough = 20s; // reached only by a failure

std::string url_of(scratch_folder const& folder, durability mode) {
    return folder.path() + "?durability=" + std::string(name_of(mode));
}

#ifndef __SANITIZE_THREAD__ // which has a thread of its own in each process, from some moment on
std::ptrdiff_t threads_of_this_process() {
    return std::ranges::distance(std::filesystem::directory_iterator("/proc/self/task"));
}

TEST(a_store, has_the_threads_that_its_header_tells_of) {
    struct {
        durability mode;
        int when_open, when_waited;
    } const rows[] = {{durability::durable, 1, 2}, {durability::relaxed, 1, 2}, {durability::fast, 0, 1}};
    for (auto const& row : rows) {
        scratch_folder folder;
        child_process child([&] {
            auto const before = threads_of_this_process();
            auto const q = store::open(url_of(folder, row.mode)).queue("jobs");
            run(q.create());
            run(q.send("x"));
            run(q.receive({.wait = long_enough})); // there was one: nobody had to wait
            if (threads_of_this_process() - before != row.when_open) return 1;
            run(q.receive({.wait = 1ms}));
            return threads_of_this_process() - before == row.when_waited ? 0 : 2;
        });
        EXPECT_EQ(child.wait(), 0) << name_of(row.mode);
    }
}

#endif

TEST(a_store, is_used_by_many_threads_at_once) {
    for (auto const mode : {durability::relaxed, durability::fast}) {
        scratch_folder folder;
        auto const q = store::open(folder.path() + "?durability=" + std::string(name_of(mode))).queue("jobs");
        run(q.create());
        std::atomic<int> acked{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 50; ++n) {
                    run(q.send("x"));
                    auto const got = run(q.receive({.wait = long_enough}));
                    if (got && run(got->ack())) ++acked;
                }
            });
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(acked, 200);
        EXPECT_EQ(run(q.info()).msgs, 0U);
    }
}

TEST(one_queue_object, serves_many_threads_and_a_delivery_is_settled_by_any) {
    for (auto const mode : {durability::relaxed, durability::fast}) {
        scratch_folder folder;
        auto const q = store::open(url_of(folder, mode)).queue("jobs");
        run(q.create());
        run(q.send_all(std::vector<std::string>(100, "x")));
        auto const got = run(q.receive_some({.count = 100}));
        ASSERT_EQ(got.size(), 100U);
        std::atomic<int> acked{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, copy = q] {
                for (auto const& one : got) acked += run(one.ack()) ? 1 : 0; // each is acked by one of the four
                run(copy.send("y"));
                run(copy.info());
                run(copy.where().list());
            });
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(acked, 100);
        EXPECT_EQ(run(q.info()).msgs, 4U);
    }
}

} // namespace
} // namespace parlance
