#pragma once
/// An output for somebody who may not wait for its reader.

#include "cli/output.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace parlance::cli {

/// A thread of its own writes what is given, so that a reader who stands still (a pager, a terminal after Ctrl-S) holds
/// up nobody but that thread. While it lives nobody else writes to the output.
class background_output {
public:
    explicit background_output(output& to, boost::asio::any_io_executor loop);
    ~background_output();
    background_output(background_output const&) = delete;
    background_output& operator=(background_output const&) = delete;

    /// `hear` is told, in the loop, that much is waiting (true), and that there is room again (false).
    void when_much_waits(std::function<void(bool)> hear) { hear_ = std::move(hear); }
    /// Never waits. Who goes on although much is waiting loses what is over the limit; how much, the output says.
    /// Throws what writing an earlier text threw.
    void write(std::string text);
    /// Nothing is waiting to be written.
    bool is_idle() const;
    /// Waits until all is written, and ends the thread. Throws as `write`.
    void finish();
    /// The same, if that takes no longer than `limit`; else false, and `finish` is still to be called.
    bool finish_within(std::chrono::milliseconds limit);

private:
    void work();
    void put(std::string const& text);

    output& to_;
    boost::asio::any_io_executor loop_;
    std::function<void(bool)> hear_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    std::size_t left_out_ = 0; // texts
    bool much_ = false, writing_ = false, finishing_ = false, finished_ = false;
    std::exception_ptr fault_;
    std::thread writer_;
};

} // namespace parlance::cli
