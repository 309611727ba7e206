#include "process/stdio_set.hpp"

#include "process/child_core.hpp"
#include "process/descriptor_name.hpp"
#include "process/quote.hpp"
#include "process/start_failure.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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
            if (!is_open(what.number()))
                refuse("descriptor " + std::to_string(what.number()) + ", meant to be its " + std::to_string(number) +
                           ',',
                       "is not open");
            return set_.sources.push_back(what.number());
        case stdio::kind::same_as: return set_.sources.push_back(not_known_yet);
        case stdio::kind::read: return add_file(what.path(), O_RDONLY);
        case stdio::kind::write: return add_file(what.path(), O_WRONLY | O_CREAT | O_TRUNC);
        case stdio::kind::append: return add_file(what.path(), O_WRONLY | O_CREAT | O_APPEND);
        case stdio::kind::output_of: return add_output(what);
        case stdio::kind::ipc: return add_ipc();
        }
    }
    /// Once all the others are known.
    void resolve(std::size_t number, stdio const& what) {
        if (what.what() != stdio::kind::same_as) return;
        auto const other = static_cast<std::size_t>(what.number());
        auto& source = set_.sources[number];
        if (what.number() < 0 || other >= set_.sources.size() || set_.sources[other] == not_known_yet)
            refuse("same_as(" + std::to_string(what.number()) + "), meant to be its " + std::to_string(number) + ",",
                   "names no descriptor of the child that is known without it");
        source = set_.sources[other];
    }
    stdio_set done() && { return std::move(set_); }

private:
    static bool is_open(int fd) noexcept { return ::fcntl(fd, F_GETFD) != -1; }

    static constexpr int not_known_yet = -1;

    [[noreturn]] void refuse(std::string const& what, std::string const& reason) const {
        throw failure(errc::invalid_argument, {.input = command_, .reason = what + ' ' + reason});
    }
    void add_file(std::string_view path, int flags) {
        if (path.find('\0') != path.npos) refuse("the path of a file", "holds a NUL byte");
        unique_fd file(::open(std::string(path).c_str(), flags | O_CLOEXEC | O_NOCTTY, 0666));
        if (!file)
            throw_errno(errno,
                        {.input = "file " + quoted_word(path) + ", meant to be the " +
                                  name_of_descriptor(static_cast<int>(set_.sources.size())) + " of " + command_});
        set_.sources.push_back(file.get());
        set_.theirs.push_back(std::move(file));
    }
    void add_output(stdio const& what) {
        set_.sources.push_back(what.from()->output(what.number()));
        set_.taken.push_back(what);
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
    void add_ipc() {
        if (set_.ipc >= 0) refuse("a second IPC channel", "is more than one program can have");
        set_.ipc = static_cast<int>(set_.sources.size());
        add_socket();
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

int ipc_number(spawn_options const& options) noexcept {
    int number = 0;
    auto const is_ipc = [](stdio const& what) { return what.what() == stdio::kind::ipc; };
    for (auto const* each : {&options.in, &options.out, &options.err}) {
        if (is_ipc(*each)) return number;
        ++number;
    }
    auto const found = std::find_if(options.more.begin(), options.more.end(), is_ipc);
    return found == options.more.end() ? -1 : number + static_cast<int>(found - options.more.begin());
}

stdio_set open_stdio(std::string const& command, spawn_options const& options) {
    opener all(command, 3 + options.more.size());
    all.add(options.in);
    all.add(options.out);
    all.add(options.err);
    for (auto const& each : options.more) all.add(each);
    all.resolve(0, options.in);
    all.resolve(1, options.out);
    all.resolve(2, options.err);
    for (std::size_t i = 0; i < options.more.size(); ++i) all.resolve(3 + i, options.more[i]);
    return std::move(all).done();
}

} // namespace parlance
