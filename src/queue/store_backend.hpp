#pragma once
/// What a store must do, whatever it is kept in. The names and values that come in are already checked against the
/// rules that hold for every store (queue/checks.hpp); what depends on the queue's settings is the store's to check.

#include "queue/holder.hpp"
#include "queue/settings.hpp"

#include <parlance/queue.hpp>

#include <memory>

namespace parlance {

/// A message that was handed out.
struct received_message {
    std::string id;
    std::string text;
    std::uint32_t rc = 0, attempt = 0, crashes = 0;
    std::int64_t first_received_ms = 0;
};

struct receive_request {
    std::size_t count = 1;
    std::chrono::milliseconds wait{0};
    std::optional<std::chrono::milliseconds> vt{};
    std::uint64_t holder = 0; ///< 0: nobody's
};

/// One message to be settled: with `rc` by whom it was given to then, without by anybody.
struct claim {
    std::string id;
    std::optional<std::uint32_t> rc{};
};

/// A nack, owning its texts.
struct verdict {
    std::optional<std::chrono::milliseconds> delay{};
    bool charge = true, crashed = false, dead = false;
    std::string reason{}, err_tail{};
    std::optional<std::uint32_t> max_receives{};
};

/// Options as the caller gave them, owning their texts.
struct owned_options {
    queue_options options{};
    std::string dead_letter{};
    explicit owned_options(queue_options const& given) : options(given), dead_letter(given.dead_letter.value_or("")) {}
    queue_options view() const {
        auto copy = options;
        if (copy.dead_letter) copy.dead_letter = dead_letter;
        return copy;
    }
};

/// Copies what it is given; every call may outlive its arguments. Thread-safe.
class store_backend {
public:
    virtual ~store_backend() = default;
    virtual parlance::durability durability() const noexcept = 0;

    virtual asio::awaitable<std::vector<std::string>> list() = 0;
    /// False where the queue was there already.
    virtual asio::awaitable<bool> create(std::string name, owned_options options) = 0;
    virtual asio::awaitable<queue_info> set(std::string name, owned_options options) = 0;
    virtual asio::awaitable<queue_info> info(std::string name) = 0;
    virtual asio::awaitable<std::uint64_t> remove(std::string name) = 0;
    virtual asio::awaitable<std::uint64_t> purge(std::string name) = 0;
    virtual asio::awaitable<bool> pause(std::string name, bool paused) = 0;

    virtual asio::awaitable<std::string> send(std::string name, std::string text,
                                              std::optional<std::chrono::milliseconds> delay) = 0;
    virtual asio::awaitable<std::vector<std::string>> send_all(std::string name, std::vector<std::string> texts,
                                                               std::optional<std::chrono::milliseconds> delay) = 0;
    virtual asio::awaitable<std::vector<received_message>> receive(std::string name, receive_request request) = 0;
    virtual asio::awaitable<std::optional<received_message>> pop(std::string name) = 0;

    /// False where no such message is. Throws failure errc::lease_lost where the claim is no longer good.
    virtual asio::awaitable<bool> ack(std::string name, claim which) = 0;
    virtual asio::awaitable<bool> nack(std::string name, claim which, verdict how) = 0;
    virtual asio::awaitable<bool> extend(std::string name, claim which, std::chrono::milliseconds vt) = 0;
    /// One answer for each; a claim that is no longer good is answered with false here.
    virtual asio::awaitable<std::vector<bool>> ack_all(std::string name, std::vector<claim> which) = 0;
    virtual asio::awaitable<std::vector<bool>> extend_all(std::string name, std::vector<claim> which,
                                                          std::chrono::milliseconds vt) = 0;

    virtual asio::awaitable<std::vector<waiting_message>> peek(std::string name, std::size_t count) = 0;
    virtual asio::awaitable<std::vector<dead_message>> dead(std::string name) = 0;
    virtual asio::awaitable<std::uint64_t> redrive(std::string name, std::vector<std::string> ids) = 0;
    /// False when `timeout` was over first; 0 waits for ever.
    virtual asio::awaitable<bool> wait_until_empty(std::string name, std::chrono::milliseconds timeout,
                                                   bool due_only) = 0;
    /// Whether a receive now would find something.
    virtual asio::awaitable<bool> has_due(std::string name) = 0;

    // for `work`: queue/holder.hpp
    virtual asio::awaitable<std::unique_ptr<holder_claim>> enter() = 0;
    virtual asio::awaitable<bool> record_worker(std::uint64_t holder, worker_record worker) = 0;
    virtual asio::awaitable<bool> forget_worker(std::uint64_t holder, std::string token) = 0;
    virtual asio::awaitable<std::vector<dead_holder>> dead_holders() = 0;
    /// Gives back, uncharged, what it held, and removes its record; says how many messages.
    virtual asio::awaitable<std::uint64_t> release(std::uint64_t holder) = 0;
};

/// Opens the store of a URL. One backend for each store and process, however often it is opened.
std::shared_ptr<store_backend> open_store(std::string_view url);

} // namespace parlance
