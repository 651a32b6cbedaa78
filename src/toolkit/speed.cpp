// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/speed.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/random.h"
#include "program/derivation.h"
#include "search/edit.h"
#include "search/search.h"
#include "toolkit/run_times.h"

namespace hone::toolkit {

namespace {

namespace fs = std::filesystem;
using program::Recipe;

// Enough to drop what is clearly slower; the gate measures the rest longer.
constexpr int kScreeningRuns = 3;
constexpr double kCommandSeconds = 600;

// Settings that change speed most often, each tried alone before random edits
// of the pipeline. All of them are thresholds of LLVM's own heuristics.
constexpr std::string_view kPassOptions[] = {
    "-inline-threshold=500", "-inline-threshold=1000",
    "-inline-threshold=50",  "-unroll-threshold=600",
    "-unroll-threshold=50",  "-two-entry-phi-node-folding-threshold=8"};
constexpr std::string_view kCodegenOptions[] = {
    "-misched=ilpmax",
    "-enable-ext-tsp-block-placement",
    "-disable-lsr",
    "-disable-machine-sink",
    "-min-jump-table-entries=8",
    "-x86-br-merging-base-cost=0"};

std::vector<Recipe> first_candidates(const std::string& level) {
  const Recipe stock = program::stock_recipe(level);
  std::vector<Recipe> candidates;
  for (const std::string_view option : kPassOptions) {
    candidates.push_back(stock);
    candidates.back().pass_options = {std::string(option)};
  }
  for (const std::string_view option : kCodegenOptions) {
    candidates.push_back(stock);
    candidates.back().codegen_options = {std::string(option)};
  }
  candidates.push_back(stock);
  candidates.back().stages.push_back(candidates.back().stages.front());
  return candidates;
}

class Race {
 public:
  Race(const program::Toolchain& tools, const OptimizeRequest& request,
       const Prepared& prepared)
      : tools_(tools), request_(request), prepared_(prepared) {}

  Status link_stock() {
    stock_ = {prepared_.stock_object, prepared_.folder.path() / "stock"};
    Status linked =
        link_program(tools_, prepared_.inputs.front(), prepared_.subject.mode,
                     stock_.object, stock_.program);
    if (linked.ok()) return {};
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("--for speed runs the program, and these inputs "
                             "do not link to one; give all its sources, and "
                             "libraries after --: {}",
                             linked.error().message));
  }

  // The candidate's time over stock's; nothing where it does not build or
  // behaves differently.
  std::optional<double> ratio_of(const Recipe& recipe) {
    const Result<TempDir> folder = TempDir::make();
    if (!folder.ok()) return std::nullopt;
    if (!hone::copy_file(prepared_.subject.bitcode, folder->path() / "input.bc")
             .ok())
      return std::nullopt;
    Result<program::Derivation> derivation = program::derive(
        tools_, recipe, prepared_.subject.mode, program::OutputForm::Object);
    if (!derivation.ok()) return std::nullopt;
    const Result<fs::path> object = program::execute(
        *derivation, folder->path(), kCommandSeconds, request_.stop);
    if (!object.ok()) return std::nullopt;
    const verify::Subject ours{*object, folder->path() / "program"};
    if (!link_program(tools_, prepared_.inputs.front(), prepared_.subject.mode,
                      ours.object, ours.program)
             .ok())
      return std::nullopt;
    const Result<TimedRuns> runs =
        time_in_turn({.command = request_.run_command,
                      .project = fs::current_path(),
                      .stop = request_.stop},
                     stock_, ours, kScreeningRuns);
    if (!runs.ok() || runs->differs) return std::nullopt;
    return runs->times.ratio;
  }

 private:
  const program::Toolchain& tools_;
  const OptimizeRequest& request_;
  const Prepared& prepared_;
  verify::Subject stock_;
};

}  // namespace

Result<std::vector<Recipe>> propose_faster(const program::Toolchain& tools,
                                           const OptimizeRequest& request,
                                           const Prepared& prepared,
                                           OptimizeReport& report) {
  if (request.run_command.empty())
    return Error(ErrorKind::InvalidArgument,
                 "--for speed needs --run CMD, a command that runs the program "
                 "($HONE_PROGRAM) on typical input");
  Race race(tools, request, prepared);
  HONE_RETURN_IF_ERROR(race.link_stock());
  HONE_ASSIGN_OR_RETURN(const program::Pipeline stock_pipeline,
                        program::parse_pipeline(prepared.pipeline));
  search::Space space;
  space.stock_pipeline = stock_pipeline;
  search::add_passes(space, request.tier);
  std::vector<Recipe> candidates = first_candidates(prepared.subject.level);
  Random random(request.seed);
  std::vector<std::pair<double, Recipe>> faster;
  const auto begin = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         begin)
        .count();
  };
  report.stop_reason = StopReason::Budget;
  for (size_t i = 0; report.compiles < request.limits.compiles; ++i) {
    if (request.stop.stop_requested() || seconds() > request.limits.seconds) {
      report.stop_reason = request.stop.stop_requested()
                               ? StopReason::Interrupted
                               : StopReason::Time;
      break;
    }
    if (i == candidates.size()) {
      const Recipe base = program::stock_recipe(prepared.subject.level);
      const std::optional<search::Edit> edit =
          search::random_edit(stock_pipeline, space, random);
      candidates.push_back(edit ? search::with_pipeline(base, edit->pipeline)
                                : base);
    }
    ++report.compiles;
    const std::optional<double> ratio = race.ratio_of(candidates[i]);
    if (!ratio) {
      ++report.failed;
      continue;
    }
    if (*ratio < 1) faster.emplace_back(*ratio, candidates[i]);
  }
  std::sort(faster.begin(), faster.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Recipe> recipes;
  for (auto& [ratio, recipe] : faster) recipes.push_back(std::move(recipe));
  return recipes;
}

}  // namespace hone::toolkit
