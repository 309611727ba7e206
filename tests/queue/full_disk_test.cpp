// What a full disk does to a store, and does not.
#include "queue/namespaces.hpp"

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

TEST(a_full_disk, lets_no_store_be_made_and_says_why) {
    scratch_folder folder;
    auto disk = on_a_small_disk(folder, "64k", [](std::string const& path) {
        return code_of([&] { store::open(path); }) == errc::store_full ? 0 : 1;
    });
    PARLANCE_EXPECT_DONE(disk);
}

} // namespace
} // namespace parlance
