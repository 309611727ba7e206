#pragma once
/// What can go wrong: an `errc` for programs, a sentence for people, both in one `failure`.
///
/// A function that fails throws `failure`. Who prefers values wraps the call:
///
///     auto got = co_await as_result(inbox.receive());
///     if (!got) std::cerr << got.error().what();

#include <parlance/asio.hpp>

#include <boost/json/object.hpp>
#include <boost/system/system_error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace parlance {

/// Every fault that parlance itself reports. Faults of the system keep their errno in the `failure`'s code.
enum class errc {
    // framing and channels
    not_json = 1,         ///< a message that should be JSON is not
    bad_frame,            ///< bytes that the framing does not allow
    not_a_message,        ///< a line that is no message where noise is an error (`noise::error`)
    message_too_large,    ///< over the limit of the channel
    ended_inside_message, ///< the peer ended before its last message did
    peer_closed,          ///< the other side takes nothing more
    channel_closed,       ///< used after `close`
    timed_out,
    handle_lost, ///< a socket that was to go with a message did not reach the other process
    // rpc
    rpc_error, ///< the peer answered a call with an error: `rpc_fault_of` has it
    bad_reply, ///< the answer to a call is no reply, or not of the type that was asked for
    // sockets
    not_connected,       ///< there is no connection, and nothing is kept until there is one
    handler_failed,      ///< a handler threw; the failure's `reason` holds what
    offline_buffer_full, ///< no connection, and the buffer for that time is full
    tls_failed,          ///< no TLS with this peer: the failure's `reason` holds OpenSSL's
    // processes
    program_not_found,
    program_not_executable,
    bad_directory, ///< the directory to start in is not there, is no directory, or may not be entered
    cannot_start,  ///< the system refused for another reason: the failure's `reason` holds it
    process_failed,
    max_buffer,   ///< more output than `max_buffer_bytes`
    start_failed, ///< workers ended again and again before they took a message
    // queues: rsmq's own errors, its texts word for word
    no_attribute_supplied,
    missing_queue_name,
    missing_message_id,
    missing_message,
    invalid_queue_name,
    invalid_message_id,
    invalid_value, ///< the failure's `reason` says which range
    message_not_string,
    message_too_long, ///< longer than the queue's `maxsize`
    queue_not_found,
    queue_exists,
    // queues: parlance's own
    lease_lost,        ///< the lease ran out, and the message is another's or waits again
    store_unavailable, ///< the store cannot be opened, read or written
    store_full,        ///< no room for another message; acks still work
    store_newer,       ///< made by a later parlance
    store_in_use,      ///< this needs the store for itself, and others have it open
    // everywhere
    invalid_argument,
    not_supported,
};

/// What helps against a fault. Compare: `if (f.code() == remedy::try_later) …`.
enum class remedy {
    mend_input = 1, ///< the same call fails again until its input is changed
    try_later,      ///< the same call may succeed later
    reconnect,      ///< the conversation is over; a new one may succeed
    not_supported,  ///< this version, store or system cannot do it
};

boost::system::error_category const& parlance_category() noexcept;
boost::system::error_category const& remedy_category() noexcept;
boost::system::error_code make_error_code(errc) noexcept;
boost::system::error_condition make_error_condition(remedy) noexcept;

/// The name that `--json` output gives a fault: "queueNotFound", "leaseLost", … For rsmq's errors it is rsmq's.
/// A code of the system has "systemError".
std::string_view name_of(boost::system::error_code) noexcept;

/// Where it happened and what to do. All parts may be absent.
struct failure_details {
    std::string input{};                       ///< what was wrong, in the user's words: "stdout of `node child.js`"
    std::optional<std::size_t> offset_bytes{}; ///< from the beginning of the input
    std::optional<std::size_t> line{};         ///< counted from 1
    std::optional<std::size_t> column{};       ///< counted from 1, in bytes
    std::string reason{};                      ///< more exact than the code's own text
    std::string mend{};                        ///< what to do about it
    json::object facts{};                      ///< the same for programs: {"queue":"jobs"}, {"pid":4711}, …
};

/// The one exception that parlance throws.
/// `what()` is one sentence or two: `stdout of node child.js: not JSON at byte 4096: print one JSON value on each
/// line`.
class failure : public boost::system::system_error {
public:
    explicit failure(boost::system::error_code code, failure_details details = {});
    explicit failure(errc code, failure_details details = {}) : failure(make_error_code(code), std::move(details)) {}

    char const* what() const noexcept override { return sentence_.c_str(); }
    failure_details const& details() const noexcept { return details_; }
    /// The part of `what()` that names the fault: the details' reason where there is one, else the code's text.
    /// For rsmq's errors this is rsmq's text.
    std::string message() const;

private:
    failure_details details_;
    std::string sentence_;
};

/// Throws the failure for `errno` (or another code of the system), e.g. `throw_errno("open", path)`.
[[noreturn]] void throw_errno(int number, failure_details details);

/// Either a value or the `failure` that took its place.
template <class T> class [[nodiscard]] result {
public:
    result(T value) : got_(std::in_place_index<0>, std::move(value)) {}
    result(failure fault) : got_(std::in_place_index<1>, std::move(fault)) {}
    explicit operator bool() const noexcept { return got_.index() == 0; }
    /// The value; throws the failure where there is none.
    T& value() & { return check(), std::get<0>(got_); }
    T&& value() && { return check(), std::move(std::get<0>(got_)); }
    T& operator*() & { return value(); }
    T* operator->() { return &value(); }
    failure const& error() const { return std::get<1>(got_); }

private:
    void check() const {
        if (!*this) throw error();
    }
    std::variant<T, failure> got_;
};

template <> class [[nodiscard]] result<void> {
public:
    result() = default;
    result(failure fault) : fault_(std::move(fault)) {}
    explicit operator bool() const noexcept { return !fault_; }
    void value() const {
        if (fault_) throw *fault_;
    }
    failure const& error() const { return *fault_; }

private:
    std::optional<failure> fault_;
};

/// Turns the throw of an awaited call into a value. Other exceptions than `system_error` pass through.
template <class T> asio::awaitable<result<T>> as_result(asio::awaitable<T> call) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(call);
            co_return result<void>{};
        } else {
            co_return result<T>{co_await std::move(call)};
        }
    } catch (failure const& fault) {
        co_return result<T>{fault};
    } catch (boost::system::system_error const& fault) {
        co_return result<T>{failure(fault.code())};
    }
}

} // namespace parlance

template <> struct boost::system::is_error_code_enum<parlance::errc> : std::true_type {};
template <> struct boost::system::is_error_condition_enum<parlance::remedy> : std::true_type {};
