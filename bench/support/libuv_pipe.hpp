#pragma once
// A rival that carries bytes: libuv's pipe (a Unix socket), one uv_write for each message, nothing cut at the other
// end.

#include <uv.h>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

struct libuv_pipe {
    static void send_many(std::string const& path, std::string each, long count) {
        struct sender {
            uv_pipe_t pipe{};
            uv_connect_t connecting{};
            std::string bytes;
            long left;
            std::vector<uv_write_t> requests;
            std::vector<uv_write_t*> free;
            void go_on() {
                while (left > 0 && !free.empty()) {
                    auto* const request = free.back();
                    free.pop_back();
                    --left;
                    uv_buf_t const piece = uv_buf_init(bytes.data(), static_cast<unsigned>(bytes.size()));
                    if (uv_write(request, reinterpret_cast<uv_stream_t*>(&pipe), &piece, 1, written) != 0) std::abort();
                }
                if (left == 0 && free.size() == requests.size())
                    uv_close(reinterpret_cast<uv_handle_t*>(&pipe), nullptr);
            }
            static void written(uv_write_t* request, int fault) {
                auto& me = *static_cast<sender*>(request->handle->data);
                if (fault != 0) std::abort();
                me.free.push_back(request);
                me.go_on();
            }
        };
        while (::access(path.c_str(), F_OK) != 0) ::usleep(200);
        std::size_t const waiting = each.size() < 65536 ? 256 : 4; // messages: they are of one memory
        sender me{.bytes = std::move(each), .left = count, .requests = std::vector<uv_write_t>(waiting), .free = {}};
        for (auto& one : me.requests) me.free.push_back(&one);
        auto* const loop = uv_default_loop();
        uv_pipe_init(loop, &me.pipe, 0);
        me.pipe.data = &me;
        uv_pipe_connect(&me.connecting, &me.pipe, path.c_str(), [](uv_connect_t* done, int fault) {
            if (fault != 0) std::abort();
            static_cast<sender*>(done->handle->data)->go_on();
        });
        uv_run(loop, UV_RUN_DEFAULT);
    }

    static void receive_all(std::string const& path) {
        static uv_pipe_t door, pipe;
        static std::array<char, 65536> room; // as much as Node offers it
        auto* const loop = uv_default_loop();
        uv_pipe_init(loop, &door, 0);
        auto const hidden = path + ".new"; // seen when it listens
        if (uv_pipe_bind(&door, hidden.c_str()) != 0) std::abort();
        auto const came = [](uv_stream_t* at, int) {
            uv_pipe_init(at->loop, &pipe, 0);
            uv_accept(at, reinterpret_cast<uv_stream_t*>(&pipe));
            uv_close(reinterpret_cast<uv_handle_t*>(at), nullptr);
            uv_read_start(
                reinterpret_cast<uv_stream_t*>(&pipe),
                [](uv_handle_t*, std::size_t, uv_buf_t* into) { *into = uv_buf_init(room.data(), room.size()); },
                [](uv_stream_t* from, ssize_t got, uv_buf_t const*) {
                    if (got < 0) uv_close(reinterpret_cast<uv_handle_t*>(from), nullptr);
                });
        };
        if (uv_listen(reinterpret_cast<uv_stream_t*>(&door), 1, came) != 0) std::abort();
        if (::rename(hidden.c_str(), path.c_str()) != 0) std::abort();
        uv_run(loop, UV_RUN_DEFAULT);
    }
};

} // namespace bench
