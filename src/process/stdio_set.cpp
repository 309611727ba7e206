#include "process/stdio_set.hpp"

#include "process/start_failure.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace parlance {
namespace {

class opener {
public:
    opener(std::string const& command, std::size_t count) : command_(command) {
        set_.sources.reserve(count);
        set_.ours.resize(count);
    }

    void add(stdio const& what) {
        auto const number = static_cast<int>(set_.sources.size());
        switch (what.what()) {
        case stdio::kind::pipe: return number <= 2 ? add_pipe(number == 0) : add_socket();
        case stdio::kind::ignore: return add_null();
        // Nobody expects the first file that a program opens to become its standard output.
        case stdio::kind::inherit: return is_open(number) ? set_.sources.push_back(number) : add_null();
        case stdio::kind::descriptor:
            if (!is_open(what.fd())) refuse(number, what.fd());
            return set_.sources.push_back(what.fd());
        }
    }
    stdio_set done() && { return std::move(set_); }

private:
    static bool is_open(int fd) noexcept { return ::fcntl(fd, F_GETFD) != -1; }

    [[noreturn]] void refuse(int number, int fd) const {
        throw failure(errc::invalid_argument, {.input = command_,
                                               .reason = "descriptor " + std::to_string(fd) + ", meant to be its " +
                                                         std::to_string(number) + ", is not open"});
    }
    void keep(unique_fd ours, unique_fd theirs) {
        set_.ours[set_.sources.size()] = std::move(ours);
        set_.sources.push_back(theirs.get());
        set_.theirs.push_back(std::move(theirs));
    }
    void add_pipe(bool child_reads) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_cannot_start(command_, errno, "no pipe to it can be made");
        unique_fd readable(ends[0]), writable(ends[1]);
        child_reads ? keep(std::move(writable), std::move(readable)) : keep(std::move(readable), std::move(writable));
    }
    void add_socket() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw_cannot_start(command_, errno, "no socket to it can be made");
        keep(unique_fd(ends[0]), unique_fd(ends[1]));
    }
    void add_null() {
        if (null_ < 0) {
            unique_fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
            if (!null) throw_cannot_start(command_, errno, "/dev/null cannot be opened");
            null_ = null.get();
            set_.theirs.push_back(std::move(null));
        }
        set_.sources.push_back(null_);
    }

    std::string const& command_;
    stdio_set set_;
    int null_ = -1;
};

} // namespace

stdio_set open_stdio(std::string const& command, spawn_options const& options) {
    opener all(command, 3 + options.more.size());
    all.add(options.in);
    all.add(options.out);
    all.add(options.err);
    for (auto const& each : options.more) all.add(each);
    return std::move(all).done();
}

} // namespace parlance
