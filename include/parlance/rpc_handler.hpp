#pragma once
/// The errors of JSON-RPC, and what makes any function a handler. Part of rpc.hpp.

#include <parlance/asio.hpp>
#include <parlance/error.hpp>
#include <parlance/json_convert.hpp>
#include <parlance/message.hpp>

#include <boost/json/serialize.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parlance {

/// The codes of JSON-RPC 2.0, of parlance (-32000), and of the language server protocol.
namespace rpc_code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int busy = -32000; ///< more requests than we take, while we wait for an answer ourselves
inline constexpr int request_cancelled = -32800;
} // namespace rpc_code

/// The error object of a reply.
struct rpc_fault {
    int code = 0;
    std::string message{};
    std::optional<json::value> data{};
};
/// What a handler throws to answer with this error: `throw rpc_error(404, "no such city");`. It is a failure
/// (errc::rpc_error) whose facts hold the object as "rpc"; a call that was answered with an error throws the same.
failure rpc_error(int code, std::string message, std::optional<json::value> data = {});
/// The error object of such a failure; none of any other.
std::optional<rpc_fault> rpc_fault_of(failure const&);

namespace detail {

/// A value as JSON on one line.
template <class T> std::string json_text(T const& value) { return json::serialize(to_json(value)); }
inline std::string json_text(json::value const& value) { return json::serialize(value); }
inline std::string json_text(message const& value) { return std::string(value.text()); }

[[noreturn]] void throw_bad_params(json_mismatch const&);
[[noreturn]] void throw_bad_result(json_mismatch const&);

/// Of parameters as they came; empty: none, which is also what an object without members says.
template <class T> T params_as(std::string text) {
    if constexpr (std::is_same_v<T, message>) {
        return message(std::move(text));
    } else {
        try {
            if (!text.empty()) return from_json<T>(parse_json(text, "params"), "params");
            return from_json<T>(is_described<T> ? json::value(json::object()) : json::value(), "params");
        } catch (json_mismatch const& fault) {
            throw_bad_params(fault);
        } catch (failure const& fault) { // half a surrogate pair in a string: valid JSON, and no text
            throw_bad_params({"params", fault.message()});
        }
    }
}

template <class Result> asio::awaitable<Result> typed_reply(asio::awaitable<message> call) {
    auto reply = co_await std::move(call);
    try {
        co_return from_json<Result>(reply.json(), "result");
    } catch (json_mismatch const& fault) {
        throw_bad_result(fault);
    }
}

/// A handler that has forgotten its types: one of the two is set. Text in (empty: no parameters), text out.
struct rpc_handler {
    std::function<std::string(std::string)> plain{};
    std::function<asio::awaitable<std::string>(std::string)> coroutine{};
};

template <class T> inline constexpr bool is_awaitable = false;
template <class T> inline constexpr bool is_awaitable<asio::awaitable<T>> = true;

/// What a function takes: its one parameter, without const and reference, or void.
template <class F> struct parameter_of : parameter_of<decltype(&F::operator())> {};
template <class R> struct parameter_of<R (*)()> : std::type_identity<void> {};
template <class R, class P> struct parameter_of<R (*)(P)> : std::type_identity<std::remove_cvref_t<P>> {};
template <class R, class C> struct parameter_of<R (C::*)()> : std::type_identity<void> {};
template <class R, class C> struct parameter_of<R (C::*)() const> : std::type_identity<void> {};
template <class R, class C, class P> struct parameter_of<R (C::*)(P)> : std::type_identity<std::remove_cvref_t<P>> {};
template <class R, class C, class P>
struct parameter_of<R (C::*)(P) const> : std::type_identity<std::remove_cvref_t<P>> {};

template <class Parameter, class Function> decltype(auto) call_with(Function& function, Parameter& given) {
    if constexpr (std::is_invocable_v<Function&, Parameter&>)
        return function(given);
    else
        return function(std::move(given));
}

template <class Parameter, class Function>
asio::awaitable<std::string> run_handler(std::shared_ptr<Function> function, std::string params) {
    if constexpr (std::is_void_v<Parameter>) {
        using result = typename std::invoke_result_t<Function&>::value_type;
        if constexpr (std::is_void_v<result>) {
            co_await (*function)();
            co_return "null";
        } else {
            auto const got = co_await (*function)();
            co_return json_text(got);
        }
    } else {
        auto given = params_as<Parameter>(std::move(params)); // lives as long as the handler
        using result = typename decltype(call_with(*function, given))::value_type;
        if constexpr (std::is_void_v<result>) {
            co_await call_with(*function, given);
            co_return "null";
        } else {
            auto const got = co_await call_with(*function, given);
            co_return json_text(got);
        }
    }
}

template <class Parameter, class Function> std::string run_plain(Function& function, std::string params) {
    auto const answered = [&](auto&& act) -> std::string {
        if constexpr (std::is_void_v<decltype(act())>) {
            act();
            return "null";
        } else {
            return json_text(act());
        }
    };
    if constexpr (std::is_void_v<Parameter>) {
        return answered([&]() -> decltype(auto) { return function(); });
    } else {
        auto given = params_as<Parameter>(std::move(params));
        return answered([&]() -> decltype(auto) { return call_with(function, given); });
    }
}

template <class Handler> rpc_handler erased(Handler handler) {
    using parameter = typename parameter_of<Handler>::type;
    auto const kept = std::make_shared<Handler>(std::move(handler));
    constexpr bool waits = [] {
        if constexpr (std::is_void_v<parameter>)
            return is_awaitable<std::invoke_result_t<Handler&>>;
        else
            return is_awaitable<decltype(call_with(std::declval<Handler&>(), std::declval<parameter&>()))>;
    }();
    if constexpr (waits)
        return {.coroutine = [kept](std::string params) { return run_handler<parameter>(kept, std::move(params)); }};
    else
        return {.plain = [kept](std::string params) { return run_plain<parameter>(*kept, std::move(params)); }};
}

} // namespace detail
} // namespace parlance
