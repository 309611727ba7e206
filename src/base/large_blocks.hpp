#pragma once
/// Large messages, and the memory that the next one needs again.

#include <cstddef>

namespace parlance {

/// From this size on, what a message costs is mostly the page faults of its memory.
inline constexpr std::size_t large_message_bytes = 256 << 10;

/// Has malloc keep freed blocks of some MiB. glibc gives the end of its heap back to the system as soon as twice the
/// largest block that was ever mapped and freed is free there (mallopt(3), M_TRIM_THRESHOLD), and a stream of messages
/// of 1 MiB then has each page of each message taken away and given anew, four times dearer than the message itself
/// (bench/ipc.cpp). Freeing one block of 8 MiB, as many a program does, makes that 16 MiB; what the host program has
/// set itself with mallopt stays as it is. Once in a process.
void keep_large_blocks() noexcept;

} // namespace parlance
