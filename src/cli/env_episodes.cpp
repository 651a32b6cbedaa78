// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recorded episodes: taken again, compared, minimised, ranked.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>

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

Result<std::string> read_table(const std::string& name) {
  return read_file(name == "-" ? "/dev/stdin" : name);
}

Result<std::vector<env::Episode>> read_episodes(const EnvFlags& o) {
  HONE_ASSIGN_OR_RETURN(const std::string table, read_table(o.subject.front()));
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
                         const std::stop_token& stop, const Console& console) {
  return env::validate_all(
      episodes, {.failures = failures_folder()}, threads(o),
      [&](size_t done) {
        console.note(fmt::format("{} of {} validated", done, episodes.size()));
      },
      stop);
}

template <typename Items>
size_t count_results(const Items& items) {
  return static_cast<size_t>(
      std::count_if(items.begin(), items.end(),
                    [](const auto& one) { return one.has_value(); }));
}

// How many there are, and a word to the user where an interrupt kept the others
// from being done.
template <typename Items>
size_t count_done(const Items& items, const Console& console) {
  const size_t done = count_results(items);
  if (done < items.size())
    console.complain(
        fmt::format("interrupted after {} of {} episodes", done, items.size()));
  return done;
}

// An episode that cannot be taken is an answer about this one, and keeps
// nothing that is known of the others from being said.
Json failure_json(size_t number, const env::Episode& episode,
                  const Error& error) {
  Json json = error_json(error);
  json["episode"] = number;
  json["benchmark"] = episode.benchmark;
  return json;
}

std::string failure_line(size_t number, const Error& error) {
  return fmt::format("episode {}: {}", number, error.message);
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

// The semantics of those that could be taken, in the order given. What a stop
// finds under way is cut short, and thus no answer.
Result<Meanings> check_all(const EnvFlags& o,
                           const std::vector<env::Episode>& episodes,
                           const Validations& taken,
                           const std::stop_token& stop,
                           const Console& console) {
  Meanings found(episodes.size());
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  std::mutex mutex;
  size_t finished = 0;
  env::for_each(episodes.size(), threads(o), [&](size_t i) {
    if (stop.stop_requested() || !taken[i] || !taken[i]->ok()) return;
    Result<toolkit::SemanticsReport> report =
        toolkit::check_semantics(tools, episodes[i], {.stop = stop});
    if (stop.stop_requested()) return;
    found[i] = std::move(report);
    const std::lock_guard lock(mutex);
    console.note(
        fmt::format("{} of {} programs compared", ++finished, episodes.size()));
  });
  if (stop.stop_requested())
    console.complain(fmt::format("interrupted after {} of {} programs",
                                 count_results(found), episodes.size()));
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
                       {"not_run", report.not_run},
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
  if (!report.not_run.empty())
    found.push_back("the program was not compared: " + report.not_run);
  if (report.sanitizers.compared)
    found.emplace_back("and with sanitizers nothing is reported");
  text += fmt::format("episode {}: no difference found: {}\n", episode,
                      join(found, "; "));
  return true;
}

struct Taken {
  env::Episode episode;
  std::vector<std::string> failures;
};

Result<Taken> take_again(const env::Episode& episode) {
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<env::Environment> environment,
                        env::make_environment(episode.environment,
                                              {.reward = episode.reward_space,
                                               .failures = failures_folder()}));
  HONE_ASSIGN_OR_RETURN(const env::Step last,
                        env::replay(*environment, episode));
  HONE_ASSIGN_OR_RETURN(env::Episode found, environment->episode());
  return Taken{std::move(found), last.failures};
}

std::string lost_line(size_t number, const std::string& failure) {
  return fmt::format("episode {}: an action is lost: {}", number, failure);
}

struct Tally {
  size_t valid = 0;
  size_t compared = 0;  // by what the programs do
  size_t differ = 0;
};

void add_meaning(const Result<toolkit::SemanticsReport>& report, size_t number,
                 Json& json, std::string& text, Tally& tally) {
  if (!report.ok()) {
    json["semantics"] = error_json(report.error());
    text += fmt::format("episode {}: not compared: {}\n", number,
                        report.error().message);
    return;
  }
  ++tally.compared;
  tally.differ += add_semantics(*report, number, json, text) ? 0 : 1;
}

Json add_validation(const env::Validation& found, const env::Episode& recorded,
                    size_t number, const Console& console, std::string& text,
                    Tally& tally) {
  tally.valid += found.ok() ? 1 : 0;
  Json json = {{"benchmark", recorded.benchmark},
               {"state_matches", found.state_matches},
               {"reward_matches", found.reward_matches},
               {"failures", found.failures},
               {"found", to_json(found.found)}};
  for (const std::string& failure : found.failures)
    text += lost_line(number, failure) + "\n";
  if (found.found.state != recorded.state && !recorded.state.empty())
    text += fmt::format("episode {}: state {} and not {}\n", number,
                        found.found.state, recorded.state);
  if (!found.reward_matches)
    text += fmt::format("episode {}: reward {} and not {}\n", number,
                        found.found.reward, recorded.reward);
  if (!found.ok()) json["bundle"] = keep(recorded, found.found, console);
  return json;
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
    const Result<Taken> found = take_again(episode);
    const size_t number = list.size() + 1;
    if (found.ok()) {
      answer.text += env::to_text(found->episode) + "\n";
      list.push_back(to_json(found->episode));
      list.back()["failures"] = found->failures;
      for (const std::string& failure : found->failures) {
        answer.exit_code = 1;
        console.complain(lost_line(number, failure));
      }
    } else {
      answer.exit_code = 1;
      console.complain(failure_line(number, found.error()));
      list.push_back(failure_json(number, episode, found.error()));
    }
  }
  answer.json = {{"episodes", list}};
  return answer;
}

Result<Answer> validate_episodes(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Episode> episodes,
                        read_episodes(o));
  const std::stop_token stop = stop_on_interrupt();
  const Validations results = validate_all(o, episodes, stop, console);
  const size_t done = count_done(results, console);
  Meanings meanings(episodes.size());
  if (o.semantics && done == episodes.size()) {
    HONE_ASSIGN_OR_RETURN(meanings,
                          check_all(o, episodes, results, stop, console));
  }
  Answer answer;
  Json list = Json::array();
  Tally tally;
  for (size_t i = 0; i < episodes.size(); ++i) {
    if (!results[i]) continue;
    const Result<env::Validation>& found = *results[i];
    if (!found.ok()) {
      answer.text += failure_line(i + 1, found.error()) + "\n";
      list.push_back(failure_json(i + 1, episodes[i], found.error()));
      continue;
    }
    Json json =
        add_validation(*found, episodes[i], i + 1, console, answer.text, tally);
    if (meanings[i]) add_meaning(*meanings[i], i + 1, json, answer.text, tally);
    list.push_back(std::move(json));
  }
  answer.text +=
      fmt::format("{} of {} episodes are valid\n", tally.valid, done);
  if (o.semantics)
    answer.text += fmt::format("{} of {} programs do something else\n",
                               tally.differ, tally.compared);
  answer.json = {{"valid", tally.valid}, {"episodes", list}};
  const bool is_same =
      !o.semantics || (tally.compared == done && tally.differ == 0);
  answer.exit_code = tally.valid == episodes.size() && is_same ? 0 : 1;
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
                             (*results[i])->left, episodes[i].actions.size()));
  });
  const size_t done = count_done(results, console);
  Answer answer{.text = std::string(env::kEpisodeHeader) + "\n",
                .exit_code = done == episodes.size() ? 0 : 1};
  Json list = Json::array();
  for (size_t i = 0; i < episodes.size(); ++i) {
    if (!results[i]) continue;
    if (!results[i]->ok()) {
      answer.exit_code = 1;
      console.complain(failure_line(i + 1, results[i]->error()));
      list.push_back(failure_json(i + 1, episodes[i], results[i]->error()));
      continue;
    }
    const env::Minimized& least = **results[i];
    answer.text += env::to_text(least.episode) + "\n";
    Json json = to_json(least.episode);
    json["actions_before"] = episodes[i].actions.size();
    json["actions_left"] = least.left;
    json["replays"] = least.replays;
    list.push_back(std::move(json));
  }
  answer.json = {{"keep", o.keep}, {"episodes", list}};
  return answer;
}

namespace {

// All lines of some tables. Entries of one name in several tables are several
// people's; the tables tell them apart.
Result<std::vector<env::BoardLine>> read_boards(const EnvFlags& o) {
  std::vector<env::BoardLine> lines;
  std::vector<const std::string*> files;                // of the lines
  std::map<std::string, std::set<std::string>> tables;  // by name
  for (const std::string& file : o.subject) {
    HONE_ASSIGN_OR_RETURN(const std::string table, read_table(file));
    Result<std::vector<env::BoardLine>> read = env::parse_board(table);
    if (!read.ok()) return Error(read.error()).in(fmt::format("'{}'", file));
    if (read->empty())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' holds no entry; hone env run --entry "
                               "makes one",
                               file));
    for (env::BoardLine& line : *read) {
      tables[line.name].insert(file);
      files.push_back(&file);
      lines.push_back(std::move(line));
    }
  }
  for (size_t i = 0; i < lines.size(); ++i)
    if (tables[lines[i].name].size() > 1)
      lines[i].name += fmt::format(" ({})", *files[i]);
  return lines;
}

// What the program of each does that its benchmark does not, or why nobody can
// say; "" for nothing, and where the episode does not hold anyway.
std::vector<std::string> differences_of(const Meanings& meanings) {
  std::vector<std::string> result;
  for (const std::optional<Result<toolkit::SemanticsReport>>& one : meanings) {
    std::string& difference = result.emplace_back();
    if (!one) continue;
    if (!one->ok())
      difference = "not compared: " + one->error().message;
    else if (!(*one)->equal())
      difference = "does something else: " + (*one)->differences.front();
  }
  return result;
}

Result<std::vector<env::Standing>> standings_of(
    const EnvFlags& o, const std::vector<env::BoardLine>& lines,
    const Console& console) {
  std::vector<env::Episode> episodes;
  for (const env::BoardLine& line : lines) episodes.push_back(line.episode);
  const std::stop_token stop = stop_on_interrupt();
  Validations taken = validate_all(o, episodes, stop, console);
  // A ranking of some would compare with nothing.
  const Error interrupted(ErrorKind::Interrupted,
                          "nothing is ranked before all is valid");
  if (count_done(taken, console) < taken.size()) return interrupted;
  HONE_ASSIGN_OR_RETURN(const Meanings meanings,
                        check_all(o, episodes, taken, stop, console));
  if (stop.stop_requested()) return interrupted;
  std::vector<Result<env::Validation>> found;
  for (std::optional<Result<env::Validation>>& one : taken)
    found.push_back(*std::move(one));
  return env::rank(lines, found, differences_of(meanings));
}

}  // namespace

Result<std::string> env_versions() {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  return fmt::format("{}; {}", version_text(), tools.version);
}

Result<Answer> show_leaderboard(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(const std::vector<env::BoardLine> lines,
                        read_boards(o));
  HONE_RETURN_IF_ERROR(env::check_comparable(lines));
  HONE_ASSIGN_OR_RETURN(const std::vector<env::Standing> standings,
                        standings_of(o, lines, console));
  Table table({Align::Right, Align::Left, Align::Right, Align::Right,
               Align::Right, Align::Left});
  table.add({"rank", "entry", "reward", "benchmarks", "seconds", "versions"});
  Answer answer;
  Json ranking = Json::array();
  std::string refused;
  std::string beside;
  size_t rank = 0;
  for (const env::Standing& entry : standings) {
    Json json = {{"name", entry.name},           {"walltime", entry.walltime},
                 {"benchmarks", entry.episodes}, {"beside", entry.beside},
                 {"versions", entry.versions},   {"faults", entry.faults}};
    if (entry.ranked()) {
      json["rank"] = ++rank;
      json["reward"] = entry.mean;
      table.add({fmt::to_string(rank), entry.name,
                 fmt::format("{:.4f}", entry.mean),
                 fmt::to_string(entry.episodes),
                 fmt::format("{:.1f}", entry.walltime), entry.versions});
      if (entry.beside > 0)
        beside += fmt::format(
            "not counted: {} benchmarks of {} that most entries lack\n",
            entry.beside, entry.name);
    } else {
      answer.exit_code = 1;
      refused += fmt::format("refused: {} ({})\n", entry.name, entry.versions);
      for (const std::string& fault : entry.faults)
        refused += fmt::format("  {}\n", fault);
    }
    ranking.push_back(std::move(json));
  }
  answer.text = table.text() + beside + refused;
  answer.json = {{"entries", std::move(ranking)}};
  return answer;
}

}  // namespace hone::cli
