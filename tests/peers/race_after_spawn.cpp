// A data race, planted behind a spawn: the thread sanitizer must still see it, or starting a process has blinded it.
#include <parlance/process.hpp>
#include <parlance/run.hpp>

#include <thread>

namespace {

int counted = 0;

parlance::asio::awaitable<int> code_of(parlance::child child) { co_return (co_await child.wait()).code.value_or(-1); }

} // namespace

int main() {
    std::thread spawner([] { parlance::run(code_of(parlance::spawn("true"))); }); // from a threaded process
    spawner.join();
    if (parlance::run(code_of(parlance::spawn("true"))) != 0) return 2;
    std::thread one([] { ++counted; });
    std::thread two([] { ++counted; });
    one.join();
    two.join();
    return 0;
}
