// libFuzzer: the envelopes of JSON-RPC, which are cut without parsing, against Boost.JSON.
#include "cuts.hpp"

#include "rpc/envelope.hpp"

#include <parlance/message.hpp>

#include <boost/json/parse.hpp>

#include <cstring>
#include <memory>

namespace {

using namespace parlance;
namespace json = boost::json;

/// What was cut from an object is what a parser finds there.
void check_object(envelope const& cut, json::value const& parsed) {
    auto const* object = parsed.if_object();
    bool const asks = cut.kind == envelope_kind::request || cut.kind == envelope_kind::notification;
    fuzz::require(object || cut.kind == envelope_kind::invalid);
    if (!object || cut.kind == envelope_kind::invalid) return;
    fuzz::require(object->contains("method") == asks);
    if (asks) fuzz::require(object->at("method").as_string() == cut.method);
    auto const* params = object->if_contains("params");
    if (asks) fuzz::require(cut.params.empty() == (!params || params->is_null()));
    if (!cut.params.empty()) fuzz::require(parse_json(cut.params) == *params);
    if (cut.kind == envelope_kind::result) fuzz::require(parse_json(cut.body) == object->at("result"));
    if (cut.kind == envelope_kind::error) fuzz::require(parse_json(cut.body) == object->at("error"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::unique_ptr<char[]> const exact(new char[size]); // so that a read behind the end is seen
    if (size != 0) std::memcpy(exact.get(), data, size);
    std::string_view const text(exact.get(), size);
    auto const opened = open_message(text);
    fuzz::require(!opened.all.empty());
    for (auto const& each : opened.all) static_cast<void>(id_key(each.id)), static_cast<void>(call_number(each.id));
    json::parse_options options;
    options.max_depth = 1000;
    json::error_code error;
    auto const parsed = json::parse(text, error, {}, options);
    if (error) return 0;
    fuzz::require(opened.all.front().kind != envelope_kind::not_json);
    auto const* array = parsed.if_array();
    if (!array) {
        check_object(opened.all.front(), parsed);
    } else if (!array->empty()) {
        fuzz::require(opened.is_batch && opened.all.size() == array->size());
        for (std::size_t i = 0; i < array->size(); ++i) check_object(opened.all[i], array->at(i));
    }
    return 0;
}
