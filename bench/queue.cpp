// Embedded queues: TARGETS.md rows 6a to 6c. Times of one message of 100 bytes, sent, received and acked (6a, 6b) or
// sent (6c); rivals in the same rounds, with servers that are started for it. `bench-queue [DIRECTORY [SECONDS]]`: on
// the disk to be measured (.), for each sample (0.5).
#include "support/node.hpp"
#include "support/rabbitmq.hpp"
#include "support/ratio_table.hpp"
#include "support/redis.hpp"
#include "support/redis_lists.hpp"
#include "support/scratch.hpp"
#ifdef BENCH_SQLITE
#include "support/sqlite_queue.hpp"
#endif

#include <parlance/queue.hpp>
#include <parlance/run.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <vector>

namespace {

using namespace parlance;
using clock_type = std::chrono::steady_clock;

constexpr int rounds = 5, batch = 100;
std::string const body(100, 'x');

struct until {
    double seconds;
    clock_type::time_point begin = clock_type::now();
    double spent() const { return std::chrono::duration<double>(clock_type::now() - begin).count(); }
    bool over() const { return spent() >= seconds; }
    double microseconds_for_one_of(long count) const { return spent() / static_cast<double>(count) * 1e6; }
};

/// Microseconds for each message; `work` says how many it did.
template <class Work> double measure(double seconds, Work work) {
    long count = 0;
    until const end{seconds};
    while (!end.over()) count += work();
    return end.microseconds_for_one_of(count);
}

queue make_queue(bench::scratch const& where, std::string const& mode) {
    auto q = store::open(where.fresh("parlance-" + mode) + "?durability=" + mode).queue("jobs");
    run(q.create());
    return q;
}

asio::awaitable<double> single(queue q, double seconds) {
    long count = 0;
    until const end{seconds};
    for (; !end.over(); ++count) {
        co_await q.send(body);
        auto const got = co_await q.receive();
        co_await got->ack();
    }
    co_return end.microseconds_for_one_of(count);
}

asio::awaitable<double> batches(queue q, double seconds) {
    std::vector<std::string> const bodies(batch, body);
    long count = 0;
    until const end{seconds};
    for (; !end.over(); count += batch) {
        co_await q.send_all(bodies);
        auto const got = co_await q.receive_some({.count = batch});
        co_await q.ack_all(got);
    }
    co_return end.microseconds_for_one_of(count);
}

asio::awaitable<void> send_until(queue q, until end, long& count) {
    for (; !end.over(); ++count) co_await q.send(body);
}

/// With so many senders in one event loop.
double senders(queue const& q, int many, double seconds) {
    asio::io_context loop(1);
    long count = 0;
    until const end{seconds};
    auto const ended = [](std::exception_ptr fault) {
        if (fault) std::rethrow_exception(fault);
    };
    for (int i = 0; i < many; ++i) asio::co_spawn(loop, send_until(q, end, count), ended);
    loop.run();
    return end.microseconds_for_one_of(count);
}

#ifdef BENCH_SQLITE
double sqlite(bench::scratch const& where, std::string const& synchronous, int each, bool only_send, double seconds) {
    auto const path = where.fresh("sqlite");
    std::filesystem::create_directories(path);
    bench::sqlite_queue rival(path + "/queue.db", synchronous);
    return measure(seconds, [&] { return only_send ? rival.send(body, each) : rival.cycle(body, each), each; });
}
#else
double sqlite(bench::scratch const&, std::string const&, int, bool, double) { return 0; }
#endif

double redis_lists(bench::redis_server const& redis, double seconds) {
    bench::pipelined_list rival(redis.port(), body, batch);
    return measure(seconds, [&] { return rival.cycle(), batch; });
}

double redis_senders(bench::redis_server const& redis, int many, double seconds) {
    bench::list_senders rival(redis.port(), body, many);
    return measure(seconds, [&] { return rival.send_some(); });
}

/// What is measured once in each round. A rival that is not here takes 0.
class measurements {
public:
    struct one {
        std::function<double()> take;
        std::vector<double> samples{};
        double median() const { return bench::median(samples); }
    };
    one const& add(std::function<double()> take) { return all_.emplace_back(std::move(take)); }
    void take_rounds() {
        for (int round = 0; round < rounds; ++round)
            for (auto& each : all_) each.samples.push_back(each.take());
    }

private:
    std::list<one> all_;
};

void compare(bench::scratch const& where, double seconds) {
    auto const redis = bench::start_server<bench::redis_server>();
    auto const careful_redis = bench::start_server<bench::redis_server>(bench::synced(where.fresh_directory("redis")));
    auto const rabbitmq = bench::start_server<bench::rabbitmq_server>(where.fresh_directory("rabbitmq"));
    auto const node = [&](auto const& server, std::string const& script) {
        return server ? bench::ask_node(script, {server->port(), std::to_string(seconds)}).value_or(0) : 0;
    };

    measurements all;
    auto const& one = all.add([&] { return run(single(make_queue(where, "fast"), seconds)); });
    auto const& one_sqlite = all.add([&] { return sqlite(where, "OFF", 1, false, seconds); });
    auto const& one_rsmq = all.add([&] { return node(redis, "rsmq.js"); });
    auto const& hundred = all.add([&] { return run(batches(make_queue(where, "fast"), seconds)); });
    auto const& hundred_sqlite = all.add([&] { return sqlite(where, "OFF", batch, false, seconds); });
    auto const& hundred_redis = all.add([&] { return redis ? redis_lists(*redis, seconds) : 0; });
    auto const& durable_sqlite = all.add([&] { return sqlite(where, "FULL", 1, true, seconds); });
    auto const& durable_rabbitmq = all.add([&] { return node(rabbitmq, "rabbitmq.js"); });
    struct with_senders {
        int many;
        measurements::one const &ours, &redis;
    };
    std::vector<with_senders> durable;
    for (int const many : {1, 16, 64})
        durable.push_back(
            {many, all.add([&, many] { return senders(make_queue(where, "durable"), many, seconds); }),
             all.add([&, many] { return careful_redis ? redis_senders(*careful_redis, many, seconds) : 0; })});
    all.take_rounds();

    bench::ratio_table const table("Embedded queue, microseconds a message");
    table.row("6a send+receive+ack, fast | SQLite WAL OFF", one.median(), one_sqlite.median(), 0.5);
    table.row("6a the same | rsmq", one.median(), one_rsmq.median(), 1.0 / 3);
    table.row("6b the same by 100 | SQLite by 100", hundred.median(), hundred_sqlite.median(), 0.25);
    table.row("6b the same | Redis lists, pipelined", hundred.median(), hundred_redis.median(), 1);
    auto const alone = durable[0].ours.median();
    table.row("6c durable, 1 sender | RabbitMQ confirms", alone, durable_rabbitmq.median(), 1);
    table.row("6c durable, 16 senders | 1 sender of ours", durable[1].ours.median(), alone, 1.0 / 5);
    table.row("6c durable, 64 senders | 1 sender of ours", durable[2].ours.median(), alone, 1.0 / 10);
    table.row("   durable, 1 sender | SQLite WAL FULL", alone, durable_sqlite.median(), 0);
    for (auto const& [many, ours, theirs] : durable)
        table.row("   durable, " + std::to_string(many) + (many > 1 ? " senders" : " sender") + " | Redis always",
                  ours.median(), theirs.median(), 0);
}

} // namespace

int main(int count, char** words) {
    bench::scratch const where(count > 1 ? words[1] : ".");
    compare(where, count > 2 ? std::atof(words[2]) : 0.5);
}
