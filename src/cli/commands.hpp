#pragma once
/// The commands, each in the file of its name.

#include "cli/command_line.hpp"

namespace parlance::cli {

void add_exec(CLI::App&, command_line&);
void add_spawn(CLI::App&, command_line&);
void add_fork(CLI::App&, command_line&);
void add_attach(CLI::App&, command_line&);
void add_call(CLI::App&, command_line&);
void add_tap(CLI::App&, command_line&);
void add_queue_create(CLI::App&, command_line&);
void add_queue_list(CLI::App&, command_line&);
void add_queue_info(CLI::App&, command_line&);
void add_queue_set(CLI::App&, command_line&);
void add_queue_purge(CLI::App&, command_line&);
void add_queue_delete(CLI::App&, command_line&);
void add_queue_send(CLI::App&, command_line&);
void add_queue_receive(CLI::App&, command_line&);
void add_queue_pop(CLI::App&, command_line&);
void add_queue_ack(CLI::App&, command_line&);
void add_queue_nack(CLI::App&, command_line&);
void add_queue_extend(CLI::App&, command_line&);
void add_queue_pause(CLI::App&, command_line&);
void add_queue_resume(CLI::App&, command_line&);
void add_queue_wait(CLI::App&, command_line&);
void add_queue_peek(CLI::App&, command_line&);
void add_queue_dead(CLI::App&, command_line&);
void add_queue_redrive(CLI::App&, command_line&);
void add_work(CLI::App&, command_line&);
void add_serve(CLI::App&, command_line&);
void add_connect(CLI::App&, command_line&);
void add_doctor(CLI::App&, command_line&);
void add_completions(CLI::App&, command_line&);

} // namespace parlance::cli
