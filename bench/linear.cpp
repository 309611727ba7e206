// The time to cut one message grows with its size and with nothing else: one string of 64 KiB to 64 MiB, in reads of
// 64 KiB. The last column compares the time for a byte with that of the smallest: what rises in it is the step from the
// cache to memory, 2 to 4 at most; work that grew with the square would show 1,000 at 64 MiB. content-length does not
// look at bodies.
#include "support/ratio_table.hpp"

#include "wire/cutter.hpp"
#include "wire/encode.hpp"

#include <chrono>
#include <cstdio>
#include <string>

namespace {

using namespace parlance;

double seconds_to_cut(framing frames, std::string_view input) {
    auto const begin = std::chrono::steady_clock::now();
    wire::cutter cutter(frames, 128 << 20);
    std::size_t consumed = 0, messages = 0;
    for (std::size_t end = 0; end < input.size();) {
        end = std::min(end + (64 << 10), input.size());
        for (;;) {
            auto const step = cutter.next(input.substr(consumed, end - consumed));
            consumed += step.consumed;
            messages += step.state == wire::cut_state::whole;
            if (step.state == wire::cut_state::need_more) break;
        }
    }
    if (messages != 1) std::fprintf(stderr, "the message was not found\n");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

int main() {
    std::printf("\ncutting one message in reads of 64 KiB\n%-18s %10s %10s %22s\n", "", "MiB", "GB/s",
                "time/byte against 64 KiB");
    for (auto const frames :
         {framing::lines, framing::concatenated, framing::content_length, framing::record_separator}) {
        double first = 0;
        for (std::size_t size = 64 << 10; size <= 64 << 20; size *= 4) {
            auto const message = '"' + std::string(size - 2, 'x') + '"';
            wire::envelope const around(frames, message);
            auto const input = std::string(around.before()) + message + std::string(around.after());
            std::vector<double> times;
            for (int round = 0; round < 7; ++round) times.push_back(seconds_to_cut(frames, input));
            auto const per_byte = bench::median(times) / static_cast<double>(size);
            if (first == 0) first = per_byte;
            std::printf("%-18s %10.3f %10.2f %22.2f\n", std::string(name_of(frames)).c_str(),
                        static_cast<double>(size) / (1 << 20), 1e-9 / per_byte, per_byte / first);
        }
    }
}
