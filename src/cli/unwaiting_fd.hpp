#pragma once
/// Reading and writing without ever waiting, and without a change for those who share the descriptor.

#include <parlance/fd.hpp>

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// Owns one descriptor, or none (-1). The calls are those of the system; what would wait is EAGAIN. O_NONBLOCK belongs
/// to all who share an open file, so a socket, which cannot be opened again, is asked for each call instead.
class unwaiting_fd {
public:
    unwaiting_fd() = default;
    explicit unwaiting_fd(unique_fd);

    /// One way of a socket whose other way has an owner of its own: its end is told to the other side although the
    /// socket stays open.
    static unwaiting_fd one_way_of(unique_fd socket);

    ssize_t read(std::span<char> into) noexcept;
    ssize_t write(std::string_view bytes) noexcept;
    /// The same of a Unix socket, with the descriptors that come with these bytes. `with` goes with the first byte, and
    /// is empty once that went.
    ssize_t read(std::span<char> into, std::vector<unique_fd>& with);
    ssize_t write(std::string_view bytes, std::vector<unique_fd>& with) noexcept;

    int get() const noexcept { return fd_.get(); }
    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }
    void end_reading() noexcept;
    void end_writing() noexcept;
    /// Files of a disk are taken for ready whatever the disk does.
    bool is_file() const noexcept { return file_; }

private:
    unique_fd fd_;
    bool socket_ = false, file_ = false, one_way_ = false;
    bool waits_ = false; ///< a pipe that could not be opened again: asked first, and given little
};

/// A descriptor of our own for our standard input, output or error, that does not wait; none where that is closed.
unwaiting_fd own(int fd, int open_flags) noexcept;
/// The same, and `fd` becomes /dev/null: what is closed now is closed for the other side too.
unwaiting_fd taken_over(int fd, int open_flags) noexcept;

} // namespace parlance::cli
