// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>

#include "env/batch.h"
#include "python/bind.h"
#include "python/environment_options.h"
#include "python/errors.h"
#include "python/guarded.h"
#include "python/values.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

// A row for each environment.
using Actions =
    nb::ndarray<const int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Benchmarks = std::vector<std::string>;

// A batch behind Python's handle.
using BatchHandle = Guarded<env::Batch>;

// (rewards, changed, done, an array for each observation, failures)
using StepsTuple = nb::typed<nb::tuple, std::vector<double>, std::vector<bool>,
                             std::vector<bool>, nb::typed<nb::list, nb::any>,
                             std::vector<std::vector<std::string>>>;
// Which ones answered, then as step.
using AnswersTuple = nb::typed<nb::tuple, std::vector<size_t>, StepsTuple>;

StepsTuple to_python(const std::vector<env::Step>& steps) {
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

Status check_rows(size_t rows, size_t count, const Benchmarks& benchmarks) {
  if (rows == count && (benchmarks.empty() || benchmarks.size() == count))
    return {};
  return Error(ErrorKind::InvalidArgument,
               "a batch of " + std::to_string(count) +
                   " environments needs as many actions and benchmarks");
}

StepsTuple step(BatchHandle& handle, const Actions& actions,
                const std::optional<Benchmarks>& benchmarks) {
  const Benchmarks uris = benchmarks.value_or(Benchmarks());
  using Steps = Result<std::vector<env::Step>>;
  return to_python(unwrap(handle.run([&](env::Batch& batch) -> Steps {
    HONE_RETURN_IF_ERROR(check_rows(actions.shape(0), batch.size(), uris));
    return batch.step({actions.data(), actions.size()}, uris);
  })));
}

void send(BatchHandle& handle, const std::vector<size_t>& who,
          const Actions& actions, const std::optional<Benchmarks>& benchmarks) {
  const Benchmarks uris = benchmarks.value_or(Benchmarks());
  unwrap(handle.run([&](env::Batch& batch) -> Status {
    HONE_RETURN_IF_ERROR(check_rows(actions.shape(0), who.size(), uris));
    return batch.send(who, {actions.data(), actions.size()}, uris);
  }));
}

AnswersTuple receive(BatchHandle& handle, size_t count) {
  if (count == 0)
    raise(Error(ErrorKind::InvalidArgument, "receive one answer at least"));
  std::vector<env::Batch::Answer> answers = unwrap(
      handle.run([&](env::Batch& batch) { return batch.receive(count); }));
  nb::list who;
  std::vector<env::Step> steps;
  for (env::Batch::Answer& answer : answers) {
    who.append(answer.index);
    steps.push_back(std::move(answer.step));
  }
  return nb::make_tuple(who, to_python(steps));
}

std::string episode(BatchHandle& handle, size_t index) {
  return env::to_text(unwrap(
      handle.run([&](env::Batch& batch) { return batch.episode(index); })));
}

BatchHandle make(const std::string& name, size_t size, std::string action_space,
                 std::string reward, std::vector<std::string> observations,
                 double cpu_seconds, int64_t memory_bytes, std::string failures,
                 std::string vocabulary) {
  if (size == 0)
    raise(Error(ErrorKind::InvalidArgument,
                "a batch has at least one "
                "environment"));
  const env::EnvironmentOptions options = make_options(
      {std::move(action_space), std::move(reward), std::move(observations),
       cpu_seconds, memory_bytes, std::move(failures), std::move(vocabulary)});
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
  return BatchHandle("batch", std::make_unique<env::Batch>(std::move(batch)));
}

}  // namespace

void bind_batch(nb::module_& module) {
  nb::class_<BatchHandle>(module, "Batch",
                          "Environments that step together without the GIL.")
      .def("__len__",
           [](BatchHandle& h) {
             return h.run([](env::Batch& batch) { return batch.size(); });
           })
      .def_prop_ro("actions",
                   [](BatchHandle& h) {
                     return h.run([](env::Batch& batch) {
                       return batch.at(0).actions();
                     });
                   })
      .def("spaces",
           [](BatchHandle& h) {
             return h.run(
                 [](env::Batch& batch) { return space_rows(batch.at(0)); });
           })
      .def("close", &BatchHandle::close)
      .def("step", step, nb::arg("actions"),
           nb::arg("benchmarks").none() = nb::none(),
           "Resets those that have a benchmark, steps the others: (rewards, "
           "changed, done, an array for each observation, failures).")
      .def("send", send, nb::arg("who"), nb::arg("actions"),
           nb::arg("benchmarks").none() = nb::none(),
           "Steps or resets some of them without waiting.")
      .def("receive", receive, nb::arg("count"),
           "The next answers that are ready: (who, as step).")
      .def("episode", episode, nb::arg("index"),
           "One line of text that replays what an environment did.")
      .def_prop_ro("in_flight", [](BatchHandle& h) {
        return h.run([](env::Batch& batch) { return batch.in_flight(); });
      });
  module.def("make_batch", make, nb::arg("name"), nb::arg("size"),
             nb::kw_only(), nb::arg("action_space") = "",
             nb::arg("reward") = "",
             nb::arg("observations") = std::vector<std::string>(),
             nb::arg("cpu_seconds") = env::LiveLimits().cpu_seconds,
             nb::arg("memory_bytes") = env::LiveLimits().memory_bytes,
             nb::arg("failures") = "", nb::arg("vocabulary") = "");
}

}  // namespace hone::python
