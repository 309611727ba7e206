// The side that calls.
#include "rpc/support.hpp"

namespace parlance::testing {
namespace {

constexpr auto add = [](std::vector<int> const& p) { return p.at(0) + p.at(1); };

TEST(rpc_call, gets_what_was_answered) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks;
        talks.there.on("add", add);
        co_await beside(talks.there.serve());
        auto const sum = co_await talks.here.call<int>("add", rpc_params(1, 2));
        EXPECT_EQ(sum, 3);
        json::value const numbers{40, 2};
        auto const reply = co_await talks.here.call("add", numbers);
        EXPECT_EQ(reply.text(), "42");
        auto const spelled = co_await talks.here.call("add", message("[\n1,\n 1]"));
        EXPECT_EQ(spelled.json(), 2);
    }());
}

TEST(rpc_call, says_it_as_the_specification_has_it) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        rpc_batch batch;
        batch.call("c", rpc_params(1, "two"));
        batch.notify("d");
        co_await ends.talk.notify("a", message("{\"x\":\n1}"));
        co_await beside([](rpc& t) -> asio::awaitable<void> { co_await t.call("b"); }(ends.talk));
        EXPECT_EQ(co_await ends.hears(), R"({"jsonrpc":"2.0","method":"a","params":{"x": 1}})");
        EXPECT_EQ(co_await ends.hears(), R"({"jsonrpc":"2.0","id":1,"method":"b"})");
        co_await beside([](rpc& t, rpc_batch b) -> asio::awaitable<void> {
            co_await t.call(std::move(b));
        }(ends.talk, std::move(batch)));
        EXPECT_EQ(co_await ends.hears(),
                  R"([{"jsonrpc":"2.0","id":2,"method":"c","params":[1,"two"]},{"jsonrpc":"2.0","method":"d"}])");
        co_await turns();
    }());
}

TEST(rpc_call, throws_the_error_it_was_answered_with) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks;
        talks.there.on("fail", [] { throw rpc_error(7, "out of cats", json::value{1, 2}); });
        co_await beside(talks.there.serve());
        auto const got = co_await as_result(talks.here.call("fail"));
        EXPECT_EQ(code_of(got), errc::rpc_error);
        auto const fault = rpc_fault_of(got.error());
        EXPECT_EQ(fault->code, 7);
        EXPECT_EQ(fault->message, "out of cats");
        EXPECT_EQ(fault->data, (json::value{1, 2}));
        EXPECT_STREQ(got.error().what(), "peer: fail: out of cats (7)");
        auto const none = co_await as_result(talks.here.call("nothing"));
        EXPECT_EQ(rpc_code_of(none), rpc_code::method_not_found);
    }());
}

TEST(rpc_call, names_the_place_where_the_answer_is_not_of_the_type) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks;
        talks.there.on("names", [] { return json::array{"a", 2}; });
        co_await beside(talks.there.serve());
        auto const got = co_await as_result(talks.here.call<std::vector<std::string>>("names"));
        EXPECT_EQ(code_of(got), errc::bad_reply);
        EXPECT_THAT(got.error().what(), HasSubstr("result[1]: not a string"));
    }());
}

TEST(rpc_call, refuses_parameters_that_are_none) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        auto const broken = co_await as_result(ends.talk.call("m", message("{\"a\":")));
        EXPECT_EQ(code_of(broken), errc::not_json);
        json::value const number = 7;
        auto const plain = co_await as_result(ends.talk.call("m", number));
        EXPECT_EQ(code_of(plain), errc::invalid_argument);
        EXPECT_EQ(ends.talk.statistics().calls, 0u);
    }());
}

TEST(rpc_call, ends_at_its_deadline_and_says_so_in_the_words_of_the_protocol) {
    tell([]() -> asio::awaitable<void> {
        for (auto const protocol : {rpc_protocol::plain, rpc_protocol::lsp, rpc_protocol::mcp}) {
            bare_end ends({.protocol = protocol});
            auto const got = co_await as_result(ends.talk.call("m", {}, {.timeout = 1ms}));
            EXPECT_EQ(code_of(got), errc::timed_out);
            co_await ends.talk.close();
            EXPECT_THAT(co_await ends.hears(), HasSubstr("\"id\":1,\"method\":\"m\""));
            auto const told = co_await ends.hears();
            std::string expected = "end";
            if (protocol == rpc_protocol::lsp)
                expected = R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}})";
            if (protocol == rpc_protocol::mcp)
                expected = R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,)"
                           R"("reason":"timed out"}})";
            EXPECT_EQ(told, expected);
        }
    }());
}

TEST(rpc_call, does_not_cancel_the_initialize_of_mcp) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.protocol = rpc_protocol::mcp});
        auto const got = co_await as_result(ends.talk.call("initialize", {}, {.timeout = 1ms}));
        EXPECT_EQ(code_of(got), errc::timed_out);
        co_await ends.talk.close();
        EXPECT_THAT(co_await ends.hears(), HasSubstr("initialize"));
        EXPECT_EQ(co_await ends.hears(), "end");
    }());
}

TEST(rpc_call, drops_an_answer_that_comes_too_late) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        std::vector<std::string> strays;
        ends.talk.on_stray([&](std::string_view text) { strays.emplace_back(text); });
        auto const got = co_await as_result(ends.talk.call("m", {}, {.timeout = 1ms}));
        EXPECT_EQ(code_of(got), errc::timed_out);
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"result":1})");
        co_await ends.says(R"({"jsonrpc":"2.0","id":99,"result":1})");
        co_await ends.peer.close();
        co_await ends.talk.serve();
        EXPECT_EQ(ends.talk.statistics().late_replies, 1u);
        EXPECT_THAT(strays, ElementsAre(HasSubstr("99")));
    }());
}

TEST(rpc_call, is_cancelled_as_asio_cancels) {
    tell([]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        bare_end ends({.protocol = rpc_protocol::lsp});
        auto const heard = [](bare_end& e) -> asio::awaitable<std::string> { co_return co_await e.hears(); };
        auto const first = co_await (as_result(ends.talk.call("m")) || heard(ends));
        EXPECT_EQ(first.index(), 1u);
        EXPECT_THAT(co_await ends.hears(), HasSubstr("$/cancelRequest"));
        EXPECT_EQ(ends.talk.statistics().calls_waiting, 0u);
    }());
}

TEST(rpc_call, fails_when_the_peer_ends_before_it_answers) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        std::vector<errc> got;
        for (int i = 0; i < 3; ++i)
            co_await beside([](rpc& t, std::vector<errc>& g) -> asio::awaitable<void> {
                auto const reply = co_await as_result(t.call("m"));
                g.push_back(code_of(reply));
            }(ends.talk, got));
        co_await ends.hears();
        co_await ends.peer.close();
        co_await ends.talk.serve();
        co_await turns();
        EXPECT_THAT(got, ElementsAre(errc::peer_closed, errc::peer_closed, errc::peer_closed));
        auto const later = co_await as_result(ends.talk.call("m"));
        EXPECT_EQ(code_of(later), errc::peer_closed);
        EXPECT_STREQ(later.error().what(), "peer: m: ended before it answered");
        EXPECT_EQ(ends.talk.end(), boost::system::error_code());
        co_await ends.talk.close();
        auto const closed = co_await as_result(ends.talk.call("m"));
        EXPECT_EQ(code_of(closed), errc::channel_closed);
    }());
}

TEST(rpc_call, fails_when_the_talk_is_dropped) {
    tell([]() -> asio::awaitable<void> {
        auto ends = std::make_unique<bare_end>();
        auto peer = std::move(ends->peer);
        bool aborted = false;
        co_await beside([](rpc& t, bool& a) -> asio::awaitable<void> {
            try {
                co_await t.call("m");
            } catch (boost::system::system_error const& fault) {
                a = fault.code() == asio::error::operation_aborted;
            }
        }(ends->talk, aborted));
        static_cast<void>(co_await peer.receive());
        ends.reset();
        co_await turns();
        EXPECT_TRUE(aborted);
    }());
}

TEST(rpc_call, waits_for_its_turn_where_many_are_under_way) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks({.calls_in_flight = 2});
        std::size_t most = 0;
        talks.there.on("m", [&](std::vector<int> p) -> asio::awaitable<int> {
            most = std::max(most, talks.there.statistics().in_hand);
            co_await turns();
            co_return p[0];
        });
        co_await beside(talks.there.serve());
        int answered = 0;
        event all;
        for (int i = 0; i < 20; ++i)
            co_await beside([](rpc& t, int n, int& count, event& done) -> asio::awaitable<void> {
                std::vector<int> const params(1, n);
                auto const got = co_await t.call<int>("m", params);
                EXPECT_EQ(got, n);
                if (++count == 20) done.happen();
            }(talks.here, i, answered, all));
        co_await all.wait();
        EXPECT_LE(most, 2u);
        auto const in_vain = co_await as_result(talks.here.call("m", {}, {.timeout = 60s}));
        EXPECT_EQ(rpc_code_of(in_vain), rpc_code::invalid_params);
    }());
}

TEST(rpc_call, gives_up_where_its_turn_does_not_come) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.calls_in_flight = 1});
        co_await beside([](rpc& t) -> asio::awaitable<void> { co_await t.call("m"); }(ends.talk));
        auto const second = co_await as_result(ends.talk.call("n", {}, {.timeout = 1ms}));
        EXPECT_EQ(code_of(second), errc::timed_out);
        co_await ends.talk.close();
        EXPECT_THAT(co_await ends.hears(), HasSubstr("\"m\""));
        EXPECT_EQ(co_await ends.hears(), "end") << "it was never sent";
    }());
}

TEST(rpc_call, may_be_made_by_a_handler_to_its_caller) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks;
        // each answer asks the other side first, eight deep
        auto const down = [](rpc& talk) {
            return [&talk](std::vector<int> p) -> asio::awaitable<int> {
                if (p[0] == 0) co_return 0;
                std::vector<int> const less(1, p[0] - 1);
                auto const below = co_await talk.call<int>("down", less);
                co_return below + 1;
            };
        };
        talks.here.on("down", down(talks.here));
        talks.there.on("down", down(talks.there));
        co_await beside(talks.there.serve());
        auto const depth = co_await talks.here.call<int>("down", rpc_params(std::vector<int>(1, 8)));
        EXPECT_EQ(depth, 8);
    }());
}

TEST(rpc_call, in_both_directions_at_once_through_a_narrow_pipe_hangs_nobody) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks({}, {}, 256);
        constexpr int count = 300;
        auto const echo = [](message m) { return m; };
        talks.here.on("echo", echo);
        talks.there.on("echo", echo);
        int left = 2 * count;
        event all;
        for (int i = 0; i < count; ++i)
            for (auto* side : {&talks.here, &talks.there})
                co_await beside([](rpc& t, int& l, event& done) -> asio::awaitable<void> {
                    std::vector<std::string> const texts(1, std::string(500, 'x'));
                    auto const got = co_await t.call<std::vector<std::string>>("echo", texts);
                    EXPECT_EQ(got, texts);
                    if (--l == 0) done.happen();
                }(*side, left, all));
        co_await all.wait();
        EXPECT_EQ(talks.here.statistics().refused + talks.there.statistics().refused, 0u);
    }());
}

TEST(rpc_call, is_refused_by_who_waits_himself_and_has_too_many) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends({.requests_in_hand = 1, .requests_waiting = 2});
        event never;
        ends.talk.on("waits", [&]() -> asio::awaitable<void> { co_await never.wait(); });
        co_await beside([](rpc& t) -> asio::awaitable<void> { co_await t.call("m"); }(ends.talk));
        EXPECT_THAT(co_await ends.hears(), HasSubstr("\"m\""));
        for (auto const* id : {"1", "2", "3", "4"})
            co_await ends.says(std::string(R"({"jsonrpc":"2.0","method":"waits","id":)") + id + "}");
        EXPECT_EQ(co_await ends.hears(), R"({"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":)"
                                         R"("too many requests wait for their answers"}})");
        co_await ends.says(R"({"jsonrpc":"2.0","id":1,"result":"still heard"})");
        co_await turns();
        EXPECT_EQ(ends.talk.statistics().calls_waiting, 0u);
    }());
}

TEST(rpc_call, holds_up_a_peer_that_asks_too_much) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks({.calls_in_flight = 100'000}, {.requests_in_hand = 1, .requests_waiting = 10}, 4096);
        event may_answer;
        talks.there.on("m", [&]() -> asio::awaitable<void> { co_await may_answer.wait(); });
        co_await beside(talks.there.serve());
        int left = 3000;
        event all;
        for (int i = left; i > 0; --i)
            co_await beside([](rpc& t, int& l, event& done) -> asio::awaitable<void> {
                std::vector<std::string> const texts(1, std::string(1000, 'x'));
                co_await t.call("m", texts);
                if (--l == 0) done.happen();
            }(talks.here, left, all));
        co_await turns(1000);
        EXPECT_LT(talks.there.statistics().requests, 1000u) << "the rest waits on the other side";
        may_answer.happen();
        co_await all.wait();
        EXPECT_EQ(talks.there.statistics().refused, 0u);
    }());
}

asio::awaitable<void> answer_all(rpc& talk) {
    talk.on("add", add);
    talk.on("fail", [] { throw rpc_error(7, "no"); });
    co_await talk.serve();
}

TEST(rpc_batch, gives_an_answer_for_each_call_in_order) {
    tell([]() -> asio::awaitable<void> {
        two_talks talks;
        co_await beside(answer_all(talks.there));
        rpc_batch batch;
        EXPECT_EQ(batch.call("add", rpc_params(1, 2)), 0u);
        batch.notify("add");
        EXPECT_EQ(batch.call("fail"), 1u);
        EXPECT_EQ(batch.call("add", rpc_params(3, 4)), 2u);
        auto answers = co_await talks.here.call(std::move(batch));
        EXPECT_THAT(answers, SizeIs(3));
        EXPECT_EQ(answers[0]->text(), "3");
        EXPECT_EQ(rpc_code_of(answers[1]), 7);
        EXPECT_EQ(answers[2]->text(), "7");
    }());
}

TEST(rpc_batch, of_nothing_or_of_notifications_waits_for_nobody) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        auto const none = co_await ends.talk.call(rpc_batch());
        EXPECT_THAT(none, IsEmpty());
        rpc_batch batch;
        batch.notify("a");
        batch.notify("b");
        auto const still_none = co_await ends.talk.call(std::move(batch));
        EXPECT_THAT(still_none, IsEmpty());
        EXPECT_EQ(co_await ends.hears(), R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])");
    }());
}

TEST(rpc_batch, is_told_what_is_missing_at_its_deadline) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        ends.talk.on("now", [] {});
        rpc_batch batch;
        batch.call("a");
        batch.call("b");
        auto const hear = [](bare_end& e) -> asio::awaitable<void> {
            co_await e.hears();
            co_await e.says(R"([{"jsonrpc":"2.0","id":2,"result":"b"}])");
        };
        co_await beside(hear(ends));
        auto answers = co_await ends.talk.call(std::move(batch), {.timeout = 100ms});
        EXPECT_EQ(code_of(answers[0]), errc::timed_out);
        EXPECT_EQ(answers[1]->text(), "\"b\"");
    }());
}

TEST(rpc_batch, that_a_peer_does_not_understand_fails_as_a_whole) {
    tell([]() -> asio::awaitable<void> {
        bare_end ends;
        rpc_batch batch;
        batch.call("a");
        batch.call("b");
        co_await ends.says(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches here"}})");
        auto const answer = [](bare_end& e) -> asio::awaitable<void> {
            co_await e.hears();
            co_await e.says(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches here"}})");
        };
        co_await beside(answer(ends));
        auto answers = co_await ends.talk.call(std::move(batch));
        EXPECT_EQ(rpc_code_of(answers[0]), -32600);
        EXPECT_EQ(rpc_code_of(answers[1]), -32600);
    }());
}

TEST(rpc_notify, waits_while_the_peer_does_not_read) {
    tell([]() -> asio::awaitable<void> {
        auto ends = memory_pair(1000);
        rpc talk(channel(std::move(ends.first), framing::lines, {.write_buffer_bytes = 10'000}));
        int sent = 0;
        co_await beside([](rpc& t, int& n) -> asio::awaitable<void> {
            for (std::vector<std::string> const text(1, std::string(1000, 'x'));; ++n) co_await t.notify("m", text);
        }(talk, sent));
        co_await turns(100);
        EXPECT_GT(sent, 5);
        EXPECT_LT(sent, 20);
    }());
}

TEST(rpc, speaks_over_nodes_channel_in_both_serializations) {
    tell([]() -> asio::awaitable<void> {
        for (auto const mode : {serialization::json, serialization::advanced}) {
            static std::string const evaluate[] = {"-e"};
            auto child = fork("process.on('message', m => { if (m.method === 'end') process.disconnect();"
                              " else if (m.method) { process.send({jsonrpc: '2.0', method: 'heard', params: m.params});"
                              " process.send({jsonrpc: '2.0', id: m.id, result: m.params.n + 1}); } })",
                              {}, {.serialization = mode, .exec_path = "node", .exec_argv = evaluate});
            rpc talk(std::move(child.channel()));
            std::string heard;
            talk.on("heard", [&](json::value const& p) { heard = json::serialize(p); });
            json::value const params{{"n", 41}};
            auto const sum = co_await talk.call<int>("add", params);
            EXPECT_EQ(sum, 42);
            EXPECT_EQ(heard, R"({"n":41})");
            co_await talk.notify("end");
            co_await talk.serve();
            EXPECT_TRUE((co_await child.wait()).ok());
        }
    }());
}

} // namespace
} // namespace parlance::testing
