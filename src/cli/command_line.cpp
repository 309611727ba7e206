#include "cli/command_line.hpp"

#include "cli/signals.hpp"
#include "cli/suggest.hpp"
#include "queue/lmdb_store/directory.hpp"
#include "queue/store_url.hpp"

#include <parlance/run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

namespace parlance::cli {
namespace {

/// Cancels at the first signal, which `first` then tells; at the second there is nothing to wait for.
asio::awaitable<void> cancel_at_signal(signal_watch& signals, asio::cancellation_signal& stop, int& first) {
    first = (co_await signals.next()).number;
    stop.emit(asio::cancellation_type::terminal);
    auto const second = co_await signals.next();
    ::_exit(status::by_signal + second.number);
}

/// How a story ended.
struct ending {
    std::exception_ptr thrown{};
    int status = cli::status::failed;

    auto of(asio::io_context& loop) {
        return [this, &loop](std::exception_ptr e, int returned) {
            thrown = e, status = returned;
            loop.stop();
        };
    }
};

} // namespace

void command_line::takes_store(CLI::App& app) {
    app.add_option("--store", store_option_,
                   "Where the queues live: a directory, or lmdb:DIR, with ?durability=durable|relaxed|fast when it is "
                   "made (environment: PARLANCE_STORE; default: $XDG_STATE_HOME/parlance)")
        ->type_name("URL");
}

std::vector<std::string> const& command_line::program() const {
    if (program_.empty()) throw usage_problem("no program was given", "it stands behind `--`, with its arguments");
    return program_;
}

std::string command_line::store_url() const {
    if (store_option_ && store_option_->empty())
        throw usage_problem("--store is empty", "name a directory, or leave it out: then PARLANCE_STORE says, or the "
                                                "default is " +
                                                    store::default_url());
    auto url = store_option_ ? *store_option_ : store::default_url();
    for (auto const* scheme : {"redis:", "rediss:", "redis+"}) // the rest may hold a password
        if (url.starts_with(scheme))
            throw not_in_this_version("a store in Redis (" + url.substr(0, url.find(':')) + ":)");
    return url;
}

parlance::store command_line::store() {
    if (!store_ && !makes_store_ && !store_is_there()) {
        problem none;
        none.code = "queueNotFound";
        none.message = "Queue not found";
        none.facts["store"] = store_url();
        none.hint = "there is no store in " + store_url() + "; --store or PARLANCE_STORE says where queues live";
        throw none;
    }
    if (!store_) store_ = store::open(store_url());
    return *store_;
}

bool command_line::store_is_there() const { return !lmdb_store::has_no_store(parse_store_url(store_url()).directory); }

void command_line::warn(std::string_view text) {
    err_.line(err_.painted(paint::yellow, "warning:") + " " + std::string(text));
    err_.flush();
}

// Each story has a loop of its own, not the thread's: what it leaves waiting in the background looks into its frame,
// and must go with it.
int command_line::run(asio::awaitable<int> story) {
    asio::io_context loop(1);
    ending end;
    asio::co_spawn(loop, std::move(story), end.of(loop));
    loop.run();
    if (end.thrown) std::rethrow_exception(end.thrown);
    return end.status;
}

int command_line::run_until_signal(asio::awaitable<int> story) {
    asio::io_context loop(1);
    signal_watch signals;
    asio::cancellation_signal stop;
    int first = 0;
    ending end;
    asio::co_spawn(loop, std::move(story), asio::bind_cancellation_slot(stop.slot(), end.of(loop)));
    asio::co_spawn(loop, cancel_at_signal(signals, stop, first), asio::detached);
    loop.run();
    if (end.thrown && first != 0) return status::by_signal + first;
    if (end.thrown) std::rethrow_exception(end.thrown);
    return end.status;
}

void command_line::suggest_queue(problem& told) {
    if (told.code != "queueNotFound" || !store_) return;
    told.facts["store"] = store_url(); // the commonest reason is that it is another than was meant
    told.hint += "; this is the store " + store_url();
    auto const* queue = told.facts.if_contains("queue");
    if (!queue || !queue->is_string()) return;
    auto const names = parlance::run(store_->list());
    auto const meant = nearest(queue->get_string(), names);
    if (!meant.empty()) told.hint = "did you mean `" + meant + "`? " + told.hint;
}

int command_line::tell(problem told) {
    for (auto const& [key, value] : facts_)
        if (!told.facts.contains(key)) told.facts[key] = value;
    try {
        suggest_queue(told);
    } catch (std::exception const&) { // the first fault is the one to tell
    }
    // Results that came before the fault are told before it.
    try {
        out_.flush();
    } catch (failure const&) {}
    err_.write(json_ ? for_programs(told) : for_people(told, err_));
    err_.flush();
    return told.status;
}

} // namespace parlance::cli
