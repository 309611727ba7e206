// The whole output of a child as one string. Each time is from before the start of the child until its bytes are held
// and it is reaped. `bench-capture [MIB]` (1024): how much it writes.
#include "support/node.hpp"
#include "support/processes.hpp"
#include "support/ratio_table.hpp"

#include <parlance/process.hpp>
#include <parlance/run.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

namespace {

using clock_type = std::chrono::steady_clock;
namespace asio = parlance::asio;

double since(clock_type::time_point begin) {
    return std::chrono::duration<double, std::micro>(clock_type::now() - begin).count();
}

[[noreturn]] void give_up(char const* what) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

asio::awaitable<std::size_t> read_all(std::vector<std::string> args) {
    auto child = parlance::spawn(BENCH_WRITES, args, {.in = parlance::stdio::ignore()});
    auto const all = co_await child.out().read_all();
    (co_await child.wait()).check();
    co_return all.size();
}

asio::awaitable<std::size_t> collect(std::vector<std::string> args) {
    auto child = parlance::spawn(BENCH_WRITES, args,
                                 {.in = parlance::stdio::ignore(), .max_buffer_bytes = std::size_t{1} << 40});
    auto const end = co_await child.collect();
    end.check();
    co_return end.out.size();
}

using capture = asio::awaitable<std::size_t> (*)(std::vector<std::string>);
double by_parlance(capture how, std::size_t bytes) {
    auto const begin = clock_type::now();
    if (parlance::run(how({std::to_string(bytes)})) != bytes) give_up("parlance: bytes are missing");
    return since(begin);
}

/// The child, and what is read from its pipe by `read_from`, which says how many bytes it had.
double by_hand(std::function<std::size_t(int pipe)> const& read_from, std::size_t bytes, int pipe_bytes = 0) {
    auto const begin = clock_type::now();
    auto const ends = bench::make_pipe();
    if (pipe_bytes != 0) ::fcntl(ends.read, F_SETPIPE_SZ, pipe_bytes);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends.write, 1);
    auto count = std::to_string(bytes);
    char program[] = BENCH_WRITES;
    char* argv[] = {program, count.data(), nullptr};
    pid_t pid = -1;
    if (::posix_spawn(&pid, program, &actions, nullptr, argv, environ) != 0) give_up("posix_spawn");
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends.write);
    if (read_from(ends.read) != bytes) give_up("by hand: bytes are missing");
    ::close(ends.read);
    bench::finish(pid);
    return since(begin);
}

constexpr std::size_t step = 65536;

std::size_t drops(int pipe) {
    static char block[step];
    std::size_t all = 0;
    for (ssize_t got; (got = ::read(pipe, block, sizeof block)) > 0;) all += static_cast<std::size_t>(got);
    return all;
}

std::size_t keeps_in_one_block(int pipe, std::size_t bytes) {
    auto* const block = static_cast<char*>(std::malloc(bytes + step));
    std::size_t all = 0;
    for (ssize_t got; (got = ::read(pipe, block + all, step)) > 0;) all += static_cast<std::size_t>(got);
    std::free(block);
    return all;
}

std::size_t keeps_and_doubles(int pipe) {
    std::size_t room = step, all = 0;
    auto* block = static_cast<char*>(std::malloc(room));
    for (ssize_t got; (got = ::read(pipe, block + all, room - all)) > 0;) {
        all += static_cast<std::size_t>(got);
        if (all == room)
            block = static_cast<char*>(std::realloc(block, room *= 2)); // NOLINT(bugprone-suspicious-realloc-usage)
    }
    std::free(block);
    return all;
}

/// Touches as much memory as the next contestant may need. A virtual machine gives free memory back to its host, and
/// who comes first after that pays for all: seconds for a gigabyte, more than everything that is measured here.
void have_memory_at_hand(std::size_t bytes) {
    void* const pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) give_up("mmap");
    ::madvise(pages, bytes, MADV_HUGEPAGE);
    for (std::size_t at = 0; at < bytes; at += 4096) static_cast<char volatile*>(pages)[at] = 1;
    ::munmap(pages, bytes);
}

struct contestant {
    char const* name;
    std::function<std::optional<double>()> once;
    double target = 0;
    std::vector<double> times{};
};

} // namespace

int main(int argc, char** argv) {
    auto const bytes = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1024) << 20;
    auto const in_one_block = [bytes](int pipe) { return keeps_in_one_block(pipe, bytes); };
    std::vector<std::string> const args{BENCH_WRITES, std::to_string(bytes)};
    constexpr double within_ten_percent = 1.1;
    std::vector<contestant> ours{{"read_all", [&] { return by_parlance(read_all, bytes); }},
                                 {"collect", [&] { return by_parlance(collect, bytes); }}};
    std::vector<contestant> rivals{
        {"read() that drops", [&] { return by_hand(drops, bytes); }, within_ten_percent},
        {"read() into one block", [&] { return by_hand(in_one_block, bytes); }, within_ten_percent},
        {"the same, a pipe of 256 KiB", [&] { return by_hand(in_one_block, bytes, 256 << 10); }, within_ten_percent},
        {"read() and double", [&] { return by_hand(keeps_and_doubles, bytes); }, within_ten_percent},
        {"Node spawn + Buffer.concat", [&] { return bench::ask_node("capture.mjs", args); }},
        {"Python subprocess.run", [&] { return bench::ask_python("capture.py", args); }}};
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round)
        for (auto* all : {&ours, &rivals})
            for (auto& each : *all) {
                have_memory_at_hand(2 * bytes + (256 << 20));
                if (auto const took = each.once()) each.times.push_back(*took);
            }
    for (auto const& mine : ours) {
        auto const title = std::to_string(bytes >> 20) + " MiB of output, " + mine.name;
        bench::ratio_table const table(title.c_str());
        for (auto const& each : rivals)
            table.row(each.name, bench::median(mine.times), bench::median(each.times), each.target);
    }
}
