// Faults below the store: writes that fail midway, address space that is used up.
#include "queue/scratch.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <fstream>

namespace parlance {
namespace {

using namespace testing;

/// From now on the store's meta pages, which end each durable commit, cannot be written.
bool break_meta_writes(std::string const& directory) {
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        auto const fd = std::stoi(entry.path().filename());
        if (std::filesystem::read_symlink(entry, gone) != directory + "/data.mdb") continue;
        if ((::fcntl(fd, F_GETFL) & O_DSYNC) == 0) continue;
        unique_fd const full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
        return ::dup2(full.get(), fd) == fd;
    }
    return false;
}

/// Empty where `call` says that the store must be opened anew.
template <class Call> std::string unlike_a_panic(Call call) {
    try {
        call();
    } catch (failure const& fault) {
        auto const said = std::string_view(fault.what()).find("open it again") != std::string_view::npos;
        return fault.code() == errc::store_unavailable && said ? "" : fault.what();
    }
    return "it worked";
}

TEST(a_store, whose_commit_failed_midway_says_so_and_can_be_opened_anew) {
    scratch_folder folder;
    {
        auto const q = store::open(folder.path()).queue("jobs");
        run(q.create());
        run(q.send("confirmed"));
        ASSERT_TRUE(break_meta_writes(folder.path()));
        EXPECT_EQ(unlike_a_panic([&] { run(q.send("lost")); }), "");
        EXPECT_EQ(unlike_a_panic([&] { run(q.receive({.wait = 20s})); }), "");
        EXPECT_EQ(unlike_a_panic([&] { run(q.info()); }), "");
        EXPECT_EQ(unlike_a_panic([&] { store::open(folder.path()); }), "") << "the same store, not a new one";
    }
    auto const q = store::open(folder.path()).queue("jobs");
    EXPECT_EQ(run(q.receive())->text(), "confirmed");
    EXPECT_EQ(run(q.info()).msgs, 1U);
    run(q.send("as before"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // whose own maps are refused then too

/// Memory that this process may still map.
void limit_address_space(std::size_t more_bytes) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    auto const bytes = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + more_bytes;
    rlimit const limit{bytes, bytes};
    ::setrlimit(RLIMIT_AS, &limit);
}

TEST(a_map, that_cannot_be_grown_refuses_sends_takes_every_ack_and_recovers) {
    for (auto const mode : {durability::fast, durability::relaxed}) {
        scratch_folder folder;
        child_process child([&] {
            lmdb_store::open_options options;
            options.map_bytes = 3 << 20;
            auto const s = store_access::wrap({}, lmdb_store::directory_store::open(folder.path(), mode, options));
            auto const q = s.queue("jobs");
            run(q.create());
            limit_address_space(4 << 20);
            std::uint64_t sent = 0, acked = 0;
            boost::system::error_code refused;
            std::string said;
            while (!refused && sent < 100'000) {
                refused = code_of([&] {
                    try {
                        run(q.send(std::string(2000, 'x')));
                    } catch (failure const& fault) {
                        said = fault.what();
                        throw;
                    }
                });
                sent += refused ? 0 : 1;
            }
            if (refused != errc::store_full || said.find("ulimit -v") == said.npos || sent < 100) return 1;
            if (run(q.info()).msgs != sent) return 2;
            while (true) {
                auto const got = run(q.receive_some({.count = 100, .vt = 1h}));
                if (got.empty()) break;
                for (auto const& one : got) acked += run(one.ack()) ? 1 : 0;
            }
            if (acked != sent) return 3;
            for (int i = 0; i < 50; ++i) run(q.send(std::string(2000, 'x'))); // room again, though the map is as it was
            return run(q.info()).msgs == 50 ? 0 : 4;
        });
        EXPECT_EQ(child.wait(), 0) << name_of(mode);
    }
}

#endif

} // namespace
} // namespace parlance
