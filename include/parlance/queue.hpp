#pragma once
/// Durable queues: messages that wait for whoever works on them, and are lost by nobody's crash.
///
///     auto jobs = store::open("./queues").queue("jobs");
///     co_await jobs.create();
///     co_await jobs.send("{\"resize\":\"cat.png\"}");
///     while (auto job = co_await jobs.receive({.wait = 5s})) {
///         resize(job->text());
///         co_await job->ack();
///     }
///
/// Names, units, ranges and error texts are rsmq's (docs/queue.md); delivery is at least once (docs/guarantees.md).

#include <parlance/asio.hpp>
#include <parlance/error.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// A message's name: rsmq's 32 characters, whose first ten are the time it was sent, in microseconds, base 36.
class message_id {
public:
    message_id() = default;
    /// Throws failure: errc::invalid_message_id ("Invalid id format").
    explicit message_id(std::string_view text);
    std::string const& text() const noexcept { return text_; }
    /// When it was sent.
    std::chrono::sys_time<std::chrono::microseconds> sent() const noexcept;
    auto operator<=>(message_id const&) const = default;

private:
    std::string text_;
};

/// How long a failed message waits: `first`, doubled each time, up to `longest`, and up to a quarter less by chance.
struct backoff {
    std::chrono::milliseconds first{1000};
    std::chrono::milliseconds longest{std::chrono::minutes(5)};
    bool operator==(backoff const&) const = default;
};
/// The wait after failure number `failures` (1 is the first). `chance` in [0, 1). Pure; tested as a table.
std::chrono::milliseconds backoff_delay(backoff, std::uint32_t failures, double chance) noexcept;

/// What a queue is told when it is made, and may be told later (`set`: only what has a value changes).
struct queue_options {
    std::optional<std::chrono::milliseconds> vt{};    ///< lease of a receive; whole seconds, 0 to 9,999,999; 30 s
    std::optional<std::chrono::milliseconds> delay{}; ///< before a message is first seen; same range; 0
    std::optional<std::int64_t> maxsize{};         ///< longest message in UTF-16 units, 1024 to 65,536; -1: any; 65,536
    std::optional<std::uint32_t> max_receives{};   ///< then it is dead; 0: no limit, the default
    std::optional<std::string_view> dead_letter{}; ///< queue for the dead; `NAME--dead` unless said
    std::optional<parlance::backoff> backoff{};
};

/// rsmq's attributes, and parlance's policy.
struct queue_info {
    std::string name;
    std::chrono::seconds vt, delay;
    std::int64_t maxsize;
    std::uint64_t totalrecv, totalsent;
    std::chrono::sys_seconds created, modified;
    std::uint64_t msgs;       ///< all that are in the queue
    std::uint64_t hiddenmsgs; ///< of these: leased, delayed or backing off
    // what rsmq does not have
    std::uint64_t leased; ///< of the hidden ones: with a consumer
    std::uint32_t max_receives;
    std::string dead_letter;
    parlance::backoff backoff;
    bool paused;
    std::uint64_t acked, dead;                           ///< finished; moved to the dead-letter queue; since creation
    std::optional<std::chrono::milliseconds> oldest_age; ///< of the oldest message; none when empty
};

struct send_options {
    std::optional<std::chrono::milliseconds> delay{}; ///< else the queue's
};

struct receive_options {
    std::chrono::milliseconds wait{0};             ///< for a message to come; 0: only what is there
    std::size_t count = 1;                         ///< `receive_some` only: at most so many
    std::optional<std::chrono::milliseconds> vt{}; ///< else the queue's
};

/// How a nack is to be counted.
struct nack_options {
    std::optional<std::chrono::milliseconds> delay{}; ///< else the queue's back-off
    bool charge = true;          ///< false: this delivery does not count as an attempt (a worker that could not start)
    bool crashed = false;        ///< the consumer died; counted apart from its failures
    bool dead = false;           ///< never again: to the dead-letter queue now, whatever the limit says
    std::string_view reason{};   ///< kept for the dead letter: "worker died: SIGSEGV"; "nacked" where none is given
    std::string_view err_tail{}; ///< kept with it
    std::optional<std::uint32_t> max_receives{}; ///< instead of the queue's
};

class queue;

/// One message in the hands of one consumer, until its lease ends. Copyable: it is a claim, not the message; it may be
/// settled on another thread than the one that received it.
/// An ack by one whose lease has gone to another is refused: failure errc::lease_lost.
class delivery {
public:
    message_id const& id() const noexcept { return id_; }
    std::string const& text() const noexcept { return text_; }
    /// Throws failure: errc::not_json.
    json::value json() const;
    /// How often it was handed out, this time included. Only grows.
    std::uint32_t rc() const noexcept { return rc_; }
    /// Which attempt this is: as `rc`, without those that were not charged.
    std::uint32_t attempt() const noexcept { return attempt_; }
    std::uint32_t crashes() const noexcept { return crashes_; } ///< attempts that ended in the death of the consumer
    std::chrono::sys_time<std::chrono::milliseconds> first_received() const noexcept { return fr_; }
    /// The word that proves the claim: give it to `queue::ack` in another process.
    std::string receipt() const;

    /// Done: the message is gone. False: it was not there any more.
    asio::awaitable<bool> ack() const;
    /// Not done: to be delivered again later, or dead when that was its last attempt.
    asio::awaitable<bool> nack(nack_options = {}) const;
    /// The lease ends so long from now.
    asio::awaitable<bool> extend(std::chrono::milliseconds) const;

private:
    friend class queue;
    friend struct delivery_access;
    std::shared_ptr<void> queue_; // keeps the store open
    std::string queue_name_;
    message_id id_;
    std::string text_;
    std::uint32_t rc_ = 0, attempt_ = 0, crashes_ = 0;
    std::chrono::sys_time<std::chrono::milliseconds> fr_{};
};

/// A message as it lies in a queue.
struct waiting_message {
    message_id id;
    std::string text;
    std::uint32_t rc = 0;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> first_received{};
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> due{}; ///< when hidden: until then
};

/// What is known of a message that died.
struct dead_message {
    message_id id;
    std::string text;
    std::string reason;
    std::uint32_t attempts = 0, crashes = 0;
    std::chrono::sys_time<std::chrono::milliseconds> first_failure{}, last_failure{};
    std::string err_tail;
};

/// How safe a message is when `send` returns. Chosen when the store is made; every process obeys it.
enum class durability {
    durable, ///< on the disk
    relaxed, ///< the last commits may vanish at a power loss; nothing is ever corrupted by it
    fast,    ///< as safe as the kernel: a power loss may corrupt the store. No crash of a process does, in any mode
};
std::string_view name_of(durability) noexcept;

/// An open store of queues: a directory that any number of processes share, with no server. Copyable: copies are the
/// same open store, also those of another `open`; when the last is dropped, with the last queue and delivery of it, the
/// store is closed. Do not use it in a child after fork without exec.
///
/// Threads: any number may use a store, a queue or a delivery at once, one object or copies of it (but not while
/// another thread assigns to that very object); a call resumes on the executor that awaits it. In `durable` and
/// `relaxed` an open store has a thread of its own that commits, so that concurrent callers share each sync; in `fast`
/// a call commits on its caller's thread. The first who waits (`receive` with a `wait`, `wait_until_empty`) starts
/// another, which hears of other processes' news and of what comes due, and lives as long as the store is open.
class store {
public:
    /// `DIR`, `lmdb:DIR`, with `?durability=durable|relaxed|fast` for when it is made. Made where it is not there.
    /// Throws failure: errc::store_unavailable, store_newer, invalid_argument (the URL; another durability than that
    /// with which it was made), not_supported (a network file system, or FUSE; redis:, in this version).
    static store open(std::string_view url);
    /// The directory that the command uses when nothing is said: $PARLANCE_STORE, else $XDG_STATE_HOME/parlance, else
    /// ~/.local/state/parlance.
    static std::string default_url();

    /// A queue of this name; nothing is read or written yet.
    /// Throws failure: errc::missing_queue_name, invalid_queue_name.
    parlance::queue queue(std::string_view name) const;
    asio::awaitable<std::vector<std::string>> list() const;

    std::string const& url() const noexcept;
    parlance::durability durability() const noexcept;

    struct state;

private:
    friend class queue;
    friend struct store_access;
    std::shared_ptr<state> state_;
};

/// A named queue in a store. Copyable, cheap; used by any number of threads at once. Every function throws failure
/// errc::queue_not_found where the queue is not there, errc::invalid_value for what is out of rsmq's ranges, and the
/// store's own faults (errc::store_unavailable, store_full).
class queue {
public:
    std::string const& name() const noexcept { return name_; }
    /// The store that it lies in.
    parlance::store const& where() const noexcept { return store_; }

    /// Throws failure: errc::queue_exists.
    asio::awaitable<void> create(queue_options options = {}) const;
    /// Makes it unless it is there; what is there keeps its options. True where it was made.
    asio::awaitable<bool> ensure(queue_options options = {}) const;
    /// Throws failure: errc::no_attribute_supplied where no option has a value.
    asio::awaitable<queue_info> set(queue_options options) const;
    asio::awaitable<queue_info> info() const;
    /// Removes the queue with all its messages; says how many there were.
    asio::awaitable<std::uint64_t> remove() const;
    /// Removes all messages.
    asio::awaitable<std::uint64_t> purge() const;
    /// Nothing is handed out while it is paused; sends are taken.
    asio::awaitable<void> pause(bool paused = true) const;

    /// Resumes when the message is as safe as the store's durability says. Throws failure: errc::message_too_long.
    asio::awaitable<message_id> send(std::string text, send_options options = {}) const;
    /// All or none, in one commit, delivered in this order.
    asio::awaitable<std::vector<message_id>> send_all(std::vector<std::string> texts, send_options options = {}) const;

    /// The next message, leased to us; or none, when `wait` is over. Cancelled: nothing stays leased.
    asio::awaitable<std::optional<delivery>> receive(receive_options options = {}) const;
    /// Up to `count` messages in one commit; waits, up to `wait`, only for the first.
    asio::awaitable<std::vector<delivery>> receive_some(receive_options options) const;
    /// Receives and removes at once: at most once, for those who prefer loss to repetition.
    asio::awaitable<std::optional<delivery>> pop() const;

    /// By id, from any process. Without a receipt whoever holds the message is not asked (rsmq's deleteMessage).
    /// False where no such message is. Throws failure: errc::lease_lost where the receipt is no longer the owner's.
    asio::awaitable<bool> ack(message_id id, std::string_view receipt = {}) const;
    asio::awaitable<bool> nack(message_id id, std::string_view receipt = {}, nack_options options = {}) const;
    asio::awaitable<bool> extend(message_id id, std::chrono::milliseconds vt, std::string_view receipt = {}) const;
    /// Several acks in one commit; one answer for each.
    asio::awaitable<std::vector<bool>> ack_all(std::span<delivery const> deliveries) const;

    /// The next `count` messages, visible ones first, without leasing them.
    asio::awaitable<std::vector<waiting_message>> peek(std::size_t count) const;
    /// The dead letters of this queue, oldest first; also those from before its `dead_letter` was changed.
    asio::awaitable<std::vector<dead_message>> dead() const;
    /// Sends dead letters back, attempts at 0: these, or all; says how many.
    asio::awaitable<std::uint64_t> redrive(std::vector<message_id> ids = {}) const;

    /// Waits until nothing is waiting or in work (`due_only`: delayed messages do not count).
    /// Throws failure: errc::timed_out. A timeout of 0 waits for ever.
    asio::awaitable<void> wait_until_empty(std::chrono::milliseconds timeout = {}, bool due_only = false) const;

private:
    friend class store;
    friend struct queue_access;
    queue(parlance::store store, std::string name) : store_(std::move(store)), name_(std::move(name)) {}
    parlance::store store_;
    std::string name_;
};

} // namespace parlance
