#pragma once
/// A store in a directory, on LMDB.

#include "queue/lmdb_store/committer.hpp"
#include "queue/lmdb_store/operations.hpp"
#include "queue/lmdb_store/watcher.hpp"
#include "queue/store_backend.hpp"

#include <random>

namespace parlance::lmdb_store {

class directory_store final : public store_backend, public std::enable_shared_from_this<directory_store> {
public:
    /// The open store of this directory, or a newly opened one: LMDB's locks are lost when a process opens one twice.
    static std::shared_ptr<directory_store> open(std::string const& directory,
                                                 std::optional<parlance::durability> wanted, open_options options = {});
    ~directory_store() override;

    parlance::durability durability() const noexcept override { return env_.durability(); }
    asio::awaitable<std::vector<std::string>> list() override;
    asio::awaitable<bool> create(std::string name, owned_options options) override;
    asio::awaitable<queue_info> set(std::string name, owned_options options) override;
    asio::awaitable<queue_info> info(std::string name) override;
    asio::awaitable<std::uint64_t> remove(std::string name) override;
    asio::awaitable<std::uint64_t> purge(std::string name) override;
    asio::awaitable<bool> pause(std::string name, bool paused) override;
    asio::awaitable<std::string> send(std::string name, std::string text,
                                      std::optional<std::chrono::milliseconds> delay) override;
    asio::awaitable<std::vector<std::string>> send_all(std::string name, std::vector<std::string> texts,
                                                       std::optional<std::chrono::milliseconds> delay) override;
    asio::awaitable<std::vector<received_message>> receive(std::string name, receive_request request) override;
    asio::awaitable<std::optional<received_message>> pop(std::string name) override;
    asio::awaitable<bool> ack(std::string name, claim which) override;
    asio::awaitable<bool> nack(std::string name, claim which, verdict how) override;
    asio::awaitable<bool> extend(std::string name, claim which, std::chrono::milliseconds vt) override;
    asio::awaitable<std::vector<bool>> ack_all(std::string name, std::vector<claim> which) override;
    asio::awaitable<std::vector<bool>> extend_all(std::string name, std::vector<claim> which,
                                                  std::chrono::milliseconds vt) override;
    asio::awaitable<std::vector<waiting_message>> peek(std::string name, std::size_t count) override;
    asio::awaitable<std::vector<dead_message>> dead(std::string name) override;
    asio::awaitable<std::uint64_t> redrive(std::string name, std::vector<std::string> ids) override;
    asio::awaitable<bool> wait_until_empty(std::string name, std::chrono::milliseconds timeout, bool due_only) override;
    asio::awaitable<bool> has_due(std::string name) override;
    asio::awaitable<std::unique_ptr<holder_claim>> enter() override;
    asio::awaitable<bool> record_worker(std::uint64_t holder, worker_record worker) override;
    asio::awaitable<bool> forget_worker(std::uint64_t holder, std::string token) override;
    asio::awaitable<std::vector<dead_holder>> dead_holders() override;
    asio::awaitable<std::uint64_t> release(std::uint64_t holder) override;

    environment& env() noexcept { return env_; }

private:
    struct tails final : id_source {
        tails();
        void tail(char (&tail)[id_tail_length]) noexcept override;
        std::mt19937_64 random; ///< guarded by the writers' mutex
    };

    directory_store(std::string const& directory, std::optional<parlance::durability> wanted, open_options options);
    void check_process() const;
    moment now() const noexcept {
        auto moment = env_.options().clock->now();
        moment.zero_ms = env_.zero_ms();
        return moment;
    }

    /// Runs `operation` in a transaction of its own and commits it, in this thread.
    template <class Operation> auto commit_now(Operation& operation);
    /// Runs `operation` in a transaction and commits it: at once in `fast` mode, else together with the others'.
    template <class Operation>
    static auto perform(std::shared_ptr<directory_store> self, Operation operation)
        -> asio::awaitable<std::invoke_result_t<Operation&, write_transaction&>>;
    template <class Operation> auto look(Operation operation);
    /// As `look`, after what is due has been moved, so that nobody sees a lease that is over.
    template <class Operation>
    static auto swept_look(std::shared_ptr<directory_store> self, Operation operation)
        -> asio::awaitable<std::invoke_result_t<Operation&, read_transaction&>>;
    /// Without a waiting coroutine: for what must happen though its caller is gone.
    template <class Operation> void perform_detached(Operation operation) noexcept;

    static asio::awaitable<std::vector<received_message>> receive_waiting(std::shared_ptr<directory_store> self,
                                                                          std::string name, receive_request request);
    static asio::awaitable<std::vector<bool>> ack_together(std::shared_ptr<directory_store> self, std::string name,
                                                           std::vector<claim> which);
    static asio::awaitable<bool> wait_for_emptiness(std::shared_ptr<directory_store> self, std::string name,
                                                    std::chrono::milliseconds timeout, bool due_only);
    static asio::awaitable<std::vector<dead_holder>> find_dead_holders(std::shared_ptr<directory_store> self);
    static asio::awaitable<std::uint64_t> release_and_unlink(std::shared_ptr<directory_store> self,
                                                             std::uint64_t holder);
    void sweep_all();

    pid_t process_;
    environment env_;
    lmdb_store::reserve reserve_;
    lmdb_store::bell bell_;
    tails tails_;
    std::mutex writing_; ///< one writer in this process; LMDB's own lock is between processes
    std::unique_ptr<lmdb_store::watcher> watcher_;
    std::unique_ptr<lmdb_store::committer> committer_; ///< none in `fast` mode. Ends before the watcher
};

} // namespace parlance::lmdb_store
