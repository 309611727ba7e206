#include "socket/settings.hpp"

#include "socket/default_path.hpp"
#include "socket/frame.hpp"
#include "wire/check_json.hpp"
#include "wire/encode.hpp"

namespace parlance {

channel_options socket_settings::for_channel(std::string_view name, bool one_at_a_time) const noexcept {
    channel_options out;
    out.message_limit_bytes = message_limit_bytes;
    out.write_buffer_bytes = write_buffer_bytes;
    out.one_at_a_time = one_at_a_time;
    out.delimiter = delimiter;
    out.name = name;
    return out;
}

address place_of(std::string_view id, std::string_view socket_root, std::string_view appspace, bool private_directory) {
    if (id.empty()) throw failure(errc::invalid_argument, {.input = "a socket's id", .reason = "it is empty"});
    return address::unix_path(private_directory ? private_path(appspace, id) : default_path(socket_root, appspace, id));
}

message frame_of(socket_settings const& how, std::string_view type, socket_data const& data) {
    auto const refuse = [&](errc what, std::string_view why, std::string mend = {}) {
        throw failure(what, {.input = "a message of type \"" + std::string(type) + '"',
                             .reason = std::string(why),
                             .mend = std::move(mend)});
    };
    if (how.raw) refuse(errc::invalid_argument, "a raw socket has no messages", "write bytes");
    if (auto const why = why_no_type(type); !why.empty()) refuse(errc::invalid_argument, why, "choose another name");
    auto text = data.text();
    if (!data.is_checked() && !wire::is_json(text)) static_cast<void>(parse_json(text, "a message's data")); // throws
    if (how.empty_as_object && (text == "null" || text == R"("")")) text = "{}";
    auto frame = make_frame(type, text);
    if (frame.size() > how.message_limit_bytes)
        refuse(errc::message_too_large, std::to_string(frame.size()) + " bytes, more than the limit of " +
                                            std::to_string(how.message_limit_bytes));
    if (auto const why = wire::why_unsendable(framing::delimited, frame, how.delimiter); !why.empty())
        refuse(errc::not_json, why, "choose a delimiter that JSON does not have: \\f");
    return message(std::move(frame));
}

message chunk_of(socket_settings const& how, std::string bytes) {
    auto const refuse = [](errc what, std::string_view why) {
        throw failure(what, {.input = "bytes for a socket", .reason = std::string(why)});
    };
    if (!how.raw) refuse(errc::invalid_argument, "only a raw socket takes bytes: emit a message");
    if (bytes.empty()) refuse(errc::invalid_argument, "there are none");
    return message(std::move(bytes));
}

} // namespace parlance
