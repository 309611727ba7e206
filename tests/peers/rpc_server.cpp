// A server for clients that are not ours: over standard input and output (Content-Length), or over Node's channel where
// Node forked it.
#include <parlance/parlance.hpp>

#include <cstdio>

using namespace parlance;

namespace {

/// Tells its progress, until it is cancelled.
asio::awaitable<void> count(rpc& talk, json::value params) {
    asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    json::value const progress{{"token", params.at("token")}, {"value", {{"kind", "begin"}}}};
    co_await talk.notify("$/progress", progress);
    co_await never.async_wait(asio::use_awaitable);
}

asio::awaitable<void> serve(rpc talk) {
    talk.on("add", [](std::vector<double> const& numbers) { return numbers.at(0) + numbers.at(1); });
    talk.on("fail", [] { throw rpc_error(-32001, "as you wish", json::value{1, 2}); });
    talk.on("count", [&talk](json::value params) { return count(talk, std::move(params)); });
    talk.on("ask", [&talk](json::value question) -> asio::awaitable<json::value> {
        auto const reply = co_await talk.call("client/answer", question);
        co_return json::value{{"you said", reply.json()}};
    });
    talk.on("shutdown", [] { std::printf("a library of ours prints to standard output\n"); });
    talk.on("exit", [&talk] { talk.stop(); });
    co_await talk.serve();
    co_await talk.close();
}

} // namespace

int main() {
    if (auto node = parent())
        run(serve(rpc(std::move(*node), {.protocol = rpc_protocol::lsp})));
    else
        run(serve(rpc(own_stdio(framing::content_length), {.protocol = rpc_protocol::lsp})));
}
