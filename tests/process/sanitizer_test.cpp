#include "support.hpp"

#include <gmock/gmock.h>

namespace parlance {
namespace {

using namespace test;

#ifdef PARLANCE_RACE // only where everything is built with the thread sanitizer (preset tsan)
TEST(thread_sanitizer, still_reports_a_race_after_a_spawn) {
    std::vector<std::string> const options{"TSAN_OPTIONS=exitcode=66"};
    struct conversation {
        static asio::awaitable<process_end> with(child c) { co_return co_await c.wait(); }
    };
    auto const end = run(conversation::with(spawn(PARLANCE_RACE, {}, {.env = options, .err_tail_bytes = 1 << 20})));
    EXPECT_EQ(end.code, 66) << end.err_tail;
    EXPECT_THAT(end.err_tail, ::testing::HasSubstr("WARNING: ThreadSanitizer: data race"));
}
#endif

} // namespace
} // namespace parlance
