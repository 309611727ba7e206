// TLS as a carrier over another stream. OpenSSL sees memory only: what it wants to send is written, what it wants to
// read is read, by us, so that any stream can be under it and nothing ever blocks.
#include "base/condition.hpp"
#include "stream/carrier.hpp"
#include "stream/tls_context.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <optional>

namespace parlance {
namespace {

/// As much as one record holds.
constexpr std::size_t record_bytes = 16384;

class tls_carrier final : public stream::carrier {
public:
    tls_carrier(stream under, tls_session session) : under_(std::move(under)), session_(std::move(session)) {
        from_peer_ = BIO_new(BIO_s_mem());
        to_peer_ = BIO_new(BIO_s_mem());
        BIO_set_mem_eof_return(from_peer_, -1); // empty is not the end
        SSL_set_bio(session_.get(), from_peer_, to_peer_);
    }
    ~tls_carrier() override { close(); }

    asio::awaitable<void> shake_hands(bool as_server) {
        if (!bound()) bind_to(co_await asio::this_coro::executor);
        if (as_server)
            SSL_set_accept_state(session_.get());
        else
            SSL_set_connect_state(session_.get());
        for (;;) {
            ERR_clear_error();
            auto const done = SSL_do_handshake(session_.get());
            auto const what = SSL_get_error(session_.get(), done);
            std::optional<failure> fault;
            if (done != 1 && what != SSL_ERROR_WANT_READ) fault.emplace(handshake_failure());
            auto const sent = co_await as_result(send_pending()); // an alert too, which tells the peer why
            if (fault) throw *fault;
            if (!sent) throw sent.error();
            if (done == 1) co_return;
            auto const more = co_await receive_pending();
            if (!more) throw failure(errc::peer_closed, {.input = "TLS", .reason = "ended during the handshake"});
        }
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        for (;;) {
            if (closed_) throw boost::system::system_error(asio::error::operation_aborted);
            ERR_clear_error();
            std::size_t got = 0;
            auto const done = SSL_read_ex(session_.get(), into.data(), into.size(), &got);
            auto const what = SSL_get_error(session_.get(), done);
            if (done != 1 && what != SSL_ERROR_WANT_READ && what != SSL_ERROR_ZERO_RETURN)
                throw tls_failure("reading", "TLS");
            if (BIO_ctrl_pending(to_peer_) > 0)
                static_cast<void>(co_await as_result(send_pending())); // TLS's own answer
            if (done == 1) co_return got;
            if (what == SSL_ERROR_ZERO_RETURN) co_return 0;
            auto const more = co_await receive_pending();
            if (!more) co_return 0;
        }
    }

    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) override {
        if (descriptor >= 0)
            throw failure(errc::not_supported, {.input = "writing", .reason = "TLS passes no descriptors"});
        std::array<char, record_bytes> gathered; // NOLINT(cppcoreguidelines-pro-type-member-init)
        std::size_t size = 0;
        for (auto const part : parts) {
            auto const taken = part.substr(0, gathered.size() - size);
            taken.copy(gathered.data() + size, taken.size());
            size += taken.size();
        }
        if (size == 0) co_return 0;
        if (closed_ || write_closed_) throw failure(errc::peer_closed, {.input = "writing"});
        ERR_clear_error();
        std::size_t wrote = 0;
        if (SSL_write_ex(session_.get(), gathered.data(), size, &wrote) != 1) throw tls_failure("writing", "TLS");
        co_await send_pending();
        co_return wrote;
    }

    /// What TLS makes of the bytes cannot be taken back where only a part of it fits: `write_some` waits for it.
    std::size_t try_write(std::span<std::string_view const>, int) override {
        if (closed_ || write_closed_) throw failure(errc::peer_closed, {.input = "writing"});
        return 0;
    }

    void close_write() noexcept override {
        if (std::exchange(write_closed_, true) || closed_) return;
        if (SSL_is_init_finished(session_.get())) SSL_shutdown(session_.get());
        try { // the goodbye, where there is room for it
            load_pending();
            if (!sending_ && !pending_.empty()) {
                std::string_view const all[] = {pending_};
                under_.try_write(all);
            }
        } catch (std::exception const&) { // nobody hears it
        }
        under_.close_write();
    }
    void close() noexcept override {
        if (std::exchange(closed_, true)) return;
        under_.close();
        if (sent_) sent_->notify_all();
    }

private:
    void bind(asio::any_io_executor const& executor) override { sent_.emplace(executor); }

    failure handshake_failure() const {
        auto const verdict = SSL_get_verify_result(session_.get());
        std::string why = "the TLS handshake failed";
        if (verdict != X509_V_OK) why.append(": ").append(X509_verify_cert_error_string(verdict));
        return tls_failure("TLS", std::move(why));
    }

    void load_pending() {
        auto const waiting = BIO_ctrl_pending(to_peer_);
        auto const before = pending_.size();
        pending_.resize(before + waiting);
        std::size_t got = 0;
        if (waiting > 0) BIO_read_ex(to_peer_, pending_.data() + before, waiting, &got);
        pending_.resize(before + got);
    }

    /// Writes what TLS has to say. One coroutine does it for all; the others wait until theirs is written.
    asio::awaitable<void> send_pending() {
        while (sending_) co_await sent_->wait();
        if (closed_) throw boost::system::system_error(asio::error::operation_aborted);
        struct turn {
            tls_carrier& me;
            explicit turn(tls_carrier& of) : me(of) { me.sending_ = true; }
            turn(turn const&) = delete;
            turn& operator=(turn const&) = delete;
            ~turn() {
                me.sending_ = false;
                if (me.sent_) me.sent_->notify_all();
            }
        } const mine(*this);
        for (load_pending(); !pending_.empty(); load_pending()) {
            std::string_view const all[] = {pending_};
            auto const wrote = co_await under_.write_some(all);
            pending_.erase(0, wrote);
        }
    }

    asio::awaitable<bool> receive_pending() {
        received_.resize(std::max(received_.size(), record_bytes + 1024));
        auto const got = co_await under_.read_some(received_);
        if (got > 0) BIO_write(from_peer_, received_.data(), static_cast<int>(got));
        co_return got > 0;
    }

    stream under_;
    tls_session session_;
    BIO *from_peer_ = nullptr, *to_peer_ = nullptr; // the session's
    std::string pending_;                           ///< made by TLS, and not yet written
    std::vector<char> received_;
    std::optional<condition> sent_;
    bool sending_ = false, write_closed_ = false, closed_ = false;
};

asio::awaitable<stream> shaken(std::unique_ptr<tls_carrier> carrier, bool as_server) {
    co_await carrier->shake_hands(as_server);
    co_return stream(std::move(carrier));
}

} // namespace

asio::awaitable<stream> tls_connect(stream over, tls_context with, std::string host) {
    if (!with.state_->server_name.empty()) host = with.state_->server_name;
    auto session = with.state_->session();
    boost::system::error_code no_number;
    asio::ip::make_address(host, no_number);
    auto* const asked = SSL_get0_param(session.get());
    if (no_number) {
        SSL_set_tlsext_host_name(session.get(), host.c_str());
        if (X509_VERIFY_PARAM_set1_host(asked, host.c_str(), host.size()) != 1) throw tls_failure(host, "no host name");
    } else if (X509_VERIFY_PARAM_set1_ip_asc(asked, host.c_str()) != 1) {
        throw tls_failure(host, "no IP address");
    }
    co_return co_await shaken(std::make_unique<tls_carrier>(std::move(over), std::move(session)), false);
}

asio::awaitable<stream> tls_accept(stream over, tls_context with) {
    co_return co_await shaken(std::make_unique<tls_carrier>(std::move(over), with.state_->session()), true);
}

} // namespace parlance
