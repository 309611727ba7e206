#pragma once
/// Threads that leave the program's signals to the program's own threads.

#include <csignal>
#include <thread>
#include <utility>

namespace parlance::lmdb_store {

template <class Work> std::thread quiet_thread(Work work) {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(work));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

} // namespace parlance::lmdb_store
