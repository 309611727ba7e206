#include "cli/commands.hpp"
#include "cli/front.hpp"

namespace parlance::cli {
namespace {

/// Every command by name, in the order in which `parlance help` shows them. Those without a function are promised by
/// the contract and not in this version.
constexpr command commands[] = {
    {"queue create", "Make a queue", add_queue_create},
    {"queue list", "List the queues", add_queue_list},
    {"queue info", "Show a queue: its options, counts and oldest message", add_queue_info},
    {"queue set", "Change the options of a queue", add_queue_set},
    {"queue send", "Put messages on a queue", add_queue_send},
    {"queue receive", "Take messages for a while; ack each one when it is done", add_queue_receive},
    {"queue pop", "Take a message and remove it at once", add_queue_pop},
    {"queue ack", "Finish a message: it is removed", add_queue_ack},
    {"queue nack", "Give a message back, to be delivered again", add_queue_nack},
    {"queue extend", "Keep a message for longer", add_queue_extend},
    {"queue peek", "Look at the next messages without taking them", add_queue_peek},
    {"queue wait", "Wait until a queue is empty", add_queue_wait},
    {"queue pause", "Hand out nothing until it is resumed", add_queue_pause},
    {"queue resume", "Hand out messages again", add_queue_resume},
    {"queue dead", "Show the dead letters of a queue, and what killed them", add_queue_dead},
    {"queue redrive", "Send dead letters back to their queue", add_queue_redrive},
    {"queue purge", "Remove all messages of a queue", add_queue_purge},
    {"queue delete", "Remove a queue with its messages", add_queue_delete},
    {"exec", "Run a command line in a shell and hand on how it ended", add_exec},
    {"spawn", "Talk to a program in lines of JSON", add_spawn},
    {"fork", "Talk to a Node script over its IPC channel, in lines of JSON", add_fork},
    {"call", "Call a method of a JSON-RPC server: a language server, an MCP server", add_call},
    {"attach", "Make any program a child that Node can fork", add_attach},
    {"tap", "Sit between a program and who started it, and show what they say", add_tap},
    {"serve", "Listen on node-ipc's wire, in lines of JSON", add_serve},
    {"connect", "Talk to a server on node-ipc's wire, in lines of JSON", add_connect},
    {"doctor", "Check the store and the system, with a mend for each fault", add_doctor},
    {"completions", "Print a script with which Tab completes commands and names of queues", add_completions},
    {"work", "Feed worker processes from a queue", add_work},
    {"queue cancel", "", nullptr},
    {"queue find", "", nullptr},
    {"queue move", "", nullptr},
    {"queue compact", "", nullptr},
    {"queue export", "", nullptr},
    {"queue import", "", nullptr},
    {"publish", "", nullptr},
    {"subscribe", "", nullptr},
    {"list", "", nullptr},
    {"topic", "", nullptr},
    {"schedule", "", nullptr},
    {"limits", "", nullptr},
    {"top", "", nullptr},
    {"web", "", nullptr},
};

} // namespace
} // namespace parlance::cli

int main(int argc, char** argv) { return parlance::cli::run_command({argv + 1, argv + argc}, parlance::cli::commands); }
