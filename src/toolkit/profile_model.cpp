// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/profile_model.h"

#include <time.h>

#include <algorithm>
#include <numeric>

#include "base/file.h"
#include "base/json.h"
#include "codegen/model/plan_runner.h"
#include "toolkit/compile_model.h"
#include "toolkit/given_shape.h"
#include "toolkit/plan_inputs.h"

namespace hone::toolkit {

namespace {

// A step without a kernel is a jump.
std::string kernel_name(const tensor::Plan& plan,
                        const tensor::PlanStep& step) {
  return step.kernel < 0 ? "jump" : plan.kernels[step.kernel].name;
}

// Processor time of this thread: what else runs on the machine does not count.
double now() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

// What asking for it costs.
double clock_seconds() {
  constexpr int kCalls = 1000;
  const double start = now();
  for (int i = 0; i < kCalls; ++i) now();
  return (now() - start) / kCalls;
}

// A run's seconds, step by step.
using StepTimes = std::vector<double>;

Result<std::vector<StepTimes>> time_steps(codegen::PlanRunner& runner,
                                          const tensor::Graph& graph,
                                          const tensor::Plan& plan,
                                          int64_t runs) {
  const PlanMemory memory = plan_memory(plan, random_inputs(plan, graph, 1));
  std::vector<StepTimes> times;
  const double clock = clock_seconds();
  // The first run warms the caches.
  for (int64_t i = 0; i <= runs; ++i) {
    // A branch that is not taken takes no time, a loop's steps many times.
    StepTimes steps(plan.steps.size());
    double before = now();
    const Status ended = runner.run(
        memory.inputs, memory.outputs,
        [&](int step) {
          const double after = now();
          steps[step] += std::max(after - before - clock, 0.0);
          before = now();
        },
        memory.input_dims);
    if (!ended.ok())
      return Error(ErrorKind::Rejected,
                   "the model ends with an error on random inputs: " +
                       ended.error().message);
    if (i > 0) times.push_back(std::move(steps));
  }
  return times;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::vector<ProfileRow> rows_of(const tensor::Plan& plan,
                                const std::vector<StepTimes>& times,
                                const MachinePeak& peak) {
  std::vector<ProfileRow> rows;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const tensor::PlanStep& step = plan.steps[i];
    if (rows.empty() || rows.back().node != step.node)
      rows.push_back({.node = step.node});
    ProfileRow& row = rows.back();
    const std::string kernel = kernel_name(plan, step);
    if (std::ranges::find(row.kernels, kernel) == row.kernels.end())
      row.kernels.push_back(kernel);
    std::vector<double> all;
    for (const StepTimes& run : times) all.push_back(run[i]);
    ++row.calls;
    row.seconds += median(std::move(all));
    row.flops += step.flops;
    row.bytes += step.bytes;
  }
  for (ProfileRow& row : rows)
    row.roofline = std::max(row.flops / peak.flops, row.bytes / peak.bytes) /
                   std::max(row.seconds, 1e-9);
  return rows;
}

// The run whose sum is the median.
const StepTimes& median_run(const std::vector<StepTimes>& times) {
  std::vector<std::pair<double, size_t>> sums;
  for (size_t i = 0; i < times.size(); ++i)
    sums.emplace_back(std::accumulate(times[i].begin(), times[i].end(), 0.0),
                      i);
  std::ranges::sort(sums);
  return times[sums[sums.size() / 2].second];
}

Status write_trace(const std::filesystem::path& file, const tensor::Plan& plan,
                   const StepTimes& times) {
  Json events = Json::array();
  double at = 0;
  for (size_t i = 0; i < times.size(); ++i) {
    const tensor::PlanStep& step = plan.steps[i];
    events.push_back({{"name", step.node},
                      {"cat", kernel_name(plan, step)},
                      {"ph", "X"},
                      {"pid", 1},
                      {"tid", 1},
                      {"ts", at * 1e6},
                      {"dur", times[i] * 1e6},
                      {"args",
                       {{"kernel", kernel_name(plan, step)},
                        {"tasks", step.tasks},
                        {"parallel", step.parallel},
                        {"flops", step.flops},
                        {"bytes", step.bytes}}}});
    at += times[i];
  }
  return write_file(file, Json{{"traceEvents", events}}.dump());
}

}  // namespace

Result<ProfileReport> profile_model(const ProfileRequest& request) {
  HONE_ASSIGN_OR_RETURN(tensor::Graph graph, load_graph(request.model));
  HONE_ASSIGN_OR_RETURN(const auto types, given_types(graph, request.shapes));
  HONE_ASSIGN_OR_RETURN(graph, prepare_graph(std::move(graph), types));
  const Result<codegen::BuiltModel> built =
      codegen::build_model(graph, {.cpu = "native"});
  if (!built.ok()) return with_open_inputs(built.error(), graph);
  const codegen::BuiltModel& model = *built;
  const tensor::Plan& plan = model.plans[0].plan;
  HONE_ASSIGN_OR_RETURN(codegen::PlanRunner runner,
                        codegen::PlanRunner::make(model));
  ProfileReport report;
  HONE_ASSIGN_OR_RETURN(report.peak, measure_peak());
  HONE_ASSIGN_OR_RETURN(
      const std::vector<StepTimes> times,
      time_steps(runner, graph, plan, std::max<int64_t>(request.runs, 1)));
  report.rows = rows_of(plan, times, report.peak);
  for (const ProfileRow& row : report.rows) report.seconds += row.seconds;
  if (!request.trace.empty())
    HONE_RETURN_IF_ERROR(write_trace(request.trace, plan, median_run(times)));
  return report;
}

}  // namespace hone::toolkit
