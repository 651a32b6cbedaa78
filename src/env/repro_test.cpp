// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/repro.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "env/test_tools.h"

namespace hone::env {
namespace {

using program::fails_with;
using program::must;
using program::Recipe;
using program::Scratch;
using ::testing::HasSubstr;

const Recipe kCrashing = {
    .stages = {{"default<Oz>"}, {"trigger-crash-module"}}};

// The folders below `folder`.
std::vector<std::filesystem::path> bundles(
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    found.push_back(entry.path());
  return found;
}

std::filesystem::path write_bundle(const Scratch& scratch, const Recipe& recipe,
                                   std::string_view source = kSmallProgram) {
  const Subject subject = make_subject(scratch, source);
  const std::unique_ptr<Session> session = open_session(subject);
  const Evaluation evaluation = evaluate(*session, recipe);
  EXPECT_FALSE(evaluation.ok());
  return must(write_repro(program::tools(), subject, recipe, evaluation,
                          scratch / "failures"));
}

TEST(Repro, BundleHoldsAllThatIsNeeded) {
  const Scratch scratch;
  const std::filesystem::path bundle = write_bundle(scratch, kCrashing);
  EXPECT_TRUE(bundle.filename().string().starts_with("crashed-"));
  EXPECT_TRUE(must(read_file(bundle / "input.bc")) == scratch.read("input.bc"));
  EXPECT_THAT(must(read_file(bundle / "reproduce.sh")),
              HasSubstr("trigger-crash-module"));
  EXPECT_THAT(must(read_file(bundle / "stderr.txt")), HasSubstr("Stack dump"));
  const Json json =
      must(parse_json(must(read_file(bundle / "repro.json")), "it"));
  EXPECT_EQ(must(json_string(json, "outcome")), "crashed");
  EXPECT_EQ(must(program::recipe_from_json(json["recipe"])), kCrashing);
  EXPECT_EQ(must(json_string(json, "compiler")), program::tools().version);
  EXPECT_TRUE(program::build_mode_from_json(json["mode"]).ok());
}

TEST(Repro, ReplayFailsAgain) {
  const Scratch scratch;
  const std::filesystem::path bundle = write_bundle(scratch, kCrashing);
  const ReplayResult again = must(replay_repro(bundle, 20));
  EXPECT_TRUE(again.failed_again);
  // A shell says 128 + the number of the signal.
  EXPECT_THAT(again.description, HasSubstr("exit code 1"));
  must(write_file(bundle / "reproduce.sh", "#!/bin/sh\nexit 0\n"));
  EXPECT_FALSE(must(replay_repro(bundle, 20)).failed_again);
}

TEST(Repro, BrokenIrIsReplayedToo) {
  const Scratch scratch;
  const std::filesystem::path bundle =
      write_bundle(scratch, {.stages = {{"trigger-verifier-error"}}});
  EXPECT_TRUE(bundle.filename().string().starts_with("malformed-"));
  EXPECT_TRUE(must(replay_repro(bundle, 20)).failed_again);
}

TEST(Repro, ReductionMakesTheModuleSmaller) {
  const Scratch scratch;
  const std::filesystem::path bundle = write_bundle(
      scratch, {.stages = {{"trigger-crash-module"}}},
      "int f(int x) { return x + 1; }\nint g(int x) { return f(x) * 3; }\n");
  const ReduceResult reduced = must(reduce_repro(program::tools(), bundle, 60));
  EXPECT_EQ(reduced.reduced, bundle / "reduced.bc");
  EXPECT_EQ(reduced.before, scratch.read("input.bc").size());
  EXPECT_LT(reduced.after, reduced.before * 9 / 10);
  // The reduced module fails the same way.
  std::filesystem::copy_file(reduced.reduced, bundle / "input.bc",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(must(replay_repro(bundle, 20)).failed_again);
}

TEST(Repro, WhatDoesNotFailAnyMoreIsNotReduced) {
  const Scratch scratch;
  const std::filesystem::path bundle = write_bundle(scratch, kCrashing);
  must(write_file(bundle / "reproduce.sh", "#!/bin/sh\nexit 0\n"));
  EXPECT_TRUE(fails_with(reduce_repro(program::tools(), bundle, 60),
                         ErrorKind::NotFound, "does not fail any more"));
}

TEST(Repro, FolderWithoutABundleIsReportedByWhatItLacks) {
  const Scratch scratch;
  EXPECT_TRUE(fails_with(replay_repro(scratch.path(), 5), ErrorKind::NotFound,
                         "it has no input.bc"));
  scratch.write("input.bc", "");
  EXPECT_TRUE(fails_with(reduce_repro(program::tools(), scratch.path(), 5),
                         ErrorKind::NotFound, "it has no reproduce.sh"));
}

TEST(Repro, SessionWritesOneBundleForEachKindOfFailure) {
  const Scratch scratch;
  const std::unique_ptr<Session> session =
      open_session(make_subject(scratch), {.failures = scratch / "failures"});
  std::vector<Recipe> recipes = {kCrashing, kCrashing, kCrashing};
  // Other recipes, but the same words: one bundle is enough.
  recipes[1].codegen_options = {"-disable-lsr"};
  recipes[2].attributes["pick"]["frame-pointer"] = "all";
  // A refused pipeline is no failure of LLVM's.
  recipes.push_back({.stages = {{"no-such-pass"}}});
  (void)session->evaluate(recipes);
  EXPECT_EQ(bundles(scratch / "failures").size(), 1u);
  (void)evaluate(*session, {.stages = {{"trigger-verifier-error"}}});
  EXPECT_EQ(bundles(scratch / "failures").size(), 2u);
}

TEST(Repro, KindsAreToldByOutcomeAndFirstWords) {
  const Evaluation one{.outcome = Outcome::Crashed, .failure = "signal 6 (A)"};
  Evaluation other = one;
  EXPECT_EQ(failure_kind(one), failure_kind(other));
  other.outcome = Outcome::Malformed;
  EXPECT_NE(failure_kind(one), failure_kind(other));
  other = one;
  other.failure = "signal 11 (B)";
  EXPECT_NE(failure_kind(one), failure_kind(other));
}

}  // namespace
}  // namespace hone::env
