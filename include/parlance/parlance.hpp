#pragma once
/// Everything: processes, channels, queues, work.

#include <parlance/address.hpp>
#include <parlance/channel.hpp>
#include <parlance/cluster.hpp>
#include <parlance/dial.hpp>
#include <parlance/duration.hpp>
#include <parlance/error.hpp>
#include <parlance/exec.hpp>
#include <parlance/fd.hpp>
#include <parlance/framing.hpp>
#include <parlance/ipc.hpp>
#include <parlance/js.hpp>
#include <parlance/js_types.hpp>
#include <parlance/js_value.hpp>
#include <parlance/json_convert.hpp>
#include <parlance/message.hpp>
#include <parlance/pool.hpp>
#include <parlance/process.hpp>
#include <parlance/queue.hpp>
#include <parlance/rpc.hpp>
#include <parlance/rpc_handler.hpp>
#include <parlance/rpc_program.hpp>
#include <parlance/run.hpp>
#include <parlance/sink.hpp>
#include <parlance/size.hpp>
#include <parlance/socket.hpp>
#include <parlance/stream.hpp>
#include <parlance/text_encoding.hpp>
#include <parlance/tls.hpp>
#include <parlance/version.hpp>
#include <parlance/work.hpp>

// What programs with coroutines want of Asio before long.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
