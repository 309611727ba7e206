#include "cli/listener.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace parlance::cli {
namespace {

constexpr std::chrono::milliseconds a_moment{500};

} // namespace

asio::awaitable<std::vector<std::string>> listener::next() {
    waiting_ = true;
    auto got = co_await as_result(to_.receive());
    waiting_ = false;
    if (got) taken_ += got->size();
    co_return std::move(got).value();
}

void listener::over() {
    over_ = true;
    changed_.cancel();
}

asio::awaitable<bool> listener::until_over() {
    auto seen = taken_ + 1;
    while (!over_) {
        if (waiting_ && seen == taken_) co_return false;
        seen = taken_;
        changed_.expires_after(a_moment);
        boost::system::error_code cancelled;
        co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return true;
}

} // namespace parlance::cli
