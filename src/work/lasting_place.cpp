// A place whose worker lives long, and is given one message after the other.
#include "process/proc_stat.hpp"
#include "work/crew.hpp"
#include "work/takeover.hpp"
#include "work/task_text.hpp"
#include "work/worker_process.hpp"
#include "work/worker_talk.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <deque>
#include <limits>

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds a_moment{50};
/// Not all that is read wakes whoever waits for its end.
constexpr std::chrono::milliseconds look_at_the_talk{20};

/// A message in a worker's hand, and where it begins in all that was written to the worker.
struct handed {
    delivery job;
    static constexpr auto not_written = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t from_byte = not_written;
};

/// One worker, from its start to its end. Three coroutines share it: one hands messages in, one hears the answers, one
/// waits for its end or for the overrun of a message.
struct worker_life : std::enable_shared_from_this<worker_life> {
    worker_life(std::shared_ptr<crew> self, asio::any_io_executor executor, std::shared_ptr<worker_process> with,
                std::unique_ptr<worker_talk> over)
        : all(std::move(self)), worker(std::move(with)), talk(std::move(over)), wants(executor), changed(executor),
          clock(executor), ending(executor) {}

    std::shared_ptr<crew> all;
    std::shared_ptr<worker_process> worker;
    std::unique_ptr<worker_talk> talk;
    std::deque<handed> in_hand; ///< in the order in which they were given; the worker is at the first
    std::uint64_t handed_bytes = 0;
    steady::time_point head_since{};
    feeder::demand wants;
    condition changed; ///< in_hand, gone, or the coroutines' ends
    condition clock;   ///< the same, for the one that watches the time
    condition ending;  ///< the same, for those that give the end a moment to come
    std::optional<process_end> end;
    bool answered = false;   ///< one message at least
    bool hears = true;       ///< its answers are still read
    std::string overrun{};   ///< the id of the message that took too long
    std::string why_ended{}; ///< why we ended it, where we did
    int coroutines = 0;

    bool gone() const noexcept { return end.has_value(); }
    void notify() { changed.notify_all(), clock.notify_all(), ending.notify_all(); }
    asio::awaitable<void> until_it_is_gone_or(steady::time_point deadline);
    asio::awaitable<void> hear_what_is_left();
    void start(asio::any_io_executor executor, asio::awaitable<void> what);
    void give_up(std::exception_ptr fault);

    asio::awaitable<void> hand_in();
    asio::awaitable<void> hand_over(delivery const& job);
    asio::awaitable<void> hear();
    asio::awaitable<void> watch_end();
    asio::awaitable<void> watch_time();

    std::deque<handed>::iterator held(std::string_view id);
    void settle(delivery job, verdict judged);
    void heard(message const& said);
    void settle_the_rest();
    bool has_begun(handed const& first) const;
    verdict judge_end_at(delivery const& job) const;
};

void worker_life::start(asio::any_io_executor executor, asio::awaitable<void> what) {
    ++coroutines;
    asio::co_spawn(executor, std::move(what), [self = shared_from_this()](std::exception_ptr fault) {
        // Whatever a talk with a worker fails of, the worker is then of no use; its messages are given back below.
        if (fault) self->give_up(fault);
        --self->coroutines;
        self->notify();
    });
}

void worker_life::give_up(std::exception_ptr fault) {
    try {
        std::rethrow_exception(fault);
    } catch (failure const& known) {
        if (known.code() != errc::peer_closed && why_ended.empty()) why_ended = known.what();
    } catch (std::exception const&) { // nothing that a reader could use
    }
    worker->process().kill(signal::kill);
}

asio::awaitable<void> worker_life::until_it_is_gone_or(steady::time_point deadline) {
    while (!gone() && steady::now() < deadline) co_await ending.wait_until(deadline);
}

asio::awaitable<void> worker_life::hand_in() {
    while (!gone()) {
        auto const room = all->options.prefetch - std::min<std::size_t>(all->options.prefetch, in_hand.size());
        if (room == 0) {
            co_await changed.wait();
            continue;
        }
        co_await all->until_more_may_be_taken();
        auto taken = co_await all->now().feeds.take(wants, room);
        if (taken.empty()) break; // stopping, or gone
        for (auto& job : taken) {
            if (in_hand.empty()) head_since = steady::now();
            in_hand.push_back({job});
            clock.notify_all();
        }
        for (auto const& job : taken) {
            if (gone()) break;
            co_await hand_over(job);
        }
    }
    while (!gone() && !in_hand.empty()) co_await changed.wait();
    if (gone()) co_return;
    co_await talk->say_goodbye(); // a good worker ends by itself then
}

asio::awaitable<void> worker_life::hand_over(delivery const& job) {
    task_view const task{job.id().text(), all->jobs.name(), job.text(), job.attempt(), all->options.text};
    auto text = task_line(task);
    auto const size = text.size() + 1; // the newline
    auto const mine = held(job.id().text());
    mine->from_byte = std::exchange(handed_bytes, handed_bytes + size);
    try {
        co_await talk->send(std::move(text));
    } catch (failure const& fault) {
        if (fault.code() != errc::message_too_large && fault.code() != errc::not_json) throw;
        handed_bytes -= size;
        in_hand.erase(held(job.id().text()));
        settle(job, {verdict::kind::failed, fault.what()});
    }
}

std::deque<handed>::iterator worker_life::held(std::string_view id) {
    return std::find_if(in_hand.begin(), in_hand.end(), [&](handed const& each) { return each.job.id().text() == id; });
}

void worker_life::settle(delivery job, verdict judged) {
    all->now().settles.add({std::move(job), std::move(judged), worker->err_tail()});
}

/// The id that an answer names, whatever else is wrong with it; empty where it names none.
std::string id_in(message const& said) {
    auto const& said_it = said.json();
    auto const* members = said_it.if_object();
    auto const* id = members ? members->if_contains("id") : nullptr;
    return id && id->is_string() ? std::string(id->get_string()) : std::string();
}

void worker_life::heard(message const& said) {
    answer said_it;
    try {
        said_it = read_answer(said.json());
    } catch (failure const& fault) {
        worker->show(said.text());
        all->note(worker->name() + ": " + fault.what());
        said_it = {id_in(said), {verdict::kind::failed, fault.what()}}; // one that names its message has failed it
        if (said_it.id.empty()) return;
    }
    auto const of = held(said_it.id);
    if (of == in_hand.end() || of->from_byte == handed::not_written) {
        all->note(worker->name() + " answers a message that it does not hold: " + said_it.id);
        return;
    }
    all->starts().succeeded();
    answered = true;
    settle(std::move(of->job), std::move(said_it.verdict));
    in_hand.erase(of);
    worker->new_message();
    head_since = steady::now();
}

asio::awaitable<void> worker_life::hear() {
    {
        struct end_of_hearing { // also where an answer breaks off in its middle, which is thrown
            bool& hears;
            ~end_of_hearing() { hears = false; }
        } const always{hears};
        for (bool more = true; more;) {
            auto const answers = co_await talk->receive();
            for (auto const& each : answers) heard(each);
            notify();
            more = !answers.empty();
        }
    }
    // It says no more. Between messages, when we have said goodbye, it may take its time to end.
    if (all->stopping() && in_hand.empty()) co_return;
    auto const about = stat_of(worker->process().pid());
    if (!about || about->is_ending()) co_return; // its own end, which tells why, is on its way
    // What printed was perhaps a program that it waits for, and now it ends too; else it is of no use.
    co_await until_it_is_gone_or(steady::now() + a_moment);
    if (gone()) co_return;
    why_ended = talk->how_it_left();
    worker->process().kill(signal::kill);
}

asio::awaitable<void> worker_life::watch_end() {
    auto const ended = co_await worker->process().wait();
    talk->worker_ended();
    co_await worker->ended();
    co_await hear_what_is_left();
    end = ended;
    wants.withdraw();
    notify();
    talk->close();
}

/// Its answers are on their way, and nobody who should says more.
asio::awaitable<void> worker_life::hear_what_is_left() {
    last_words const words(talk->read_end(), talk->bytes_in());
    while (hears && words.go_on(talk->bytes_in())) co_await ending.wait_until(steady::now() + look_at_the_talk);
}

asio::awaitable<void> worker_life::watch_time() {
    auto const limit = all->options.timeout;
    while (!gone()) {
        if (limit.count() == 0 || in_hand.empty()) {
            co_await clock.wait();
        } else if (steady::now() < head_since + limit) {
            co_await clock.wait_until(head_since + limit);
        } else {
            overrun = in_hand.front().job.id().text();
            worker->process().kill(signal::kill);
            break;
        }
    }
}

/// The worker was at this one, as far as that can be known.
bool worker_life::has_begun(handed const& first) const {
    if (first.from_byte == handed::not_written) return false;
    auto const written =
        std::ranges::count_if(in_hand, [](auto const& each) { return each.from_byte != handed::not_written; });
    return talk->has_begun({.from_byte = first.from_byte,
                            .bytes = handed_bytes - first.from_byte,
                            .is_last = written == 1,
                            .answered = answered});
}

/// What it had in hand when it died: the first was being worked on, where it read any of it; the others not.
void worker_life::settle_the_rest() {
    bool is_first = true;
    for (auto& each : in_hand) {
        verdict judged{verdict::kind::released};
        if (is_first && !all->ending_workers() && has_begun(each)) judged = judge_end_at(each.job);
        settle(std::move(each.job), std::move(judged));
        is_first = false;
    }
    in_hand.clear();
}

verdict worker_life::judge_end_at(delivery const& job) const {
    if (job.id().text() == overrun) return judge_overrun(all->options.timeout);
    if (!overrun.empty()) return {verdict::kind::released}; // we killed its worker because of the one before it
    auto judged = judge_death(*end);
    if (!why_ended.empty()) judged.reason = why_ended;
    return judged;
}

asio::awaitable<std::shared_ptr<worker_life>> start_life(std::shared_ptr<crew> self, unsigned number) {
    auto const executor = co_await asio::this_coro::executor;
    auto talk = self->options.mode == work_mode::ipc ? talk_over_ipc() : talk_in_lines();
    worker_start how{.place = number,
                     .arguments = {self->command.begin() + 1, self->command.end()},
                     .environment = {"PARLANCE_QUEUE=" + self->jobs.name()}};
    talk->give_to(how);
    auto worker = co_await worker_process::start(self, std::move(how));
    // Before its first message: a later crew must be able to find it.
    auto known = record_of(worker->process(), self->token(number));
    co_await self->now().holder.record_worker(std::move(known));
    talk->begin(self, worker);
    co_return std::make_shared<worker_life>(self, executor, std::move(worker), std::move(talk));
}

/// Runs one worker until it ends.
asio::awaitable<void> one_life(std::shared_ptr<crew> self, unsigned number) {
    auto started = co_await as_result(start_life(self, number));
    if (!started) {
        co_await self->start_failed(started.error().what());
        co_return;
    }
    auto const life = *started;
    auto const executor = co_await asio::this_coro::executor;
    if (self->ending_workers()) life->worker->process().kill(signal::kill); // asked for while it started
    life->start(executor, life->watch_end());
    life->start(executor, life->hand_in());
    life->start(executor, life->hear());
    life->start(executor, life->watch_time());
    while (life->coroutines != 0) co_await life->changed.wait();

    life->settle_the_rest();
    if (self->stopping()) co_return;
    if (!life->talk->took_anything(life->answered)) {
        co_await self->start_failed(life->end->sentence());
        co_return;
    }
    self->starts().succeeded();
    self->note(life->worker->name() + " ended: " + life->end->sentence());
}

} // namespace

asio::awaitable<void> lasting_place(std::shared_ptr<crew> self, unsigned number) {
    while (!self->stopping()) co_await one_life(self, number);
}

} // namespace parlance
