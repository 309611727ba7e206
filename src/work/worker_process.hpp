#pragma once
/// One worker process with what it prints, from its start to the end of its whole tree.

#include "base/condition.hpp"
#include "process/output.hpp"
#include "work/crew.hpp"

#include <memory>
#include <optional>
#include <string>

namespace parlance {

/// How a worker is to be started.
struct worker_start {
    unsigned place = 1;
    std::vector<std::string> arguments{};
    std::vector<std::string> environment{};
    std::chrono::milliseconds timeout{0};
    stdio in = stdio::pipe();
    int out = -1;     ///< a descriptor; none: it is read, and shown, as standard error is
    int channel = -1; ///< the worker's end of an IPC channel, its descriptor 3; a script of Node's is then run by node
};

/// Shared with the coroutines that read its output.
class worker_process : public std::enable_shared_from_this<worker_process> {
public:
    /// Starts it. Throws what `spawn` throws.
    static asio::awaitable<std::shared_ptr<worker_process>> start(std::shared_ptr<crew> self, worker_start how);
    ~worker_process();

    child& process() noexcept { return *process_; }
    std::string const& name() const noexcept { return name_; }
    /// The end of what it wrote to its standard error since `new_message`.
    std::string err_tail() const { return err_tail_.text(); }
    void new_message() { err_tail_.clear(); }
    void show(std::string_view line) const;

    /// Resumes when it has ended, all that it started is ended too, and what they printed was read; while
    /// the crew's output is held, that takes as long as it is held.
    asio::awaitable<process_end> ended();
    bool const& has_ended() const noexcept { return ended_; }

private:
    worker_process(std::shared_ptr<crew> self, asio::any_io_executor executor, unsigned place);
    /// An output of its that is read and shown.
    struct output_pipe {
        output_pipe(unique_fd from, output_reader with)
            : fd(from.get()), bytes(std::move(from), unique_fd()), reader(std::move(with)) {}
        int fd;
        stream bytes;
        output_reader reader;
        bool open = true;
    };
    void read(unique_fd from, tail_buffer* tail);
    asio::awaitable<void> read_all(std::shared_ptr<output_pipe> from);
    asio::awaitable<void> read_what_is_left(output_pipe& of);

    std::shared_ptr<crew> crew_;
    asio::any_io_executor executor_;
    std::string name_, token_;
    std::optional<child> process_;
    bool ended_ = false;
    tail_buffer err_tail_;
    condition output_read_; ///< a part of it, or to its end
    std::vector<std::shared_ptr<output_pipe>> outputs_;
};

} // namespace parlance
