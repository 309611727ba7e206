#pragma once
// A queue as people write it by hand on SQLite: one table, WAL, prepared statements, a lease in the row.

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

class sqlite_queue {
public:
    /// `synchronous`: OFF is the rival of fast stores, FULL of durable ones.
    sqlite_queue(std::string const& path, std::string const& synchronous) {
        check(sqlite3_open(path.c_str(), &db_));
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=" + synchronous);
        run("CREATE TABLE m(id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER, rc INTEGER, body BLOB)");
        run("CREATE INDEX waiting ON m(due, id)");
        send_ = prepare("INSERT INTO m(due, rc, body) VALUES(?, 0, ?)");
        receive_ = prepare("UPDATE m SET due = ?, rc = rc + 1 WHERE id IN "
                           "(SELECT id FROM m WHERE due <= ? ORDER BY due, id LIMIT ?) RETURNING id, rc, body");
        ack_ = prepare("DELETE FROM m WHERE id = ? AND rc = ?");
    }
    sqlite_queue(sqlite_queue const&) = delete;
    ~sqlite_queue() {
        for (auto* statement : {send_, receive_, ack_}) sqlite3_finalize(statement);
        sqlite3_close(db_);
    }

    /// Sends, receives and acks so many messages, each of the three in one commit.
    void cycle(std::string const& body, int count) {
        send(body, count);
        sqlite3_bind_int64(receive_, 1, now_ + 30'000);
        sqlite3_bind_int64(receive_, 2, now_);
        sqlite3_bind_int(receive_, 3, count);
        std::vector<std::pair<sqlite3_int64, int>> got;
        while (sqlite3_step(receive_) == SQLITE_ROW) {
            auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(receive_, 2));
            body_.assign(bytes, static_cast<std::size_t>(sqlite3_column_bytes(receive_, 2)));
            got.emplace_back(sqlite3_column_int64(receive_, 0), sqlite3_column_int(receive_, 1));
        }
        check(sqlite3_reset(receive_));
        if (got.size() != static_cast<std::size_t>(count)) give_up("lost messages");
        in_one_commit(count, [&] {
            for (auto const& [id, rc] : got) {
                sqlite3_bind_int64(ack_, 1, id);
                sqlite3_bind_int(ack_, 2, rc);
                step(ack_);
            }
        });
        ++now_;
    }

    void send(std::string const& body, int count) {
        in_one_commit(count, [&] {
            for (int i = 0; i < count; ++i) {
                sqlite3_bind_int64(send_, 1, now_);
                sqlite3_bind_blob(send_, 2, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
                step(send_);
            }
        });
    }

private:
    template <class Work> void in_one_commit(int count, Work work) {
        if (count > 1) run("BEGIN IMMEDIATE");
        work();
        if (count > 1) run("COMMIT");
    }
    void step(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) give_up(sqlite3_errmsg(db_));
        check(sqlite3_reset(statement));
    }
    sqlite3_stmt* prepare(char const* text) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(db_, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void run(std::string const& text) { check(sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr)); }
    void check(int result) {
        if (result != SQLITE_OK) give_up(sqlite3_errmsg(db_));
    }
    [[noreturn]] static void give_up(char const* what) {
        std::fprintf(stderr, "sqlite: %s\n", what);
        std::exit(1);
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt *send_ = nullptr, *receive_ = nullptr, *ack_ = nullptr;
    sqlite3_int64 now_ = 1;
    std::string body_;
};

} // namespace bench
