// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who optimises best, in a form that anybody can check again: one line for
// each episode of an entry, of comma-separated values.
//
//   name,versions,walltime,environment,benchmark,reward-space,reward,state,…
//   greedy,hone 0.1.0; clang 22.1,3.7,llvm,file:///p/a.c,ir-instructions-oz,…
//
// After the walltime (seconds that the episode took to find, as the entrant
// measured them) stands an episode as in episode.h. Entries compare only over
// equal tasks, hence an entry has one episode for each benchmark of the board;
// what it has beside them does not count.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/validation.h"

namespace hone::env {

struct BoardLine {
  std::string name;      // of the entry
  std::string versions;  // that it was made with; free text
  double walltime = 0;   // seconds, not negative
  Episode episode;

  bool operator==(const BoardLine&) const = default;
};

inline constexpr std::string_view kBoardHeader =
    "name,versions,walltime,"
    "environment,benchmark,reward-space,reward,state,actions";

// Commas and newlines of the name and the versions become semicolons.
std::string to_text(const BoardLine& line);  // without a newline
// Tables one after the other; Malformed names the line. What a terminal would
// obey instead of print is in no line.
Result<std::vector<BoardLine>> parse_board(std::string_view table);

struct Standing {
  std::string name;
  // The geometric mean of the rewards; 0 where one of them is not positive.
  double mean = 0;
  double walltime = 0;   // seconds, of the episodes that count
  size_t episodes = 0;   // that count: on the board's benchmarks
  size_t beside = 0;     // on others
  std::string versions;  // of its first line
  // Why the entry is refused; empty where it is ranked.
  std::vector<std::string> faults;

  bool ranked() const { return faults.empty(); }
};

// The best first, equal means by their walltime, then by name; refused entries
// at the end. The board's benchmarks are those that more than half of the
// entries have which are not refused for themselves: nobody's own choice of
// benchmarks can refuse the others. An entry is refused where a line does not
// validate or its program does something else, where it has a benchmark twice,
// by whatever path, or lacks one of the board's, and where it states a time, a
// state or a reward that nobody could check. InvalidArgument where the lines
// have several reward spaces, or one that is measured in time.
//
// `differences`: of each line, what its program does that the benchmark does
// not, "" for nothing. A pass that drops a function is a reward for another
// program; who ranks has to ask (toolkit/semantics.h).
Result<std::vector<Standing>> rank(
    std::span<const BoardLine> lines,
    std::span<const Result<Validation>> validations,
    std::span<const std::string> differences);

// What rank() demands of all lines together, to be asked before they are taken.
Status check_comparable(std::span<const BoardLine> lines);

}  // namespace hone::env
