// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every row of commands.def, and what is generated from it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/subprocess.h"
#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man.h"

namespace hone::cli {
namespace {

using ::testing::HasSubstr;

TEST(Commands, AreFoundByName) {
#define HONE_COMMAND(identifier, public_name, text)                    \
  {                                                                    \
    const Result<const CommandInfo*> info = find_command(public_name); \
    ASSERT_TRUE(info.ok());                                            \
    EXPECT_EQ((*info)->sentence, text);                                \
  }
#include "cli/commands.def"
#undef HONE_COMMAND
}

TEST(Commands, AMisspeltNameIsSuggested) {
  const Result<const CommandInfo*> info = find_command("exlpain");
  ASSERT_FALSE(info.ok());
  EXPECT_EQ(info.error().kind, ErrorKind::InvalidArgument);
  EXPECT_THAT(info.error().message, HasSubstr("did you mean 'explain'?"));
}

TEST(Commands, CanBeRunAndHaveFlagsThatAreUniqueAndExplained) {
  for (const CommandInfo& info : commands()) {
    SCOPED_TRACE(info.name);
    const Documented documented = make_documented(info);
    const Subcommand& command = documented.command;
    EXPECT_EQ(command.raw, command.run == nullptr);
    EXPECT_EQ(command.raw, command.run_raw != nullptr);
    std::set<std::string> names;
    std::set<char> letters;
    for (const Flag& flag : command.flags.flags) {
      SCOPED_TRACE(flag.name);
      EXPECT_TRUE(names.insert(flag.name).second);
      EXPECT_TRUE(flag.letter == 0 || letters.insert(flag.letter).second);
      EXPECT_TRUE(flag.sentence.ends_with('.'));
      EXPECT_TRUE(std::is_sorted(flag.choices.begin(), flag.choices.end()));
      EXPECT_EQ(flag.value.empty(), std::holds_alternative<bool*>(flag.target));
      // A default outside the choices could not be asked for.
      if (!flag.choices.empty() && !default_of(flag).empty() &&
          flag.default_text.empty())
        EXPECT_THAT(flag.choices, ::testing::Contains(default_of(flag)));
    }
  }
}

TEST(Help, FitsEightyColumnsAndNamesEveryFlag) {
  for (const CommandInfo& info : commands()) {
    const std::string text = command_help(info);
    for (const Flag& flag : make_documented(info).command.flags.flags)
      EXPECT_THAT(text, HasSubstr("--" + flag.name));
    for (const std::string& line : split(text, '\n'))
      EXPECT_LE(text_width(line), 80u) << line;
    EXPECT_THAT(overview(), HasSubstr(std::string(info.name)));
  }
}

TEST(Man, PagesHaveTheirSectionsAndNoStrayRequests) {
  for (const CommandInfo& info : commands()) {
    const std::string page = man_page(info);
    EXPECT_TRUE(page.starts_with(".TH HONE-"));
    for (const char* section : {"NAME", "SYNOPSIS", "EXIT STATUS"})
      EXPECT_THAT(page, HasSubstr(std::string(".SH ") + section));
    EXPECT_THAT(man_overview(), HasSubstr("hone " + std::string(info.name)));
  }
}

TEST(Completion, EachShellsScriptNamesEveryCommandAndFlag) {
  for (const std::string& shell : completion_shells()) {
    const std::string script = completion_script(shell);
    for (const CommandInfo& info : commands()) {
      EXPECT_THAT(script, HasSubstr(std::string(info.name)));
      for (const Flag& flag : make_documented(info).command.flags.flags)
        EXPECT_THAT(script, HasSubstr(flag.name)) << shell;
    }
  }
}

TEST(Completion, BashAcceptsItsScript) {
  const Result<ProcessResult> ran =
      run({.argv = {"bash", "-n"}, .input = completion_script("bash")});
  ASSERT_TRUE(ran.ok());
  EXPECT_TRUE(ran->ok()) << ran->err;
}

// As readline calls it, to which a colon is a word.
std::string bash_offers(const std::string& words, const std::string& line) {
  const std::string script = completion_script("bash") +
                             "compopt() { :; }\n"
                             "COMP_WORDS=(" +
                             words + ") COMP_LINE='" + line +
                             "' COMP_POINT=99\n"
                             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                             "_hone; echo \"${COMPREPLY[@]}\"\n";
  const Result<ProcessResult> ran = run({.argv = {"bash"}, .input = script});
  return ran.ok() ? ran->out : ran.error().message;
}

TEST(Completion, OffersDataSetsAsWhatAUriBeginsWith) {
  EXPECT_EQ(bash_offers("hone env datasets chs", "hone env datasets chs"),
            "chstone://\n");
  EXPECT_EQ(bash_offers("hone env step gen", "hone env step gen"),
            "generator://csmith/ generator://hone/\n");
  EXPECT_EQ(bash_offers("hone env step generator : //h",
                        "hone env step generator://h"),
            "//hone/\n");
  EXPECT_EQ(bash_offers("hone env ste", "hone env ste"), "step\n");
  for (const std::string& shell : completion_shells())
    EXPECT_THAT(completion_script(shell), HasSubstr("mibench")) << shell;
}

}  // namespace
}  // namespace hone::cli
