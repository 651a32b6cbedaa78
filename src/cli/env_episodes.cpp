// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recorded episodes: taken again, compared, minimised, ranked.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "cli/env_command.h"
#include "cli/evidence.h"
#include "cli/interrupt.h"
#include "cli/shared_flags.h"
#include "cli/table.h"
#include "env/leaderboard.h"
#include "env/minimize.h"
#include "env/validation.h"
#include "program/toolchain.h"
#include "toolkit/semantics.h"

namespace hone::cli {

namespace {

Result<std::vector<env::Episode>> read_episodes(const EnvFlags& o) {
  HONE_ASSIGN_OR_RETURN(const std::string table, read_file(o.subject.front()));
  Result<std::vector<env::Episode>> episodes = env::parse_episodes(table);
  if (!episodes.ok())
    return Error(episodes.error()).in(fmt::format("'{}'", o.subject.front()));
  if (episodes->empty())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' holds no episode; hone env run BENCHMARK "
                             "records some",
                             o.subject.front()));
  return episodes;
}

size_t threads(const EnvFlags& o) {
  return static_cast<size_t>(job_count(o.jobs));
}

using Validations = std::vector<std::optional<Result<env::Validation>>>;

Validations validate_all(const EnvFlags& o,
                         const std::vector<env::Episode>& episodes,
                         const Console& console) {
  return env::validate_all(
      episodes, {.failures = failures_folder()}, threads(o),
      [&](size_t done) {
        console.note(fmt::format("{} of {} validated", done, episodes.size()));
      },
      stop_on_interrupt());
}

// How many there are, and a word to the user where an interrupt kept the others
// from being done.
template <typename Items>
size_t count_done(const Items& items, const Console& console) {
  const auto done = static_cast<size_t>(
      std::count_if(items.begin(), items.end(),
                    [](const auto& one) { return one.has_value(); }));
  if (done < items.size())
    console.complain(
        fmt::format("interrupted after {} of {} episodes", done, items.size()));
  return done;
}

// Of an episode that came out as another one; a bundle that cannot be written
// is said and ends nothing.
std::string keep(const env::Episode& recorded, const env::Episode& found,
                 const Console& console) {
  const Result<program::Toolchain> tools = program::find_toolchain();
  if (!tools.ok()) return "";
  const Result<std::filesystem::path> bundle =
      env::keep_episode(*tools, recorded, found, failures_folder());
  if (!bundle.ok()) {
    console.complain(bundle.error().message);
    return "";
  }
  console.note(fmt::format("kept in {}", bundle->string()));
  return bundle->string();
}

using Meanings = std::vector<std::optional<Result<toolkit::SemanticsReport>>>;

// The semantics of each, in the order given; none where they are not asked for.
Result<Meanings> check_all(const EnvFlags& o,
                           const std::vector<env::Episode>& episodes,
                           const Console& console) {
  Meanings found(episodes.size());
  if (!o.semantics) return found;
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  const toolkit::SemanticsOptions options{.stop = stop_on_interrupt()};
  std::mutex mutex;
  size_t finished = 0;
  env::for_each(episodes.size(), threads(o), [&](size_t i) {
    if (options.stop.stop_requested()) return;
    found[i] = toolkit::check_semantics(tools, episodes[i], options);
    const std::lock_guard lock(mutex);
    console.note(
        fmt::format("{} of {} programs compared", ++finished, episodes.size()));
  });
  return found;
}

Json sanitizers_json(const toolkit::SanitizerFindings& found) {
  return {{"compared", found.compared},
          {"own_faults", found.own},
          {"undefined", found.is_undefined},
          {"unavailable", found.unavailable}};
}

// What is known of one, and whether nothing differs.
bool add_semantics(const toolkit::SemanticsReport& report, size_t episode,
                   Json& json, std::string& text) {
  json["semantics"] = {{"equal", report.equal()},
                       {"differences", report.differences},
                       {"ran_program", report.ran_program},
                       {"sanitizers", sanitizers_json(report.sanitizers)},
                       {"evidence", evidence_line(report.functions)},
                       {"unavailable", report.unavailable_reason}};
  for (const std::string& difference : report.differences)
    text += fmt::format("episode {}: {}\n", episode, difference);
  for (const std::string& fault : report.sanitizers.own)
    text +=
        fmt::format("episode {}: the benchmark itself: {}\n", episode, fault);
  if (!report.equal()) return false;
  std::vector<std::string> found = {report.unavailable_reason.empty()
                                        ? evidence_line(report.functions)
                                        : report.unavailable_reason};
  if (report.ran_program && !report.sanitizers.is_undefined)
    found.emplace_back("the program's output is the same");
  if (report.sanitizers.compared)
    found.emplace_back("and with sanitizers nothing is reported");
  text += fmt::format("episode {}: no difference found: {}\n", episode,
                      join(found, "; "));
  return true;
}

}  // namespace

Result<Answer> replay_episodes(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Episode> episodes,
                        read_episodes(o));
  Answer answer{.text = std::string(env::kEpisodeHeader) + "\n"};
  Json list = Json::array();
  const std::stop_token stop = stop_on_interrupt();
  for (const env::Episode& episode : episodes) {
    if (stop.stop_requested()) {
      console.complain(fmt::format("interrupted after {} of {} episodes",
                                   list.size(), episodes.size()));
      answer.exit_code = 1;
      break;
    }
    HONE_ASSIGN_OR_RETURN(
        const std::unique_ptr<env::Environment> environment,
        env::make_environment(
            episode.environment,
            {.reward = episode.reward_space, .failures = failures_folder()}));
    HONE_ASSIGN_OR_RETURN(const env::Step last,
                          env::replay(*environment, episode));
    HONE_ASSIGN_OR_RETURN(const env::Episode found, environment->episode());
    answer.text += env::to_text(found) + "\n";
    list.push_back(to_json(found));
  }
  answer.json = {{"episodes", list}};
  return answer;
}

Result<Answer> validate_episodes(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Episode> episodes,
                        read_episodes(o));
  const Validations results = validate_all(o, episodes, console);
  HONE_ASSIGN_OR_RETURN(const Meanings meanings,
                        check_all(o, episodes, console));
  const size_t done = count_done(results, console);
  Answer answer;
  Json list = Json::array();
  size_t good = 0;
  size_t differ = 0;
  for (size_t i = 0; i < episodes.size(); ++i) {
    if (!results[i]) continue;
    HONE_ASSIGN_OR_RETURN(const env::Validation found, *results[i]);
    good += found.ok() ? 1 : 0;
    Json json = {{"benchmark", episodes[i].benchmark},
                 {"state_matches", found.state_matches},
                 {"reward_matches", found.reward_matches},
                 {"found", to_json(found.found)}};
    if (!found.state_matches)
      answer.text += fmt::format("episode {}: state {} and not {}\n", i + 1,
                                 found.found.state, episodes[i].state);
    if (!found.reward_matches)
      answer.text += fmt::format("episode {}: reward {} and not {}\n", i + 1,
                                 found.found.reward, episodes[i].reward);
    if (!found.ok()) json["bundle"] = keep(episodes[i], found.found, console);
    if (meanings[i]) {
      HONE_ASSIGN_OR_RETURN(const toolkit::SemanticsReport report,
                            *meanings[i]);
      differ += add_semantics(report, i + 1, json, answer.text) ? 0 : 1;
    }
    list.push_back(std::move(json));
  }
  answer.text += fmt::format("{} of {} episodes are valid\n", good, done);
  if (o.semantics)
    answer.text +=
        fmt::format("{} of {} programs do something else\n", differ, done);
  answer.json = {{"valid", good}, {"episodes", list}};
  answer.exit_code = good == episodes.size() && differ == 0 ? 0 : 1;
  return answer;
}

Result<Answer> minimize_episodes(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const env::Keep keep, env::find_keep(o.keep));
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Episode> episodes,
                        read_episodes(o));
  std::vector<std::optional<Result<env::Minimized>>> results(episodes.size());
  std::mutex mutex;
  const std::stop_token stop = stop_on_interrupt();
  env::for_each(episodes.size(), threads(o), [&](size_t i) {
    if (stop.stop_requested()) return;
    results[i] =
        env::minimize(episodes[i], keep, {.failures = failures_folder()});
    if (!results[i]->ok()) return;
    const std::lock_guard lock(mutex);
    console.note(fmt::format("episode {}: {} of {} actions are left", i + 1,
                             (*results[i])->episode.actions.size(),
                             episodes[i].actions.size()));
  });
  const size_t done = count_done(results, console);
  Answer answer{.text = std::string(env::kEpisodeHeader) + "\n",
                .exit_code = done == episodes.size() ? 0 : 1};
  Json list = Json::array();
  for (size_t i = 0; i < episodes.size(); ++i) {
    if (!results[i]) continue;
    if (!results[i]->ok())
      return Error(results[i]->error()).in(fmt::format("episode {}", i + 1));
    const env::Minimized& least = **results[i];
    answer.text += env::to_text(least.episode) + "\n";
    Json json = to_json(least.episode);
    json["actions_before"] = episodes[i].actions.size();
    json["replays"] = least.replays;
    list.push_back(std::move(json));
  }
  answer.json = {{"keep", o.keep}, {"episodes", list}};
  return answer;
}

Result<std::string> env_versions() {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  return fmt::format("{}; {}", version_text(), tools.version);
}

Result<Answer> show_leaderboard(const EnvFlags& o, Console& console) {
  std::vector<env::BoardLine> lines;
  for (const std::string& file : o.subject) {
    HONE_ASSIGN_OR_RETURN(const std::string table, read_file(file));
    Result<std::vector<env::BoardLine>> read = env::parse_board(table);
    if (!read.ok()) return Error(read.error()).in(fmt::format("'{}'", file));
    if (read->empty())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' holds no entry; hone env run --entry "
                               "makes one",
                               file));
    for (env::BoardLine& line : *read) lines.push_back(std::move(line));
  }
  HONE_RETURN_IF_ERROR(env::check_comparable(lines));
  std::vector<env::Episode> episodes;
  for (const env::BoardLine& line : lines) episodes.push_back(line.episode);
  Validations taken = validate_all(o, episodes, console);
  // A ranking of some would compare with nothing.
  if (count_done(taken, console) < taken.size())
    return Error(ErrorKind::Interrupted,
                 "nothing is ranked before all is valid");
  std::vector<Result<env::Validation>> found;
  for (std::optional<Result<env::Validation>>& one : taken)
    found.push_back(*std::move(one));
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Standing> standings,
                        env::rank(lines, found));
  Table table({Align::Right, Align::Left, Align::Right, Align::Right,
               Align::Right, Align::Left});
  table.add({"rank", "entry", "reward", "benchmarks", "seconds", "versions"});
  Answer answer;
  Json ranking = Json::array();
  std::string refused;
  size_t rank = 0;
  for (const env::Standing& entry : standings) {
    Json json = {{"name", entry.name},
                 {"walltime", entry.walltime},
                 {"benchmarks", entry.episodes},
                 {"versions", entry.versions},
                 {"faults", entry.faults}};
    if (entry.ranked()) {
      json["rank"] = ++rank;
      json["reward"] = entry.mean;
      table.add({fmt::to_string(rank), entry.name,
                 fmt::format("{:.4f}", entry.mean),
                 fmt::to_string(entry.episodes),
                 fmt::format("{:.1f}", entry.walltime), entry.versions});
    } else {
      answer.exit_code = 1;
      refused += fmt::format("refused: {} ({})\n", entry.name, entry.versions);
      for (const std::string& fault : entry.faults)
        refused += fmt::format("  {}\n", fault);
    }
    ranking.push_back(std::move(json));
  }
  answer.text = table.text() + refused;
  answer.json = {{"entries", std::move(ranking)}};
  return answer;
}

}  // namespace hone::cli
