// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/knob_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "program/knob_rules.h"
#include "program/table_test_tools.h"

namespace hone::program {
namespace {

using ::testing::IsEmpty;

constexpr std::string_view kNames[] = {
#define HONE_KNOB(identifier, name, option, values, stage, tier, rule, effect, \
                  sentence)                                                    \
  name,
#include "program/knobs.def"
#undef HONE_KNOB
};

// Values that move nothing in tests/modules but do elsewhere, by the study.
const std::set<std::string> kIdleHere = {
    "-enable-shrink-wrap-region-split=0",  // 8 objects of 75
    "-inline-threshold=0",                 // 14 of 60
};

TEST(KnobTable, IsSortedByNameWithoutRepeats) {
  ASSERT_EQ(knobs().size(), std::size(kNames));
  for (size_t i = 0; i < knobs().size(); ++i) {
    EXPECT_EQ(knobs()[i].name, kNames[i]);
    if (i > 0) EXPECT_LT(knobs()[i - 1].name, knobs()[i].name);
    EXPECT_EQ(find_knob(kNames[i]), &knobs()[i]);
  }
  EXPECT_EQ(find_knob("nob"), nullptr);
}

TEST(KnobTable, EveryRowSaysWhatItDoesAndWhen) {
  std::set<std::string_view> options;
  for (const KnobInfo& knob : knobs()) {
    EXPECT_TRUE(knob.sentence.ends_with('.')) << knob.name;
    EXPECT_FALSE(knob.effect.empty()) << knob.name;
    EXPECT_FALSE(knob.values.empty()) << knob.name;
    EXPECT_TRUE(knob.option.starts_with('-')) << knob.name;
    EXPECT_TRUE(options.insert(knob.option).second) << knob.name;
    EXPECT_TRUE(is_knob_rule(knob.rule)) << knob.name;
    if (knob.tier == Tier::Stable) EXPECT_NE(knob.rule, "unproven");
  }
}

TEST(KnobTable, ExperimentalValuesOfAStableKnob) {
  const KnobInfo& allocator = *find_knob("register-allocator");
  EXPECT_EQ(tier_of_value(allocator, "basic"), Tier::Stable);
  EXPECT_EQ(tier_of_value(allocator, "pbqp"), Tier::Experimental);
  EXPECT_EQ(tier_of_value(*find_knob("gvn-sink"), ""), Tier::Experimental);
}

TEST(KnobTable, OptionTextOfAFlagAndOfAValue) {
  EXPECT_EQ(option_text(*find_knob("ipra"), ""), "-enable-ipra");
  EXPECT_EQ(option_text(*find_knob("inline-threshold"), "-20"),
            "-inline-threshold=-20");
}

// What the corpus becomes under an option.
class Effects {
 public:
  explicit Effects(std::filesystem::path folder) : folder_(std::move(folder)) {
    link_modules(raw());
    run_well({tools().opt, "-passes=default<Oz>", raw(), "-o", oz()});
  }

  std::string passes(const std::vector<std::string>& options) const {
    std::vector<std::string> argv = {
        tools().opt, "-passes=default<Oz>", "-S", "-o", "-", raw()};
    argv.insert(argv.end(), options.begin(), options.end());
    return digest(run_tool(argv));
  }

  std::string code(const std::vector<std::string>& options) const {
    std::vector<std::string> argv = {
        tools().clang, "-w", "-Oz", "-Xclang", "-disable-llvm-passes",
        "-S",          "-o", "-",   oz()};
    for (const std::string& option : options) {
      argv.push_back("-mllvm");
      argv.push_back(option);
    }
    return digest(run_tool(argv));
  }

 private:
  std::string raw() const { return folder_ / "raw.bc"; }
  std::string oz() const { return folder_ / "oz.bc"; }

  static std::string digest(const ProcessResult& result) {
    if (!result.ok())
      return "failed: " + result.describe() + "\n" + result.err.substr(0, 500);
    return hash_bytes(result.out).hex();
  }

  std::filesystem::path folder_;
};

struct Trial {
  const KnobInfo* knob;
  std::string option;
  std::string passes = {};
  std::string code = {};
};

TEST(KnobTable, EveryValueIsAcceptedByItsToolAndChangesSomething) {
  Result<TempDir> folder = TempDir::make();
  ASSERT_TRUE(folder.ok());
  const Effects effects(folder->path());
  const std::string outliner = "-enable-machine-outliner=always";
  const std::string stock_passes = effects.passes({});
  const std::string stock_code = effects.code({});
  const std::string outlined_code = effects.code({outliner});

  std::vector<Trial> trials;
  for (const KnobInfo& knob : knobs())
    for (const std::string_view value : knob.values)
      trials.push_back({&knob, option_text(knob, value)});
  for_each_in_parallel(trials.size(), [&](size_t i) {
    Trial& trial = trials[i];
    if (trial.knob->stage != KnobStage::Codegen)
      trial.passes = effects.passes({trial.option});
    if (trial.knob->stage != KnobStage::Pass)
      trial.code = trial.knob->name == "outliner-benefit"
                       ? effects.code({outliner, trial.option})
                       : effects.code({trial.option});
  });

  std::vector<std::string> idle;
  for (const Trial& trial : trials) {
    EXPECT_FALSE(trial.passes.starts_with("failed"))
        << trial.option << " " << trial.passes;
    EXPECT_FALSE(trial.code.starts_with("failed"))
        << trial.option << " " << trial.code;
    const std::string& stock =
        trial.knob->name == "outliner-benefit" ? outlined_code : stock_code;
    const bool changes =
        (!trial.passes.empty() && trial.passes != stock_passes) ||
        (!trial.code.empty() && trial.code != stock);
    if (changes == kIdleHere.contains(trial.option))
      idle.push_back(trial.option + (changes ? " does something" : " is idle"));
  }
  EXPECT_THAT(idle, IsEmpty());
}

}  // namespace
}  // namespace hone::program
