#include "stream/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace parlance {
namespace {

[[noreturn]] void throw_unusable(std::string const& file, std::string what) {
    auto const why = tls_failure(file, std::move(what));
    throw failure(errc::invalid_argument,
                  {.input = file, .reason = why.message(), .mend = "it must be a PEM file that we may read"});
}

} // namespace

failure tls_failure(std::string input, std::string what) {
    auto const code = ERR_peek_last_error();
    char text[256] = "";
    if (char const* const reason = ERR_reason_error_string(code); reason && *reason)
        what.append(": ").append(reason);
    else if (code != 0)
        ERR_error_string_n(code, text, sizeof text), what.append(": ").append(text);
    ERR_clear_error();
    return failure(errc::tls_failed, {.input = std::move(input), .reason = std::move(what)});
}

tls_context::state::state(tls_options const& options, bool server)
    : certificate(options.certificate), key(options.key), ca(options.ca), server_name(options.server_name),
      verify(options.verify), is_server(server), current(read()) {}

std::unique_ptr<SSL_CTX, free_tls> tls_context::state::read() const {
    ERR_clear_error();
    std::unique_ptr<SSL_CTX, free_tls> made(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
    if (!made) throw tls_failure("TLS", "it cannot be used");
    auto* const context = made.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    if (is_server && (certificate.empty() || key.empty()))
        throw failure(errc::invalid_argument, {.input = "TLS", .reason = "a server needs a certificate and its key"});
    if (certificate.empty() != key.empty())
        throw failure(errc::invalid_argument, {.input = "TLS", .reason = "a certificate and its key go together"});
    if (!certificate.empty()) {
        if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
            throw_unusable(certificate, "no certificate");
        if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) throw_unusable(key, "no key");
    }
    if (!ca.empty()) {
        if (SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr) != 1) throw_unusable(ca, "no certificates");
    } else if (!is_server) {
        SSL_CTX_set_default_verify_paths(context);
    }
    if (is_server && !ca.empty()) {
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca.c_str()));
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        static constexpr unsigned char name[] = "parlance"; // resumed sessions are this context's alone
        SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
    }
    if (!is_server && verify) SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    return made;
}

tls_session tls_context::state::session() const {
    tls_session made(SSL_new(current.get()));
    if (!made) throw tls_failure("TLS", "no session");
    return made;
}

tls_context::tls_context(std::shared_ptr<state> made) noexcept : state_(std::move(made)) {}
tls_context tls_context::for_server(tls_options options) { return tls_context(std::make_shared<state>(options, true)); }
tls_context tls_context::for_client(tls_options options) {
    return tls_context(std::make_shared<state>(options, false));
}
void tls_context::reload() { state_->current = state_->read(); }

} // namespace parlance
