#include "cli/tap_log.hpp"

#include "cli/printable.hpp"

#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace parlance::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_waiting_bytes = 16 << 20;
constexpr std::size_t write_above_bytes = 256 << 10;
constexpr auto patience_with_a_file = 3s;
constexpr auto patience_at_the_end = 1s;
constexpr auto patience_with_the_system = 10s;
constexpr std::size_t columns_of_an_unknown_terminal = 80;

void add_to(tap_sums& sums, piece_kind kind) noexcept {
    ++(kind == piece_kind::whole ? sums.messages : kind == piece_kind::handle ? sums.handles : sums.others);
}

} // namespace

tap_log::tap_log(unwaiting_fd to, output const& paints, manner how)
    : to_(std::move(to)), paints_(paints), manner_(how), gone_(!to_), writer_([this] { work(); }) {}

tap_log::~tap_log() {
    if (!writer_.joinable()) return;
    {
        std::lock_guard const lock(mutex_);
        finishing_ = true;
    }
    changed_.notify_all();
    writer_.join();
}

void tap_log::add(tap_direction direction, std::size_t bytes, std::span<piece const> pieces,
                  std::chrono::system_clock::time_point when) {
    auto& passed = passed_[static_cast<std::size_t>(direction)];
    {
        std::lock_guard const lock(mutex_);
        passed.bytes += bytes;
        if (left_out_ != 0 || waiting_bytes_ >= most_waiting_bytes) {
            left_out_ += pieces.size();
            lost_ += pieces.size();
            for (auto const& each : pieces) add_to(passed, each.kind);
            return;
        }
    }
    std::vector<tap_record> records;
    records.reserve(pieces.size());
    std::size_t cost = 0;
    for (auto const& each : pieces) {
        records.push_back({.direction = direction,
                           .kind = each.kind,
                           .time = when,
                           .bytes = each.bytes,
                           .text = std::string(each.text),
                           .reason = each.reason});
        cost += sizeof(tap_record) + each.text.size();
    }
    std::lock_guard const lock(mutex_);
    waiting_bytes_ += cost;
    if (waiting_.empty())
        waiting_ = std::move(records);
    else
        std::move(records.begin(), records.end(), std::back_inserter(waiting_));
}

void tap_log::wait_for_room() {
    if (!to_.is_file()) return;
    std::unique_lock lock(mutex_);
    while (waiting_bytes_ >= most_waiting_bytes / 2 && !stalled_) {
        auto const before = moves_;
        stalled_ = !changed_.wait_for(lock, patience_with_a_file, [&] { return moves_ != before; });
    }
}

tap_log::ending tap_log::finish(tap_summary& summary) {
    {
        std::unique_lock lock(mutex_);
        summary_ = &summary;
        finishing_ = true;
        last_move_ = steady::now();
        changed_.notify_all();
        while (!finished_) {
            auto const before = moves_;
            auto const goes_on = [&] { return finished_ || moves_ != before; };
            if (!changed_.wait_for(lock, patience_with_the_system, goes_on)) return ending::stands_still;
        }
    }
    writer_.join();
    return gone_ ? ending::given_up : ending::shown;
}

void tap_log::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !waiting_.empty() || finishing_; });
        if (waiting_.empty()) break;
        auto batch = std::exchange(waiting_, {});
        auto const behind_it = std::exchange(left_out_, 0);
        waiting_bytes_ = 0;
        lock.unlock();
        show(batch);
        unsaid_ += behind_it;
        say_what_is_left_out();
        lock.lock();
    }
    lock.unlock();
    show_summary();
    lock.lock();
    finished_ = true;
    changed_.notify_all();
}

void tap_log::show(std::vector<tap_record>& batch) {
    say_what_is_left_out();
    auto const how = look();
    for (auto& each : batch) {
        judge(each, manner_.frames);
        add_to(judged_[static_cast<std::size_t>(each.direction)], each.kind);
        auto const since = std::chrono::duration_cast<std::chrono::microseconds>(each.time - last_shown_);
        last_shown_ = std::max(last_shown_, each.time); // the clock may be set, and two threads read it
        auto const ago = std::max(since, 0us);
        auto const line = manner_.json ? as_json(each, ago) : in_words(each, ago, how);
        text_ += manner_.json && paints_.is_terminal() ? printable(line) : line; // an escape is the same JSON
        text_ += '\n';
        each = {};
        if (text_.size() >= write_above_bytes) put_records();
    }
    put_records();
}

void tap_log::put_records() {
    auto const left = put(text_);
    if (auto const records = static_cast<std::uint64_t>(std::count(left.begin(), left.end(), '\n')); records != 0) {
        unsaid_ += records;
        std::lock_guard const lock(mutex_);
        lost_ += records;
    }
    text_.clear();
}

void tap_log::say_what_is_left_out() {
    if (unsaid_ == 0) return;
    auto const line = (manner_.json ? left_out_as_json(unsaid_) : left_out_in_words(unsaid_, look())) + "\n";
    if (put(line).empty()) unsaid_ = 0;
}

void tap_log::show_summary() {
    if (!summary_) return;
    {
        std::lock_guard const lock(mutex_);
        for (std::size_t i = 0; i < passed_.size(); ++i)
            summary_->sums[i] = {.messages = passed_[i].messages + judged_[i].messages,
                                 .others = passed_[i].others + judged_[i].others,
                                 .handles = passed_[i].handles + judged_[i].handles,
                                 .bytes = passed_[i].bytes};
        summary_->left_out = lost_;
    }
    say_what_is_left_out();
    put((manner_.json ? as_json(*summary_) : in_words(*summary_, look())) + "\n");
}

/// What could not be written.
std::string_view tap_log::put(std::string_view text) {
    auto const all = text;
    while (!text.empty() && !gone_) {
        auto const wrote = to_.write(cut_line_ ? "\n" : text);
        if (wrote >= 0) {
            if (!std::exchange(cut_line_, false)) text.remove_prefix(static_cast<std::size_t>(wrote));
            moved();
        } else if (errno == EAGAIN) {
            gone_ = !wait_until_writable();
        } else if (errno != EINTR) {
            fault_ = errno;
            gone_ = errno == EPIPE || errno == EBADF || errno == ECONNRESET;
            break;
        }
    }
    auto const written = all.substr(0, all.size() - text.size());
    if (!text.empty() && !written.empty()) cut_line_ = written.back() != '\n';
    return text;
}

/// False when all is over and nobody takes the rest.
bool tap_log::wait_until_writable() {
    for (;;) {
        pollfd ready{to_.get(), POLLOUT, 0};
        if (::poll(&ready, 1, 50) > 0) return true;
        std::lock_guard const lock(mutex_);
        if (finishing_ && steady::now() - last_move_ > patience_at_the_end) return false;
    }
}

void tap_log::moved() {
    {
        std::lock_guard const lock(mutex_);
        ++moves_;
        stalled_ = false;
        last_move_ = steady::now();
    }
    changed_.notify_all();
}

tap_look tap_log::look() const {
    tap_look how{&paints_, 0};
    if (!paints_.is_terminal()) return how;
    winsize size{};
    auto const known = ::ioctl(to_.get(), TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    how.columns = known ? size.ws_col : columns_of_an_unknown_terminal;
    return how;
}

} // namespace parlance::cli
