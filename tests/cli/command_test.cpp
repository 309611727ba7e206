// What CLI.md says of every command: help, typos, colors, errors, terminals, the doctor.
#include "cli/typed.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace parlance::cli {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

constexpr std::string_view commands[] = {
    "work",       "exec",          "spawn",        "tap",          "doctor",       "queue create",  "queue list",
    "queue info", "queue set",     "queue purge",  "queue delete", "queue send",   "queue receive", "queue pop",
    "queue ack",  "queue nack",    "queue extend", "queue pause",  "queue resume", "queue wait",    "queue peek",
    "queue dead", "queue redrive", "completions",  "fork",         "attach",       "call"};

TEST(help, is_a_page_for_each_command) {
    user someone;
    for (auto const name : commands) {
        auto const page = someone.gets("parlance help " + std::string(name));
        EXPECT_EQ(page, someone.gets("parlance " + std::string(name) + " --help")) << name;
        EXPECT_TRUE(has(page, "Usage\n  parlance " + std::string(name))) << page;
        EXPECT_TRUE(has(page, "Exit status\n  0")) << page;
        auto const examples = page.substr(page.find("Examples\n"));
        EXPECT_NE(examples.find("parlance"), examples.rfind("  parlance")) << "two examples: " << name;
        EXPECT_FALSE(has(page, "\x1b")) << "no color off a terminal";
    }
}

TEST(help, begins_each_paragraph_on_a_line_of_its_own) {
    user someone;
    EXPECT_TRUE(has(someone.gets("parlance help work"), "\nlines: one line {\"id\","))
        << someone.gets("parlance help work");
}

TEST(help, of_all_names_every_command) {
    user someone;
    auto const page = someone.gets("parlance help");
    for (auto const name : commands) EXPECT_TRUE(has(page, "  " + std::string(name) + " ")) << name;
    EXPECT_EQ(page, someone.gets("parlance"));
    EXPECT_EQ(page, someone.gets("parlance --help"));
    EXPECT_TRUE(has(someone.gets("parlance queue"), "queue redrive"));
}

TEST(help, of_exit_codes_lists_them) {
    user someone;
    auto const page = someone.gets("parlance help exit-codes");
    for (auto const* status :
         {"\n  0 ", "\n  1 ", "\n  2 ", "\n  3 ", "\n  124 ", "\n  126 ", "\n  127 ", "\n  128+N "})
        EXPECT_TRUE(has(page, status)) << status;
}

TEST(man_page, has_every_command_option_and_error_code) {
    std::ifstream file(PARLANCE_MAN_PAGE);
    std::stringstream text;
    text << file.rdbuf();
    auto const page = text.str();
    user someone;
    for (auto const name : commands) {
        EXPECT_TRUE(has(page, "\n.It Cm " + std::string(name))) << name;
        auto const help = someone.gets("parlance help " + std::string(name));
        auto at = help.find("\nOptions\n"), end = help.find("\nEverywhere\n");
        if (at == help.npos) continue;
        for (at = help.find("\n  --", at); at < end; at = help.find("\n  --", at + 1)) {
            auto const option = help.substr(at + 5, help.find_first_of(" \n", at + 5) - at - 5);
            EXPECT_TRUE(has(page, "-" + option)) << name << " --" << option;
        }
    }
    for (auto const* code : {"invalidJson",
                             "queueNotFound",
                             "queueExists",
                             "messageTooLong",
                             "missingParameter",
                             "invalidFormat",
                             "invalidValue",
                             "noAttributeSupplied",
                             "messageNotString",
                             "leaseLost",
                             "storeUnavailable",
                             "storeFull",
                             "storeNewer",
                             "storeInUse",
                             "programNotFound",
                             "programNotExecutable",
                             "badDirectory",
                             "cannotStart",
                             "timedOut",
                             "maxBuffer",
                             "notAMessage",
                             "badFrame",
                             "messageTooLarge",
                             "endedInsideMessage",
                             "usage",
                             "notInThisVersion",
                             "confirmationNeeded",
                             "notConfirmed",
                             "invalidArgument",
                             "notSupported",
                             "systemError",
                             "handleLost",
                             "rpcError",
                             "badReply"})
        EXPECT_TRUE(has(page, code)) << code;
}

TEST(version, is_told) {
    user someone;
    EXPECT_EQ(someone.gets("parlance --version").substr(0, 9), "parlance ");
    EXPECT_EQ(keys(someone.gets_json("parlance --version --json")), "version");
}

struct typo {
    std::string_view line, meant;
};
constexpr typo typos[] = {
    {"queu list", "parlance queue"},
    {"queue sned jobs 1", "parlance queue send"},
    {"recieve jobs", "lists the commands"},
    {"send jobs 1", "parlance queue send"},
    {"exce true", "parlance exec"},
    {"help exce", "parlance exec"},
    {"exec true --timeuot 5s", "--timeout"},
    {"queue send jobs --txt", "--text"},
    {"queue info jobs --jsn", "--json"},
    {"queue list --colour never", "--color"},
    {"queue info jobs extra", "one word too many"},
    {"queue list --color blue", "auto, always or never"},
    {"queue receive jobs --wait", "--wait needs a value"},
    {"--verison", "--version"},
    {"queue --hepl", "--help"},
};

TEST(wrong_usage, is_2_and_suggests_what_was_meant) {
    user someone;
    for (auto const& each : typos) {
        auto const given = someone.types("parlance " + std::string(each.line));
        EXPECT_EQ(given.status, 2) << each.line;
        EXPECT_EQ(given.out, "") << each.line;
        EXPECT_TRUE(has(given.err, each.meant)) << each.line << "\n" << given.err;
    }
}

TEST(wrong_usage, is_an_object_for_programs) {
    user someone;
    auto const error = error_of(someone.types("parlance --json queue sned"));
    EXPECT_EQ(text_of(error, "code"), "usage");
    EXPECT_EQ(text_of(error, "hint"), "did you mean `parlance queue send`?");
}

TEST(commands_of_later_versions, say_so_with_2) {
    user someone;
    for (auto const* name :
         {"publish", "subscribe", "list", "list push", "topic", "schedule", "limits", "top", "web", "queue cancel",
          "queue find", "queue move", "queue compact", "queue export", "queue import"}) {
        auto const given = someone.types("parlance " + std::string(name) + " x --json -- y");
        EXPECT_EQ(given.status, 2) << name;
        EXPECT_EQ(text_of(error_of(given), "message"), "not in this version") << name;
        EXPECT_TRUE(has(someone.types("parlance " + std::string(name)).err, "not in this version")) << name;
    }
}

TEST(color, is_on_terminals_and_where_it_is_asked_for) {
    user someone;
    EXPECT_TRUE(has(someone.types("parlance queue info x --color always").err, "\x1b["));
    EXPECT_TRUE(has(someone.types("NO_COLOR=1 parlance queue info x --color=always").err, "\x1b["));
    EXPECT_FALSE(has(someone.types("parlance queue info x").err, "\x1b["));
    EXPECT_TRUE(has(someone.types_at_terminal("parlance queue info x", "").out, "\x1b["));
    EXPECT_FALSE(has(someone.types_at_terminal("parlance queue info x --no-color", "").out, "\x1b["));
    EXPECT_FALSE(has(someone.types_at_terminal("NO_COLOR=1 parlance queue info x", "").out, "\x1b["));
    EXPECT_FALSE(has(someone.types_at_terminal("parlance queue info x --color never", "").out, "\x1b["));
}

TEST(output, that_cannot_be_written_is_an_error) {
    user someone;
    auto const full = someone.types("parlance help > /dev/full");
    EXPECT_EQ(full.status, 1);
    EXPECT_TRUE(has(full.err, "standard output: No space left on device")) << full.err;
}

TEST(doctor, tells_each_fault_with_its_mend) {
    user someone;
    auto const line_by_line = [&](answer const& given) {
        std::istringstream lines(given.out);
        std::vector<boost::json::value> found;
        for (std::string line; std::getline(lines, line);) found.push_back(boost::json::parse(line));
        return found;
    };
    auto const well = someone.types("parlance queue create jobs > made; parlance doctor --json");
    EXPECT_EQ(well.status, 0) << well.out;
    for (auto const& each : line_by_line(well)) EXPECT_EQ(keys(each), "check,status,message,mend");
    EXPECT_TRUE(has(well.out, "durable: a message is on the disk")) << well.out;
    auto const ill = someone.types("touch file; parlance doctor --store file --json");
    EXPECT_EQ(ill.status, 1);
    auto const first = line_by_line(ill).at(0);
    EXPECT_EQ(text_of(first, "status"), "broken");
    EXPECT_TRUE(has(text_of(first, "mend"), "--store DIR"));
}

TEST(doctor, makes_nothing) {
    user someone;
    EXPECT_EQ(someone.types("parlance doctor").status, 0);
    EXPECT_FALSE(std::filesystem::exists(someone.home() / "store"));
}

} // namespace
} // namespace parlance::cli
