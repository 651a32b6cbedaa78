// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs every text of passes.def, each in an opt of its own, over all modules of
// tests/modules, in three states: as clang leaves them, in the form that loop
// passes like (for other parameters than the first only this), and after
// default<Oz>. The verifier looks after each pass.
//
// Stable texts may not fail. Failures of experimental ones have to be those of
// tests/modules/known_survey_failures.txt, so that a change of LLVM shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "program/pass_table.h"
#include "program/table_test_tools.h"

namespace hone::program {
namespace {

using ::testing::IsEmpty;

struct Job {
  std::string text;
  Tier tier;
  std::string module;
  std::string failure = {};  // empty: none
};

std::string describe_failure(const ProcessResult& result) {
  if (result.ok()) return {};
  if (result.err.find("Broken module found") != std::string::npos)
    return "verifier";
  return result.describe();
}

TEST(PassSurvey, StablePassesPassAndFailuresOfOthersAreKnown) {
  Result<TempDir> folder = TempDir::make();
  ASSERT_TRUE(folder.ok());
  const std::filesystem::path& at = folder->path();
  link_modules(at / "raw.bc");
  // Without minsize and optsize, which hold most loop passes back.
  run_well({tools().opt, "-force-remove-attribute=minsize",
            "-force-remove-attribute=optsize",
            "-passes=forceattrs,function(sroa,early-cse,"
            "instcombine<no-verify-fixpoint>,simplifycfg,loop(loop-rotate),"
            "instcombine<no-verify-fixpoint>,loop-simplify,lcssa)",
            at / "raw.bc", "-o", at / "loops.bc"});
  run_well(
      {tools().opt, "-passes=default<Oz>", at / "raw.bc", "-o", at / "oz.bc"});

  std::vector<Job> jobs;
  for (const PassInfo& pass : passes())
    for (const std::string_view parameters : pass.parameters)
      for (const char* module : {"loops.bc", "oz.bc", "raw.bc"}) {
        // Parameters are tried where the pass has most to do.
        if (parameters != pass.parameters.front() &&
            std::string_view(module) != "loops.bc")
          continue;
        jobs.push_back({.text = nested_text(pass, parameters),
                        .tier = tier_of(pass, parameters).value(),
                        .module = at / module});
      }
  for_each_in_parallel(jobs.size(), [&](size_t i) {
    jobs[i].failure = describe_failure(
        run_tool({tools().opt, "-passes=" + jobs[i].text, "-verify-each",
                  "-disable-output", jobs[i].module}));
  });

  std::map<std::string, std::string> known =
      read_table("known_survey_failures.txt");
  std::map<std::string, bool> failed;
  for (const Job& job : jobs) {
    failed[job.text] |= !job.failure.empty();
    if (job.tier == Tier::Stable)
      EXPECT_EQ(job.failure, "") << job.text << " on " << job.module;
  }
  std::vector<std::string> news;
  for (const auto& [text, has_failed] : failed) {
    if (has_failed != known.contains(text))
      news.push_back(text + (has_failed ? " fails" : " no longer fails"));
    known.erase(text);
  }
  for (const auto& [text, reason] : known) news.push_back(text + " is gone");
  EXPECT_THAT(news, IsEmpty());
}

}  // namespace
}  // namespace hone::program
