#include "cluster/cluster_core.hpp"

#include "process/quote.hpp"

#include <thread>

namespace parlance {
namespace {

[[noreturn]] void refuse_cluster(std::string reason, std::string mend) {
    throw failure(errc::invalid_argument,
                  {.input = "process of a cluster", .reason = std::move(reason), .mend = std::move(mend)});
}

bool is_of_a_cluster(stdio const& how) noexcept {
    return how.what() == stdio::kind::pipe || how.what() == stdio::kind::inherit || how.what() == stdio::kind::ignore;
}

void check_options(cluster_options const& options) {
    auto const& process = options.process;
    if (!process.more.empty() || !process.input.empty() || !is_of_a_cluster(process.in) ||
        (process.in.what() == stdio::kind::pipe && !process.in.is_usual()))
        refuse_cluster("its input, and descriptors from 3 on, are the cluster's own affair",
                       "leave `input` and `more` as they are; `in` may be `ignore` or `inherit`");
    if (!is_of_a_cluster(process.out) || !is_of_a_cluster(process.err))
        refuse_cluster("its outputs can only be pipes, inherited or ignored",
                       "hear what it prints by `cluster_hooks::output`");
    if (!process.token.empty() || process.detached || process.adopt_orphans)
        refuse_cluster("its end is the cluster's own affair",
                       "leave `token`, `detached` and `adopt_orphans` as they are");
}

} // namespace

cluster_core::cluster_core(std::string script, std::vector<std::string> args, cluster_options const& options,
                           cluster_hooks hooks)
    : script_(std::move(script)), args_(std::move(args)), options_(options), cwd_(options.process.cwd),
      argv0_(options.process.argv0), exec_path_(options.process.exec_path),
      env_(options.process.env.begin(), options.process.env.end()),
      exec_argv_(options.process.exec_argv.begin(), options.process.exec_argv.end()),
      groups_(options.process.user.groups.begin(), options.process.user.groups.end()), hooks_(std::move(hooks)) {
    check_options(options_);
    auto& process = options_.process;
    process.cwd = cwd_;
    process.argv0 = argv0_;
    process.exec_path = exec_path_;
    process.exec_argv = exec_argv_;
    process.user.groups = groups_;
    process.ends_tree = true;
    if (options_.workers == 0) options_.workers = std::max(1U, std::thread::hardware_concurrency());
}

std::string cluster_core::title() const { return "cluster of " + quoted_command(script_, args_); }

void cluster_core::note(std::string const& sentence) noexcept {
    hear([&] {
        if (hooks_.note) hooks_.note(sentence);
    });
}

void cluster_core::begin(asio::any_io_executor const& executor) {
    if (fault_) std::rethrow_exception(fault_);
    if (places_) return;
    places_.emplace(executor, weak_from_this(),
                    places::rules{.pauses = options_.pauses,
                                  .give_up_after = options_.give_up_after,
                                  .grace = options_.grace,
                                  .after_grace = options_.process.stop,
                                  .spreads = true},
                    places::listener{.start_failed =
                                         [this](std::string const& why) {
                                             ++counts_.failed_starts;
                                             note("a worker could not start: " + why);
                                         },
                                     .gave_up = [this] { give_up(); },
                                     .ends_processes = [this] { wake_all(); },
                                     .fault = [this](std::exception_ptr why) { fail(std::move(why)); }});
    for (unsigned number = 1; number <= options_.workers; ++number) spots_.emplace_back(executor, number);
    open_places_ = spots_.size();
    for (auto& spot : spots_) places_->open(keep(spot));
}

void cluster_core::give_up() {
    fail(std::make_exception_ptr(places_->gave_up(title(), "run the script by hand and see what it says")));
}

void cluster_core::fail(std::exception_ptr why) {
    if (!fault_) fault_ = std::move(why);
    at_once_ = true;
    places_->stop_now();
    wake_all();
}

void cluster_core::stop() {
    if (!places_) return;
    places_->stop();
    wake_all();
}

bool cluster_core::is_steady() const noexcept {
    return std::ranges::all_of(spots_, [](place const& each) { return each.current && each.current->proven; });
}

asio::awaitable<void> cluster_core::until_over(self me) {
    co_await me->places_->until_all_ended();
    if (me->fault_) std::rethrow_exception(me->fault_);
    if (me->hook_fault_) std::rethrow_exception(me->hook_fault_);
}

asio::awaitable<void> cluster_core::start(self me) {
    me->begin(co_await asio::this_coro::executor);
    while (!me->is_steady()) {
        co_await me->places_->changed().wait();
        if (me->fault_) std::rethrow_exception(me->fault_);
        if (me->places_->stopping() || me->open_places_ == 0)
            throw failure(errc::channel_closed, {.input = me->title(), .reason = "it has ended"});
    }
}

asio::awaitable<void> cluster_core::run(self me) {
    me->begin(co_await asio::this_coro::executor);
    co_await until_over(me);
}

asio::awaitable<void> cluster_core::end(self me, bool at_once) {
    if (!me->places_) co_return;
    if (at_once) me->at_once_ = true;
    me->stop();
    co_await until_over(me);
}

asio::awaitable<std::size_t> cluster_core::broadcast(self me, ipc_message m) {
    auto const& value = m.value();
    std::size_t sent = 0;
    for (auto const& each : me->workers()) {
        if (!each.is_connected()) continue;
        auto const took = co_await as_result(each.send(ipc_message(value)));
        if (took)
            ++sent;
        else if (took.error().code() != errc::peer_closed && took.error().code() != errc::channel_closed)
            throw failure(took.error());
    }
    co_return sent;
}

std::vector<cluster_worker> cluster_core::workers() const {
    std::vector<cluster_worker> all;
    for (auto const& spot : spots_)
        if (spot.current && !spot.current->end) all.push_back(cluster_worker(spot.current));
    return all;
}

cluster_statistics cluster_core::statistics() const noexcept {
    auto now = counts_;
    for (auto const& [id, each] : workers_) now.listening += each->listens_on.empty() ? 0 : 1;
    for (auto const& [key, each] : ports_) now.waiting += each->turns.waiting();
    now.waiting += unanswered_.size();
    return now;
}

void cluster_core::let_leave(cluster_process& which) noexcept {
    which.is_to_leave = true;
    news_of(which);
}

void cluster_core::news_of(cluster_process& which) noexcept {
    which.changed.notify_all();
    spots_[which.place - 1].clock.notify_all();
    places_->changed().notify_all();
}

void cluster_core::wake_all() noexcept {
    for (auto& spot : spots_) spot.clock.notify_all();
    if (places_) places_->changed().notify_all();
}

void cluster_core::drop() noexcept {
    dropped_ = true;
    if (!places_) return;
    places_->abandon();
    places_->living().clear();
    for (auto const& [id, each] : workers_) {
        each->process.reset();
        each->talk.reset();
        each->changed.notify_all();
    }
    close_ports();
    wake_all();
}

} // namespace parlance
