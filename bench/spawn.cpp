// Starting a process with three pipes: TARGETS.md rows 5a and 5b. Rivals run in the same rounds, one after another, so
// that what disturbs one disturbs all. `bench-spawn [RESIDENT_MIB]` (1024): how much memory the large parent has.
#include "support/ratio_table.hpp"

#include <parlance/process.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#define BOOST_PROCESS_V2_HEADER_ONLY 1
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <sstream>

namespace {

using clock_type = std::chrono::steady_clock;

struct sample {
    double call_us, whole_us;
};

double since(clock_type::time_point begin) {
    return std::chrono::duration<double, std::micro>(clock_type::now() - begin).count();
}

[[noreturn]] void give_up(char const* what) {
    std::perror(what);
    std::exit(1);
}

sample by_parlance(char const* program) {
    static boost::asio::io_context loop(1);
    sample took{};
    auto once = [&]() -> boost::asio::awaitable<void> {
        auto const begin = clock_type::now();
        auto child = parlance::spawn(program);
        took.call_us = since(begin);
        co_await child.wait();
        took.whole_us = since(begin);
    };
    boost::asio::co_spawn(loop, once, boost::asio::detached);
    loop.run();
    loop.restart();
    return took;
}

struct three_pipes {
    std::array<int, 2> in{}, out{}, err{};
    three_pipes() {
        for (auto* each : {&in, &out, &err})
            if (::pipe2(each->data(), O_CLOEXEC) != 0) give_up("pipe2");
    }
    ~three_pipes() { ::close(in[1]), ::close(out[0]), ::close(err[0]); }
    void close_theirs() const { ::close(in[0]), ::close(out[1]), ::close(err[1]); }
};

sample by_posix_spawn(char const* program) {
    auto const begin = clock_type::now();
    three_pipes pipes;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipes.in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, pipes.out[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, pipes.err[1], 2);
    char* const argv[] = {const_cast<char*>(program), nullptr};
    pid_t pid = 0;
    if (::posix_spawn(&pid, program, &actions, nullptr, argv, environ) != 0) give_up("posix_spawn");
    ::posix_spawn_file_actions_destroy(&actions);
    pipes.close_theirs();
    sample took{since(begin), 0};
    ::waitpid(pid, nullptr, 0);
    took.whole_us = since(begin);
    return took;
}

sample by_libuv(char const* program) {
    static uv_loop_t* const loop = uv_default_loop();
    static sample took;
    static clock_type::time_point begin;
    begin = clock_type::now();
    char* argv[] = {const_cast<char*>(program), nullptr};
    uv_process_options_t options{};
    std::array<uv_pipe_t, 3> pipes;
    std::array<uv_stdio_container_t, 3> stdio{};
    for (std::size_t i = 0; i < 3; ++i) {
        uv_pipe_init(loop, &pipes[i], 0);
        stdio[i].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | (i == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE));
        stdio[i].data.stream = reinterpret_cast<uv_stream_t*>(&pipes[i]);
    }
    options.file = program;
    options.args = argv;
    options.stdio = stdio.data();
    options.stdio_count = 3;
    options.exit_cb = [](uv_process_t* process, std::int64_t, int) {
        took.whole_us = since(begin);
        uv_close(reinterpret_cast<uv_handle_t*>(process), nullptr);
    };
    uv_process_t process;
    if (uv_spawn(loop, &process, &options) != 0) give_up("uv_spawn");
    took.call_us = since(begin);
    for (auto& pipe : pipes) uv_close(reinterpret_cast<uv_handle_t*>(&pipe), nullptr);
    uv_run(loop, UV_RUN_DEFAULT);
    return took;
}

sample by_boost(char const* program) {
    namespace bp = boost::process::v2;
    static boost::asio::io_context loop(1);
    auto const begin = clock_type::now();
    boost::asio::writable_pipe in(loop);
    boost::asio::readable_pipe out(loop), err(loop);
    bp::process process(loop.get_executor(), program, std::vector<std::string>{}, bp::process_stdio{in, out, err});
    sample took{since(begin), 0};
    process.wait();
    took.whole_us = since(begin);
    return took;
}

struct rival {
    char const* name;
    std::function<sample(char const*)> start; // none: Node, which measures itself
    double call_target, large_target;         // of the call: TARGETS.md has none for call to exit
    std::vector<double> call{}, whole{};
};

void add_node(rival& node, char const* program, int count, std::size_t resident_mib) {
    std::ostringstream command;
    command << "node " BENCH_PEERS "/spawn.mjs " << program << ' ' << count << ' ' << resident_mib;
    FILE* const output = ::popen(command.str().c_str(), "r");
    if (output == nullptr) give_up("node");
    double call = 0, whole = 0;
    while (std::fscanf(output, "%lf %lf", &call, &whole) == 2)
        node.call.push_back(call / 1000), node.whole.push_back(whole / 1000);
    ::pclose(output);
}

void measure(char const* title, char const* program, std::size_t resident_mib) {
    // Row 5b says 500 times faster at 4 GiB; fork's cost grows with the memory, so the target does.
    double const large = resident_mib == 0 ? 0 : 1.0 / (500.0 * static_cast<double>(resident_mib) / 4096);
    std::array<rival, 5> all{{{"parlance", by_parlance, 0, 0},
                              {"posix_spawn + 3 pipes", by_posix_spawn, 1.0, 0},
                              {"libuv", by_libuv, 0.3, large},
                              {"Boost.Process v2", by_boost, 0.5, large},
                              {"Node child_process", {}, 0.05, large}}};
    constexpr int rounds = 5;
    int const count = resident_mib == 0 ? 60 : 8;
    for (int round = 0; round < rounds; ++round) {
        for (auto& each : all) {
            if (!each.start) {
                add_node(each, program, count, resident_mib);
                continue;
            }
            for (int i = 0; i < count; ++i) {
                auto const took = each.start(program);
                each.call.push_back(took.call_us), each.whole.push_back(took.whole_us);
            }
        }
    }
    bench::ratio_table const table(title);
    double const call = bench::median(all[0].call), whole = bench::median(all[0].whole);
    for (auto const& each : all) {
        if (&each == &all[0]) continue;
        bool const is_large = resident_mib != 0;
        table.row(std::string("call, ") + each.name, call, bench::median(each.call),
                  is_large ? each.large_target : each.call_target);
        table.row(std::string("call to exit, ") + each.name, whole, bench::median(each.whole), 0);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::size_t const resident_mib = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1024;
    measure("5a. a small parent, a static child that only exits", BENCH_CHILD, 0);
    measure("5a. a small parent, /bin/true", "/bin/true", 0);
    void* const memory =
        ::mmap(nullptr, resident_mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("mmap");
    ::madvise(memory, resident_mib << 20, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < resident_mib << 20; at += 4096) static_cast<char*>(memory)[at] = 1;
    auto const title = "5b. " + std::to_string(resident_mib) + " MiB resident in the parent, static child";
    measure(title.c_str(), BENCH_CHILD, resident_mib);
    return 0;
}
