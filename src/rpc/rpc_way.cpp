#include "rpc/rpc_way.hpp"

#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

namespace parlance {
namespace {

asio::awaitable<std::vector<std::string>> texts_of(asio::awaitable<std::vector<message>> all) {
    auto came = co_await std::move(all);
    std::vector<std::string> texts;
    texts.reserve(came.size());
    for (auto& each : came) texts.push_back(std::move(each).text());
    co_return texts;
}

/// What no JSON can be made of (a bigint) is a stray like any other.
std::string json_text_of(ipc_message const& m, serialization mode) {
    if (mode == serialization::json) return std::string(m.text());
    try {
        return json::serialize(m.json());
    } catch (failure const& fault) {
        return fault.what();
    }
}

asio::awaitable<std::vector<std::string>> texts_of(asio::awaitable<std::vector<ipc_message>> all, serialization mode) {
    auto came = co_await std::move(all);
    std::vector<std::string> texts;
    texts.reserve(came.size());
    for (auto const& each : came) texts.push_back(json_text_of(each, mode));
    co_return texts;
}

template <class Left> asio::awaitable<void> without_result(asio::awaitable<Left> closing) {
    co_await std::move(closing);
}

class channel_way final : public rpc_way {
public:
    explicit channel_way(channel over) : over_(std::move(over)) {}
    bool try_send(std::string& text) override {
        message m(std::move(text));
        try {
            if (over_->try_send(m)) return true;
        } catch (failure const&) {
            text = std::move(m).text();
            throw;
        }
        text = std::move(m).text();
        return false;
    }
    asio::awaitable<void> send(std::string text) override { return over_->send(message(std::move(text))); }
    asio::awaitable<std::vector<std::string>> receive() override { return texts_of(over_->receive_some()); }
    asio::awaitable<void> flush() override { return over_->flush(); }
    asio::awaitable<void> close(std::chrono::milliseconds patience) override {
        return without_result(over_->close(patience));
    }
    std::optional<boost::system::error_code> end() const override { return over_->end(); }
    void drop() noexcept override { over_.reset(); }

private:
    std::optional<channel> over_;
};

/// Node's channel. With `advanced` a message is read as JSON.stringify would write it.
class ipc_way final : public rpc_way {
public:
    explicit ipc_way(ipc_channel over) : over_(std::move(over)) {}
    bool try_send(std::string& text) override {
        if (over_->mode() == serialization::advanced) return false; // the value is made in `send`
        ipc_message m((message(text)));
        return over_->try_send(m);
    }
    asio::awaitable<void> send(std::string text) override {
        if (over_->mode() == serialization::advanced) return over_->send(ipc_message(parse_json(text)));
        return over_->send(ipc_message(message(std::move(text))));
    }
    asio::awaitable<std::vector<std::string>> receive() override {
        return texts_of(over_->receive_some(), over_->mode());
    }
    asio::awaitable<void> flush() override { return over_->flush(); }
    asio::awaitable<void> close(std::chrono::milliseconds patience) override {
        return without_result(over_->disconnect(patience));
    }
    std::optional<boost::system::error_code> end() const override { return over_->end(); }
    void drop() noexcept override { over_.reset(); }

private:
    std::optional<ipc_channel> over_;
};

} // namespace

std::unique_ptr<rpc_way> way_over(channel over) { return std::make_unique<channel_way>(std::move(over)); }
std::unique_ptr<rpc_way> way_over(ipc_channel over) { return std::make_unique<ipc_way>(std::move(over)); }

} // namespace parlance
