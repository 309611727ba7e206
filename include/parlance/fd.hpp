#pragma once
/// Descriptors that close themselves.

#include <unistd.h>

#include <utility>

namespace parlance {

/// Owns one descriptor, or none (-1).
class unique_fd {
public:
    explicit unique_fd(int fd = -1) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~unique_fd() {
        if (fd_ >= 0) ::close(fd_); // no retry on EINTR: the number is free, perhaps already another's
    }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    /// Gives the descriptor away; the caller closes it.
    int release() noexcept { return std::exchange(fd_, -1); }
    void reset() noexcept { *this = unique_fd(); }

private:
    int fd_;
};

} // namespace parlance
