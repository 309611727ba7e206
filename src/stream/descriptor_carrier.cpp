#include "stream/descriptor_carrier.hpp"

#include <parlance/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

namespace parlance {
namespace {

/// How many operations in a row may succeed at once before the others of the event loop get a turn.
constexpr unsigned calls_before_a_turn = 32;

} // namespace

descriptor_carrier::descriptor_carrier(unique_fd readable, unique_fd writable) : one_for_both_(false) {
    if (readable) set_nonblocking(readable.get());
    if (writable) set_nonblocking(writable.get()), kind_ = kind_of(writable.get());
    in_.fd = std::move(readable);
    out_.fd = std::move(writable);
}

descriptor_carrier::descriptor_carrier(unique_fd both) : one_for_both_(true), kind_(kind_of(both.get())) {
    set_nonblocking(both.get());
    in_.fd = std::move(both);
}

void descriptor_carrier::way::close() noexcept {
    if (watched) {
        boost::system::error_code ignored;
        watched->cancel(ignored);
        watched->release();
    }
    fd.reset();
}

descriptor_carrier::descriptor& descriptor_carrier::watch(way& which) {
    which.at_once = 0;
    if (!which.watched) which.watched.emplace(executor_, which.fd.get());
    return *which.watched;
}

asio::awaitable<void> descriptor_carrier::step_aside(way& which) {
    which.at_once = 0;
    co_await asio::post(executor_, asio::use_awaitable);
}

asio::awaitable<std::size_t> descriptor_carrier::read_some(std::span<char> into) {
    if (!bound()) bind_to(co_await asio::this_coro::executor);
    if (!in_.fd) co_return 0;
    if (!std::exchange(drained_, false)) {
        if (++in_.at_once > calls_before_a_turn) co_await step_aside(in_);
        if (!in_.fd) throw boost::system::system_error(asio::error::operation_aborted); // closed meanwhile
        if (auto const got = try_read(into)) {
            learn(*got, into.size());
            co_return *got;
        }
    }
    while (receives_descriptors_) {
        co_await watch(in_).async_wait(descriptor::wait_read, asio::use_awaitable);
        if (!in_.fd) throw boost::system::system_error(asio::error::operation_aborted); // closed meanwhile
        if (auto const got = try_read(into)) {
            learn(*got, into.size());
            co_return *got;
        }
    }
    // One call of the system less than waiting and then reading: the event loop reads as soon as there is something.
    auto const [fault, got] = co_await watch(in_).async_read_some(asio::buffer(into.data(), into.size()),
                                                                  asio::as_tuple(asio::use_awaitable));
    if (fault == asio::error::operation_aborted) throw boost::system::system_error(fault);
    if (fault == asio::error::eof || (fault && is_hang_up(in_.fd.get(), fault.value()))) co_return 0;
    if (fault) throw failure(fault, {.input = "reading"});
    learn(got, into.size());
    co_return got;
}

std::optional<std::size_t> descriptor_carrier::try_read(std::span<char> into) {
    if (!receives_descriptors_) return read_now(in_.fd.get(), into);
    unique_fd came;
    auto const got = receive_now(in_.fd.get(), into, came);
    auto const before = received_bytes_;
    received_bytes_ += got.value_or(0);
    if (came) descriptors_.came(before, received_bytes_, std::move(came));
    return got;
}

void descriptor_carrier::receive_descriptors() {
    receives_descriptors_ = in_.fd && kind_of(in_.fd.get()) == descriptor_kind::socket;
}

void descriptor_carrier::learn(std::size_t got, std::size_t asked) noexcept {
    drained_ = got < asked;
    widener_.read_brought(in_.fd.get(), got);
}

asio::awaitable<std::size_t> descriptor_carrier::write_some(std::span<std::string_view const> parts,
                                                            int descriptor_to_pass) {
    if (!bound()) bind_to(co_await asio::this_coro::executor);
    bool const nothing = std::all_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); });
    if (nothing) co_return 0;
    way& out = one_for_both_ ? in_ : out_;
    if (++out.at_once > calls_before_a_turn) co_await step_aside(out);
    for (;;) {
        if (auto const wrote = try_write(parts, descriptor_to_pass)) co_return wrote;
        co_await watch(out).async_wait(descriptor::wait_write, asio::use_awaitable);
    }
}

std::size_t descriptor_carrier::try_write(std::span<std::string_view const> parts, int descriptor_to_pass) {
    if (writable() < 0 || write_closed_)
        throw failure(errc::peer_closed, {.input = "writing", .reason = "the stream is closed for writing"});
    if (!bound()) return 0;
    auto const wrote = write_now(writable(), kind_, parts, descriptor_to_pass);
    if (kind_ == descriptor_kind::socket) {
        std::size_t size = 0;
        for (auto const part : parts) size += part.size();
        socket_widener_.write_took(writable(), wrote, size);
    }
    return wrote;
}

void descriptor_carrier::close_write() noexcept {
    if (std::exchange(write_closed_, true)) return;
    if (!one_for_both_)
        out_.close();
    else if (kind_ == descriptor_kind::socket)
        ::shutdown(in_.fd.get(), SHUT_WR);
}

void descriptor_carrier::close() noexcept {
    in_.close();
    out_.close();
}

} // namespace parlance
