// Row 9: how long the command takes to start and end, and what it touches on the way.
// usage: bench-start [PARLANCE]
#include "support/ratio_table.hpp"

#include <parlance/parlance.hpp>

#include <chrono>
#include <filesystem>

using namespace parlance;

namespace {

double start_and_end_us(std::string const& program, std::vector<std::string> const& args) {
    auto const begun = std::chrono::steady_clock::now();
    run(spawn(program, args, {.in = stdio::ignore(), .out = stdio::ignore(), .err = stdio::ignore()}).wait()).check();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

int main(int argc, char** argv) {
    auto const beside = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "parlance";
    std::string const command = argc > 1 ? argv[1] : beside.string();
    std::vector<double> ours, nothing;
    for (int round = 0; round < 101; ++round) {
        ours.push_back(start_and_end_us(command, {"--version"}));
        nothing.push_back(start_and_end_us("/bin/true", {}));
    }
    bench::ratio_table const table("9: start of the command, us from spawn to end; the target is 10 ms");
    table.row("parlance --version, against 10 ms", bench::median(ours), 10'000, 1);
    table.row("parlance --version, against /bin/true", bench::median(ours), bench::median(nothing), 0);
}
