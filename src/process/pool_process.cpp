// One process of a pool: started, read, asked, ended.
#include "process/pool_core.hpp"

#include "base/deadline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

/// Whose conversation is at its end has perhaps ended itself, and the news of that, which tells why, is on its way.
constexpr std::chrono::milliseconds for_the_news{50};

} // namespace

/// `token` is not given to `spawn`: each kill would then look through all of /proc, which is done once, at the end.
spawn_options pool_core::spawning(std::vector<std::string> const& env) const noexcept {
    auto options = options_.process;
    options.env = env;
    options.ends_tree = true;
    if (!options_.talks) options.in = stdio::ignore();
    return options;
}

pool_core::process_ptr pool_core::launch(place& at) {
    auto const& executor = at.clock.executor();
    auto token = token_ + "." + std::to_string(++serial_);
    auto env = env_;
    env.push_back("PARLANCE_WORKER=" + token);
    env.push_back("PARLANCE_PLACE=" + std::to_string(at.number));
    auto const started = std::make_shared<pool_process>(executor, at.number, std::move(token));
    auto& process = started->process.emplace(spawn(program_, args_, spawning(env)));
    started->pid = process.pid();
    started->began = steady::now();
    auto err = std::move(process.err()); // all is asked for before anything is awaited
    stream out;
    if (options_.talks) {
        auto how = options_.talk;
        how.name = started->name;
        auto& talk = started->talk.emplace(process.messages(options_.frames, how));
        talk.on_noise([this, who = started.get()](std::string_view line) { print(*who, line); });
    } else {
        out = std::move(process.out());
    }
    all_.push_back(started);
    places_->living().insert(&process);
    read(started, std::move(err), true);
    read(started, std::move(out), false);
    places_->start(watch(started));
    return started;
}

void pool_core::read(process_ptr const& of, stream from, bool is_error) {
    if (!from.is_open()) return;
    ++of->outputs;
    places_->start(read_lines(of, std::move(from), is_error));
}

asio::awaitable<void> pool_core::read_lines(process_ptr of, stream from, bool is_error) {
    output_reader reader([this, &of](std::string_view line) { print(*of, line); }, is_error ? &of->err_tail : nullptr);
    try {
        for (bool more = true; more;) more = co_await reader.read_from(from);
    } catch (boost::system::system_error const& fault) {
        print(*of, fault.what()); // what it printed cannot be read any more; how it ends tells the rest
    }
    --of->outputs;
    of->changed.notify_all();
}

asio::awaitable<void> pool_core::watch(process_ptr which) {
    auto end = co_await which->process->wait();
    which->gone = true;
    take_from_idle(*which);
    if (which->process) places_->living().erase(&*which->process); // else the pool was dropped
    if (!places_->at_once()) kill_by_token(which->token);          // else one look for all, in the end
    while (which->outputs != 0) co_await which->changed.wait();
    end.err_tail = which->err_tail.text();
    which->end = std::move(end);
    std::erase(all_, which);
    which->changed.notify_all();
    news_of(*which);
}

asio::awaitable<void> pool_core::answer(process_ptr who, probe const& question,
                                        std::shared_ptr<std::optional<std::string>> said) {
    std::string why;
    try {
        pool_worker shown(std::make_unique<pool_worker::lease>(shared_from_this(), who, false));
        bool const well = co_await question(shown);
        if (!well) why = "it said no";
    } catch (std::exception const& fault) {
        why = fault.what();
    }
    *said = why;
}

/// What is wrong with it; nothing where all is well. A question that is not answered in time is cancelled, and left.
asio::awaitable<std::string> pool_core::ask(place& at, process_ptr who, probe const& question,
                                            std::chrono::milliseconds within) {
    auto const deadline = deadline_after(within);
    auto const said = std::make_shared<std::optional<std::string>>();
    auto const cancel = std::make_shared<asio::cancellation_signal>();
    asio::co_spawn(at.clock.executor(), answer(who, question, said),
                   asio::bind_cancellation_slot(cancel->slot(),
                                                [me = shared_from_this(), who, said, cancel](std::exception_ptr fault) {
                                                    if (fault && !*said) *said = "it threw what is no std::exception";
                                                    me->news_of(*who);
                                                }));
    while (!*said && !who->end && steady::now() < deadline && !places_->ending())
        co_await at.clock.wait_until(deadline);
    if (*said) co_return **said;
    cancel->emit(asio::cancellation_type::terminal);
    if (who->end) co_return who->end->sentence();
    co_return "no answer in " + std::to_string(within.count()) + "ms";
}

/// Ends it: it may finish what it has in hand, is asked, and is stopped when the grace is over.
asio::awaitable<void> pool_core::retire(place& at, process_ptr which) {
    which->condemned = true;
    take_from_idle(*which);
    auto const deadline = deadline_after(options_.grace);
    auto const has_time = [&] { return !which->end && !places_->ending() && steady::now() < deadline; };
    while (which->lent && has_time()) co_await at.clock.wait_until(deadline);
    if (which->over) {
        auto const moment = steady::now() + for_the_news;
        while (!which->gone && steady::now() < moment) co_await at.clock.wait_until(moment);
    }
    if (!which->gone) which->asked = true;
    if (has_time() && !which->lent && !which->hopeless) {
        if (which->talk)
            co_await which->talk->close(
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady::now()));
        else if (which->process)
            which->process->kill(options_.process.stop.first);
        while (has_time()) co_await at.clock.wait_until(deadline);
    }
    if (!which->gone && which->process) co_await which->process->stop();
    while (!which->end) co_await at.clock.wait();
}

} // namespace parlance
