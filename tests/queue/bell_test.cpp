// The bell between processes, here two bells of one file: each believes itself another process.
#include "queue/lmdb_store/bell.hpp"

#include "queue/scratch.hpp"

#include <thread>

namespace parlance {
namespace {

using namespace testing;

TEST(a_bell, is_heard_by_the_others_whatever_its_own_side_does_meanwhile) {
    scratch_folder folder;
    std::filesystem::create_directory(folder.path());
    lmdb_store::bell ours(folder.path()), theirs(folder.path());
    std::atomic<bool> stop{false};
    std::atomic<std::uint32_t> heard{0};
    std::thread our_watcher([&] { // in and out of its wait all the time
        while (!stop) ours.wait(ours.sequence(), 0ms);
    });
    std::thread listener([&] {
        while (!stop) {
            auto const before = theirs.sequence();
            heard = before;
            heard.notify_one();
            theirs.wait(before, 10s); // without a wake-up it sleeps for so long
        }
    });
    auto const begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 5'000; ++i) {
        auto const before = ours.sequence();
        ::usleep(static_cast<useconds_t>(i % 50)); // let it fall asleep, most times
        ours.ring({}, false);
        for (auto seen = heard.load(); seen == before; seen = heard.load()) heard.wait(seen);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 9s) << "a ring was not heard";
    stop = true;
    ours.ring({}, true);
    theirs.ring({}, true);
    our_watcher.join();
    listener.join();
}

} // namespace
} // namespace parlance
