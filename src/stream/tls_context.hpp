#pragma once
/// OpenSSL's objects, owned.

#include <parlance/error.hpp>
#include <parlance/tls.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace parlance {

struct free_tls {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* session) const noexcept { SSL_free(session); }
};
using tls_session = std::unique_ptr<SSL, free_tls>;

/// What OpenSSL has noted in this thread, as a failure; it is forgotten there.
failure tls_failure(std::string input, std::string what);

struct tls_context::state {
    state(tls_options const& options, bool server);
    /// Of the files as they are now. Throws failure.
    std::unique_ptr<SSL_CTX, free_tls> read() const;
    tls_session session() const;

    std::string const certificate, key, ca, server_name;
    bool const verify, is_server;
    std::unique_ptr<SSL_CTX, free_tls> current;
};

} // namespace parlance
