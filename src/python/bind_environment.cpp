// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "env/batch.h"
#include "env/benchmark.h"
#include "env/environment.h"
#include "python/bind_values.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using env::Environment;
using env::EnvironmentOptions;
using env::Step;

EnvironmentOptions options_of(std::string action_space, std::string reward,
                              std::vector<std::string> observations,
                              double cpu_seconds, uint64_t memory_bytes,
                              const std::string& failures) {
  return {.action_space = std::move(action_space),
          .reward = std::move(reward),
          .observations = std::move(observations),
          .limits = {.cpu_seconds = cpu_seconds, .memory_bytes = memory_bytes},
          .failures = failures};
}

// Spaces of what reset and step return, looked up once.
std::vector<env::Space> observed_spaces(const Environment& environment) {
  std::vector<env::Space> spaces;
  for (const std::string& name : environment.options().observations)
    for (env::NamedSpace& named : environment.observation_spaces())
      if (named.name == name) spaces.push_back(std::move(named.space));
  return spaces;
}

// (observations, reward, changed, failures)
nb::tuple step_tuple(const std::vector<env::Space>& spaces, Step step) {
  nb::list observations;
  // An environment that was idle has observed nothing.
  for (size_t i = 0; i < step.observations.size(); ++i)
    observations.append(to_python(spaces[i], std::move(step.observations[i])));
  return nb::make_tuple(std::move(observations), step.reward, step.changed,
                        nb::cast(step.failures));
}

// An environment with what Python asks it for at each step.
struct PyEnvironment {
  explicit PyEnvironment(std::unique_ptr<Environment> made)
      : environment(std::move(made)), spaces(observed_spaces(*environment)) {}

  Environment& open() const {
    if (!environment)
      raise(Error(ErrorKind::InvalidArgument, "the environment is closed"));
    return *environment;
  }
  template <typename Work>
  auto without_gil(const Work& work) {
    Environment& env = open();
    const nb::gil_scoped_release release;
    return work(env);
  }

  std::unique_ptr<Environment> environment;
  std::vector<env::Space> spaces;
};

struct PyBatch {
  explicit PyBatch(env::Batch made)
      : batch(std::move(made)), spaces(observed_spaces(batch->at(0))) {}
  PyBatch(const PyBatch&) = delete;  // a vector claims that it can be copied
  PyBatch(PyBatch&&) = default;

  env::Batch& open() {
    if (!batch)
      raise(Error(ErrorKind::InvalidArgument, "the environments are closed"));
    return *batch;
  }
  nb::list tuples(std::vector<Step> steps) const {
    nb::list list;
    for (Step& step : steps) list.append(step_tuple(spaces, std::move(step)));
    return list;
  }

  std::optional<env::Batch> batch;
  std::vector<env::Space> spaces;
};

void bind_single(nb::module_& module) {
  nb::class_<PyEnvironment>(module, "Environment")
      .def_prop_ro(
          "actions",
          [](const PyEnvironment& self) { return self.open().actions(); })
      .def_prop_ro(
          "reward_spaces",
          [](const PyEnvironment& self) { return self.open().reward_spaces(); })
      .def_prop_ro("observation_spaces",
                   [](const PyEnvironment& self) {
                     nb::dict dict;
                     for (const env::NamedSpace& named :
                          self.open().observation_spaces())
                       dict[named.name.c_str()] = to_python(named.space);
                     return dict;
                   })
      .def(
          "reset",
          [](PyEnvironment& self, const std::string& benchmark) {
            return step_tuple(self.spaces,
                              unwrap(self.without_gil([&](Environment& env) {
                                return env.reset(benchmark);
                              })));
          },
          nb::arg("benchmark") = "")
      .def(
          "step",
          [](PyEnvironment& self, int64_t action) {
            return step_tuple(self.spaces,
                              unwrap(self.without_gil([&](Environment& env) {
                                return env.step({&action, 1});
                              })));
          },
          nb::arg("action"))
      .def(
          "multistep",
          [](PyEnvironment& self, const std::vector<int64_t>& actions) {
            return step_tuple(self.spaces,
                              unwrap(self.without_gil([&](Environment& env) {
                                return env.step(actions);
                              })));
          },
          nb::arg("actions"))
      .def(
          "step_texts",
          [](PyEnvironment& self, const std::vector<std::string>& actions) {
            return step_tuple(self.spaces,
                              unwrap(self.without_gil([&](Environment& env) {
                                return env.step_texts(actions);
                              })));
          },
          nb::arg("actions"))
      .def(
          "observe",
          [](PyEnvironment& self, const std::string& space) {
            env::Value value = unwrap(self.without_gil(
                [&](Environment& env) { return env.observe(space); }));
            for (const env::NamedSpace& named :
                 self.open().observation_spaces())
              if (named.name == space)
                return to_python(named.space, std::move(value));
            return nb::object(nb::none());
          },
          nb::arg("space"))
      .def("fork",
           [](PyEnvironment& self) {
             return std::make_unique<PyEnvironment>(unwrap(self.without_gil(
                 [](Environment& env) { return env.fork(); })));
           })
      .def("episode",
           [](PyEnvironment& self) {
             return unwrap(self.without_gil(
                 [](Environment& env) { return env.episode(); }));
           })
      .def("close", [](PyEnvironment& self) { self.environment.reset(); });
}

void bind_batch(nb::module_& module) {
  using Actions =
      nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
  nb::class_<PyBatch>(module, "Batch")
      .def("__len__", [](PyBatch& self) { return self.open().size(); })
      .def(
          "reset_one",
          [](PyBatch& self, size_t index, const std::string& benchmark) {
            if (index >= self.open().size())
              throw nb::index_error("no such environment in the batch");
            Environment& env = self.open().at(index);
            std::optional<Result<Step>> step;
            {
              const nb::gil_scoped_release release;
              step.emplace(env.reset(benchmark));
            }
            return step_tuple(self.spaces, unwrap(*std::move(step)));
          },
          nb::arg("index"), nb::arg("benchmark") = "")
      .def(
          "reset",
          [](PyBatch& self, const std::vector<std::string>& benchmarks) {
            env::Batch& batch = self.open();
            std::optional<Result<std::vector<Step>>> steps;
            {
              const nb::gil_scoped_release release;
              steps.emplace(batch.reset(benchmarks));
            }
            return self.tuples(unwrap(*std::move(steps)));
          },
          nb::arg("benchmarks"))
      .def(
          "step",
          [](PyBatch& self, const Actions& actions,
             const std::vector<size_t>& idle) {
            env::Batch& batch = self.open();
            const std::span<const int64_t> span(actions.data(), actions.size());
            std::optional<Result<std::vector<Step>>> steps;
            {
              const nb::gil_scoped_release release;
              steps.emplace(batch.step(span, idle));
            }
            return self.tuples(unwrap(*std::move(steps)));
          },
          nb::arg("actions"), nb::arg("idle") = std::vector<size_t>())
      .def("close", [](PyBatch& self) { self.batch.reset(); });
}

}  // namespace

void bind_environment(nb::module_& module) {
  bind_single(module);
  bind_batch(module);
  module.def(
      "make",
      [](const std::string& name, std::string action_space, std::string reward,
         std::vector<std::string> observations, double cpu_seconds,
         uint64_t memory_bytes, const std::string& failures) {
        return std::make_unique<PyEnvironment>(unwrap(env::make_environment(
            name, options_of(std::move(action_space), std::move(reward),
                             std::move(observations), cpu_seconds, memory_bytes,
                             failures))));
      },
      nb::arg("name") = "llvm", nb::arg("action_space") = "",
      nb::arg("reward") = "",
      nb::arg("observations") = std::vector<std::string>(),
      nb::arg("cpu_seconds") = env::LiveLimits().cpu_seconds,
      nb::arg("memory_bytes") = env::LiveLimits().memory_bytes,
      nb::arg("failures") = "");
  module.def(
      "make_batch",
      [](size_t size, const std::string& name, std::string action_space,
         std::string reward, std::vector<std::string> observations) {
        if (size == 0) throw nb::value_error("a batch has one environment");
        return std::make_unique<PyBatch>(
            unwrap(env::Batch::make(name,
                                    {.action_space = std::move(action_space),
                                     .reward = std::move(reward),
                                     .observations = std::move(observations)},
                                    size)));
      },
      nb::arg("size"), nb::arg("name") = "llvm", nb::arg("action_space") = "",
      nb::arg("reward") = "",
      nb::arg("observations") = std::vector<std::string>());
  module.def(
      "validate",
      [](const env::Episode& episode) {
        const env::Validation found = unwrap(env::validate(episode, {}));
        nb::dict dict;
        dict["state_matches"] = found.state_matches;
        dict["reward_matches"] = found.reward_matches;
        dict["found"] = nb::cast(found.found);
        return dict;
      },
      nb::arg("episode"), "Takes the episode again and compares.");
  module.def(
      "benchmark_uri",
      [](std::string_view path, const std::vector<std::string>& flags) {
        return env::benchmark_uri(path, flags);
      },
      nb::arg("path"), nb::arg("flags") = std::vector<std::string>(),
      "The URI of a file and clang's flags for it.");
}

}  // namespace hone::python
