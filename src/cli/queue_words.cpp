#include "cli/queue_words.hpp"

#include "cli/json_line.hpp"
#include "cli/printable.hpp"
#include "queue/receipt.hpp"
#include "wire/check_json.hpp"

#include <parlance/duration.hpp>

#include <boost/json/serialize.hpp>

#include <ctime>
#include <limits>

namespace parlance::cli {
namespace {

std::string local_time(std::chrono::sys_seconds when) {
    std::time_t const seconds = when.time_since_epoch().count();
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts));
}

std::string backoff_text(parlance::backoff const& wait) {
    auto const first = format_duration(wait.first);
    return wait.first == wait.longest ? first : first + ".." + format_duration(wait.longest);
}

std::int64_t in_ms(std::chrono::sys_time<milliseconds> when) { return when.time_since_epoch().count(); }

void add_headers(json_line& line) { line.json("headers", "{}").null("group"); }

} // namespace

void add_name(CLI::App& app, std::string& name) {
    app.add_option("NAME", name, "The queue")->required()->type_name("QUEUE");
}

void add_claim(CLI::App& app, claim_request& asked) {
    add_name(app, asked.queue);
    app.add_option("ID", asked.id, "The message")->required();
    app.add_option("--receipt", asked.receipt, "Only while this receipt is the owner's")->type_name("R");
}

std::string receipt_of(claim_request const& asked) {
    if (!asked.receipt) return {};
    auto const parts = parse_receipt(*asked.receipt);
    if (parts && parts->id == asked.id) return *asked.receipt;
    problem wrong;
    wrong.code = parts ? "invalidValue" : "invalidFormat";
    wrong.message = parts ? "the receipt is of another message" : "Invalid receipt format";
    wrong.input = "receipt " + *asked.receipt;
    wrong.hint = "give the receipt that `parlance queue receive` printed with this id";
    throw wrong;
}

queue named_queue(command_line& line, std::string const& name) {
    line.about("queue", name);
    return line.store().queue(name);
}

void add_policy(CLI::App& app, command_line& line, policy_request& asked) {
    app.add_option("--vt", asked.vt, "How long a receive holds a message, whole seconds (default: 30s)")
        ->type_name("D");
    app.add_option("--delay", asked.delay, "Hide each new message for so long first, whole seconds (default: 0)")
        ->type_name("D");
    app.add_option("--max-size", asked.maxsize,
                   "Longest message, 1024 to 65536 UTF-16 units, or `unlimited` (default: 65536)")
        ->type_name("N");
    app.add_option("--max-receives", asked.max_receives,
                   "After so many failed receives a message is dead; 0 is no limit (default: 0; `work` then uses 5)")
        ->type_name("N");
    app.add_option("--dead-letter", asked.dead_letter, "Queue for its dead letters (default: NAME--dead)")
        ->type_name("QUEUE");
    app.add_option("--backoff", asked.backoff,
                   "How long a failed message waits: the first time and at most, doubled each time (default: 1s..5m)")
        ->type_name("D..D");
    line.later({"--dedupe-window", "--priority", "--on-dead"});
}

queue_options policy_of(policy_request const& asked) {
    queue_options options;
    options.vt = queue_seconds_if("vt", asked.vt, true);
    options.delay = queue_seconds_if("delay", asked.delay, true);
    if (asked.maxsize) options.maxsize = queue_maxsize(*asked.maxsize);
    if (asked.max_receives)
        options.max_receives = static_cast<std::uint32_t>(
            queue_number("max-receives", *asked.max_receives, 0, std::numeric_limits<std::uint32_t>::max()));
    if (asked.dead_letter) options.dead_letter = *asked.dead_letter;
    if (asked.backoff) options.backoff = queue_backoff(*asked.backoff);
    return options;
}

std::string info_json(queue_info const& info, durability mode) {
    json_line line;
    line.text("name", info.name).number("vt", info.vt.count()).number("delay", info.delay.count());
    line.number("maxsize", info.maxsize).number("totalrecv", info.totalrecv).number("totalsent", info.totalsent);
    line.number("created", info.created.time_since_epoch().count());
    line.number("modified", info.modified.time_since_epoch().count());
    line.number("msgs", info.msgs).number("hiddenmsgs", info.hiddenmsgs);
    line.number("leased", info.leased).number("acked", info.acked).number("died", info.dead);
    line.number("max_receives", std::uint64_t{info.max_receives}).text("dead_letter", info.dead_letter);
    line.number("backoff_first_ms", info.backoff.first.count())
        .number("backoff_longest_ms", info.backoff.longest.count());
    line.yes_no("paused", info.paused);
    if (info.oldest_age)
        line.number("oldest_age_ms", info.oldest_age->count());
    else
        line.null("oldest_age_ms");
    return line.text("durability", name_of(mode)).str();
}

static std::string info_text(queue_info const& info, durability mode, output& out) {
    std::string text;
    auto const row = [&](std::string_view name, std::string const& value) {
        text += "  " + std::string(name) + std::string(16 - name.size(), ' ') + value + "\n";
    };
    text +=
        out.painted(paint::bold, info.name) + (info.paused ? "  " + out.painted(paint::yellow, "paused") : "") + "\n";
    row("waiting", std::to_string(info.msgs - info.hiddenmsgs));
    row("in work", std::to_string(info.leased));
    row("delayed", std::to_string(info.hiddenmsgs - std::min(info.leased, info.hiddenmsgs)));
    row("oldest", info.oldest_age ? format_duration(*info.oldest_age) : "-");
    row("sent", std::to_string(info.totalsent));
    row("received", std::to_string(info.totalrecv));
    row("acked", std::to_string(info.acked));
    row("died", std::to_string(info.dead) + " since it was made" +
                    (info.dead_letter.empty() ? "" : "; dead letters go to " + info.dead_letter));
    row("vt", format_duration(info.vt));
    row("delay", info.delay.count() == 0 ? "none" : format_duration(info.delay));
    row("max size", info.maxsize < 0 ? "unlimited" : std::to_string(info.maxsize) + " UTF-16 units");
    row("max receives", info.max_receives == 0 ? "no limit" : std::to_string(info.max_receives));
    row("back-off", backoff_text(info.backoff));
    row("created", local_time(info.created));
    row("modified", local_time(info.modified));
    row("durability", std::string(name_of(mode)));
    return text;
}

void show_info(queue_info const& info, command_line& line) {
    auto const mode = line.store().durability();
    if (line.json())
        line.out().line(info_json(info, mode));
    else
        line.out().write(info_text(info, mode, line.out()));
}

std::string sent_ms(message_id const& id) {
    auto const us = id.sent().time_since_epoch().count();
    auto text = std::to_string(us / 1000);
    if (us % 1000 == 0) return text;
    auto decimals = std::to_string(1000 + us % 1000).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return text + "." + decimals;
}

std::string message_json(std::string const& text, bool as_text) {
    if (!as_text && wire::is_json(text)) return on_one_line(text);
    return json::serialize(json::string(valid_utf8(text)));
}

std::string delivery_json(delivery const& got, bool as_text, bool with_receipt) {
    json_line line;
    line.text("id", got.id().text()).json("message", message_json(got.text(), as_text));
    line.number("rc", std::uint64_t{got.rc()})
        .number("fr", in_ms(got.first_received()))
        .json("sent", sent_ms(got.id()));
    if (with_receipt)
        line.text("receipt", got.receipt());
    else
        line.null("receipt");
    add_headers(line);
    return line.str();
}

std::string waiting_json(waiting_message const& waiting, bool as_text) {
    json_line line;
    line.text("id", waiting.id.text()).json("message", message_json(waiting.text, as_text));
    line.number("rc", std::uint64_t{waiting.rc});
    if (waiting.first_received)
        line.number("fr", in_ms(*waiting.first_received));
    else
        line.null("fr");
    line.json("sent", sent_ms(waiting.id));
    add_headers(line);
    return line.str();
}

void print_message(output& out, std::string_view text) {
    out.write(out.is_terminal() ? printable(text) : std::string(text));
    if (!text.ends_with('\n')) out.write("\n");
}

int answer_for(command_line& line, std::string const& id, bool ok, std::string_view done) {
    if (line.json())
        line.out().line(json_line().text("id", id).yes_no("ok", ok).str());
    else if (ok)
        line.out().line(std::string(done) + " " + id);
    else
        line.err().line("no such message: " + id + " (done already, or never sent)");
    return ok ? status::done : status::nothing;
}

} // namespace parlance::cli
