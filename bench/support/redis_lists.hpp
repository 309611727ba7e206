#pragma once
// A queue as people have it in Redis without a library: a list, LPUSH at one end and RPOP at the other. Blocking
// sockets, commands made once, answers counted and not parsed: nearly nothing but the server is measured.

#include <parlance/fd.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline std::string resp(std::vector<std::string> const& words) {
    auto command = "*" + std::to_string(words.size()) + "\r\n";
    for (auto const& word : words) command += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return command;
}

class redis_connection {
public:
    explicit redis_connection(std::string const& port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<in_port_t>(std::stoi(port)));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const yes = 1;
        ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
    }
    int fd() const { return socket_.get(); }

    void write(std::string_view commands) const {
        while (!commands.empty()) {
            auto const put = ::write(fd(), commands.data(), commands.size());
            if (put <= 0) give_up("write");
            commands.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    /// Waits for so many lines: an answer is one, or two where it is a string. An error ends the program.
    void read_lines(int many) {
        while (many > 0) {
            auto const got = ::read(fd(), bytes_.data(), bytes_.size());
            if (got <= 0) give_up("read");
            for (auto const byte : std::string_view(bytes_.data(), static_cast<std::size_t>(got))) {
                if (byte == '-') give_up("an error was answered");
                many -= byte == '\n';
            }
        }
    }
    void ask(std::string const& command) {
        write(command);
        read_lines(1);
    }

private:
    [[noreturn]] static void give_up(char const* what) {
        std::fprintf(stderr, "redis: %s\n", what);
        std::exit(1);
    }
    parlance::unique_fd socket_;
    std::array<char, 64 << 10> bytes_;
};

/// Batches: all pushes in one write, then all pops in one.
class pipelined_list {
public:
    pipelined_list(std::string const& port, std::string const& body, int batch) : redis_(port), batch_(batch) {
        for (int i = 0; i < batch; ++i) {
            push_ += resp({"LPUSH", "batches", body});
            pop_ += resp({"RPOP", "batches"});
        }
        redis_.ask(resp({"DEL", "batches"}));
    }
    void cycle() {
        redis_.write(push_);
        redis_.read_lines(batch_);
        redis_.write(pop_);
        redis_.read_lines(2 * batch_); // each is $100 and the body: a list that ran empty would hang here, and be seen
    }

private:
    redis_connection redis_;
    int batch_;
    std::string push_, pop_;
};

/// So many senders, each with a connection of its own and one message in flight.
class list_senders {
public:
    list_senders(std::string const& port, std::string const& body, int many) : push_(resp({"LPUSH", "senders", body})) {
        for (int i = 0; i < many; ++i) connections_.emplace_back(port);
        connections_[0].ask(resp({"DEL", "senders"}));
        for (auto& each : connections_) {
            waiting_.push_back({each.fd(), POLLIN, 0});
            each.write(push_);
        }
    }
    list_senders(list_senders const&) = delete;
    ~list_senders() {
        for (auto& each : connections_) each.read_lines(1);
    }
    /// Sends again for each sender that has its answer; says how many.
    long send_some() {
        ::poll(waiting_.data(), waiting_.size(), -1);
        long answered = 0;
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            if (waiting_[i].revents == 0) continue;
            connections_[i].read_lines(1);
            connections_[i].write(push_);
            ++answered;
        }
        return answered;
    }

private:
    std::string push_;
    std::vector<redis_connection> connections_;
    std::vector<pollfd> waiting_;
};

} // namespace bench
