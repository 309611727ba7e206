#include "queue/lmdb_store/clock.hpp"

#include <parlance/error.hpp>

#include <ctime>
#include <fstream>

namespace parlance::lmdb_store {
namespace {

std::uint64_t read(clockid_t which, std::uint64_t units_per_second) noexcept {
    timespec time{};
    ::clock_gettime(which, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * units_per_second +
           static_cast<std::uint64_t>(time.tv_nsec) / (1'000'000'000 / units_per_second);
}

struct kernel_clock final : clock {
    moment now() const noexcept override { return {read(CLOCK_REALTIME, 1'000'000), read(CLOCK_BOOTTIME, 1000)}; }
};

} // namespace

std::uint64_t zero_of_new_boot(std::optional<clock_note> const& last, moment now) noexcept {
    if (!last) return now.wall_ms() - now.boot_ms;
    auto const passed = now.wall_ms() > last->wall_ms ? now.wall_ms() - last->wall_ms : 0;
    return last->store_ms + passed - now.boot_ms;
}

clock const& system_clock() noexcept {
    static kernel_clock const clock;
    return clock;
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    if (!id.empty()) return id;
    throw failure(errc::store_unavailable,
                  {.input = "/proc/sys/kernel/random/boot_id",
                   .reason = "it cannot be read, so that leases of another boot cannot be told from ours",
                   .mend = "mount /proc"});
}

} // namespace parlance::lmdb_store
