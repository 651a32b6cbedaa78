// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "base/file.h"
#include "env/test_tools.h"
#include "program/derivation.h"

namespace hone::env {
namespace {

using program::fails_with;
using program::must;
using program::Recipe;
using program::Scratch;
using program::stock_recipe;
using ::testing::HasSubstr;

Recipe with_stage(std::string pipeline) {
  return {.stages = {{std::move(pipeline)}}};
}

// Different recipes that all succeed.
std::vector<Recipe> some_recipes() {
  std::vector<Recipe> recipes = {stock_recipe("O3")};
  recipes.push_back(stock_recipe());
  recipes.back().attributes["both"]["frame-pointer"] = "all";
  recipes.push_back(stock_recipe());
  recipes.back().codegen_options = {"-disable-block-placement",
                                    "-min-jump-table-entries=100"};
  recipes.push_back(stock_recipe());
  recipes.back().early_attributes["helper"]["inline"] = "never";
  recipes.push_back(stock_recipe());
  recipes.back().pass_options = {"-inline-threshold=50"};
  recipes.push_back(stock_recipe());
  recipes.back().alternatives = {
      {.late_pipeline = "",
       .attributes = {},
       .codegen_options = {"-min-jump-table-entries=100"}}};
  recipes.back().chosen = {{"pick", 0}};
  return recipes;
}

// Without the time it took.
std::string text_of(Evaluation evaluation) {
  evaluation.cpu_seconds = 0;
  return to_text(to_json(evaluation));
}

std::set<pid_t> workers() {
  std::set<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const Result<std::string> status = read_file(entry.path() / "status");
    if (!status.ok() ||
        status->find("Name:\thone-worker\n") == std::string::npos ||
        status->find(fmt::format("\nPPid:\t{}\n", ::getpid())) ==
            std::string::npos)
      continue;
    found.insert(std::atoi(entry.path().filename().c_str()));
  }
  return found;
}

// The sections' sizes that a derivation by commands ends with.
std::string sections_by_commands(const Subject& subject, const Recipe& recipe) {
  const Scratch scratch;
  scratch.write("input.bc", must(read_file(subject.bitcode)));
  program::Derivation derivation = must(program::derive(
      program::tools(), recipe, subject.mode, program::OutputForm::Object));
  const std::filesystem::path object =
      must(program::execute(derivation, scratch.path(), 30));
  return to_text(
      to_json(must(program::measure_object_file(object)))["sections"]);
}

TEST(Session, EvaluationsAreWhatTheCommandsMake) {
  const Scratch scratch;
  const std::unique_ptr<Session> session = open_session(make_subject(scratch));
  EXPECT_FALSE(session->goes_by_commands());
  const std::vector<Recipe> recipes = some_recipes();
  const std::vector<Evaluation> evaluations = session->evaluate(recipes);
  std::set<std::string> seen;
  for (size_t i = 0; i < recipes.size(); ++i) {
    ASSERT_TRUE(evaluations[i].ok()) << i << ": " << evaluations[i].failure;
    const std::string sections =
        to_text(to_json(evaluations[i].sizes)["sections"]);
    EXPECT_EQ(sections, sections_by_commands(session->subject(), recipes[i]))
        << i;
    EXPECT_GT(evaluations[i].instructions, 10);
    EXPECT_FALSE(evaluations[i].from_store);
    seen.insert(sections);
  }
  EXPECT_GE(seen.size(), 5u) << "the recipes should differ in what they make";
}

TEST(Session, StockIsTheUsersOwnObject) {
  const Scratch scratch;
  const Subject subject = make_subject(scratch);
  const std::unique_ptr<Session> session = open_session(subject);
  EXPECT_EQ(to_text(to_json(session->stock().sizes)["sections"]),
            sections_by_commands(subject, stock_recipe()));
  EXPECT_EQ(session->counts().evaluated, 1);
  EXPECT_GT(session->subject().stock_cpu_seconds, 0);
}

TEST(Session, DescribesItsSubject) {
  const Scratch scratch;
  const Subject subject = make_subject(scratch);
  std::set<std::string> names;
  for (const program::FunctionFacts& facts : subject.functions) {
    names.insert(facts.name);
    if (facts.name == "kept") {
      EXPECT_TRUE(facts.local);
      EXPECT_EQ(facts.callers, 3);
      EXPECT_THAT(facts.unsafe_attributes,
                  ::testing::Contains("inline=always"));
    }
  }
  EXPECT_EQ(names,
            (std::set<std::string>{"both", "helper", "kept", "pick", "sum"}));
  EXPECT_TRUE(subject.can_splice);
}

TEST(Session, AssemblyAtModuleLevelForbidsSplicing) {
  const Scratch scratch;
  EXPECT_FALSE(make_subject(scratch,
                            "__asm__(\".globl seven\\n.set seven, 7\");\n"
                            "int f(int x) { return x + 1; }\n")
                   .can_splice);
}

TEST(Session, CrashOfAPassCostsOneEvaluation) {
  const Scratch scratch;
  const std::unique_ptr<Session> session = open_session(make_subject(scratch));
  const std::vector<Recipe> recipes = {with_stage("trigger-crash-module"),
                                       stock_recipe("O2"),
                                       with_stage("default<O1>")};
  const std::vector<Evaluation> evaluations = session->evaluate(recipes);
  EXPECT_EQ(evaluations[0].outcome, Outcome::Crashed);
  EXPECT_THAT(evaluations[0].failure, HasSubstr("signal"));
  EXPECT_TRUE(evaluations[1].ok());
  EXPECT_TRUE(evaluations[2].ok());
  EXPECT_EQ(session->counts().failed, 1);
}

TEST(Session, FailuresAreToldApart) {
  const Scratch scratch;
  const std::unique_ptr<Session> session = open_session(make_subject(scratch));
  const Evaluation invalid = evaluate(*session, with_stage("no-such-pass"));
  EXPECT_EQ(invalid.outcome, Outcome::Invalid);
  EXPECT_THAT(invalid.failure, HasSubstr("no-such-pass"));
  const Evaluation malformed =
      evaluate(*session, with_stage("trigger-verifier-error"));
  EXPECT_EQ(malformed.outcome, Outcome::Malformed);
  EXPECT_NE(malformed.failure, "");
  Recipe option = stock_recipe();
  option.pass_options = {"-no-such-option"};
  EXPECT_EQ(evaluate(*session, option).outcome, Outcome::Invalid);
  option = stock_recipe();
  option.codegen_options = {"-no-such-option"};
  EXPECT_EQ(evaluate(*session, option).outcome, Outcome::Invalid);
  Recipe attribute = stock_recipe();
  attribute.attributes["pick"]["colour"] = "red";
  const Evaluation unknown = evaluate(*session, attribute);
  EXPECT_EQ(unknown.outcome, Outcome::Invalid);
  EXPECT_THAT(unknown.failure, HasSubstr("colour=red"));
}

TEST(Session, WorkerThatWasKilledIsReplaced) {
  const Scratch scratch;
  const std::unique_ptr<Session> session =
      open_session(make_subject(scratch), {.jobs = 2});
  const std::vector<Recipe> recipes = some_recipes();
  const std::vector<Evaluation> before = session->evaluate(recipes);
  const std::set<pid_t> killed = workers();
  ASSERT_EQ(killed.size(), 2u);
  for (const pid_t pid : killed) ::kill(pid, SIGKILL);
  const std::vector<Evaluation> after = session->evaluate(recipes);
  for (size_t i = 0; i < recipes.size(); ++i)
    EXPECT_EQ(text_of(after[i]), text_of(before[i])) << i;
  for (const pid_t pid : workers()) EXPECT_FALSE(killed.contains(pid));
}

// The kernel ends a child together with the thread that started it.
TEST(Session, WorkersStayFromOneRoundToTheNext) {
  const Scratch scratch;
  const std::unique_ptr<Session> session =
      open_session(make_subject(scratch), {.jobs = 3});
  const std::vector<Recipe> recipes = some_recipes();
  (void)session->evaluate(recipes);
  const std::set<pid_t> first = workers();
  EXPECT_EQ(first.size(), 3u);
  (void)session->evaluate(recipes);
  EXPECT_EQ(workers(), first);
}

TEST(Session, EndsItsWorkers) {
  const Scratch scratch;
  {
    const std::unique_ptr<Session> session =
        open_session(make_subject(scratch), {.jobs = 2});
    (void)session->evaluate(some_recipes());
    EXPECT_EQ(workers().size(), 2u);
  }
  EXPECT_TRUE(workers().empty());
}

TEST(Session, ResultsDoNotDependOnTheNumberOfJobs) {
  const Scratch scratch;
  const Subject subject = make_subject(scratch);
  const std::vector<Recipe> recipes = some_recipes();
  const std::vector<Evaluation> one =
      open_session(subject, {.jobs = 1})->evaluate(recipes);
  const std::vector<Evaluation> two =
      open_session(subject, {.jobs = 2})->evaluate(recipes);
  for (size_t i = 0; i < recipes.size(); ++i)
    EXPECT_EQ(text_of(one[i]), text_of(two[i])) << i;
}

TEST(Session, SecondSessionReusesTheStoreAndSaysSo) {
  const Scratch scratch;
  const Subject subject = make_subject(scratch);
  store::Store store = must(store::Store::open(scratch / "hone.db"));
  const std::vector<Recipe> recipes = some_recipes();
  const std::unique_ptr<Session> first =
      open_session(subject, {.store = &store});
  const std::vector<Evaluation> fresh = first->evaluate(recipes);
  EXPECT_EQ(first->counts().from_store, 0);
  const std::unique_ptr<Session> second =
      open_session(subject, {.store = &store});
  const std::vector<Evaluation> stored = second->evaluate(recipes);
  EXPECT_EQ(second->counts().from_store, static_cast<int64_t>(recipes.size()));
  EXPECT_EQ(second->counts().evaluated, 0);
  for (size_t i = 0; i < recipes.size(); ++i) {
    EXPECT_TRUE(stored[i].from_store);
    EXPECT_EQ(text_of(stored[i]), text_of(fresh[i])) << i;
  }
  EXPECT_EQ(text_of(second->stock()), text_of(first->stock()));
  // Failures are answers too; another input shares none of them.
  (void)evaluate(*first, with_stage("no-such-pass"));
  EXPECT_TRUE(evaluate(*second, with_stage("no-such-pass")).from_store);
  const Scratch elsewhere;
  const std::unique_ptr<Session> other =
      open_session(make_subject(elsewhere, "int f(int x) { return x * 3; }\n"),
                   {.store = &store});
  EXPECT_FALSE(evaluate(*other, recipes[0]).from_store);
}

TEST(Session, UnusualFlagsGoByCommands) {
  const Scratch scratch;
  const Subject subject =
      make_subject(scratch, kSmallProgram, {"-fno-zero-initialized-in-bss"});
  const std::unique_ptr<Session> session = open_session(subject);
  EXPECT_TRUE(session->goes_by_commands());
  const std::vector<Recipe> recipes = some_recipes();
  const std::vector<Evaluation> evaluations = session->evaluate(recipes);
  for (size_t i = 0; i < recipes.size(); ++i) {
    ASSERT_TRUE(evaluations[i].ok()) << evaluations[i].failure;
    EXPECT_EQ(to_text(to_json(evaluations[i].sizes)["sections"]),
              sections_by_commands(subject, recipes[i]));
    EXPECT_EQ(evaluations[i].sizes.nobits(), 0u);
  }
}

TEST(Session, DebugInformationChangesNoLoadedByte) {
  const Scratch scratch;
  const Subject subject = make_subject(scratch, kSmallProgram, {"-g"});
  EXPECT_FALSE(subject.can_splice);
  const std::unique_ptr<Session> session = open_session(subject);
  std::vector<Recipe> recipes = some_recipes();
  recipes.pop_back();
  const std::vector<Evaluation> evaluations = session->evaluate(recipes);
  for (size_t i = 0; i < recipes.size(); ++i)
    EXPECT_EQ(to_text(to_json(evaluations[i].sizes)["sections"]),
              sections_by_commands(subject, recipes[i]));
}

TEST(Session, PaperProtocolCountsInstructionsAndEmitsNothing) {
  const Scratch scratch;
  Subject subject = make_subject(scratch);
  subject.protocol = program::Protocol::Paper;
  const std::unique_ptr<Session> session = open_session(std::move(subject));
  const Evaluation evaluation = evaluate(*session, stock_recipe());
  EXPECT_GT(evaluation.instructions, 10);
  EXPECT_EQ(evaluation.sizes.loaded(), 0u);
  EXPECT_EQ(cost(evaluation, Objective::Instructions), evaluation.instructions);
}

TEST(Session, StopRequestLeavesTheRestKilled) {
  const Scratch scratch;
  std::stop_source stop;
  store::Store store = must(store::Store::open(":memory:"));
  const std::unique_ptr<Session> session = open_session(
      make_subject(scratch), {.store = &store, .stop = stop.get_token()});
  stop.request_stop();
  for (const Evaluation& evaluation : session->evaluate(some_recipes()))
    EXPECT_EQ(evaluation.outcome, Outcome::Killed);
  // No verdict is kept of what was not tried.
  EXPECT_EQ(must(store.info()).rows, 1);
}

TEST(Session, SubjectThatCannotBeReadIsRefused) {
  const Scratch scratch;
  Subject subject = make_subject(scratch);
  scratch.write("broken.bc",
                "BC\xC0\xDE"
                "nonsense");
  subject.bitcode = scratch / "broken.bc";
  EXPECT_TRUE(fails_with(Session::open(program::tools(), subject, {}),
                         ErrorKind::ToolFailed, "broken.bc"));
  EXPECT_TRUE(
      fails_with(describe_subject(subject), ErrorKind::Malformed, "bitcode"));
  subject.bitcode = scratch / "none.bc";
  EXPECT_TRUE(
      fails_with(describe_subject(subject), ErrorKind::Malformed, "none.bc"));
}

TEST(Session, MissingWorkerIsReportedByName) {
  ::setenv("HONE_WORKER", "/nowhere/hone-worker", 1);
  const Scratch scratch;
  Subject subject;
  subject.bitcode = scratch.write("a.bc", "");
  const Status status = describe_subject(subject);
  ::unsetenv("HONE_WORKER");
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(fails_with(find_worker(), ErrorKind::NotFound, "HONE_WORKER"));
}

TEST(Evaluation, JsonGoesThereAndBack) {
  Evaluation evaluation{.outcome = Outcome::Crashed, .failure = "signal 6"};
  evaluation.instructions = 7;
  evaluation.state = hash_bytes("state");
  evaluation.sizes.sections = {{".text", 12, false}, {".bss", 5, true}};
  evaluation.sizes.functions = {{"f", 1, 2, 3, true}};
  evaluation.functions = {{"f", 4, true, 2, true, true, {"codegen=speed"}}};
  evaluation.cpu_seconds = 0.5;
  const Json json = to_json(evaluation);
  EXPECT_EQ(to_json(must(
                evaluation_from_json(must(parse_json(to_text(json), "it"))))),
            json);
  for (const char* key : {"outcome", "failure", "instructions", "state",
                          "cpu_seconds", "sizes", "functions"}) {
    Json without = json;
    without.erase(key);
    EXPECT_TRUE(
        fails_with(evaluation_from_json(without), ErrorKind::Malformed, key));
  }
  Json strange = json;
  strange["outcome"] = "splendid";
  EXPECT_TRUE(fails_with(evaluation_from_json(strange), ErrorKind::Malformed,
                         "splendid"));
  EXPECT_EQ(cost(evaluation, Objective::LoadedBytes), 12);
  EXPECT_EQ(cost(evaluation, Objective::Instructions), 7);
}

}  // namespace
}  // namespace hone::env
