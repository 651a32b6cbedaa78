// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <mutex>
#include <optional>

#include "env/batch.h"
#include "python/bind.h"
#include "python/environment_options.h"
#include "python/errors.h"
#include "python/values.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using Actions =
    nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Benchmarks = std::vector<std::string>;

// A batch behind Python's handle; the lock is taken without the GIL.
struct BatchHandle {
  explicit BatchHandle(env::Batch made)
      : batch(std::move(made)), mutex(std::make_unique<std::mutex>()) {}
  BatchHandle(BatchHandle&&) = default;

  env::Batch& open() {
    if (!batch)
      raise(Error(ErrorKind::InvalidArgument,
                  "the batch is closed; make another one"));
    return *batch;
  }

  void close() {
    const nb::gil_scoped_release release;
    const std::lock_guard lock(*mutex);
    batch.reset();
  }

  std::optional<env::Batch> batch;
  std::unique_ptr<std::mutex> mutex;
};

// Steps those without a benchmark and resets the others, all in one call:
// requests go out first, so that the workers work at the same time, and resets
// are done while they do.
Result<std::vector<env::Step>> advance(env::Batch& batch,
                                       const int64_t* actions,
                                       const Benchmarks& benchmarks) {
  const auto is_reset = [&](size_t i) {
    return !benchmarks.empty() && !benchmarks[i].empty();
  };
  std::vector<env::Step> steps(batch.size());
  std::vector<size_t> posted;
  std::optional<Error> failure;
  for (size_t i = 0; i < batch.size() && !failure; ++i) {
    if (is_reset(i)) continue;
    if (Status sent = batch.at(i).post({actions + i, 1}); sent.ok())
      posted.push_back(i);
    else
      failure = std::move(sent).error();
  }
  for (size_t i = 0; i < batch.size() && !failure; ++i) {
    if (!is_reset(i)) continue;
    if (Result<env::Step> step = batch.at(i).reset(benchmarks[i]); step.ok())
      steps[i] = *std::move(step);
    else
      failure = std::move(step).error();
  }
  // What has been posted must be taken, whatever became of the others.
  for (const size_t i : posted) {
    Result<env::Step> step = batch.at(i).take();
    if (step.ok())
      steps[i] = *std::move(step);
    else if (!failure)
      failure = std::move(step).error();
  }
  if (failure) return *std::move(failure);
  return steps;
}

// (rewards, changed, done, an array for each observation, failures)
nb::tuple to_python(const std::vector<env::Step>& steps) {
  nb::list rewards, changed, done, failures, observations;
  for (const env::Step& step : steps) {
    rewards.append(step.reward);
    changed.append(step.changed);
    done.append(step.done);
    failures.append(step.failures);
  }
  for (size_t k = 0; k < steps.front().observations.size(); ++k) {
    std::vector<const env::Value*> column;
    for (const env::Step& step : steps) column.push_back(&step.observations[k]);
    observations.append(to_rows(column));
  }
  return nb::make_tuple(rewards, changed, done, observations, failures);
}

nb::tuple step(BatchHandle& handle, const Actions& actions,
               const std::optional<Benchmarks>& benchmarks) {
  env::Batch& batch = handle.open();
  if (actions.shape(0) != batch.size() ||
      (benchmarks && benchmarks->size() != batch.size()))
    raise(Error(ErrorKind::InvalidArgument,
                "a batch of " + std::to_string(batch.size()) +
                    " environments needs as many actions and benchmarks"));
  auto steps = [&] {
    const nb::gil_scoped_release release;
    const std::lock_guard lock(*handle.mutex);
    return advance(batch, actions.data(), benchmarks.value_or(Benchmarks()));
  }();
  return to_python(unwrap(std::move(steps)));
}

BatchHandle make(const std::string& name, size_t size, std::string action_space,
                 std::string reward, std::vector<std::string> observations,
                 double cpu_seconds, uint64_t memory_bytes,
                 std::string failures) {
  if (size == 0)
    raise(Error(ErrorKind::InvalidArgument,
                "a batch has at least one "
                "environment"));
  const env::EnvironmentOptions options = make_options(
      {std::move(action_space), std::move(reward), std::move(observations),
       cpu_seconds, memory_bytes, std::move(failures)});
  auto made = [&] {
    const nb::gil_scoped_release release;
    return env::Batch::make(name, options, size);
  }();
  env::Batch batch = unwrap(std::move(made));
  for (const env::SpaceKind kind : observed_kinds(batch.at(0)))
    if (!can_be_stacked(kind))
      raise(Error(ErrorKind::Unsupported,
                  "a batch stacks integers, floats and boxes; observe " +
                      std::string(env::space_kind_name(kind)) +
                      " in single environments"));
  return BatchHandle(std::move(batch));
}

}  // namespace

void bind_batch(nb::module_& module) {
  nb::class_<BatchHandle>(module, "Batch",
                          "Environments that step together without the GIL.")
      .def("__len__", [](BatchHandle& h) { return h.open().size(); })
      .def_prop_ro("actions",
                   [](BatchHandle& h) { return h.open().at(0).actions(); })
      .def("spaces", [](BatchHandle& h) { return space_rows(h.open().at(0)); })
      .def("close", &BatchHandle::close)
      .def("step", step, nb::arg("actions"),
           nb::arg("benchmarks").none() = nb::none(),
           "Resets those that have a benchmark, steps the others: (rewards, "
           "changed, done, an array for each observation, failures).");
  module.def("make_batch", make, nb::arg("name"), nb::arg("size"),
             nb::kw_only(), nb::arg("action_space") = "",
             nb::arg("reward") = "",
             nb::arg("observations") = std::vector<std::string>(),
             nb::arg("cpu_seconds") = env::LiveLimits().cpu_seconds,
             nb::arg("memory_bytes") = env::LiveLimits().memory_bytes,
             nb::arg("failures") = "");
}

}  // namespace hone::python
