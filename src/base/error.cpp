#include <parlance/error.hpp>

#include <cerrno>

namespace parlance {
namespace {

struct description {
    std::string_view name; ///< in JSON output
    char const* text;
    parlance::remedy remedy;
};

constexpr description describe(errc code) noexcept {
    using enum remedy;
    switch (code) { // no default: the compiler names the one that is missing
    case errc::not_json: return {"invalidJson", "not JSON", mend_input};
    case errc::bad_frame: return {"badFrame", "bytes that the framing does not allow", mend_input};
    case errc::not_a_message: return {"notAMessage", "not a message", mend_input};
    case errc::max_buffer: return {"maxBuffer", "more output than is allowed", mend_input};
    case errc::message_too_large: return {"messageTooLarge", "larger than the limit of the channel", mend_input};
    case errc::ended_inside_message: return {"endedInsideMessage", "ended in the middle of a message", reconnect};
    case errc::peer_closed: return {"peerClosed", "the other side reads no more", reconnect};
    case errc::channel_closed: return {"channelClosed", "the channel is closed", reconnect};
    case errc::timed_out: return {"timedOut", "timed out", try_later};
    case errc::handle_lost:
        return {"handleLost", "a socket that was to go with a message did not reach the other process", try_later};
    case errc::rpc_error: return {"rpcError", "answered with an error", mend_input};
    case errc::bad_reply: return {"badReply", "not a reply to what was asked", mend_input};
    case errc::not_connected: return {"notConnected", "not connected", try_later};
    case errc::handler_failed: return {"handlerFailed", "a handler threw", mend_input};
    case errc::offline_buffer_full:
        return {"offlineBufferFull", "not connected, and the buffer for that time is full", try_later};
    case errc::tls_failed: return {"tlsFailed", "no TLS with this peer", mend_input};
    case errc::program_not_found: return {"programNotFound", "program not found", mend_input};
    case errc::program_not_executable: return {"programNotExecutable", "may not be executed", mend_input};
    case errc::bad_directory: return {"badDirectory", "cannot start in this directory", mend_input};
    case errc::cannot_start: return {"cannotStart", "cannot be started", try_later};
    case errc::process_failed: return {"processFailed", "the process failed", mend_input};
    case errc::start_failed: return {"startFailed", "workers end before they take a message", mend_input};
    case errc::no_attribute_supplied: return {"noAttributeSupplied", "No attribute was supplied", mend_input};
    case errc::missing_queue_name: return {"missingParameter", "No qname supplied", mend_input};
    case errc::missing_message_id: return {"missingParameter", "No id supplied", mend_input};
    case errc::missing_message: return {"missingParameter", "No message supplied", mend_input};
    case errc::invalid_queue_name: return {"invalidFormat", "Invalid qname format", mend_input};
    case errc::invalid_message_id: return {"invalidFormat", "Invalid id format", mend_input};
    case errc::invalid_value: return {"invalidValue", "out of range", mend_input};
    case errc::message_not_string: return {"messageNotString", "Message must be a string", mend_input};
    case errc::message_too_long: return {"messageTooLong", "Message too long", mend_input};
    case errc::queue_not_found: return {"queueNotFound", "Queue not found", mend_input};
    case errc::queue_exists: return {"queueExists", "Queue exists", mend_input};
    case errc::lease_lost: return {"leaseLost", "the lease ran out and the message is no longer ours", try_later};
    case errc::store_unavailable: return {"storeUnavailable", "the store cannot be used", mend_input};
    case errc::store_full: return {"storeFull", "the store is full", try_later};
    case errc::store_newer: return {"storeNewer", "the store was made by a later version of parlance", not_supported};
    case errc::store_in_use: return {"storeInUse", "others have the store open", try_later};
    case errc::invalid_argument: return {"invalidArgument", "invalid argument", mend_input};
    case errc::not_supported: return {"notSupported", "not supported", not_supported};
    }
    return {"unknown", "unknown parlance error", mend_input};
}

struct fault_category final : boost::system::error_category {
    char const* name() const noexcept override { return "parlance"; }
    std::string message(int value) const override { return describe(static_cast<errc>(value)).text; }
};

constexpr remedy remedy_for_errno(int number) noexcept {
    switch (number) {
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EBUSY: return remedy::try_later;
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ENOTCONN:
    case ETIMEDOUT: return remedy::reconnect;
    case ENOSYS:
    case EOPNOTSUPP: return remedy::not_supported;
    default: return remedy::mend_input;
    }
}

struct remedies final : boost::system::error_category {
    char const* name() const noexcept override { return "parlance remedy"; }
    std::string message(int value) const override {
        switch (static_cast<remedy>(value)) {
        case remedy::mend_input: return "mend the input";
        case remedy::try_later: return "try again later";
        case remedy::reconnect: return "reconnect";
        case remedy::not_supported: return "not supported";
        }
        return "unknown remedy";
    }
    bool equivalent(boost::system::error_code const& code, int condition) const noexcept override {
        if (code.category() == parlance_category())
            return describe(static_cast<errc>(code.value())).remedy == static_cast<remedy>(condition);
        if (code.category() == boost::system::system_category() || code.category() == boost::system::generic_category())
            return remedy_for_errno(code.value()) == static_cast<remedy>(condition);
        return false;
    }
};

std::string make_sentence(boost::system::error_code code, failure_details const& details) {
    std::string text;
    if (!details.input.empty()) text += details.input + ": ";
    text += details.reason.empty() ? code.message() : details.reason;
    if (details.line) {
        text += " at line " + std::to_string(*details.line);
        if (details.column) text += ", column " + std::to_string(*details.column);
    }
    if (details.offset_bytes)
        text += (details.line ? " (byte " : " at byte ") + std::to_string(*details.offset_bytes) +
                (details.line ? ")" : "");
    if (!details.mend.empty()) text += ": " + details.mend;
    return text;
}

} // namespace

boost::system::error_category const& parlance_category() noexcept {
    static fault_category const category;
    return category;
}

boost::system::error_category const& remedy_category() noexcept {
    static remedies const category;
    return category;
}

boost::system::error_code make_error_code(errc code) noexcept { return {static_cast<int>(code), parlance_category()}; }

boost::system::error_condition make_error_condition(remedy which) noexcept {
    return {static_cast<int>(which), remedy_category()};
}

std::string_view name_of(boost::system::error_code code) noexcept {
    return code.category() == parlance_category() ? describe(static_cast<errc>(code.value())).name : "systemError";
}

failure::failure(boost::system::error_code code, failure_details details)
    : system_error(code), details_(std::move(details)), sentence_(make_sentence(code, details_)) {}

std::string failure::message() const { return details_.reason.empty() ? code().message() : details_.reason; }

void throw_errno(int number, failure_details details) {
    throw failure(boost::system::error_code(number, boost::system::system_category()), std::move(details));
}

} // namespace parlance
