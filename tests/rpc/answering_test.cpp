// The side that answers, word for word: the examples of the specification and what lies between its lines. docs/rpc.md
// names these tests.
#include "rpc/support.hpp"

namespace parlance::testing {
namespace {

/// The methods of the specification's examples.
void know_the_examples(rpc& talk) {
    talk.on("subtract", [](json::value const& params) {
        auto const& p = params;
        return p.is_array() ? p.at(0).as_int64() - p.at(1).as_int64()
                            : p.at("minuend").as_int64() - p.at("subtrahend").as_int64();
    });
    talk.on("sum", [](std::vector<int> const& numbers) {
        int sum = 0;
        for (auto const each : numbers) sum += each;
        return sum;
    });
    talk.on("get_data", [] { return json::array{"hello", 5}; });
    talk.on("update", [] {});
    talk.on("notify_hello", [] {});
}

struct exchange {
    char const* what;
    char const* said;
    char const* answered; ///< none: nothing
};

constexpr exchange examples[] = {
    {"parameters by position", R"({"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1})",
     R"({"jsonrpc":"2.0","id":1,"result":19})"},
    {"in the other order", R"({"jsonrpc":"2.0","method":"subtract","params":[23,42],"id":2})",
     R"({"jsonrpc":"2.0","id":2,"result":-19})"},
    {"parameters by name", R"({"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3})",
     R"({"jsonrpc":"2.0","id":3,"result":19})"},
    {"a notification", R"({"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]})", nullptr},
    {"a notification nobody knows", R"({"jsonrpc":"2.0","method":"foobar"})", nullptr},
    {"no such method", R"({"jsonrpc":"2.0","method":"foobar","id":"1"})",
     R"({"jsonrpc":"2.0","id":"1","error":{"code":-32601,"message":"there is no method `foobar`"}})"},
    {"bad JSON", R"({"jsonrpc":"2.0","method":"foobar,"params":"bar","baz])",
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})"},
    {"an invalid request", R"({"jsonrpc":"2.0","method":1,"params":"bar"})",
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: the method is no string"}})"},
    {"a batch of bad JSON", R"([{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method")",
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})"},
    {"an empty batch", "[]",
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: an empty batch"}})"},
    {"an invalid batch", "[1]",
     R"([{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: not an object"}}])"},
    {"a batch of three invalid ones", "[1,2,3]",
     R"([{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: not an object"}},)"
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: not an object"}},)"
     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: not an object"}}])"},
    {"a batch of all kinds",
     R"([{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method":"notify_hello","params":[7]},)"
     R"({"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"2"},{"foo":"boo"},)"
     R"({"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},)"
     R"({"jsonrpc":"2.0","method":"get_data","id":"9"}])",
     R"([{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request: neither a request nor a reply"}},)"
     R"({"jsonrpc":"2.0","id":"1","result":7},{"jsonrpc":"2.0","id":"2","result":19},)"
     R"({"jsonrpc":"2.0","id":"5","error":{"code":-32601,"message":"there is no method `foo.get`"}},)"
     R"({"jsonrpc":"2.0","id":"9","result":["hello",5]}])"},
    {"a batch of notifications",
     R"([{"jsonrpc":"2.0","method":"notify_sum","params":[1,2,4]},{"jsonrpc":"2.0","method":"notify_hello","params":[7]}])",
     nullptr},
    // between its lines
    {"an id of null", R"({"jsonrpc":"2.0","method":"get_data","id":null})",
     R"({"jsonrpc":"2.0","id":null,"result":["hello",5]})"},
    {"an id as it is spelled", R"({"jsonrpc":"2.0","method":"get_data","id":"\u0061\n"})",
     R"({"jsonrpc":"2.0","id":"\u0061\n","result":["hello",5]})"},
    {"a result of nothing", R"({"jsonrpc":"2.0","method":"update","id":1})",
     R"({"jsonrpc":"2.0","id":1,"result":null})"},
    {"the reply to no call", R"({"jsonrpc":"2.0","id":77,"result":1})", nullptr},
    {"an error without an id", R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})",
     nullptr},
    {"an id and nothing else", R"({"jsonrpc":"2.0","id":77})",
     R"({"jsonrpc":"2.0","id":77,"error":{"code":-32600,"message":"Invalid Request: neither a result nor an error"}})"},
    {"params that are a string", R"({"jsonrpc":"2.0","method":"sum","params":"x","id":1})",
     R"({"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"Invalid Request: the params are no object and no array"}})"},
    {"params of the wrong type", R"({"jsonrpc":"2.0","method":"sum","params":[1,"two"],"id":1})",
     R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"params[1]: not a number","data":{"where":"params[1]"}}})"},
    {"a string that is no text", R"({"jsonrpc":"2.0","method":"sum","params":["\ud800"],"id":"\ud800"})",
     R"({"jsonrpc":"2.0","id":"\ud800","error":{"code":-32602,"message":"params: not JSON, an escape is one half of a )"
     R"(surrogate pair","data":{"where":"params"}}})"},
    {"params of the wrong type in a notification", R"({"jsonrpc":"2.0","method":"sum","params":[1,"two"]})", nullptr},
};

TEST(rpc_answers, as_the_specifications_examples_say) {
    tell([]() -> asio::awaitable<void> {
        for (auto const& row : examples) {
            bare_end ends;
            know_the_examples(ends.talk);
            co_await ends.says(row.said);
            co_await ends.peer.close();
            co_await ends.talk.serve();
            co_await ends.talk.close();
            auto const heard = co_await ends.hears();
            EXPECT_EQ(heard, row.answered ? row.answered : "end") << row.what;
        }
    }());
}

/// What is answered to `method` of a talk with the handlers of `make`.
asio::awaitable<std::string> answer_to(std::string method, std::function<void(rpc&)> make, std::string params = "[]") {
    bare_end ends;
    make(ends.talk);
    co_await ends.says(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
    co_await ends.peer.close();
    co_await ends.talk.serve();
    co_await ends.talk.close();
    co_return co_await ends.hears();
}

TEST(rpc_answers, with_what_a_handler_throws) {
    struct row {
        char const* what;
        std::function<void()> thrower;
        char const* error;
    };
    std::vector<row> const rows{
        {"an error of its own", [] { throw rpc_error(404, "no such city", json::value{{"city", "x"}}); },
         R"({"code":404,"message":"no such city","data":{"city":"x"}})"},
        {"a failure", [] { throw failure(errc::queue_not_found); }, R"({"code":-32603,"message":"Queue not found"})"},
        {"any exception", [] { throw std::runtime_error("the disk is full"); },
         R"({"code":-32603,"message":"the disk is full"})"},
        {"what is no exception", [] { throw 3; },
         R"({"code":-32603,"message":"the handler threw what is no std::exception"})"},
    };
    tell([](std::vector<row> const& all) -> asio::awaitable<void> {
        for (auto const& each : all) {
            std::string const expected = R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(each.error) + "}";
            auto const plain = co_await answer_to("m", [&](rpc& talk) { talk.on("m", each.thrower); });
            EXPECT_EQ(plain, expected) << each.what;
            auto const in_coroutine = co_await answer_to("m", [&](rpc& talk) {
                talk.on("m", [thrower = each.thrower]() -> asio::awaitable<void> {
                    co_await turns();
                    thrower();
                });
            });
            EXPECT_EQ(in_coroutine, expected) << each.what << ", in a coroutine";
        }
    }(rows));
}

int twice(int) { return 0; }

TEST(rpc_answers, with_whatever_is_a_function) {
    tell([]() -> asio::awaitable<void> {
        auto const is = [](std::string answer, std::string result) {
            EXPECT_EQ(answer, R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}");
        };
        is(co_await answer_to(
               "m", [](rpc& t) { t.on("m", [](message m) { return m; }); }, "{\"a\" :1.50}"),
           "{\"a\" :1.50}");
        is(co_await answer_to("m", [](rpc& t) { t.on("m", [](json::value v) { return v; }); }), "[]");
        is(co_await answer_to("m", [](rpc& t) { t.on("m", [n = 1](json::value const&) mutable { return ++n; }); }),
           "2");
        is(co_await answer_to(
               "m", [](rpc& t) { t.on("m", [](std::tuple<int, int> p) { return std::get<1>(p); }); }, "[1,7]"),
           "7");
        is(co_await answer_to(
               "m",
               [](rpc& t) {
                   t.on("m", [](std::vector<int> const& p) -> asio::awaitable<std::vector<int>> {
                       co_await turns();
                       co_return p;
                   });
               },
               "[1,2]"),
           "[1,2]");
        is(co_await answer_to("m", [](rpc& t) { t.on("m", []() -> asio::awaitable<void> { co_await turns(); }); }),
           "null");
        is(co_await answer_to("any.thing",
                              [](rpc& t) {
                                  t.on_other([](std::string method, message params) -> asio::awaitable<message> {
                                      co_return message(json::value{method, params.json()});
                                  });
                              }),
           R"(["any.thing",[]])");
        auto const bad = co_await answer_to("m", [](rpc& t) { t.on("m", &twice); });
        EXPECT_THAT(bad, HasSubstr("-32602"));
        auto const no_json = co_await answer_to("m", [](rpc& t) { t.on("m", [] { return message("{"); }); });
        EXPECT_THAT(no_json, HasSubstr("-32603"));
        auto const lines = co_await answer_to("m", [](rpc& t) { t.on("m", [] { return message("[1,\n2]"); }); });
        is(lines, "[1, 2]");
    }());
}

TEST(rpc_answers, in_the_order_of_ends_and_begins_in_the_order_of_arrivals) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        std::string begun;
        event first_may_end;
        ends.talk.on("slow", [&]() -> asio::awaitable<void> {
            begun += "slow ";
            co_await first_may_end.wait();
        });
        ends.talk.on("fast", [&] { begun += "fast "; });
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"method":"slow"})");
        co_await ends.says(R"({"jsonrpc":"2.0","id":2,"method":"fast"})");
        co_await beside(ends.talk.serve());
        EXPECT_THAT(co_await ends.hears(), HasSubstr("\"id\":2"));
        first_may_end.happen();
        EXPECT_THAT(co_await ends.hears(), HasSubstr("\"id\":1"));
        EXPECT_EQ(begun, "slow fast ");
    }());
}

TEST(rpc_answers, one_after_another_where_one_may_be_in_hand) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.requests_in_hand = 1});
        std::string seen;
        ends.talk.on("m", [&](std::vector<int> p) -> asio::awaitable<void> {
            seen += "+" + std::to_string(p[0]);
            co_await turns();
            seen += "-" + std::to_string(p[0]);
        });
        for (auto const* n : {"1", "2", "3"})
            co_await ends.says(std::string(R"({"jsonrpc":"2.0","method":"m","params":[)") + n + "]}");
        co_await ends.peer.close();
        co_await ends.talk.serve();
        EXPECT_EQ(seen, "+1-1+2-2+3-3");
    }());
}

TEST(rpc_answers, what_was_cancelled_in_the_words_of_language_servers) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.requests_in_hand = 1});
        event never;
        bool cancelled = false;
        ends.talk.on("m", [&]() -> asio::awaitable<void> {
            try {
                co_await never.wait();
            } catch (boost::system::system_error const&) {
                cancelled = true;
                throw;
            }
        });
        co_await beside(ends.talk.serve());
        co_await ends.says(R"({"jsonrpc":"2.0","id":"a","method":"m"})");
        co_await ends.says(R"({"jsonrpc":"2.0","id":2,"method":"m"})");
        co_await ends.says(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":2}})");
        EXPECT_EQ(co_await ends.hears(),
                  R"({"jsonrpc":"2.0","id":2,"error":{"code":-32800,"message":"the request was cancelled"}})")
            << "which waited for its turn";
        EXPECT_FALSE(cancelled);
        co_await ends.says(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}})");
        EXPECT_EQ(co_await ends.hears(),
                  R"({"jsonrpc":"2.0","id":"a","error":{"code":-32800,"message":"the request was cancelled"}})");
        EXPECT_TRUE(cancelled);
    }());
}

TEST(rpc_answers, nothing_to_what_was_cancelled_in_the_words_of_mcp) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        event never;
        ends.talk.on("m", [&]() -> asio::awaitable<void> { co_await never.wait(); });
        ends.talk.on("last", [] {});
        co_await beside(ends.talk.serve());
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"method":"m"})");
        co_await ends.says(
            R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"x"}})");
        co_await turns();
        EXPECT_EQ(ends.talk.statistics().in_hand, 0u);
        co_await ends.says(R"({"jsonrpc":"2.0","id":2,"method":"last"})");
        EXPECT_EQ(co_await ends.hears(), R"({"jsonrpc":"2.0","id":2,"result":null})");
    }());
}

TEST(rpc_answers, strays_as_it_is_told) {
    tell([]() -> asio::awaitable<void> {
        for (auto const what : {rpc_strays::answer, rpc_strays::skip, rpc_strays::end}) {
            bare_end ends({.strays = what});
            std::vector<std::string> heard;
            ends.talk.on_stray([&](std::string_view text) { heard.emplace_back(text); });
            co_await ends.says(R"({"level":30,"msg":"listening"})");
            co_await ends.says(R"({"jsonrpc":"2.0","id":5,"result":1})");
            co_await ends.peer.close();
            auto const served = co_await as_result(ends.talk.serve());
            EXPECT_EQ(code_of(served), what == rpc_strays::end ? errc::not_a_message : errc{});
            EXPECT_THAT(heard, SizeIs(what == rpc_strays::end ? 1 : 2));
            co_await ends.talk.close();
            auto const answer = co_await ends.hears();
            if (what == rpc_strays::answer)
                EXPECT_THAT(answer, HasSubstr("-32600"));
            else
                EXPECT_EQ(answer, "end");
        }
    }());
}

TEST(rpc_answers, with_an_error_what_is_larger_than_the_channel_takes) {
    tell([]() -> asio::awaitable<void> {
        auto ends = memory_pair();
        rpc talk(channel(std::move(ends.first), framing::lines, {.message_limit_bytes = 200}));
        auto peer = lines_over(std::move(ends.second));
        talk.on("big", [] { return std::string(1000, 'x'); });
        co_await peer.send(message(R"({"jsonrpc":"2.0","id":1,"method":"big"})"));
        co_await beside(talk.serve());
        auto const answer = co_await peer.receive();
        EXPECT_THAT(std::string(answer->text()), HasSubstr(R"("id":1,"error":{"code":-32603)"));
        co_await peer.send(message("\"" + std::string(300, 'x') + "\""));
        auto const too_large = co_await peer.receive();
        EXPECT_THAT(std::string(too_large->text()), HasSubstr(R"("id":null,"error":{"code":-32700)"));
    }());
}

TEST(rpc_answers, until_it_is_told_to_stop) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        ends.talk.on("exit", [&] { ends.talk.stop(); });
        ends.talk.on("m", [] {});
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"method":"m"})");
        co_await ends.says(R"({"jsonrpc":"2.0","method":"exit"})");
        co_await ends.talk.serve();
        EXPECT_FALSE(ends.talk.end()) << "the peer has not ended";
        EXPECT_THAT(co_await ends.hears(), HasSubstr("\"id\":1"));
    }());
}

TEST(rpc_answers, within_its_time_when_the_peer_has_ended) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.finish_within = 1ms});
        event never;
        ends.talk.on("m", [&]() -> asio::awaitable<void> { co_await never.wait(); });
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"method":"m"})");
        co_await ends.peer.close();
        co_await ends.talk.serve();
        EXPECT_THAT(co_await ends.hears(), HasSubstr("-32603"));
    }());
}

TEST(rpc_answers, no_more_and_cancels_its_handlers_when_the_peer_reads_no_more) {
    tell([]() -> asio::awaitable<void> {
        auto ends = memory_pair();
        auto peer = std::make_unique<stream>(std::move(ends.second));
        rpc talk(lines_over(std::move(ends.first)));
        event never;
        bool cancelled = false;
        talk.on("waits", [&]() -> asio::awaitable<void> {
            try {
                co_await never.wait();
            } catch (boost::system::system_error const&) {
                cancelled = true;
            }
        });
        talk.on("answers", [] {});
        co_await peer->write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"waits\"}\n");
        co_await peer->write("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"answers\"}\n");
        peer.reset();
        co_await talk.serve(); // ends, although one handler would wait for ever
        EXPECT_TRUE(cancelled);
    }());
}

} // namespace
} // namespace parlance::testing
