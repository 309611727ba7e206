#pragma once
// Rivals in Node and Python: programs of bench/peers that print one number.

#include <parlance/process.hpp>
#include <parlance/run.hpp>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// The number that a rival prints; none, with the reason on standard error, where it cannot run here.
inline std::optional<double> ask(char const* language, std::string const& script, std::vector<std::string> args) {
    struct asking {
        static parlance::asio::awaitable<double> number(parlance::child rival) {
            auto const said = co_await rival.out().read_all();
            (co_await rival.wait()).check();
            co_return std::strtod(said.c_str(), nullptr);
        }
    };
    args.insert(args.begin(), std::string(BENCH_PEERS) + "/" + script);
    try {
        return parlance::run(asking::number(parlance::spawn(language, args, {.in = parlance::stdio::ignore()})));
    } catch (parlance::failure const& fault) {
        std::fprintf(stderr, "%s cannot run here: %s\n", script.c_str(), fault.what());
        return std::nullopt;
    }
}

inline std::optional<double> ask_node(std::string const& script, std::vector<std::string> args) {
    return ask("node", script, std::move(args));
}
inline std::optional<double> ask_python(std::string const& script, std::vector<std::string> args) {
    return ask("python3", script, std::move(args));
}

} // namespace bench
