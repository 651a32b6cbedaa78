// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "program/knob_table.h"
#include "search/search.h"

namespace hone::search {

using program::FunctionFacts;
using program::Recipe;

namespace {

struct TableMove {
  MoveKind kind;
  std::string_view what;
  std::string_view to;
};

constexpr TableMove kMoves[] = {
#define HONE_MOVE(kind, what, to) {MoveKind::kind, what, to},
#include "search/order.def"
};

bool may_take(const FunctionFacts& function, const std::string& value) {
  const std::string setting = "inline=" + value;
  return std::find(function.unsafe_attributes.begin(),
                   function.unsafe_attributes.end(),
                   setting) == function.unsafe_attributes.end();
}

// Large bodies first: what is won or lost by copying them is largest. A body
// that is gone was copied into all its callers.
std::vector<Move> inlining_moves(const env::Subject& subject,
                                 const env::Evaluation& state) {
  std::set<std::string> left;
  for (const FunctionFacts& function : state.functions)
    left.insert(function.name);
  std::vector<std::pair<double, Move>> weighted;
  for (const FunctionFacts& function : subject.functions) {
    if (function.callers == 0) continue;
    const bool gone = !left.contains(function.name);
    const auto size = static_cast<double>(function.instructions);
    const auto callers = static_cast<double>(function.callers);
    if (may_take(function, "never"))
      weighted.emplace_back(gone ? 2 * size : size,
                            Move{MoveKind::Inline, function.name, "never"});
    if (!gone && may_take(function, "always"))
      weighted.emplace_back(function.local ? size / callers : size / 4,
                            Move{MoveKind::Inline, function.name, "always"});
  }
  std::sort(weighted.begin(), weighted.end(), [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second.what, a.second.to) <
           std::tie(a.first, b.second.what, b.second.to);
  });
  std::vector<Move> moves;
  for (auto& [weight, move] : weighted) moves.push_back(std::move(move));
  return moves;
}

program::Pipeline dropped(const program::Pipeline& pipeline,
                          std::string_view name) {
  program::Pipeline left = pipeline;
  std::vector<program::PipelinePath> paths = program::pass_paths(pipeline);
  // From the back, so that the paths before stay valid.
  for (auto path = paths.rbegin(); path != paths.rend(); ++path)
    if (program::node_at(pipeline, *path).name == name)
      left = program::without(std::move(left), *path);
  return left;
}

}  // namespace

std::string Move::label() const {
  switch (kind) {
    case MoveKind::Drop:
      return "drop " + what;
    case MoveKind::Inline:
      return fmt::format("inline {}={}", what, to);
    case MoveKind::Option:
      return to;
    case MoveKind::Prefix:
      return what + " first";
    case MoveKind::Replace:
      return fmt::format("{} to {}", what, to);
    case MoveKind::Unreplace:
      return fmt::format("{} to {}", to, what);
    case MoveKind::WithoutOption:
      return "without " + to;
  }
  return "";
}

std::vector<Move> moves_for(const env::Subject& subject,
                            const env::Evaluation& state) {
  std::vector<Move> inlining = inlining_moves(subject, state);
  std::vector<Move> moves;
  size_t next = 0;
  for (const TableMove& row : kMoves) {
    moves.push_back({row.kind, std::string(row.what), std::string(row.to)});
    if (next < inlining.size()) moves.push_back(inlining[next++]);
  }
  moves.insert(moves.end(), inlining.begin() + static_cast<ptrdiff_t>(next),
               inlining.end());
  return moves;
}

Recipe with_move(Recipe recipe, const Move& move) {
  if (recipe.stages.empty()) return recipe;
  std::string& pipeline = recipe.stages.front().pipeline;
  switch (move.kind) {
    case MoveKind::Drop: {
      const Result<program::Pipeline> parsed =
          program::parse_pipeline(pipeline);
      if (parsed.ok())
        pipeline = program::print_pipeline(dropped(*parsed, move.what));
      break;
    }
    case MoveKind::Inline:
      recipe.early_attributes[move.what]["inline"] = move.to;
      break;
    case MoveKind::Option: {
      const program::KnobInfo* knob = program::find_knob(move.what);
      HONE_CHECK(knob != nullptr);
      return with_knob(
          std::move(recipe),
          {.knob = move.what,
           .option = move.to,
           .for_passes = knob->stage != program::KnobStage::Codegen,
           .for_codegen = knob->stage != program::KnobStage::Pass});
    }
    case MoveKind::Prefix:
      pipeline = move.what + "," + pipeline;
      break;
    case MoveKind::Replace:
      pipeline = replace_all(std::move(pipeline), move.what, move.to);
      break;
    case MoveKind::Unreplace:
      pipeline = replace_all(std::move(pipeline), move.to, move.what);
      break;
    case MoveKind::WithoutOption:
      return without_knob(std::move(recipe), move.to);
  }
  return recipe;
}

Recipe make_moves(Trial& trial, std::vector<Move> moves, Recipe base,
                  int64_t compiles) {
  const int64_t end = trial.compiles() + compiles;
  const env::Evaluation start = trial.evaluate_one(base, "moves");
  if (!start.ok()) return base;
  int64_t best = trial.cost(start);
  // Two at a time, whatever the number of workers, so that a run repeats.
  constexpr size_t kPair = 2;
  for (size_t i = 0; i < moves.size() && trial.compiles() < end; i += kPair) {
    std::vector<Recipe> tried;
    std::string label;
    for (size_t j = i; j < std::min(i + kPair, moves.size()); ++j) {
      tried.push_back(with_move(base, moves[j]));
      label += (label.empty() ? "" : "; ") + moves[j].label();
    }
    const std::vector<env::Evaluation> evaluations =
        trial.evaluate(tried, label);
    Recipe joined = base;
    int64_t helped = 0;
    for (size_t j = 0; j < evaluations.size(); ++j) {
      if (!evaluations[j].ok() || trial.cost(evaluations[j]) >= best) continue;
      joined = with_move(std::move(joined), moves[i + j]);
      ++helped;
    }
    if (helped == 0) continue;
    if (helped == 2) tried.push_back(joined);
    for (const Recipe& recipe : tried) {
      const env::Evaluation evaluation = trial.evaluate_one(recipe, label);
      if (!evaluation.ok() || trial.cost(evaluation) >= best) continue;
      best = trial.cost(evaluation);
      base = recipe;
    }
  }
  return base;
}

void search_inlining(Trial& trial, const Space&) {
  make_moves(trial, inlining_moves(trial.subject(), trial.stock()),
             trial.best(), trial.remaining());
}

}  // namespace hone::search
