// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "env/benchmark.h"

namespace hone::env {

namespace {

std::string field(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return c == ',' || c == '\n' || c == '\r'; }, ';');
  return result;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
}

Result<BoardLine> parse_line(std::string_view line) {
  std::string_view rest = trim(line);
  if (std::any_of(rest.begin(), rest.end(), is_control))
    return Error(ErrorKind::Malformed,
                 "a character that cannot be printed; a leaderboard is text");
  std::string fields[3];
  for (std::string& one : fields) {
    const size_t comma = rest.find(',');
    if (comma == std::string_view::npos)
      return Error(ErrorKind::Malformed,
                   fmt::format("a line has the fields {}", kBoardHeader));
    one = rest.substr(0, comma);
    rest.remove_prefix(comma + 1);
  }
  BoardLine result{.name = std::string(trim(fields[0])), .versions = fields[1]};
  const char* const begin = fields[2].data();
  const char* const end = begin + fields[2].size();
  const auto [stop, error] = std::from_chars(begin, end, result.walltime);
  if (error != std::errc() || stop != end || !std::isfinite(result.walltime) ||
      result.walltime < 0)
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no walltime; expected seconds, not below "
                             "0, third of the fields {}; hone env run --entry "
                             "NAME prints such a line",
                             fields[2], kBoardHeader));
  if (result.name.empty())
    return Error(ErrorKind::Malformed, "an entry needs a name");
  HONE_ASSIGN_OR_RETURN(result.episode, parse_episode(rest));
  return result;
}

// What is wrong with one line, or "".
std::string fault_of(const BoardLine& line,
                     const Result<Validation>& validation,
                     const std::string& difference) {
  const Episode& said = line.episode;
  if (said.state.empty())
    return fmt::format("{}: no state to compare with", said.benchmark);
  if (!std::isfinite(said.reward))
    return fmt::format("{}: reward {}", said.benchmark, said.reward);
  if (!validation.ok())
    return fmt::format("{}: {}", said.benchmark, validation.error().message);
  const Episode& found = validation->found;
  if (!validation->failures.empty())
    return fmt::format("{}: an action is lost: {}", said.benchmark,
                       validation->failures.front());
  if (!validation->reward_matches)
    return fmt::format("{}: reward {} and not {}", said.benchmark, found.reward,
                       said.reward);
  if (!validation->state_matches)
    return fmt::format("{}: state {} and not {}", said.benchmark, found.state,
                       said.state);
  if (!difference.empty())
    return fmt::format("{}: {}", said.benchmark, difference);
  return "";
}

struct Entry {
  Standing standing;
  std::map<std::string, const BoardLine*> lines;  // by their tasks
};

// Two environments pose two tasks on one benchmark; a benchmark that is named
// by two paths is one.
std::string task_of(const Episode& episode) {
  return fmt::format("{} {}", episode.environment,
                     absolute_uri(episode.benchmark));
}

void add_line(const BoardLine& line, std::string fault, Entry& entry) {
  Standing& standing = entry.standing;
  if (entry.lines.empty()) {
    standing.name = line.name;
    standing.versions = line.versions;
  }
  if (!entry.lines.emplace(task_of(line.episode), &line).second)
    standing.faults.push_back(
        fmt::format("{}: a second time", line.episode.benchmark));
  if (!fault.empty()) standing.faults.push_back(std::move(fault));
}

// The board's: see rank().
std::set<std::string> tasks_of(const std::map<std::string, Entry>& entries) {
  std::map<std::string, size_t> counts;
  size_t ranked = 0;
  for (const auto& [name, entry] : entries) {
    if (!entry.standing.ranked()) continue;
    ++ranked;
    for (const auto& [task, line] : entry.lines) ++counts[task];
  }
  std::set<std::string> tasks;
  for (const auto& [task, count] : counts)
    if (2 * count > ranked) tasks.insert(task);
  return tasks;
}

// Its standing among those who have these tasks.
Standing standing_of(Entry entry, const std::set<std::string>& tasks) {
  Standing standing = std::move(entry.standing);
  double log_sum = 0;
  bool is_positive = true;
  for (const auto& [task, line] : entry.lines) {
    if (!tasks.contains(task)) {
      ++standing.beside;
      continue;
    }
    ++standing.episodes;
    standing.walltime += line->walltime;
    const double reward = line->episode.reward;
    is_positive = is_positive && reward > 0;
    if (reward > 0) log_sum += std::log(reward);
  }
  if (standing.ranked() && standing.episodes == 0)
    standing.faults.emplace_back("has no benchmark that most entries have");
  else if (standing.ranked() && standing.episodes < tasks.size())
    standing.faults.push_back(fmt::format("has {} of {} benchmarks",
                                          standing.episodes, tasks.size()));
  if (is_positive && standing.episodes > 0)
    standing.mean = std::exp(log_sum / static_cast<double>(standing.episodes));
  return standing;
}

}  // namespace

std::string to_text(const BoardLine& line) {
  return fmt::format("{},{},{},{}", field(line.name), field(line.versions),
                     line.walltime, to_text(line.episode));
}

Result<std::vector<BoardLine>> parse_board(std::string_view table) {
  std::vector<BoardLine> lines;
  size_t number = 0;
  for (const std::string& text : split(table, '\n')) {
    ++number;
    if (trim(text).empty() || trim(text) == kBoardHeader) continue;
    Result<BoardLine> line = parse_line(text);
    if (!line.ok())
      return Error(line.error()).in(fmt::format("line {}", number));
    lines.push_back(*std::move(line));
  }
  return lines;
}

Status check_comparable(std::span<const BoardLine> lines) {
  for (const BoardLine& line : lines) {
    const std::string& space = line.episode.reward_space;
    if (space.empty() || is_timed(space))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("entry '{}': a leaderboard ranks rewards that "
                               "can be checked again, not '{}'",
                               line.name, space));
    if (space != lines.front().episode.reward_space)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("rewards of '{}' and '{}' do not compare; a "
                               "leaderboard has one reward space",
                               lines.front().episode.reward_space, space));
  }
  return {};
}

Result<std::vector<Standing>> rank(
    std::span<const BoardLine> lines,
    std::span<const Result<Validation>> validations,
    std::span<const std::string> differences) {
  HONE_CHECK(lines.size() == validations.size());
  HONE_CHECK(lines.size() == differences.size());
  HONE_RETURN_IF_ERROR(check_comparable(lines));
  std::map<std::string, Entry> entries;
  for (size_t i = 0; i < lines.size(); ++i)
    add_line(lines[i], fault_of(lines[i], validations[i], differences[i]),
             entries[lines[i].name]);
  const std::set<std::string> tasks = tasks_of(entries);
  std::vector<Standing> table;
  for (auto& [name, entry] : entries)
    table.push_back(standing_of(std::move(entry), tasks));
  std::sort(table.begin(), table.end(),
            [](const Standing& a, const Standing& b) {
              return std::tuple(!a.ranked(), -a.mean, a.walltime, a.name) <
                     std::tuple(!b.ranked(), -b.mean, b.walltime, b.name);
            });
  return table;
}

}  // namespace hone::env
