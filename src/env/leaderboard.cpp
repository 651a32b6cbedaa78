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

namespace hone::env {

namespace {

std::string field(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return c == ',' || c == '\n' || c == '\r'; }, ';');
  return result;
}

Result<BoardLine> parse_line(std::string_view line) {
  std::string_view rest = trim(line);
  std::string fields[3];
  for (std::string& one : fields) {
    const size_t comma = rest.find(',');
    if (comma == std::string_view::npos)
      return Error(ErrorKind::Malformed,
                   fmt::format("a line has the fields {}", kBoardHeader));
    one = rest.substr(0, comma);
    rest.remove_prefix(comma + 1);
  }
  BoardLine result{.name = fields[0], .versions = fields[1]};
  const char* const begin = fields[2].data();
  const char* const end = begin + fields[2].size();
  const auto [stop, error] = std::from_chars(begin, end, result.walltime);
  if (error != std::errc() || stop != end || !std::isfinite(result.walltime) ||
      result.walltime < 0)
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no walltime; expected seconds, not below "
                             "0",
                             fields[2]));
  if (trim(result.name).empty())
    return Error(ErrorKind::Malformed, "an entry needs a name");
  HONE_ASSIGN_OR_RETURN(result.episode, parse_episode(rest));
  return result;
}

// What is wrong with one line, or "".
std::string fault_of(const BoardLine& line,
                     const Result<Validation>& validation) {
  const Episode& said = line.episode;
  if (said.state.empty())
    return fmt::format("{}: no state to compare with", said.benchmark);
  if (!std::isfinite(said.reward))
    return fmt::format("{}: reward {}", said.benchmark, said.reward);
  if (!validation.ok())
    return fmt::format("{}: {}", said.benchmark, validation.error().message);
  const Episode& found = validation->found;
  if (!validation->lost.empty())
    return fmt::format("{}: lost {}", said.benchmark, validation->lost.front());
  if (!validation->reward_matches)
    return fmt::format("{}: reward {} and not {}", said.benchmark, found.reward,
                       said.reward);
  if (!validation->state_matches)
    return fmt::format("{}: state {} and not {}", said.benchmark, found.state,
                       said.state);
  return "";
}

struct Entry {
  Standing standing;
  std::set<std::string> benchmarks;
  double log_sum = 0;
  bool positive = true;
};

// Two environments pose two tasks on one benchmark.
std::string task_of(const Episode& episode) {
  return fmt::format("{} {}", episode.environment, episode.benchmark);
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
    std::span<const Result<Validation>> validations) {
  HONE_CHECK(lines.size() == validations.size());
  HONE_RETURN_IF_ERROR(check_comparable(lines));
  std::map<std::string, Entry> entries;
  std::set<std::string> tasks;
  for (size_t i = 0; i < lines.size(); ++i) {
    const BoardLine& line = lines[i];
    Entry& entry = entries[line.name];
    Standing& standing = entry.standing;
    if (standing.episodes++ == 0) {
      standing.name = line.name;
      standing.versions = line.versions;
    }
    standing.walltime += line.walltime;
    tasks.insert(task_of(line.episode));
    if (!entry.benchmarks.insert(task_of(line.episode)).second)
      standing.faults.push_back(
          fmt::format("{}: a second time", line.episode.benchmark));
    entry.positive = entry.positive && line.episode.reward > 0;
    if (line.episode.reward > 0) entry.log_sum += std::log(line.episode.reward);
    std::string fault = fault_of(line, validations[i]);
    if (!fault.empty()) standing.faults.push_back(std::move(fault));
  }
  std::vector<Standing> table;
  for (auto& [name, entry] : entries) {
    Standing& standing = entry.standing;
    if (entry.benchmarks.size() < tasks.size())
      standing.faults.push_back(fmt::format(
          "has {} of {} benchmarks", entry.benchmarks.size(), tasks.size()));
    if (entry.positive)
      standing.mean =
          std::exp(entry.log_sum / static_cast<double>(standing.episodes));
    table.push_back(std::move(standing));
  }
  std::sort(table.begin(), table.end(),
            [](const Standing& a, const Standing& b) {
              return std::tuple(!a.ranked(), -a.mean, a.walltime, a.name) <
                     std::tuple(!b.ranked(), -b.mean, b.walltime, b.name);
            });
  return table;
}

}  // namespace hone::env
