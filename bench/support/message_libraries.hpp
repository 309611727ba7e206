#pragma once
// Rivals that carry whole messages without looking into them: ZeroMQ and nng, over a Unix socket. Each end runs in a
// process of its own.

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <zmq.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

[[noreturn]] inline void give_up(char const* what) {
    std::fprintf(stderr, "a rival failed: %s\n", what);
    std::_Exit(1);
}

/// One socket of ZeroMQ's, without a limit on what waits.
class zeromq_end {
public:
    zeromq_end(int type, std::string const& path, bool listens) : socket_(::zmq_socket(context_, type)) {
        int const no_limit = 0;
        ::zmq_setsockopt(socket_, ZMQ_SNDHWM, &no_limit, sizeof no_limit);
        ::zmq_setsockopt(socket_, ZMQ_RCVHWM, &no_limit, sizeof no_limit);
        auto const where = "ipc://" + path;
        if ((listens ? ::zmq_bind(socket_, where.c_str()) : ::zmq_connect(socket_, where.c_str())) != 0)
            give_up("ZeroMQ");
    }
    zeromq_end(zeromq_end const&) = delete;
    ~zeromq_end() { // waits until what was sent is gone
        ::zmq_close(socket_);
        ::zmq_ctx_term(context_);
    }
    void send(std::string const& bytes) {
        if (::zmq_send(socket_, bytes.data(), bytes.size(), 0) < 0) give_up("ZeroMQ");
    }
    void receive(zmq_msg_t& into) {
        if (::zmq_msg_recv(&into, socket_, 0) < 0) give_up("ZeroMQ");
    }

private:
    void* context_ = ::zmq_ctx_new();
    void* socket_;
};

struct zeromq {
    static void send_many(std::string const& path, std::string const& each, long count) {
        zeromq_end out(ZMQ_PUSH, path, false);
        for (long i = 0; i < count; ++i) out.send(each);
    }
    static void receive_many(std::string const& path, long count) {
        zeromq_end in(ZMQ_PULL, path, true);
        zmq_msg_t m;
        ::zmq_msg_init(&m);
        for (long i = 0; i < count; ++i) in.receive(m);
        ::zmq_msg_close(&m);
    }
    static void echo(std::string const& path, long count) {
        zeromq_end talk(ZMQ_PAIR, path, true);
        zmq_msg_t m;
        ::zmq_msg_init(&m);
        for (long i = 0; i < count; ++i) {
            talk.receive(m);
            talk.send(std::string(static_cast<char const*>(::zmq_msg_data(&m)), ::zmq_msg_size(&m)));
        }
        ::zmq_msg_close(&m);
    }
    /// Seconds for `count`, after as many to warm up.
    static double ask(std::string const& path, std::string const& each, long count) {
        zeromq_end talk(ZMQ_PAIR, path, false);
        zmq_msg_t m;
        ::zmq_msg_init(&m);
        auto begin = std::chrono::steady_clock::now();
        for (long i = 0; i < 2 * count; ++i) {
            if (i == count) begin = std::chrono::steady_clock::now();
            talk.send(each);
            talk.receive(m);
        }
        ::zmq_msg_close(&m);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
};

/// One socket of nng's.
class nng_end {
public:
    nng_end(int (*open)(nng_socket*), std::string const& path, bool listens) {
        auto const where = "ipc://" + path;
        if (open(&socket_) != 0) give_up("nng");
        ::nng_socket_set_size(socket_, NNG_OPT_RECVMAXSZ, 0); // none
        if (listens && ::nng_listen(socket_, where.c_str(), nullptr, 0) != 0) give_up("nng");
        while (!listens && ::nng_dial(socket_, where.c_str(), nullptr, 0) != 0) ::usleep(1000);
    }
    nng_end(nng_end const&) = delete;
    ~nng_end() { ::nng_close(socket_); }
    void send(std::string const& bytes) {
        if (::nng_send(socket_, const_cast<char*>(bytes.data()), bytes.size(), 0) != 0) give_up("nng");
    }
    nng_msg* receive() {
        nng_msg* m = nullptr;
        if (::nng_recvmsg(socket_, &m, 0) != 0) give_up("nng");
        return m;
    }
    void send(nng_msg* m) {
        if (::nng_sendmsg(socket_, m, 0) != 0) give_up("nng");
    }

private:
    nng_socket socket_{};
};

struct nanomsg {
    static void send_many(std::string const& path, std::string const& each, long count) {
        nng_end out(::nng_push0_open, path, false);
        for (long i = 0; i < count; ++i) out.send(each);
        ::pause(); // its close drops what has not gone out yet; whoever receives ends us
    }
    static void receive_many(std::string const& path, long count) {
        nng_end in(::nng_pull0_open, path, true);
        for (long i = 0; i < count; ++i) ::nng_msg_free(in.receive());
    }
    static void echo(std::string const& path, long count) {
        nng_end talk(::nng_pair0_open, path, true);
        for (long i = 0; i < count; ++i) talk.send(talk.receive());
        ::pause();
    }
    static double ask(std::string const& path, std::string const& each, long count) {
        nng_end talk(::nng_pair0_open, path, false);
        auto begin = std::chrono::steady_clock::now();
        for (long i = 0; i < 2 * count; ++i) {
            if (i == count) begin = std::chrono::steady_clock::now();
            talk.send(each);
            ::nng_msg_free(talk.receive());
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
};

} // namespace bench
