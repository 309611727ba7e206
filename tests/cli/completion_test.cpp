// Tab: what is offered, and the scripts in the shells themselves.
#include "cli/completion.hpp"
#include "cli/typed.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

void add_send(CLI::App& app, command_line& line) {
    app.add_option("NAME")->type_name("QUEUE");
    app.add_option("MESSAGE");
    static_cast<CLI::Option*>(app.add_flag("--lines"))->description("One message for each line (all or none)");
    app.add_option("--delay")->type_name("D");
    app.add_option("--order")->type_name("first|last");
    line.takes_store(app);
}
void add_run(CLI::App& app, command_line& line) {
    app.add_option("--cwd")->type_name("DIR");
    line.takes_program();
}
constexpr command two_commands[] = {
    {"queue send", "Put messages on a queue", add_send},
    {"queue list", "List", add_run},
    {"queue later", "", nullptr},
    {"run", "Run a program", add_run},
};

/// What is offered, with blanks between.
std::string offered(std::vector<std::string> typed) {
    auto const found = complete(std::move(typed), two_commands, [](std::string const& store) {
        return std::vector<std::string>{"jobs", "of:" + store};
    });
    using kind = completion::kind;
    switch (found.what) {
    case kind::directories: return "(directories)";
    case kind::files: return "(files)";
    case kind::programs: return "(programs)";
    case kind::words: break;
    }
    std::string all;
    for (auto const& each : found.words) all += (all.empty() ? "" : " ") + each.left;
    return all;
}

TEST(completion, offers_what_could_stand_there) {
    struct {
        std::vector<std::string> typed;
        char const* offered;
    } const lines[] = {
        {{}, "queue run help"},
        {{"q"}, "queue"},
        {{"queue", ""}, "send list"},
        {{"queue", "s"}, "send"},
        {{"queue", "later", ""}, ""},
        {{"nothing", ""}, ""},
        {{"help", ""}, "queue run exit-codes"},
        {{"help", "queue", "l"}, "list"},
        {{"--st"}, "--store"},
        {{"--store", ""}, "(directories)"},
        {{"queue", "send", ""}, "jobs of:"},
        {{"queue", "send", "j"}, "jobs"},
        {{"queue", "send", "--store", "s", ""}, "jobs of:s"},
        {{"queue", "send", "--store=s", ""}, "jobs of:s"},
        {{"--store", "s", "queue", "send", "of"}, "of:s"},
        {{"queue", "send", "--lines", ""}, "jobs of:"},
        {{"queue", "send", "--delay", ""}, ""},
        {{"queue", "send", "--delay", "5s", ""}, "jobs of:"},
        {{"queue", "send", "jobs", ""}, ""},
        {{"queue", "send", "--", ""}, "jobs of:"},
        {{"queue", "send", "--l"}, "--lines"},
        {{"queue", "send", "--order", ""}, "first last"},
        {{"queue", "send", "--order=l"}, "--order=last"},
        {{"queue", "send", "--store", ""}, "(directories)"},
        {{"queue", "send", "--store="}, "(directories)"},
        {{"queue", "send", "--color", "n"}, "never"},
        {{"run", "--cwd", ""}, "(directories)"},
        {{"run", ""}, "--"},
        {{"run", "--", ""}, "(programs)"},
        {{"run", "--", "ls", "--"}, "(files)"},
    };
    for (auto const& line : lines) {
        std::string words;
        for (auto const& word : line.typed) words += word + "|";
        EXPECT_EQ(offered(line.typed), line.offered) << words;
    }
}

TEST(completion, says_what_an_option_means_up_to_the_first_detail) {
    auto const found = complete({"queue", "send", "--li"}, two_commands, {});
    ASSERT_EQ(found.words.size(), 1U);
    EXPECT_EQ(found.words[0].right, "One message for each line");
}

/// A shell's function that says what bash offers for the words of a line.
std::string const in_bash =
    "command -v bash >/dev/null || exit 77; cat > tab <<'END'\nsource <(parlance completions bash)\n"
    "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _parlance; echo \"${COMPREPLY[*]}\"\nEND\n"
    "tab() { bash tab \"$@\"; }; ";

TEST(completions, complete_commands_options_and_queues_in_bash) {
    user const someone;
    someone.gets("parlance queue create jobs; parlance queue create john; parlance queue create there --store ./other");
    struct {
        char const *typed, *offered;
    } const lines[] = {
        {"parlance qu", "queue"},
        {"parlance queue rec", "receive"},
        {"parlance queue send jo", "jobs john"},
        {"parlance queue send --store ./other ''", "there"},
        {"parlance queue send --store = ./other ''", "there"},
        {"parlance queue send --store = lmdb : other ''", "there"},
        {"parlance --store ./other queue info ''", "there"},
        {"PARLANCE_STORE=other tab parlance queue info ''", "there"},
        {"parlance queue send jobs --del", "--delay"},
        {"parlance queue send jobs --delay ''", ""},
        {"parlance queue list --color = ne", "never"},
        {"parlance queue list --store ./o", "./other"},
        {"parlance queue list --store = ./o", "./other"},
        {"parlance queue info --store ./nowhere ''", ""},
        {"parlance completions ''", "bash zsh fish"},
    };
    for (auto const& line : lines) {
        std::string const typed = line.typed;
        std::string script = in_bash;
        if (typed.starts_with("parlance")) script += "tab ";
        auto const said = someone.types(script.append(typed));
        if (said.status == 77) GTEST_SKIP() << "there is no bash here";
        EXPECT_EQ(said.out, std::string(line.offered) + "\n") << typed << said.err;
    }
    EXPECT_EQ(someone.types("ls nowhere").out, "") << "a look makes no store";
}

TEST(completions, are_scripts_that_their_shells_understand) {
    user const someone;
    for (std::string const shell : {"bash", "zsh", "fish"}) {
        auto const said = someone.types("shell=" + shell +
                                        "; parlance completions $shell > script; command -v $shell >/dev/null || "
                                        "{ echo none; exit; }; $shell -n script");
        EXPECT_EQ(said.status, 0) << shell << said.err;
        if (said.out == "none\n") std::cout << "not tried, for it is not installed: " << shell << "\n";
    }
}

TEST(completions, complete_in_fish) {
    user const someone;
    someone.gets("parlance queue create jobs");
    auto const said = someone.types("command -v fish >/dev/null || exit 77; parlance completions fish > script; "
                                    "fish -c 'source script; complete -C \"parlance queue send jo\"'");
    if (said.status == 77) GTEST_SKIP() << "there is no fish here";
    EXPECT_EQ(said.out, "jobs\tqueue\n") << said.err;
}

TEST(completions, of_an_unknown_shell_are_wrong_usage) {
    user const someone;
    EXPECT_EQ(someone.types("parlance completions tcsh").status, 2);
    EXPECT_EQ(someone.types("parlance completions").status, 2);
}

} // namespace
} // namespace parlance::cli
