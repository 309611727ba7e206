#pragma once
// A queue in a folder of its own, and crews that work on it.
#include "support/test_folder.hpp"

#include <parlance/duration.hpp>
#include <parlance/queue.hpp>
#include <parlance/run.hpp>
#include <parlance/work.hpp>

#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace parlance {

using scratch_folder = test_folder;

/// What a crew did and said.
struct work_report {
    work_summary sums;
    std::vector<std::string> output; ///< "worker 1: line"
    std::vector<std::string> notes;
    std::optional<failure> fault;

    std::string all() const {
        std::string text;
        for (auto const& lines : {output, notes})
            for (auto const& line : lines) text += line + "\n";
        return text + (fault ? fault->what() : "");
    }
    bool said(std::string_view part) const { return all().find(part) != std::string::npos; }
};

class scratch_work {
public:
    explicit scratch_work(queue_options options = {.backoff = backoff{std::chrono::milliseconds(1),
                                                                      std::chrono::milliseconds(1)}})
        : jobs(store::open(folder.path("store") + "?durability=fast").queue("jobs")) {
        run(jobs.create(options));
    }

    std::vector<message_id> send(std::vector<std::string> texts) { return run(jobs.send_all(std::move(texts))); }
    queue_info info() { return run(jobs.info()); }
    std::vector<dead_message> dead() { return run(jobs.dead()); }
    std::string path(std::string_view name) const { return folder.path(name); }
    std::string content(std::string_view name) const;

    /// Works until the queue is empty; `watch` sees each line that a worker prints, and may stop the crew.
    using watcher = std::function<void(workers&, std::string_view line)>;
    work_report work(std::vector<std::string> command, work_options options = {}, watcher watch = {});

    scratch_folder folder;
    queue jobs;
    std::optional<asio::any_io_executor> loop; ///< while it works: for what a watcher starts
};

inline std::string peer(std::string_view name) { return std::string(PARLANCE_PEERS) + "/work/" + std::string(name); }

} // namespace parlance
