// Row 8: messages a second through worker processes, against job queues of Node, whose workers run in the queue's own
// process. usage: bench-work [COUNT]
#include "support/node.hpp"
#include "support/ratio_table.hpp"
#include "support/redis.hpp"
#include "support/scratch.hpp"

#include <parlance/parlance.hpp>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

using namespace parlance;

namespace {

/// The trivial worker: each line is answered with ok. In this program too, so that it costs as little as it can.
int be_worker() {
    constexpr std::size_t id_at = 7, id_size = 32; // {"id":"
    std::string read, answers;
    std::array<char, 65536> chunk;
    for (ssize_t got = 0; (got = ::read(0, chunk.data(), chunk.size())) > 0;) {
        read.append(chunk.data(), static_cast<std::size_t>(got));
        answers.clear();
        std::string_view rest = read;
        for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
            answers.append(R"({"id":")").append(rest.substr(id_at, id_size)).append("\",\"ok\":true}\n");
            rest.remove_prefix(end + 1);
        }
        read.erase(0, read.size() - rest.size());
        if (::write(1, answers.data(), answers.size()) < 0) return 1;
    }
    return 0;
}

double work_through(bench::scratch const& place, std::string const& self, std::size_t count) {
    auto const jobs = store::open(place.fresh("parlance") + "?durability=fast").queue("jobs");
    run(jobs.create());
    std::string const body = R"({"body":")" + std::string(89, 'x') + "\"}";
    for (std::size_t sent = 0; sent < count; sent += 1000) run(jobs.send_all(std::vector<std::string>(1000, body)));
    workers crew(jobs, {self, "--worker"}, {.mode = work_mode::lines, .procs = 2, .prefetch = 32, .until_empty = true});
    return run(crew.run()).rate();
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "--worker") == 0) return be_worker();
    std::size_t const count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20'000;
    auto const self = std::filesystem::read_symlink("/proc/self/exe").string();
    bench::scratch const place(std::filesystem::temp_directory_path());
    bench::redis_server const redis;
    std::vector<double> ours, bee, bull;
    for (int round = 0; round < 5; ++round) {
        ours.push_back(work_through(place, self, count));
        if (auto const rate = bench::ask_node("bee_queue.js", {redis.port(), std::to_string(count)}))
            bee.push_back(*rate);
        if (auto const rate = bench::ask_node("bullmq.js", {redis.port(), std::to_string(count)}))
            bull.push_back(*rate);
    }
    bench::rate_table const table("8: parlance work --prefetch 32, lines mode, embedded fast store, 2 trivial workers");
    table.row("messages/s, against bee-queue", bench::median(ours), bench::median(bee), 3);
    table.row("messages/s, against BullMQ", bench::median(ours), bench::median(bull), 3);
}
