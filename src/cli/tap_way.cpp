#include "cli/tap_way.hpp"

#include "cli/tap_handle.hpp"

#include <parlance/error.hpp>

#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <utility>

namespace parlance::cli {
namespace {

constexpr int patience_with_silence_ms = 500;
constexpr std::chrono::seconds longest_for_others{2};

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

/// Is it how a pipe, a socket or a terminal says that its other side is gone?
bool is_an_end(int error) noexcept { return error == EPIPE || error == ECONNRESET || error == EIO; }

} // namespace

tap_way::tap_way(tap_direction direction, unwaiting_fd from, unwaiting_fd to, framing frames, tap_log& log,
                 bool passes_handles)
    : direction_(direction), passes_handles_(passes_handles), from_(std::move(from)), to_(std::move(to)),
      cutter_(frames), log_(log), ended_event_(::eventfd(0, EFD_CLOEXEC)) {
    if (!ended_event_) throw_errno(errno, {.input = "eventfd"});
    worker_ = std::thread([this] { work(); });
}

tap_way::~tap_way() {
    abandoned_ = true;
    program_ended();
    if (worker_.joinable()) worker_.join();
}

void tap_way::program_ended() noexcept {
    ended_ = true;
    ::eventfd_write(ended_event_.get(), 1);
}

bool tap_way::is_over_within(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return over_; });
}

tap_way::outcome tap_way::join() {
    worker_.join();
    return outcome_;
}

void tap_way::work() {
    carry();
    pieces_.clear();
    cutter_.ended(pieces_);
    log_.add(direction_, 0, pieces_, std::chrono::system_clock::now());
    from_.end_reading();
    to_.end_writing();
    log_.wake();
    std::lock_guard const lock(mutex_);
    over_ = true;
    changed_.notify_all();
}

void tap_way::carry() {
    while (from_ && to_) {
        auto const next = wait_for_bytes();
        if (next == what::end) return;
        if (next == what::nothing) continue;
        auto const room = cutter_.room();
        auto const got = read(room);
        if (got == 0) return;
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) {
            if (!is_an_end(errno)) outcome_.read_fault = last_error();
            return;
        }
        auto const bytes = static_cast<std::size_t>(got);
        if (its_own_left_) *its_own_left_ -= got;
        show(bytes); // before it is written: else the answer could be shown first
        if (!write({room.data(), bytes})) return;
        log_.wake();
        log_.wait_for_room();
    }
}

ssize_t tap_way::read(std::span<char> into) { return passes_handles_ ? from_.read(into, handles_) : from_.read(into); }

ssize_t tap_way::write_some(std::string_view bytes) {
    return passes_handles_ ? to_.write(bytes, handles_) : to_.write(bytes);
}

void tap_way::show(std::size_t bytes) {
    pieces_.clear();
    auto const now = std::chrono::system_clock::now();
    described_.clear();
    for (auto const& each : handles_) described_.push_back(descriptor_in_words(each.get()));
    for (auto const& each : described_) pieces_.push_back({piece_kind::handle, each, 0, {}});
    cutter_.came(bytes, pieces_);
    log_.add(direction_, bytes, pieces_, now);
}

/// Nothing more is to be carried, although there may be something.
bool tap_way::is_to_stop() {
    if (!ended_) return false;
    if (abandoned_ || direction_ == tap_direction::to_program) return true;
    int waiting = 0;
    if (!its_own_left_) its_own_left_ = ::ioctl(from_.get(), FIONREAD, &waiting) == 0 ? waiting : 0;
    if (*its_own_left_ > 0) return false;
    auto const now = std::chrono::steady_clock::now();
    if (!others_until_) others_until_ = now + longest_for_others;
    outcome_.left_open = now > *others_until_;
    return outcome_.left_open;
}

/// Waits for one end of ours, for the program's end, and where that was seen no longer than a moment.
/// False when that is over.
bool tap_way::wait(pollfd& from, pollfd& to) {
    auto const silent_for = ended_ && from.fd >= 0 ? patience_with_silence_ms : -1;
    std::array<pollfd, 3> watched{from, to, {ended_event_.get(), POLLIN, 0}};
    auto const found = ::poll(watched.data(), watched.size(), silent_for);
    from = watched[0], to = watched[1];
    eventfd_t once = 0;
    if (found > 0 && watched[2].revents != 0) ::eventfd_read(ended_event_.get(), &once);
    return found != 0;
}

/// Until there is something to read. The end, too: nobody reads what we write, or the program is gone and silent.
tap_way::what tap_way::wait_for_bytes() {
    if (is_to_stop()) return what::end;
    pollfd from{from_.get(), POLLIN, 0};
    pollfd to{to_.get(), 0, 0}; // asks for nothing, and is told of its end
    if (!wait(from, to)) {
        outcome_.left_open = true;
        return what::end;
    }
    if (to.revents != 0) return what::end;
    return from.revents != 0 ? what::bytes : what::nothing;
}

/// Until something fits in. False when nobody is going to read it.
bool tap_way::wait_for_room() {
    log_.wake();
    for (;;) {
        if (ended_ && (abandoned_ || direction_ == tap_direction::to_program)) return false;
        pollfd none{-1, 0, 0}, to{to_.get(), POLLOUT, 0};
        wait(none, to);
        if (to.revents != 0) return true;
    }
}

bool tap_way::write(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const wrote = write_some(bytes);
        if (wrote >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(wrote));
        } else if (errno == EAGAIN) {
            if (!wait_for_room()) return false;
        } else if (errno != EINTR) {
            if (!is_an_end(errno)) outcome_.write_fault = last_error();
            return false;
        }
    }
    return true;
}

} // namespace parlance::cli
