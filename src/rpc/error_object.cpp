#include "rpc/error_object.hpp"

#include "rpc/envelope.hpp"

#include <boost/asio/error.hpp>

namespace parlance {
namespace {

failure rpc_failure(rpc_fault fault, std::string input) {
    json::object object{{"code", fault.code}, {"message", fault.message}};
    if (fault.data) object["data"] = std::move(*fault.data);
    return failure(errc::rpc_error, {.input = std::move(input),
                                     .reason = fault.message + " (" + std::to_string(fault.code) + ")",
                                     .facts = {{"rpc", std::move(object)}}});
}

std::optional<rpc_fault> fault_in(json::value const& from) {
    auto const* object = from.if_object();
    auto const* code = object ? object->if_contains("code") : nullptr;
    auto const* message = object ? object->if_contains("message") : nullptr;
    if (!code || !message || !message->is_string()) return {};
    boost::system::error_code inexact;
    auto const number = code->to_number<int>(inexact);
    if (inexact) return {};
    rpc_fault fault{number, std::string(message->get_string()), {}};
    if (auto const* data = object->if_contains("data")) fault.data = *data;
    return fault;
}

failure bad_params(json_mismatch const& fault) {
    return rpc_error(rpc_code::invalid_params, fault.where() + ": " + fault.what(),
                     json::value{{"where", fault.where()}});
}

std::string object_of(failure const& thrown) {
    if (auto const fault = rpc_fault_of(thrown)) return json::serialize(thrown.details().facts.at("rpc"));
    return error_object(rpc_code::internal_error, thrown.what());
}

} // namespace

failure rpc_error(int code, std::string message, std::optional<json::value> data) {
    return rpc_failure({code, std::move(message), std::move(data)}, {});
}

std::optional<rpc_fault> rpc_fault_of(failure const& from) {
    auto const* object = from.code() == errc::rpc_error ? from.details().facts.if_contains("rpc") : nullptr;
    return object ? fault_in(*object) : std::optional<rpc_fault>();
}

failure failure_of_error_object(std::string_view error, std::string input) {
    try {
        if (auto fault = fault_in(parse_json(error))) return rpc_failure(std::move(*fault), std::move(input));
    } catch (failure const&) { // JSON that Boost does not take: half a surrogate pair
    }
    return failure(errc::bad_reply, {.input = std::move(input),
                                     .reason = "answered with an error that has no code and message: " +
                                               std::string(error.substr(0, 200))});
}

std::string error_object_of(std::exception_ptr thrown, bool cancelled) {
    try {
        std::rethrow_exception(thrown);
    } catch (failure const& fault) {
        if (cancelled && fault.code() == asio::error::operation_aborted)
            return error_object(rpc_code::request_cancelled, "the request was cancelled");
        return object_of(fault);
    } catch (boost::system::system_error const& fault) {
        if (cancelled && fault.code() == asio::error::operation_aborted)
            return error_object(rpc_code::request_cancelled, "the request was cancelled");
        return error_object(rpc_code::internal_error, fault.code().message());
    } catch (json_mismatch const& fault) { // of a handler that reads a part of its parameters by itself
        return object_of(bad_params(fault));
    } catch (std::exception const& fault) {
        return error_object(rpc_code::internal_error, fault.what());
    } catch (...) {
        return error_object(rpc_code::internal_error, "the handler threw what is no std::exception");
    }
}

void detail::throw_bad_params(json_mismatch const& fault) { throw bad_params(fault); }

void detail::throw_bad_result(json_mismatch const& fault) {
    throw failure(errc::bad_reply, {.input = fault.where(), .reason = fault.what()});
}

} // namespace parlance
