#pragma once
/// Everything: processes, channels, queues, work.

#include <parlance/channel.hpp>
#include <parlance/duration.hpp>
#include <parlance/error.hpp>
#include <parlance/exec.hpp>
#include <parlance/fd.hpp>
#include <parlance/framing.hpp>
#include <parlance/message.hpp>
#include <parlance/pool.hpp>
#include <parlance/process.hpp>
#include <parlance/queue.hpp>
#include <parlance/run.hpp>
#include <parlance/sink.hpp>
#include <parlance/size.hpp>
#include <parlance/stream.hpp>
#include <parlance/version.hpp>
#include <parlance/work.hpp>
