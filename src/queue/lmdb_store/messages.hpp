#pragma once
/// Messages within a transaction: found, put, moved between the indexes, removed. Everything that changes a message
/// goes through here, so that header, index and counters agree.

#include "queue/lmdb_store/keys.hpp"
#include "queue/lmdb_store/transaction.hpp"

namespace parlance::lmdb_store {

/// What a message takes on the disk beside its texts: its header, and its places in the indexes.
inline constexpr std::uint64_t index_room_bytes = 256;

/// A message's record, copied out. `rest` is what follows the fixed header: later versions' fields, and the body.
struct stored_message {
    message_key key;
    message_header header;
    boost::container::small_vector<char, 512> rest;
    std::string id() const;
};

/// Throws failure errc::store_unavailable where an index names a message that is not there.
stored_message read_message(transaction& t, message_key key);
std::optional<stored_message> find_message(transaction& t, std::uint32_t queue, std::string_view id);
std::string read_text(transaction& t, stored_message const& message);
/// What a copy of it takes on the disk, generously.
std::uint64_t room_for(transaction& t, stored_message const& message);
trouble_record read_trouble(transaction& t, stored_message const& message);

/// A new message: in its index, and counted.
void insert_message(write_transaction& t, message_key key, message_header header, std::string_view text);
/// To another place in the indexes; writes the header with whatever else was changed in it. `holder` is a lease's.
void move_message(write_transaction& t, stored_message& message, place to, std::uint64_t at, std::uint64_t holder = 0);
/// Gone, with all that is kept beside it.
void erase_message(write_transaction& t, stored_message const& message);
/// Notes what went wrong, beside the message. Its header is written by the move that follows. On a full disk the end of
/// stderr is left out; and the first note altogether, unless it is `needed`.
void write_trouble(write_transaction& t, stored_message& message, trouble_record trouble, bool needed = false);

} // namespace parlance::lmdb_store
