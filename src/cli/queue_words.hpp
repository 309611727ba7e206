#pragma once
/// What the queue commands share: how a queue and a message look in their output, and the options of a policy.

#include "cli/command_line.hpp"
#include "cli/values.hpp"

#include <parlance/queue.hpp>

#include <memory>
#include <string>

namespace parlance::cli {

/// Adds NAME, required.
void add_name(CLI::App&, std::string& name);
/// The queue of this name in the line's store; every error from here on names it.
queue named_queue(command_line&, std::string const& name);

/// The options of `create` and `set`, as they were typed.
struct policy_request {
    std::string queue;
    text_option vt, delay, maxsize, max_receives, dead_letter, backoff;
};
void add_policy(CLI::App&, command_line&, policy_request&);
/// The views look into `asked`.
queue_options policy_of(policy_request const& asked);

/// Adds ID and `--receipt`.
struct claim_request {
    std::string queue, id;
    text_option receipt;
};
void add_claim(CLI::App&, claim_request&);
/// The receipt, or an empty one where none was given. Throws problem: invalidFormat where it is none (an empty word is
/// none), invalidValue where it is another message's.
std::string receipt_of(claim_request const&);

/// `{"name","vt","delay","maxsize","totalrecv","totalsent","created","modified","msgs","hiddenmsgs", …policy}`
std::string info_json(queue_info const&, durability);
/// Shows that, or with plain output the same on lines of their own.
void show_info(queue_info const&, command_line&);

/// `{"id","message","rc","fr","sent","receipt","headers":{},"group":null}`; popped messages have no receipt to give.
std::string delivery_json(delivery const&, bool as_text, bool with_receipt);
/// The same of a message that nobody took; it has no receipt at all.
std::string waiting_json(waiting_message const&, bool as_text);
/// What the message is for programs: JSON as it was sent, anything else (and everything with `--text`) a string.
std::string message_json(std::string const& text, bool as_text);
/// The message as it is, on a line of its own; on a terminal its control characters are escaped.
void print_message(output&, std::string_view text);
/// rsmq's `sent`: milliseconds, with three decimals where they are not zero.
std::string sent_ms(message_id const&);

/// Prints `{"id","ok"}`, or the words; false is exit 3.
int answer_for(command_line&, std::string const& id, bool ok, std::string_view done);

} // namespace parlance::cli
