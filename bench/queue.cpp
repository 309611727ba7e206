// Embedded queues: TARGETS.md rows 6a to 6c. Times of one message, sent, received and acked (6a, 6b) or sent (6c),
// bodies of 100 bytes; rivals in the same rounds. `bench-queue [DIRECTORY [SECONDS]]`: on the disk to be measured (.),
// for each sample (0.5). RabbitMQ and rsmq need servers and are measured elsewhere.
#include "support/ratio_table.hpp"
#ifdef BENCH_SQLITE
#include "support/sqlite_queue.hpp"
#endif

#include <parlance/queue.hpp>
#include <parlance/run.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>

namespace {

using namespace parlance;
using clock_type = std::chrono::steady_clock;

constexpr int rounds = 5;
std::string const body(100, 'x');

struct place {
    std::filesystem::path directory;
    double seconds;
    std::string fresh(std::string const& name) const {
        std::filesystem::remove_all(directory / name);
        return (directory / name).string();
    }
};

struct until {
    clock_type::time_point begin = clock_type::now();
    double seconds;
    double spent() const { return std::chrono::duration<double>(clock_type::now() - begin).count(); }
    bool over() const { return spent() >= seconds; }
};

queue make_queue(place const& where, std::string const& mode) {
    auto q = store::open(where.fresh("parlance-" + mode) + "?durability=" + mode).queue("jobs");
    run(q.create());
    return q;
}

asio::awaitable<double> single(queue q, double seconds) {
    long count = 0;
    until const end{.seconds = seconds};
    for (; !end.over(); ++count) {
        co_await q.send(body);
        auto const got = co_await q.receive();
        co_await got->ack();
    }
    co_return end.spent() / static_cast<double>(count) * 1e6;
}

asio::awaitable<double> batches(queue q, double seconds) {
    std::vector<std::string> const bodies(100, body);
    long count = 0;
    until const end{.seconds = seconds};
    for (; !end.over(); count += 100) {
        co_await q.send_all(bodies);
        auto const got = co_await q.receive_some({.count = 100});
        co_await q.ack_all(got);
    }
    co_return end.spent() / static_cast<double>(count) * 1e6;
}

asio::awaitable<void> send_until(queue q, until end, long& count) {
    for (; !end.over(); ++count) co_await q.send(body);
}

/// Microseconds for each confirmed message, with so many senders in one event loop.
double senders(place const& where, int many) {
    auto const q = make_queue(where, "durable");
    asio::io_context loop(1);
    long count = 0;
    until const end{.seconds = where.seconds};
    for (int i = 0; i < many; ++i) asio::co_spawn(loop, send_until(q, end, count), [](std::exception_ptr) {});
    loop.run();
    return end.spent() / static_cast<double>(count) * 1e6;
}

#ifdef BENCH_SQLITE
double sqlite(place const& where, std::string const& synchronous, int batch, bool only_send) {
    auto const path = where.fresh("sqlite");
    std::filesystem::create_directories(path);
    bench::sqlite_queue rival(path + "/queue.db", synchronous);
    long count = 0;
    until const end{.seconds = where.seconds};
    for (; !end.over(); count += batch) only_send ? rival.send(body, batch) : rival.cycle(body, batch);
    return end.spent() / static_cast<double>(count) * 1e6;
}
#else
double sqlite(place const&, std::string const&, int, bool) { return 0; }
#endif

struct measured {
    std::function<double()> take;
    std::vector<double> samples{};
    double median() const { return bench::median(samples); }
};

} // namespace

int main(int count, char** words) {
    place const where{std::filesystem::path(count > 1 ? words[1] : ".") / "bench-queue-data",
                      count > 2 ? std::atof(words[2]) : 0.5};
    std::filesystem::create_directories(where.directory);
    measured one{[&] { return run(single(make_queue(where, "fast"), where.seconds)); }};
    measured hundred{[&] { return run(batches(make_queue(where, "fast"), where.seconds)); }};
    measured durable_1{[&] { return senders(where, 1); }}, durable_16{[&] { return senders(where, 16); }},
        durable_64{[&] { return senders(where, 64); }};
    measured sqlite_one{[&] { return sqlite(where, "OFF", 1, false); }},
        sqlite_hundred{[&] { return sqlite(where, "OFF", 100, false); }},
        sqlite_durable{[&] { return sqlite(where, "FULL", 1, true); }};
    measured* const all[] = {&one,       &sqlite_one, &hundred,    &sqlite_hundred,
                             &durable_1, &durable_16, &durable_64, &sqlite_durable};
    for (int round = 0; round < rounds; ++round)
        for (auto* each : all) each->samples.push_back(each->take());

    bench::ratio_table const table("Embedded queue, microseconds a message");
#ifdef BENCH_SQLITE
    table.row("6a send+receive+ack, fast / SQLite WAL OFF", one.median(), sqlite_one.median(), 0.5);
    table.row("6b the same by 100 / SQLite WAL OFF by 100", hundred.median(), sqlite_hundred.median(), 0.25);
    table.row("6c durable send / SQLite WAL FULL", durable_1.median(), sqlite_durable.median(), 0);
#else
    std::printf("6a, 6b against SQLite: skipped, it was built without libsqlite3-dev\n");
    table.row("6a send+receive+ack, fast / by 100", one.median(), hundred.median(), 0);
#endif
    table.row("6c durable, 16 senders / one sender", durable_16.median(), durable_1.median(), 0.2);
    table.row("6c durable, 64 senders / one sender", durable_64.median(), durable_1.median(), 0.1);
    std::printf(
        "6a and 6b against rsmq and Redis lists, 6c against RabbitMQ: skipped, this program starts no servers\n");
    std::filesystem::remove_all(where.directory);
}
