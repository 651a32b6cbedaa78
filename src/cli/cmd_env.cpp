// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "cli/env_command.h"
#include "cli/env_names.h"
#include "cli/interrupt.h"
#include "cli/shared_flags.h"
#include "env/benchmark.h"
#include "env/leaderboard.h"
#include "env/measure.h"

namespace hone::cli {

namespace {

using Options = EnvFlags;

Result<env::EnvironmentOptions> environment_options(const Options& o) {
  HONE_ASSIGN_OR_RETURN(const env::EnvironmentInfo* info,
                        env::find_environment(o.environment));
  const std::string reward =
      o.reward.empty() ? std::string(info->reward) : o.reward;
  return env::EnvironmentOptions{.action_space = o.action_space,
                                 .reward = reward == "none" ? "" : reward,
                                 .failures = failures_folder(),
                                 .vocabulary = o.vocabulary};
}

std::string benchmark_of(const Options& o) {
  return env::benchmark_uri(o.subject.front(), o.clang_flags);
}

// --- Episodes
// -----------------------------------------------------------------

// The best episode as an entry's line of a leaderboard.
Result<std::string> board_text(const std::string& name,
                               const env::RandomRun& run) {
  HONE_ASSIGN_OR_RETURN(std::string versions, env_versions());
  const auto best =
      std::max_element(run.episodes.begin(), run.episodes.end(),
                       [](const env::Episode& a, const env::Episode& b) {
                         return a.reward < b.reward;
                       });
  return fmt::format("{}\n{}\n", env::kBoardHeader,
                     env::to_text(env::BoardLine{
                         .name = name,
                         .versions = std::move(versions),
                         .walltime = std::round(run.seconds * 1e3) / 1e3,
                         .episode = *best}));
}

env::RandomPlan plan_of(const Options& o) {
  return {.episodes = static_cast<int>(o.episodes),
          .length = static_cast<int>(o.length),
          .batch = static_cast<int>(o.batch),
          .seed = static_cast<uint64_t>(o.seed),
          .stop = stop_on_interrupt()};
}

// The run, and a word to the user where an interrupt has made it shorter.
Result<env::RandomRun> say_interrupted(env::RandomRun run, const Options& o,
                                       const Console& console) {
  const auto done = static_cast<int64_t>(run.episodes.size());
  if (done == 0)
    return Error(ErrorKind::Interrupted,
                 "interrupted before an episode had ended");
  if (done < o.episodes)
    console.complain(
        fmt::format("interrupted after {} of {} episodes", done, o.episodes));
  return run;
}

// Random episodes as the flags say, those before an interrupt. Rewards that are
// measured in time are not measured beside each other unless told so.
Result<env::RandomRun> run_plan(const Options& o, const Console& console) {
  HONE_ASSIGN_OR_RETURN(const env::EnvironmentOptions options,
                        environment_options(o));
  const bool is_alone = o.jobs == 0 && env::is_timed(options.reward);
  const int64_t count =
      is_alone ? 1 : std::min<int64_t>(job_count(o.jobs), o.episodes);
  std::vector<std::unique_ptr<env::Environment>> environments;
  for (int64_t i = 0; i < count; ++i) {
    HONE_ASSIGN_OR_RETURN(std::unique_ptr<env::Environment> made,
                          env::make_environment(o.environment, options));
    environments.push_back(std::move(made));
  }
  HONE_ASSIGN_OR_RETURN(
      env::RandomRun run,
      env::run_random(environments, benchmark_of(o), plan_of(o)));
  return say_interrupted(std::move(run), o, console);
}

// Some of the actions that were lost, and why.
void note_failures(const std::map<std::string, int64_t>& failures,
                   const Console& console) {
  constexpr size_t kMost = 10;
  size_t told = 0;
  for (const auto& [failure, count] : failures) {
    if (++told > kMost) break;
    console.note(fmt::format("lost {}{}", failure,
                             count == 1 ? "" : fmt::format(" ({}x)", count)));
  }
  if (failures.size() > kMost)
    console.note(fmt::format("and {} more; --json has all of them",
                             failures.size() - kMost));
}

Result<Answer> run_episodes(const Options& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const env::RandomRun run, run_plan(o, console));
  Answer answer{.text = std::string(env::kEpisodeHeader) + "\n"};
  Json list = Json::array();
  for (const env::Episode& episode : run.episodes) {
    answer.text += env::to_text(episode) + "\n";
    list.push_back(to_json(episode));
  }
  if (!o.entry.empty()) {
    HONE_ASSIGN_OR_RETURN(answer.text, board_text(o.entry, run));
  }
  answer.json = {
      {"episodes", list}, {"lost_steps", run.lost}, {"failures", run.failures}};
  note_failures(run.failures, console);
  console.note(fmt::format("{} episodes, {} steps, {} lost, {:.0f} steps/s",
                           run.episodes.size(), run.steps, run.lost,
                           static_cast<double>(run.steps) / run.seconds));
  return answer;
}

// Those of the actions that are not among the taken ones, which stand in the
// same order.
std::vector<std::string> not_taken(const std::vector<std::string>& asked,
                                   const std::vector<std::string>& taken) {
  std::vector<std::string> others;
  size_t next = 0;
  for (const std::string& action : asked) {
    if (next < taken.size() && taken[next] == action)
      ++next;
    else
      others.push_back(action);
  }
  return others;
}

Result<Answer> take_steps(const Options& o, Console&) {
  HONE_ASSIGN_OR_RETURN(env::EnvironmentOptions options,
                        environment_options(o));
  if (!o.observe.empty()) options.observations = split(o.observe, ',');
  HONE_ASSIGN_OR_RETURN(
      const std::unique_ptr<env::Environment> environment,
      env::make_environment(o.environment, std::move(options)));
  HONE_ASSIGN_OR_RETURN(env::Step step, environment->reset(benchmark_of(o)));
  const std::vector<std::string> asked = split_blank(o.take);
  if (!asked.empty()) {
    HONE_ASSIGN_OR_RETURN(step, environment->step_texts(asked));
  }
  HONE_ASSIGN_OR_RETURN(const env::Episode episode, environment->episode());
  const std::vector<std::string> others = not_taken(asked, episode.actions);
  Answer answer{.exit_code = step.failures.empty() ? 0 : 1};
  answer.json = to_json(episode);
  answer.json["changed"] = step.changed;
  answer.json["done"] = step.done;
  answer.json["failures"] = step.failures;
  answer.json["not_taken"] = others;
  answer.text =
      fmt::format("reward {:.6g}\nstate {}\n", step.reward, episode.state);
  for (const std::string& failure : step.failures)
    answer.text += fmt::format("lost {}\n", failure);
  if (!others.empty())
    answer.text += fmt::format("taken: {}\nnot taken: {}\n",
                               join(episode.actions, " "), join(others, " "));
  const std::vector<std::string>& names = environment->options().observations;
  const std::vector<env::NamedSpace> spaces = environment->observation_spaces();
  Json observed = Json::object();
  for (size_t i = 0; i < names.size(); ++i) {
    const auto row = std::find_if(
        spaces.begin(), spaces.end(),
        [&](const env::NamedSpace& space) { return space.name == names[i]; });
    HONE_CHECK(row != spaces.end());  // the environment was made with it
    observed[names[i]] = env::to_json(row->space, step.observations[i]);
    const Json& value = observed[names[i]];
    answer.text += fmt::format(
        "{} {}\n", names[i],
        value.is_string() ? value.get<std::string>() : to_text(value));
  }
  answer.json["observations"] = observed;
  return answer;
}

Result<Answer> bench(const Options& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<env::Environment> environment,
                        make_environment(o));
  HONE_ASSIGN_OR_RETURN(
      env::RandomRun taken,
      env::run_random(*environment, benchmark_of(o), plan_of(o)));
  HONE_ASSIGN_OR_RETURN(env::RandomRun run,
                        say_interrupted(std::move(taken), o, console));
  const double rate = static_cast<double>(run.steps) / run.seconds;
  const auto ms = [](std::vector<double>& seconds, double share) {
    return env::percentile(seconds, share) * 1e3;
  };
  const double p50 = ms(run.step_seconds, 0.5);
  const double p99 = ms(run.step_seconds, 0.99);
  const double reset = ms(run.reset_seconds, 0.5);
  return Answer{
      .text = fmt::format(
          "{:.0f} steps/s over {} episodes of {} steps\n"
          "round trip of {} steps: {:.3f} ms median, {:.3f} ms in 1 of 100\n"
          "reset: {:.3f} ms median\n",
          rate, run.episodes.size(), o.length, o.batch, p50, p99, reset),
      .json = {{"steps_per_second", rate},
               {"step_ms_p50", p50},
               {"step_ms_p99", p99},
               {"reset_ms_p50", reset}}};
}

// --- The command
// ----------------------------------------------------------------

struct Action {
  std::string_view name;
  size_t least;  // words after it
  size_t most;
  Result<Answer> (*run)(const Options&, Console&);
  bool has_jobs = false;  // takes several episodes at a time
};

constexpr size_t kManyFiles = 1000;
constexpr int kMostCount = std::numeric_limits<int>::max();

constexpr Action kActions[] = {
    {"bench", 1, 1, bench},
    {"datasets", 0, 1, list_datasets},
    {"leaderboard", 1, kManyFiles, show_leaderboard, true},
    {"list", 0, 0, list_environments},
    {"minimize", 1, 1, minimize_episodes, true},
    {"replay", 1, 1, replay_episodes},
    {"run", 1, 1, run_episodes, true},
    {"shell", 1, 1, run_shell},
    {"spaces", 0, 0, list_spaces},
    {"step", 1, 1, take_steps},
    {"validate", 1, 1, validate_episodes, true},
};

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const Action& action : kActions) names.emplace_back(action.name);
  return names;
}

Result<Answer> run_env(const Options& o, Console& console) {
  const auto* const action = std::find_if(
      std::begin(kActions), std::end(kActions),
      [&](const Action& known) { return known.name == o.action.front(); });
  HONE_CHECK(action != std::end(kActions));  // the flags' choices
  if (o.subject.size() < action->least)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("hone env {} needs a benchmark or a table "
                             "of episodes; see hone help env",
                             action->name));
  if (o.subject.size() > action->most)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("hone env {} takes {}, not '{}' too", action->name,
                             action->most == 0 ? "no SUBJECT" : "one SUBJECT",
                             o.subject.back()));
  if (o.jobs != 0 && !action->has_jobs)
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("hone env {} takes no --jobs: one environment does "
                    "its work; leaderboard, minimize, run and "
                    "validate take it",
                    action->name));
  return action->run(o, console);
}

Flag env_jobs_flag(int64_t& jobs) {
  Flag flag = jobs_flag(jobs);
  flag.sentence =
      "Of leaderboard, minimize, run and validate: takes N episodes at a time.";
  return flag;
}

}  // namespace

Result<std::unique_ptr<env::Environment>> make_environment(const EnvFlags& o) {
  HONE_ASSIGN_OR_RETURN(env::EnvironmentOptions options,
                        environment_options(o));
  return env::make_environment(o.environment, std::move(options));
}

Json to_json(const env::Episode& episode) {
  return {{"environment", episode.environment},
          {"benchmark", episode.benchmark},
          {"reward_space", episode.reward_space},
          {"reward", episode.reward},
          {"state", episode.state},
          {"actions", episode.actions}};
}

Subcommand make_env() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "An environment is a compiler's decisions as steps, with observations of "
      "the state and a reward: LLVM's passes on one module (llvm), what is "
      "inlined (inliner), how loops are vectorised and unrolled (loops), the "
      "passes of a pipeline (pipelines). A BENCHMARK is a source, LLVM "
      "assembly or bitcode, or a URI (hone env datasets); clang's flags stand "
      "after --. list, spaces and datasets show what there is, datasets SUITE "
      "the programs of a test suite. run BENCHMARK "
      "takes random episodes and prints them as a table, or with --entry the "
      "best one as a line of a leaderboard; step BENCHMARK takes --take and "
      "shows --observe, with exit code 1 where an action is lost; shell "
      "BENCHMARK takes actions and commands line by line from the terminal or "
      "a pipe (help lists them), and ends a pipe at its first error or lost "
      "action; replay TABLE takes recorded episodes again; validate TABLE also "
      "compares, with exit code 1 where one differs or cannot be taken, and "
      "keeps a repro bundle of each that differs, and with --semantics "
      "compares "
      "what the programs do; minimize TABLE drops the actions that do not "
      "matter; leaderboard TABLE… validates every line, compares what "
      "the programs do and ranks the entries, with exit code 1 where one is "
      "refused; bench BENCHMARK says "
      "how fast steps are.";
  command.flags.arguments = {
      {.name = "ACTION",
       .sentence = "What to do.",
       .target = &options->action,
       .choices = action_names()},
      {.name = "SUBJECT",
       .sentence =
           "A benchmark; for datasets a suite; for leaderboard, "
           "minimize, replay and validate a table, - for standard input.",
       .target = &options->subject,
       .least = 0,
       .most = kManyFiles,
       .completes = Completes::Files,
       .offers = uri_beginnings}};
  command.flags.flags = {
      {.name = "environment",
       .value = "NAME",
       .sentence = "Which one.",
       .target = &options->environment,
       .offers = environment_names},
      {.name = "action-space",
       .value = "NAME",
       .sentence = "What random episodes choose from.",
       .target = &options->action_space,
       .default_text = "the environment's",
       .offers = action_space_names},
      {.name = "reward",
       .value = "NAME",
       .sentence = "The reward space, or none.",
       .target = &options->reward,
       .default_text = "the environment's",
       .offers = reward_names},
      {.name = "take",
       .value = "ACTIONS",
       .sentence = "Of step: actions, with blanks between them.",
       .target = &options->take,
       .default_text = "none"},
      {.name = "observe",
       .value = "SPACES",
       .sentence = "Of step: observations, with commas between them.",
       .target = &options->observe,
       .default_text = "none",
       .offers = observation_names,
       .is_list = true},
      {.name = "episodes",
       .value = "N",
       .sentence = "Of run and bench.",
       .target = &options->episodes,
       .least = 1,
       .most = kMostCount},
      {.name = "length",
       .value = "N",
       .sentence = "Actions of an episode.",
       .target = &options->length,
       .least = 1,
       .most = kMostCount},
      {.name = "batch",
       .value = "N",
       .sentence = "Actions of a round trip to the worker.",
       .target = &options->batch,
       .least = 1,
       .most = kMostCount},
      {.name = "seed",
       .value = "N",
       .sentence = "What random episodes are drawn from.",
       .target = &options->seed},
      {.name = "entry",
       .value = "NAME",
       .sentence = "Of run: print the best episode as this entry's line of a "
                   "leaderboard.",
       .target = &options->entry,
       .default_text = "all episodes"},
      {.name = "keep",
       .value = "WHAT",
       .sentence = "Of minimize: what must not change.",
       .target = &options->keep,
       .choices = {"reward", "state"}},
      {.name = "semantics",
       .sentence = "Of validate: also whether the program still does the same: "
                   "its functions on generated inputs, and its output.",
       .target = &options->semantics},
      {.name = "vocabulary",
       .value = "FILE",
       .sentence = "IR2Vec's, for the observations ir2vec and ir2vec-flow.",
       .target = &options->vocabulary,
       .default_text = "$HONE_IR2VEC_VOCABULARY",
       .completes = Completes::Files},
      env_jobs_flag(options->jobs)};
  command.flags.rest = &options->clang_flags;
  command.flags.rest_name = "CLANG FLAGS";
  command.flags.rest_sentence = "How the benchmark is compiled.";
  command.examples = {
      {"hone env step lame.c --take 'function(sroa) cgscc(inline)' --observe "
       "autophase",
       "Takes two steps and looks at the state."},
      {"hone env run lame.c --episodes 20 > episodes.csv",
       "Records 20 random episodes."},
      {"hone env run lame.c --environment inliner --episodes 5",
       "Decides at random what is inlined."},
      {"hone env validate episodes.csv", "Takes them again and compares."},
      {"hone env validate episodes.csv --semantics",
       "Runs the programs that come out, too."},
      {"hone env minimize episodes.csv --keep state > short.csv",
       "The same states by as few actions as it takes."},
      {"hone env shell lame.c", "Takes an episode by hand."},
      {"hone env datasets 'chstone://?root=CHStone'",
       "The programs of a checkout."}};
  command.run = [options](Console& console) {
    return run_env(*options, console);
  };
  return command;
}

}  // namespace hone::cli
