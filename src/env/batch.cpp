// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/batch.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::env {

Result<Batch> Batch::make(std::string_view name,
                          const EnvironmentOptions& options, size_t size) {
  Batch batch;
  for (size_t i = 0; i < size; ++i) {
    HONE_ASSIGN_OR_RETURN(std::unique_ptr<Environment> made,
                          make_environment(name, options));
    batch.environments_.push_back(std::move(made));
  }
  return batch;
}

Result<std::vector<Step>> Batch::reset(
    std::span<const std::string> benchmarks) {
  if (benchmarks.size() != 1 && benchmarks.size() != size())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} benchmarks for {} environments; expected one "
                             "for each, or one for all",
                             benchmarks.size(), size()));
  std::vector<Step> steps;
  for (size_t i = 0; i < size(); ++i) {
    HONE_ASSIGN_OR_RETURN(
        Step step, at(i).reset(benchmarks[benchmarks.size() == 1 ? 0 : i]));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<std::vector<Step>> Batch::step(std::span<const int64_t> actions,
                                      std::span<const size_t> idle) {
  if (actions.size() != size())
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("{} actions for {} environments", actions.size(), size()));
  std::vector<bool> posted(size(), false);
  Status failure;
  for (size_t i = 0; i < size() && failure.ok(); ++i) {
    if (std::find(idle.begin(), idle.end(), i) != idle.end()) continue;
    failure = at(i).post(actions.subspan(i, 1));
    posted[i] = failure.ok();
  }
  // What has been posted must be taken, whatever happened to the rest.
  std::vector<Step> steps(size());
  for (size_t i = 0; i < size(); ++i) {
    if (!posted[i]) continue;
    Result<Step> step = at(i).take();
    if (!step.ok() && failure.ok()) failure = step.error();
    if (step.ok()) steps[i] = *std::move(step);
  }
  if (!failure.ok()) return failure.error();
  return steps;
}

}  // namespace hone::env
