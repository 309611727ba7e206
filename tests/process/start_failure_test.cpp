// Programs that cannot be started: each fault has its code, its words, and leaves nothing behind.
#include "process/launch.hpp"
#include "process/launch_stack.hpp"
#include "support.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace parlance {
namespace {

using namespace test;
using ::testing::HasSubstr;

TEST(start_failure, tells_a_program_that_is_not_there) {
    auto const by_name = start_failure("no-such-program");
    EXPECT_EQ(by_name.code(), make_error_code(errc::program_not_found));
    EXPECT_STREQ(by_name.what(), "no-such-program: program not found: no directory of the PATH holds it");
    EXPECT_EQ(json::serialize(by_name.details().facts), R"({"program":"no-such-program","errno":"ENOENT"})");
    EXPECT_EQ(shell_status_of(by_name), 127);
    EXPECT_STREQ(start_failure("/no/such/program").what(), "/no/such/program: program not found");
    EXPECT_STREQ(start_failure("./program", {}, {.cwd = "/tmp"}).what(), "./program: program not found in /tmp");
    EXPECT_EQ(start_failure("/etc/passwd/program").code(), make_error_code(errc::program_not_found));
    EXPECT_TRUE(has_no_children());
}

TEST(start_failure, tells_an_interpreter_that_is_not_there) {
    scratch_folder const folder;
    auto const script = folder.file("script", "#!/no/such/interpreter\n", true);
    auto const fault = start_failure(script);
    EXPECT_EQ(fault.code(), make_error_code(errc::program_not_found));
    EXPECT_THAT(fault.what(), HasSubstr("the interpreter or loader that it names was not found"));
    EXPECT_EQ(start_failure("./script", {}, {.cwd = folder.path()}).message(), fault.message());
}

TEST(start_failure, tells_what_may_not_be_executed) {
    scratch_folder const folder;
    auto const fault = start_failure(folder.file("text", "hello"));
    EXPECT_EQ(fault.code(), make_error_code(errc::program_not_executable));
    EXPECT_THAT(fault.what(), HasSubstr("may not be executed"));
    EXPECT_EQ(shell_status_of(fault), 126);
    EXPECT_EQ(start_failure(folder.path()).message(), "is a directory");
}

TEST(start_failure, tells_a_directory_to_start_in_that_is_not_there) {
    auto const fault = start_failure("true", {}, {.cwd = "/no/such/place"});
    EXPECT_EQ(fault.code(), make_error_code(errc::bad_directory));
    EXPECT_STREQ(fault.what(), "directory /no/such/place to start true in: No such file or directory");
    EXPECT_EQ(json::serialize(fault.details().facts), R"({"program":"true","errno":"ENOENT","cwd":"/no/such/place"})");
    EXPECT_EQ(start_failure("true", {}, {.cwd = "/etc/passwd"}).message(), "Not a directory");
    EXPECT_EQ(shell_status_of(fault), 1);
}

TEST(start_failure, tells_arguments_that_are_too_long) {
    auto const fault = start_failure("true", {std::string(16 << 20, 'x')});
    EXPECT_EQ(fault.code(), make_error_code(errc::cannot_start));
    EXPECT_EQ(fault.details().facts.at("errno").as_string(), "E2BIG");
    EXPECT_THAT(fault.what(), HasSubstr("true: cannot be started: Argument list too long: pass less"));
}

TEST(start_failure, refuses_what_no_program_can_be_given) {
    std::vector<std::string> const nul_env{std::string("A=\0", 3)}, no_name{"=x"}, no_value{"word"};
    struct {
        char const* what;
        failure fault;
    } const cases[] = {
        {"no name", start_failure("")},
        {"NUL in the name", start_failure(std::string("a\0b", 3))},
        {"NUL in an argument", start_failure("true", {"x", std::string("\0", 1)})},
        {"NUL in the environment", start_failure("true", {}, {.env = nul_env})},
        {"an entry without a name", start_failure("true", {}, {.env = no_name})},
        {"an entry without a value", start_failure("true", {}, {.env = no_value})},
        {"NUL in the directory", start_failure("true", {}, {.cwd = std::string_view("/\0", 2)})},
        {"NUL in argv0", start_failure("true", {}, {.argv0 = std::string_view("a\0b", 3)})},
        {"a descriptor that is not open", start_failure("true", {}, {.out = stdio::descriptor(987)})},
    };
    for (auto const& each : cases)
        EXPECT_EQ(each.fault.code(), make_error_code(errc::invalid_argument)) << each.what << ": " << each.fault.what();
    EXPECT_STREQ(cases[2].fault.what(),
                 "true: argument 2 holds a NUL byte: no program can be given one; pass such data "
                 "on its standard input");
}

TEST(start_failure, tells_that_no_descriptors_are_left_and_recovers) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the undefined-behaviour sanitizer itself needs descriptors to look at objects";
#endif
    run_shell("exit 0");
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit const few{.rlim_cur = 24, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::vector<child> children;
    std::optional<failure> fault;
    while (!fault && children.size() < 30) {
        try {
            children.push_back(spawn("sleep", {"1000"}));
        } catch (failure const& f) {
            fault = f;
        }
    }
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->code(), make_error_code(errc::cannot_start));
    EXPECT_EQ(fault->details().facts.at("errno").as_string(), "EMFILE");
    auto const held = open_descriptors();
    EXPECT_THROW(spawn("true"), failure);
    EXPECT_EQ(open_descriptors(), held);
    children.clear();
    EXPECT_TRUE(run_shell("exit 0").end.ok());
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_TRUE(has_no_children());
}

TEST(start_failure, tells_a_user_that_it_may_not_become) {
    if (::geteuid() == 0) {
        // As nobody, in a child of its own: the test itself keeps its rights.
        pid_t const pid = ::fork();
        if (pid == 0) {
            if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
            auto const fault = start_failure("true", {}, {.user = {.uid = 0}});
            bool const right = fault.code() == make_error_code(errc::cannot_start) &&
                               fault.details().facts.at("errno").as_string() == "EPERM";
            ::_exit(right ? 0 : 1);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(pid, &status, 0), pid);
        EXPECT_EQ(status, 0);
    } else {
        EXPECT_EQ(start_failure("true", {}, {.user = {.uid = 0}}).details().facts.at("errno").as_string(), "EPERM");
    }
}

TEST(start_failure, leaves_no_descriptor_and_no_child) {
    start_failure("no-such-program");
    auto const before = open_descriptors();
    for (int i = 0; i < 100; ++i) start_failure("no-such-program");
    for (int i = 0; i < 100; ++i) start_failure("true", {}, {.cwd = "/no/such/place"});
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(has_no_children());
}

TEST(launch, closes_descriptors_where_close_range_is_refused) {
    unique_fd const careless(::open("/dev/null", O_RDONLY));
    unique_fd const high(::fcntl(careless.get(), F_DUPFD, 300));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    unique_fd const readable(ends[0]);
    unique_fd writable(ends[1]);
    char const* const candidates[] = {"/bin/ls", nullptr};
    std::string words[] = {"ls", "-1", "/proc/self/fd"};
    char* const argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    char const* shell[] = {"/bin/sh", nullptr, nullptr};
    int const sources[] = {0, writable.get(), 2};
    auto const steps = plan_descriptors(sources);
    int lifted[3];
    launch_request request{};
    request.candidates = candidates, request.argv = argv, request.envp = environ, request.shell_argv = shell;
    request.steps = steps.data(), request.step_count = steps.size(), request.lifted = lifted, request.descriptors = 3;
    request.without_close_range = true;
    auto const answer = launch(request, launch_stack_top());
    ASSERT_EQ(answer.error, 0);
    writable.reset();
    std::string got(100, '\0');
    got.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(readable.get(), got.data(), got.size()))));
    EXPECT_EQ(got, "0\n1\n2\n3\n");
    ::waitpid(answer.pid, nullptr, 0);
    ::close(answer.pidfd);
}

TEST(options, that_contradict_each_other_are_refused) {
    struct {
        char const* what;
        spawn_options options;
    } const cases[] = {
        {"a negative timeout", {.timeout = -1ms}},
        {"a negative silence", {.silence = -1ms}},
        {"a negative grace", {.stop = {.grace = -1ms}}},
        {"input without a pipe to it", {.in = stdio::ignore(), .input = "x"}},
        {"a silence that nobody hears", {.out = stdio::ignore(), .err = stdio::inherit(), .silence = 1s}},
        {"to live on, and to end with us", {.detached = true, .ends_with_parent = true}},
    };
    for (auto const& each : cases)
        EXPECT_EQ(start_failure("true", {}, each.options).code(), errc::invalid_argument) << each.what;
}

} // namespace
} // namespace parlance
