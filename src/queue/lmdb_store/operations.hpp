#pragma once
/// What can be done to a store, each within a transaction that somebody else began and commits. No waiting here.
/// An operation whose input is bad throws before it writes.

#include "queue/lmdb_store/messages.hpp"
#include "queue/store_backend.hpp"

namespace parlance::lmdb_store {

/// A queue as an operation sees it. Throws failure: errc::queue_not_found.
struct queue_view {
    std::string_view name;
    queue_record record;
};
queue_view find_queue(transaction& t, std::string_view name);

// queues.cpp
bool create_queue(write_transaction& t, std::string_view name, queue_options const& options);
queue_info set_queue(write_transaction& t, std::string_view name, queue_options const& options);
queue_info describe_queue(transaction& t, std::string_view name);
std::uint64_t purge_queue(write_transaction& t, std::string_view name);
std::uint64_t remove_queue(write_transaction& t, std::string_view name);
bool pause_queue(write_transaction& t, std::string_view name, bool paused);
std::vector<std::string> list_queues(transaction& t);
/// The number of the queue, which is made with default settings where it is not there.
std::uint32_t ensure_queue(write_transaction& t, std::string_view name);
stat_record read_counters(transaction& t, std::uint32_t queue);

// send.cpp
struct id_source {
    virtual ~id_source() = default;
    virtual void tail(char (&tail)[id_tail_length]) noexcept = 0;
};
void send_messages(write_transaction& t, std::string_view name, std::span<std::string const> texts,
                   std::optional<std::chrono::milliseconds> delay, id_source& ids, std::string* sent_ids);

// receive.cpp
std::vector<received_message> receive_messages(write_transaction& t, std::string_view name,
                                               receive_request const& request);
std::optional<received_message> pop_message(write_transaction& t, std::string_view name);
/// Takes back a receive that nobody waits for any more: to the front, as if it had not been.
void give_back(write_transaction& t, std::string_view name, std::span<received_message const> messages);

// sweep.cpp
/// Moves what is due, of every queue, to `ready`; ends leases that ran out. At most `limit` messages; false: there is
/// more.
bool sweep(write_transaction& t, std::size_t limit = 1000);
bool anything_due(transaction& t);
/// Until something is due, in milliseconds from now; none where nothing waits for a time.
std::optional<std::uint64_t> next_due_in(transaction& t);
/// Ends every lease: they are of another boot.
void end_all_leases(write_transaction& t);

// settle.cpp
bool ack_message(write_transaction& t, std::string_view name, claim const& which);
bool nack_message(write_transaction& t, std::string_view name, claim const& which, verdict const& how, double chance);
bool extend_lease(write_transaction& t, std::string_view name, claim const& which, std::chrono::milliseconds vt);

// dead.cpp
/// Moves the message to the dead-letter queue of `queue`. False where the disk has no room for a copy, or where it
/// has no name: nothing was done then.
bool bury(write_transaction& t, std::string_view queue, queue_settings const& settings, stored_message& message,
          trouble_record trouble);
/// For a dead letter that could not be moved: nobody gets it, and the sweep tries again when this lease is over. With
/// `trouble`, which tells that it is dead, where the sweep could not know that otherwise.
void postpone_burial(write_transaction& t, std::string_view queue, stored_message& message,
                     std::optional<trouble_record> trouble);
/// Whether it died, and waits for room.
bool is_dying(trouble_record const& trouble, std::string_view queue) noexcept;
/// The settings are about to change: who died so far lies where `before` says, and is still found there.
void note_former_home(write_transaction& t, queue_view const& before, queue_settings const& after);
void forget_former_homes(write_transaction& t, std::uint32_t queue);
std::vector<dead_message> list_dead(transaction& t, std::string_view name);
std::uint64_t redrive_dead(write_transaction& t, std::string_view name, std::span<std::string const> ids);
/// Adds the end of an attempt to what is known of a message.
trouble_record add_failure(trouble_record trouble, message_header const& header, std::string_view reason,
                           std::string_view err_tail, std::int64_t now_ms);

// look.cpp
std::vector<waiting_message> peek_messages(transaction& t, std::string_view name, std::size_t count);

// holders.cpp
struct listed_holder {
    std::uint64_t id;
    holder_record record;
    std::vector<worker_record> workers;
    std::vector<held_message> held;
};
bool put_holder(write_transaction& t, std::uint64_t id, holder_record const& record);
bool put_worker(write_transaction& t, std::uint64_t holder, worker_record const& worker);
bool forget_worker_record(write_transaction& t, std::uint64_t holder, std::string_view token);
std::vector<listed_holder> list_holders(transaction& t);
std::uint64_t release_holder(write_transaction& t, std::uint64_t id);

} // namespace parlance::lmdb_store
