#include "process/start_failure.hpp"

#include "process/quote.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace parlance {
namespace {

std::string text_of(int number) {
    return boost::system::error_code(number, boost::system::system_category()).message();
}

std::string name_of_errno(int number) {
    char const* const name = ::strerrorname_np(number);
    return name != nullptr ? name : std::to_string(number);
}

std::string what_failed(launch_step step) {
    switch (step) {
    case launch_step::limits: return "cannot be started with these limits";
    case launch_step::nice: return "cannot be started with that niceness";
    case launch_step::user: return "cannot be started as that user";
    default: return "cannot be started";
    }
}

char const* mend_for(int number) noexcept {
    switch (number) {
    case E2BIG: return "pass less in its arguments and environment, and the rest on its standard input";
    case EMFILE: return "close descriptors or raise the limit (ulimit -n)";
    case ENFILE: return "the whole system has too many files open; try again later";
    case EAGAIN: return "there are too many processes (ulimit -u, pids.max); try again later";
    case ENOMEM: return "there is not enough memory; try again later";
    case EPERM: return "this needs the rights of root";
    default: return "";
    }
}

char const* mend_for(launch_result const& answer) noexcept {
    if (answer.step == launch_step::limits && answer.error == EPERM)
        return "a limit above our own hard limit needs the rights of root";
    return mend_for(answer.error);
}

std::string in_directory(std::string const& path, std::string_view directory) {
    return path.starts_with('/') || directory.empty() ? path : std::string(directory) + '/' + path;
}

bool is_there(std::string const& path) noexcept { return ::access(path.c_str(), F_OK) == 0; }

bool is_directory(std::string const& path) noexcept {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

failure_details described(launch_result const& answer, std::string const& program, spawn_options const& options) {
    failure_details details{.input = quoted_word(program)};
    details.facts = {{"program", program}, {"errno", name_of_errno(answer.error)}};
    if (!options.cwd.empty()) details.facts["cwd"] = options.cwd;
    return details;
}

[[noreturn]] void throw_not_found(failure_details details, std::string const& program,
                                  std::vector<std::string> const& paths, std::string_view directory) {
    auto const stands = [&](std::string const& path) { return is_there(in_directory(path, directory)); };
    if (std::any_of(paths.begin(), paths.end(), stands)) {
        details.reason = "the interpreter or loader that it names was not found";
        details.mend = "look at its first line (#!) or run `file` on it";
    } else if (program.find('/') == std::string::npos) {
        details.mend = "no directory of the PATH holds it";
        if (program == "node") details.mend += "; Node.js is Debian's package nodejs";
    } else if (!directory.empty() && !program.starts_with('/')) {
        details.reason = "program not found in " + std::string(directory);
    }
    throw failure(errc::program_not_found, std::move(details));
}

} // namespace

void throw_cannot_start(std::string const& command, int number, std::string const& what) {
    failure_details details{.input = command,
                            .reason = (what.empty() ? "cannot be started" : what) + ": " + text_of(number),
                            .mend = mend_for(number)};
    details.facts = {{"errno", name_of_errno(number)}};
    throw failure(errc::cannot_start, std::move(details));
}

void throw_start_failure(launch_result const& answer, std::string const& program, std::string const& command,
                         std::vector<std::string> const& paths, spawn_options const& options) {
    auto details = described(answer, program, options);
    if (answer.step == launch_step::directory) {
        details.input = "directory " + quoted_word(options.cwd) + " to start " + quoted_word(program) + " in";
        details.reason = text_of(answer.error);
        throw failure(errc::bad_directory, std::move(details));
    }
    if (answer.step == launch_step::exec) {
        if (answer.error == ENOENT || answer.error == ENOTDIR)
            throw_not_found(std::move(details), program, paths, options.cwd);
        if (answer.error == EACCES) {
            auto const folder = [&](std::string const& path) { return is_directory(in_directory(path, options.cwd)); };
            bool const is_folder = paths.size() == 1 && folder(paths.front());
            details.reason = is_folder ? "is a directory" : "may not be executed";
            if (!is_folder) details.mend = "see its permissions (chmod +x) and those of the folders above it";
            throw failure(errc::program_not_executable, std::move(details));
        }
    }
    details.input = command.size() <= 200 ? command : quoted_word(program);
    details.reason = what_failed(answer.step) + (": " + text_of(answer.error));
    details.mend = mend_for(answer);
    throw failure(errc::cannot_start, std::move(details));
}

int shell_status_of(failure const& fault) noexcept {
    if (fault.code() == make_error_code(errc::program_not_found)) return 127;
    return fault.code() == make_error_code(errc::program_not_executable) ? 126 : 1;
}

} // namespace parlance
