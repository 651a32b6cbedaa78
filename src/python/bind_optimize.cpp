// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

#include "python/bind.h"
#include "python/errors.h"
#include "python/interruptible.h"
#include "search/search.h"
#include "toolkit/optimize.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using toolkit::Goal;
using toolkit::OptimizeRequest;

// The words of `hone opt`; python/hone/optimize.py has the defaults.
struct Words {
  std::vector<std::string> inputs;
  std::vector<std::string> flags;
  std::string goal;
  std::string protocol;
  std::string search;
  int64_t budget;
  double seconds;
  int64_t seed;
  std::string tier;
  std::string require;
  std::string test;
  std::string run;
  double slowdown_limit;
  int check_inputs;
  std::string emit;
  int jobs;
  std::string store;
};

// What the thread of the engine uses and leaves behind. It lives as long as
// that thread, which a second Ctrl-C may leave running.
struct Call {
  ~Call() {
    if (!raised && !on_step.is_valid()) return;
    const nb::gil_scoped_acquire acquire;
    raised = nullptr;
    on_step.reset();
  }

  OptimizeRequest request;
  std::optional<store::Store> store;
  std::optional<Result<toolkit::OptimizeResult>> result;
  nb::object on_step;         // a callable, or no object
  std::exception_ptr raised;  // by on_step
};

[[noreturn]] void raise_unknown(std::string_view name, std::string_view given,
                                std::string_view choices) {
  raise(Error(ErrorKind::InvalidArgument,
              std::string(name) + ": no such choice: '" + std::string(given) +
                  "'; expected one of " + std::string(choices)));
}

Goal goal_named(const std::string& name) {
  if (name == "size") return Goal::Size;
  if (name == "speed") return Goal::Speed;
  if (name == "instructions") return Goal::Instructions;
  raise_unknown("goal", name, "instructions, size, speed");
}

program::Tier tier_named(const std::string& name) {
  if (name == "stable") return program::Tier::Stable;
  if (name == "experimental") return program::Tier::Experimental;
  raise_unknown("tier", name, "experimental, stable");
}

toolkit::Requirement requirement_named(const std::string& name) {
  if (name == "unchecked") return toolkit::Requirement::Unchecked;
  if (name == "tested") return toolkit::Requirement::Tested;
  raise_unknown("require", name, "tested, unchecked");
}

int job_count(int jobs) {
  if (jobs > 0) return std::min(jobs, 1024);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

OptimizeRequest make_request(const Words& words) {
  OptimizeRequest request;
  request.inputs.assign(words.inputs.begin(), words.inputs.end());
  request.flags = words.flags;
  request.goal = goal_named(words.goal);
  // Instructions are counted under their own protocol, as by hone opt.
  request.protocol = unwrap(program::parse_protocol(
      request.goal == Goal::Instructions ? "paper" : words.protocol));
  request.search = words.search;
  request.limits = {.compiles = words.budget, .seconds = words.seconds};
  request.seed = static_cast<uint64_t>(words.seed);
  request.tier = tier_named(words.tier);
  request.require = requirement_named(words.require);
  request.test_command = words.test;
  request.run_command = words.run;
  request.slowdown_limit = words.slowdown_limit;
  request.check_inputs = words.check_inputs;
  request.form = unwrap(program::parse_output_form(words.emit));
  request.jobs = job_count(words.jobs);
  request.failures = store::Store::default_path().parent_path() / "failures";
  return request;
}

std::optional<store::Store> open_store(const std::string& path) {
  if (path == "none") return std::nullopt;
  Result<store::Store> opened = store::Store::open(
      path.empty() ? store::Store::default_path().string() : path);
  // A default store that cannot be opened costs reuse, not the run.
  if (!opened.ok() && path.empty()) return std::nullopt;
  return unwrap(std::move(opened));
}

// Tells Python of one evaluation; what it raises stops the search.
void tell(Call& call, std::stop_source& stop, const search::Step& step) {
  const nb::gil_scoped_acquire acquire;
  if (call.raised) return;
  try {
    call.on_step(step.compile, std::string(step.label), step.cost, step.best,
                 step.improved);
  } catch (...) {
    call.raised = std::current_exception();
    stop.request_stop();
  }
}

// (the report as JSON, the bytes of the output)
nb::tuple optimize(const Words& words, nb::object on_step) {
  const auto call = std::make_shared<Call>();
  call->request = make_request(words);
  call->store = open_store(words.store);
  call->request.store = call->store ? &*call->store : nullptr;
  if (!on_step.is_none()) call->on_step = std::move(on_step);
  run_interruptible([call](std::stop_token interrupted) {
    std::stop_source stop;
    const std::stop_callback forward(interrupted,
                                     [&stop] { stop.request_stop(); });
    call->request.stop = stop.get_token();
    if (call->on_step.is_valid())
      call->request.observer = [&](const search::Step& step) {
        tell(*call, stop, step);
      };
    call->result = toolkit::optimize(call->request);
  });
  if (call->raised) std::rethrow_exception(call->raised);
  const toolkit::OptimizeResult result = unwrap(*std::move(call->result));
  const std::string report = to_text(toolkit::to_json(result.report));
  return nb::make_tuple(report,
                        nb::bytes(result.output.data(), result.output.size()));
}

std::vector<std::string> search_names() {
  std::vector<std::string> names;
  for (const search::SearchInfo& info : search::searches())
    names.emplace_back(info.name);
  return names;
}

}  // namespace

void bind_optimize(nb::module_& module) {
  module.def(
      "optimize",
      [](std::vector<std::string> inputs, std::vector<std::string> flags,
         std::string goal, std::string protocol, std::string search,
         int64_t budget, double seconds, int64_t seed, std::string tier,
         std::string require, std::string test, std::string run,
         double slowdown_limit, int check_inputs, std::string emit, int jobs,
         std::string store, nb::object on_step) {
        return optimize({std::move(inputs), std::move(flags), std::move(goal),
                         std::move(protocol), std::move(search), budget,
                         seconds, seed, std::move(tier), std::move(require),
                         std::move(test), std::move(run), slowdown_limit,
                         check_inputs, std::move(emit), jobs, std::move(store)},
                        std::move(on_step));
      },
      nb::kw_only(), nb::arg("inputs"), nb::arg("flags"), nb::arg("goal"),
      nb::arg("protocol"), nb::arg("search"), nb::arg("budget"),
      nb::arg("seconds"), nb::arg("seed"), nb::arg("tier"), nb::arg("require"),
      nb::arg("test"), nb::arg("run"), nb::arg("slowdown_limit"),
      nb::arg("check_inputs"), nb::arg("emit"), nb::arg("jobs"),
      nb::arg("store"), nb::arg("on_step").none(),
      nb::sig("def optimize(*, inputs: Sequence[str], flags: Sequence[str], "
              "goal: str, protocol: str, search: str, budget: int, "
              "seconds: float, seed: int, tier: str, require: str, test: str, "
              "run: str, slowdown_limit: float, check_inputs: int, emit: str, "
              "jobs: int, store: str, on_step: collections.abc.Callable[[int, "
              "str, float, "
              "float, bool], object] | None) -> tuple[str, bytes]"),
      "The report as JSON, and the bytes of the output.");
  module.def("search_names", search_names, "What search can be.");
}

}  // namespace hone::python
