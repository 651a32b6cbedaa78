// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "program/table_test_tools.h"

namespace hone::program {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kNames[] = {
#define HONE_PASS(identifier, name, level, tier, parameters, sentence) name,
#include "program/passes.def"
#undef HONE_PASS
};

const std::string kTinyModule =
    "target triple = \"x86_64-pc-linux-gnu\"\n"
    "define i32 @f(i32 %a) { ret i32 %a }\n";

// The pass names of opt --print-passes with the headings they stand under;
// analyses and machine passes apart.
std::map<std::string, std::set<std::string>> passes_of_opt() {
  std::map<std::string, std::set<std::string>> found;
  std::string heading;
  for (const std::string& line :
       split(run_well({tools().opt, "--print-passes"}), '\n')) {
    if (!line.starts_with(' ')) {
      heading = line;
      continue;
    }
    if (heading.find("nalyses") != std::string::npos ||
        heading.find("Machine") != std::string::npos)
      continue;
    const std::string name(trim(line));
    found[name.substr(0, name.find('<'))].insert(heading);
  }
  return found;
}

// The passes that stand in LLVM's own pipelines, by name.
std::set<std::string> passes_of_default_pipelines() {
  std::vector<std::string> pipelines;
  for (const char* level : {"O1", "O2", "O3", "Os", "Oz"})
    pipelines.push_back(fmt::format("default<{}>", level));
  for (const char* kind :
       {"lto", "lto-pre-link", "thinlto", "thinlto-pre-link"})
    for (const char* level : {"O2", "O3", "Oz"})
      pipelines.push_back(fmt::format("{}<{}>", kind, level));
  std::set<std::string> found;
  for (const std::string& pipeline : pipelines) {
    std::string word;
    int brackets = 0;
    const std::string text =
        run_well({tools().opt, "-passes=" + pipeline, "-print-pipeline-passes",
                  "-disable-output"},
                 kTinyModule);
    for (const char c : text) {
      if (c == '<') ++brackets;
      if (brackets == 0 && (std::isalnum(c) != 0 || c == '-')) {
        word += c;
      } else if (c == ',' || c == ')' || c == '(' || c == '\n') {
        if (brackets == 0) {
          found.insert(word);
          word.clear();
        }
      }
      if (c == '>') --brackets;
    }
  }
  return found;
}

TEST(PassTable, IsSortedByNameWithoutRepeats) {
  ASSERT_EQ(passes().size(), std::size(kNames));
  for (size_t i = 0; i < passes().size(); ++i) {
    EXPECT_EQ(passes()[i].name, kNames[i]);
    if (i > 0) EXPECT_LT(passes()[i - 1].name, passes()[i].name);
  }
}

TEST(PassTable, EveryPassIsFoundByItsName) {
  for (const PassInfo& pass : passes())
    EXPECT_EQ(find_pass(pass.name), &pass) << pass.name;
  EXPECT_EQ(find_pass("gnv"), nullptr);
  EXPECT_EQ(find_pass(""), nullptr);
}

TEST(PassTable, EverySentenceIsASentence) {
  for (const PassInfo& pass : passes()) {
    EXPECT_TRUE(pass.sentence.ends_with('.')) << pass.name;
    EXPECT_FALSE(pass.parameters.empty()) << pass.name;
  }
}

TEST(PassTable, NestedTextNamesTheLevelsAboveAPass) {
  EXPECT_EQ(nested_text(*find_pass("globaldce")), "globaldce");
  EXPECT_EQ(nested_text(*find_pass("inline")), "cgscc(inline)");
  EXPECT_EQ(nested_text(*find_pass("gvn")), "function(gvn)");
  EXPECT_EQ(nested_text(*find_pass("gvn"), "no-pre"), "function(gvn<no-pre>)");
  EXPECT_EQ(nested_text(*find_pass("indvars")), "function(loop(indvars))");
  EXPECT_EQ(nested_text(*find_pass("loop-interchange")),
            "function(loop(loop-interchange))");
  EXPECT_EQ(nested_text(*find_pass("licm")),
            "function(loop-mssa(licm<allowspeculation>))");
  EXPECT_EQ(nested_text(*find_pass("instcombine")),
            "function(instcombine<no-verify-fixpoint>)");
}

TEST(PassTable, TiersOfParameters) {
  const PassInfo& gvn = *find_pass("gvn");
  EXPECT_EQ(tier_of(gvn, ""), Tier::Stable);
  EXPECT_EQ(tier_of(gvn, "no-load-pre"), Tier::Stable);
  EXPECT_EQ(tier_of(gvn, "no-pre;no-load-pre"), Tier::Stable);
  EXPECT_EQ(tier_of(gvn, "no-memdep;memoryssa"), Tier::Experimental);
  EXPECT_EQ(tier_of(gvn, "no-pre;split-backedge-load-pre"), Tier::Experimental);
  EXPECT_EQ(tier_of(gvn, "faster"), std::nullopt);
  EXPECT_EQ(tier_of(gvn, "no-pre;faster"), std::nullopt);
  const PassInfo& simplifycfg = *find_pass("simplifycfg");
  EXPECT_EQ(tier_of(simplifycfg, "bonus-inst-threshold=3"), Tier::Stable);
  EXPECT_EQ(tier_of(simplifycfg, "bonus-inst-threshold=x"), std::nullopt);
  EXPECT_EQ(tier_of(*find_pass("speculative-execution"), ""),
            Tier::Experimental);
}

TEST(PassTable, InstcombineIsUnknownWhereItCouldAbort) {
  const PassInfo& instcombine = *find_pass("instcombine");
  EXPECT_EQ(tier_of(instcombine, ""), std::nullopt);
  EXPECT_EQ(tier_of(instcombine, "max-iterations=1"), std::nullopt);
  EXPECT_EQ(tier_of(instcombine, "max-iterations=3;no-verify-fixpoint"),
            Tier::Stable);
}

TEST(PassTable, OptAcceptsEveryText) {
  std::string all;
  for (const PassInfo& pass : passes())
    for (const std::string_view parameters : pass.parameters)
      all += (all.empty() ? "" : ",") + nested_text(pass, parameters);
  run_well({tools().opt, "-passes=" + all, "-disable-output"}, kTinyModule);
}

TEST(PassTable, LevelsAreThoseOfOpt) {
  const std::map<std::string, std::set<std::string>> known = passes_of_opt();
  const std::map<PassLevel, std::string_view> headings = {
      {PassLevel::Module, "Module passes"},
      {PassLevel::Cgscc, "CGSCC passes"},
      {PassLevel::Function, "Function passes"},
      {PassLevel::LoopNest, "LoopNest passes"},
      {PassLevel::Loop, "Loop passes"}};
  for (const PassInfo& pass : passes()) {
    const auto at = known.find(std::string(pass.name));
    ASSERT_NE(at, known.end()) << pass.name;
    bool fits = false;
    for (const std::string& heading : at->second)
      fits |= heading.starts_with(headings.at(pass.level));
    EXPECT_TRUE(fits) << pass.name;
  }
}

// A newer LLVM's passes have to be put into one of the two tables.
TEST(PassTable, EveryPassOfOptIsListedOrLeftOutWithAReason) {
  const std::map<std::string, std::string> left_out =
      read_table("left_out_passes.txt");
  const std::map<std::string, std::set<std::string>> known = passes_of_opt();
  std::vector<std::string> forgotten;
  for (const auto& [name, headings] : known) {
    const bool is_listed = find_pass(name) != nullptr;
    EXPECT_FALSE(is_listed && left_out.contains(name)) << name;
    if (!is_listed && !left_out.contains(name)) forgotten.push_back(name);
  }
  EXPECT_THAT(forgotten, IsEmpty());
  for (const auto& [name, reason] : left_out)
    EXPECT_TRUE(known.contains(name)) << name;
}

TEST(PassTable, StablePassesAreThoseOfLlvmsOwnPipelines) {
  const std::set<std::string> used = passes_of_default_pipelines();
  ASSERT_TRUE(used.contains("licm"));
  for (const PassInfo& pass : passes())
    EXPECT_EQ(pass.tier == Tier::Stable, used.contains(std::string(pass.name)))
        << pass.name;
}

}  // namespace
}  // namespace hone::program
