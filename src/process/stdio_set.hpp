#pragma once
/// The two sides of each of a child's descriptors.

#include <parlance/fd.hpp>
#include <parlance/process.hpp>

#include <string>
#include <vector>

namespace parlance {

struct stdio_set {
    std::vector<int> sources;      ///< what is to become the child's 0, 1, 2, …
    std::vector<unique_fd> theirs; ///< those of the sources that are to be closed here after the start
    std::vector<unique_fd> ours;   ///< our ends, by the child's number; empty where there is none
    int ipc = -1;                  ///< the child's number of its IPC channel
    std::vector<stdio> taken;      ///< the `output_of` another child, which are this one's once it runs
};

/// The number that the child's IPC channel is to have, or -1.
int ipc_number(spawn_options const& options) noexcept;

/// Opens what the options ask for. 0 to 2 are pipes (so that /dev/stdout can be opened again), 3 and up socket pairs.
/// Throws failure: errc::invalid_argument (a descriptor that is not open), cannot_start (no more descriptors), and the
/// system's code for a file.
stdio_set open_stdio(std::string const& command, spawn_options const& options);

} // namespace parlance
