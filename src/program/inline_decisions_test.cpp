// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/inline_decisions.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "program/inline_run.h"
#include "program/pass_runner.h"
#include "program/test_tools.h"

namespace hone::program {

namespace {

constexpr std::string_view kOz = "default<Oz>";

Module read(std::string_view name) {
  const Scratch scratch;
  scratch.run_well({tools().opt,
                    (source_folder() / "tests/modules" / name).string(),
                    "-passes=", "-o", "module.bc"});
  return must(Module::parse(scratch.read("module.bc"), name));
}

// Says the same of every call site, and writes down where it was asked.
class Always : public InlineDecider {
 public:
  explicit Always(InlineChoice choice, bool features = false)
      : choice_(choice), features_(features) {}
  InlineChoice decide(const CallSite& site) override {
    sites.push_back(site);
    return choice_;
  }
  bool wants_features() const override { return features_; }
  std::vector<CallSite> sites;

 private:
  InlineChoice choice_;
  bool features_;
};

constexpr std::string_view kModules[] = {"parser.ll", "switches.ll",
                                         "loops.ll"};

}  // namespace

TEST(InlineDecisions, AlwaysAgreeingGivesExactlyTheStockResult) {
  for (const std::string_view name : kModules) {
    const Module initial = read(name);
    Module stock = initial.clone();
    must(stock.run(kOz));
    for (const bool features : {false, true}) {
      Module ours = initial.clone();
      Always agree(InlineChoice::Stock, features);
      must(run_with_decider(ours, kOz, Relocation::Static, agree));
      EXPECT_EQ(ours.hash().hex(), stock.hash().hex()) << name << features;
    }
  }
}

TEST(InlineDecisions, RepeatingWhatStockSaysGivesExactlyTheStockResult) {
  const Module initial = read("parser.ll");
  Module stock = initial.clone();
  must(stock.run(kOz));
  Module watched = initial.clone();
  Always agree(InlineChoice::Stock);
  must(run_with_decider(watched, kOz, Relocation::Static, agree));
  std::vector<InlineChoice> choices;
  for (const CallSite& site : agree.sites)
    choices.push_back(site.stock ? InlineChoice::Inline : InlineChoice::Keep);
  EXPECT_GT(choices.size(), 10u);
  EXPECT_THAT(choices, ::testing::Contains(InlineChoice::Inline));
  EXPECT_THAT(choices, ::testing::Contains(InlineChoice::Keep));
  Module ours = initial.clone();
  must(run_with_choices(ours, kOz, Relocation::Static, choices));
  EXPECT_EQ(ours.hash().hex(), stock.hash().hex());
}

TEST(InlineDecisions, AreObeyed) {
  const Module initial = read("parser.ll");
  Module never = initial.clone();
  Always keep(InlineChoice::Keep);
  must(run_with_decider(never, kOz, Relocation::Static, keep));
  Module often = initial.clone();
  Always take(InlineChoice::Inline);
  must(run_with_decider(often, kOz, Relocation::Static, take));
  EXPECT_GT(never.functions().size(), often.functions().size());
  EXPECT_NE(never.hash().hex(), often.hash().hex());
  EXPECT_TRUE(never.verify().ok());
  EXPECT_TRUE(often.verify().ok());
}

TEST(InlineDecisions, FeaturesAreMlgosAndEndWithTheStockAdvice) {
  const auto names = call_site_feature_names();
  ASSERT_EQ(names.size(), 39u);
  EXPECT_EQ(names.front(), "sroa_savings");
  EXPECT_EQ(names[25], "callee_basic_block_count");
  EXPECT_EQ(names.back(), "inlining_default");
  Module module = read("parser.ll");
  Always agree(InlineChoice::Stock, /*features=*/true);
  must(run_with_decider(module, kOz, Relocation::Static, agree));
  for (const CallSite& site : agree.sites) {
    ASSERT_EQ(site.features.size(), names.size());
    EXPECT_EQ(site.features.back(), site.stock ? 1 : 0);
    EXPECT_GE(site.features[25], 1);  // blocks of the callee
    EXPECT_GE(site.features[27], 2);  // defined functions
    EXPECT_NE(site.caller, site.callee);
  }
}

TEST(InlineRun, StandsAtTheCallSitesOfThePlainRun) {
  const Module initial = read("parser.ll");
  Random random(4);
  InlineRun run(initial.clone(), std::string(kOz), Relocation::Static, {});
  std::vector<InlineChoice> choices;
  std::vector<std::string> offered;
  while (const CallSite* site = run.site()) {
    offered.push_back(site->caller + ">" + site->callee);
    choices.push_back(static_cast<InlineChoice>(random.below(3)));
    run.decide(choices.back());
  }
  EXPECT_TRUE(run.status().ok());
  EXPECT_EQ(run.decided(), choices.size());

  class Recorder : public InlineDecider {
   public:
    explicit Recorder(std::span<const InlineChoice> all) : all_(all) {}
    InlineChoice decide(const CallSite& site) override {
      sites.push_back(site.caller + ">" + site.callee);
      return all_[sites.size() - 1];
    }
    std::vector<std::string> sites;

   private:
    std::span<const InlineChoice> all_;
  } recorder(choices);
  Module plain = initial.clone();
  must(run_with_decider(plain, kOz, Relocation::Static, recorder));
  EXPECT_EQ(recorder.sites, offered);
}

TEST(InlineRun, GoesOnFromChoicesAndCanBeAbandonedAnywhere) {
  const Module initial = read("parser.ll");
  const InlineChoice begun[] = {InlineChoice::Keep, InlineChoice::Inline,
                                InlineChoice::Stock};
  InlineRun straight(initial.clone(), std::string(kOz), Relocation::Static, {});
  for (const InlineChoice choice : begun) straight.decide(choice);
  InlineRun resumed(initial.clone(), std::string(kOz), Relocation::Static,
                    begun);
  ASSERT_NE(resumed.site(), nullptr);
  EXPECT_EQ(resumed.decided(), 3u);
  EXPECT_EQ(resumed.site()->callee, straight.site()->callee);
  EXPECT_EQ(resumed.site()->features, straight.site()->features);
}

TEST(InlineRun, OfNoPipelineEndsWithTheReason) {
  const Module initial = read("switches.ll");
  const InlineRun run(initial.clone(), "no-such-pass", Relocation::Static, {});
  EXPECT_EQ(run.site(), nullptr);
  EXPECT_TRUE(
      fails_with(run.status(), ErrorKind::InvalidArgument, "no-such-pass"));
}

}  // namespace hone::program
