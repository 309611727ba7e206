#include "work/patient_stream.hpp"
#include "work/worker_talk.hpp"

#include <parlance/channel.hpp>

#include <optional>

namespace parlance {
namespace {

/// A line for each message in, a line for each answer out.
class lines_talk final : public worker_talk {
public:
    void give_to(worker_start& how) override {
        in_ = new_pipe(), out_ = new_pipe();
        how.in = stdio::descriptor(in_.read_end.get());
        how.out = out_.write_end.get();
    }
    void begin(std::shared_ptr<crew> self, std::shared_ptr<worker_process> worker) override {
        in_.read_end.reset(), out_.write_end.reset();
        input_fd_ = in_.write_end.get(), output_fd_ = out_.read_end.get();
        auto const name = worker->name();
        over_.emplace(pipes(self, worker), framing::lines, channel_options{.name = name});
        over_->on_noise([worker, made_noise = made_noise_](std::string_view line) {
            worker->show(line);
            *made_noise = true;
        });
    }

    asio::awaitable<void> send(std::string json) override { return over_->send(message(std::move(json))); }
    asio::awaitable<std::vector<message>> receive() override { return over_->receive_some(); }
    asio::awaitable<void> say_goodbye() override {
        said_goodbye_ = true;
        co_await over_->close();
    }
    void close() noexcept override { over_->bytes().close(); }

    void worker_ended() noexcept override {
        // What is in the pipe is what it left; all was taken before our end was closed.
        auto const unread = said_goodbye_ ? 0 : unread_bytes(input_fd_);
        bytes_read_ = over_->statistics().bytes_out - unread;
    }
    int read_end() const noexcept override { return output_fd_; }
    std::uint64_t bytes_in() const noexcept override { return over_->statistics().bytes_in; }
    bool took_anything(bool) const noexcept override { return bytes_read_ > 0; }
    bool has_begun(unanswered const& first) const noexcept override { return bytes_read_ > first.from_byte; }
    std::string_view how_it_left() const noexcept override { return "the worker closed its standard output"; }

private:
    stream pipes(std::shared_ptr<crew> self, std::shared_ptr<worker_process> worker) {
        auto const until_shown = [self, worker] { return self->until_output_flows(worker->has_ended()); };
        return stream(std::make_unique<patient_carrier>(stream(std::move(out_.read_end), std::move(in_.write_end)),
                                                        made_noise_, until_shown));
    }

    two_ends in_, out_;
    int input_fd_ = -1, output_fd_ = -1;                               ///< of `over_`, to ask what was not read
    std::shared_ptr<bool> made_noise_ = std::make_shared<bool>(false); ///< printed something to be shown
    std::optional<channel> over_;
    bool said_goodbye_ = false;
    std::uint64_t bytes_read_ = 0; ///< by the worker until its end
};

} // namespace

std::unique_ptr<worker_talk> talk_in_lines() { return std::make_unique<lines_talk>(); }

} // namespace parlance
