#pragma once
/// What a conversation needs of a channel, whichever it is: whole texts both ways.

#include <parlance/channel.hpp>
#include <parlance/ipc.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

class rpc_way {
public:
    virtual ~rpc_way() = default;

    /// Takes `text` now, or says false and leaves it. Throws as `send`.
    virtual bool try_send(std::string& text) = 0;
    /// Throws failure; nothing was sent then.
    virtual asio::awaitable<void> send(std::string text) = 0;
    /// What has come, at least one; none at the end. Throws failure; unless `over`, the next call goes on behind it.
    virtual asio::awaitable<std::vector<std::string>> receive() = 0;
    virtual asio::awaitable<void> flush() = 0;
    virtual asio::awaitable<void> close(std::chrono::milliseconds patience) = 0;
    virtual std::optional<boost::system::error_code> end() const = 0;
    /// Closes at once; what is under way ends with operation_aborted. Nothing is called after it.
    virtual void drop() noexcept = 0;
};

std::unique_ptr<rpc_way> way_over(channel);
std::unique_ptr<rpc_way> way_over(ipc_channel);

} // namespace parlance
