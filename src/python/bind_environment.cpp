// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <mutex>
#include <tuple>

#include "env/benchmark.h"
#include "env/environment.h"
#include "program/toolchain.h"
#include "python/bind.h"
#include "python/environment_options.h"
#include "python/errors.h"
#include "python/guarded.h"
#include "python/values.h"
#include "toolkit/semantics.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

// (reward, changed, whether nothing is left to decide, observations, failures)
using StepTuple =
    nb::typed<nb::tuple, double, bool, bool, nb::typed<nb::list, nb::any>,
              std::vector<std::string>>;

// An environment behind Python's handle. Its forks share the worker, which
// takes one request at a time: the lock is theirs together.
class EnvironmentHandle {
 public:
  explicit EnvironmentHandle(
      std::unique_ptr<env::Environment> environment,
      std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>())
      : kinds_(observed_kinds(*environment)),
        guarded_("environment", std::move(environment), std::move(mutex)) {}

  // The value of the result that `call` returns of the environment.
  template <typename Call>
  auto run(const Call& call) {
    return unwrap(guarded_.run(call));
  }

  void close() { guarded_.close(); }

  StepTuple to_python(const env::Step& step) const {
    nb::list observations;
    for (size_t i = 0; i < step.observations.size(); ++i)
      observations.append(python::to_python(step.observations[i], kinds_[i]));
    return nb::make_tuple(step.reward, step.changed, step.done, observations,
                          step.failures);
  }

  std::vector<std::string> actions() {
    return guarded_.run([](env::Environment& env) { return env.actions(); });
  }

  std::vector<std::string> reward_spaces() {
    return guarded_.run(
        [](env::Environment& env) { return env.reward_spaces(); });
  }

  std::vector<SpaceRow> spaces() {
    return guarded_.run([](env::Environment& env) { return space_rows(env); });
  }

  nb::typed<nb::object, nb::any> observe(const std::string& name) {
    const auto [value, kind] = run(
        [&](env::Environment& env) { return observe_with_kind(env, name); });
    return python::to_python(value, kind);
  }

  double reward_in(const std::string& space) {
    return run([&](env::Environment& env) { return env.reward_in(space); });
  }

  EnvironmentHandle fork() {
    return EnvironmentHandle(
        run([](env::Environment& env) { return env.fork(); }),
        guarded_.mutex());
  }

 private:
  using Observed = std::pair<env::Value, env::SpaceKind>;

  static Result<Observed> observe_with_kind(env::Environment& environment,
                                            const std::string& name) {
    HONE_ASSIGN_OR_RETURN(env::Value value, environment.observe(name));
    for (const env::NamedSpace& space : environment.observation_spaces())
      if (space.name == name)
        return Observed(std::move(value), space.space.kind);
    return Error(ErrorKind::Internal, "no space '" + name + "'");
  }

  std::vector<env::SpaceKind> kinds_;
  Guarded<env::Environment> guarded_;
};

EnvironmentHandle make(const std::string& name, std::string action_space,
                       std::string reward,
                       std::vector<std::string> observations,
                       double cpu_seconds, int64_t memory_bytes,
                       std::string failures, std::string vocabulary) {
  env::EnvironmentOptions options = make_options(
      {std::move(action_space), std::move(reward), std::move(observations),
       cpu_seconds, memory_bytes, std::move(failures), std::move(vocabulary)});
  auto made = [&] {
    const nb::gil_scoped_release release;
    return env::make_environment(name, std::move(options));
  }();
  return EnvironmentHandle(unwrap(std::move(made)));
}

StepTuple reset(EnvironmentHandle& handle, const std::string& benchmark) {
  return handle.to_python(
      handle.run([&](env::Environment& env) { return env.reset(benchmark); }));
}

// One action, the common case, without a list around it.
StepTuple step(EnvironmentHandle& handle, int64_t action) {
  return handle.to_python(handle.run(
      [&](env::Environment& env) { return env.step({&action, 1}); }));
}

StepTuple multistep(EnvironmentHandle& handle,
                    const std::vector<int64_t>& actions) {
  return handle.to_python(
      handle.run([&](env::Environment& env) { return env.step(actions); }));
}

StepTuple step_texts(EnvironmentHandle& handle,
                     std::vector<std::string> actions) {
  return handle.to_python(handle.run([&](env::Environment& env) {
    return env.step_texts(std::move(actions));
  }));
}

std::string episode(EnvironmentHandle& handle) {
  return to_text(
      handle.run([](env::Environment& env) { return env.episode(); }));
}

StepTuple replay(EnvironmentHandle& handle, const std::string& line) {
  const env::Episode episode = unwrap(env::parse_episode(line));
  return handle.to_python(handle.run(
      [&](env::Environment& env) { return env::replay(env, episode); }));
}

// (the state matches, the reward matches, what was found instead, what was
// lost)
std::tuple<bool, bool, std::string, std::vector<std::string>> validate(
    const std::string& line) {
  const env::Episode episode = unwrap(env::parse_episode(line));
  auto result = [&] {
    const nb::gil_scoped_release release;
    return env::validate(episode, {});
  }();
  const env::Validation validation = unwrap(std::move(result));
  return {validation.state_matches, validation.reward_matches,
          to_text(validation.found), validation.failures};
}

// (what differs, whether the whole program was run, the share of its bytes in
// functions that were, why nothing could be called, whether the program was run
// with sanitizers and compared, what these found in the benchmark itself)
std::tuple<std::vector<std::string>, bool, double, std::string, bool,
           std::vector<std::string>>
semantics(const std::string& line, int inputs) {
  const env::Episode episode = unwrap(env::parse_episode(line));
  auto result = [&]() -> Result<toolkit::SemanticsReport> {
    const nb::gil_scoped_release release;
    HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                          program::find_toolchain());
    return toolkit::check_semantics(tools, episode,
                                    {.inputs_per_function = inputs});
  }();
  toolkit::SemanticsReport report = unwrap(std::move(result));
  double all = 0;
  double tested = 0;
  for (const verify::FunctionVerdict& one : report.functions) {
    const auto bytes = static_cast<double>(one.bytes);
    all += bytes;
    if (one.evidence != verify::Evidence::Unchecked) tested += bytes;
  }
  return {std::move(report.differences), report.ran_program,
          all > 0 ? tested / all : 0,    std::move(report.unavailable_reason),
          report.sanitizers.compared,    std::move(report.sanitizers.own)};
}

}  // namespace

void bind_environment(nb::module_& module) {
  nb::class_<EnvironmentHandle>(module, "Environment",
                                "A task to decide about; hone.make wraps it.")
      .def_prop_ro("actions", &EnvironmentHandle::actions)
      .def_prop_ro("reward_spaces", &EnvironmentHandle::reward_spaces)
      .def("spaces", &EnvironmentHandle::spaces,
           "(name, kind, names of the elements, least value, sentence) of each "
           "observation.")
      .def("reset", reset, nb::arg("benchmark"))
      .def("step", step, nb::arg("action"),
           "(reward, changed, whether nothing is left to decide, observations, "
           "failures)")
      .def("multistep", multistep, nb::arg("actions"),
           "The same for several actions in one round trip.")
      .def("step_texts", step_texts, nb::arg("actions"),
           "The same for actions by their texts, of the space or not.")
      .def("reward_in", &EnvironmentHandle::reward_in, nb::arg("space"))
      .def("observe", &EnvironmentHandle::observe, nb::arg("space"))
      .def("fork", &EnvironmentHandle::fork)
      .def("episode", episode, "One line of text that replays it.")
      .def("replay", replay, nb::arg("episode"))
      .def("close", &EnvironmentHandle::close);
  module.def("make_environment", make, nb::arg("name"), nb::kw_only(),
             nb::arg("action_space") = "", nb::arg("reward") = "",
             nb::arg("observations") = std::vector<std::string>(),
             nb::arg("cpu_seconds") = env::LiveLimits().cpu_seconds,
             nb::arg("memory_bytes") = env::LiveLimits().memory_bytes,
             nb::arg("failures") = "", nb::arg("vocabulary") = "");
  module.def("validate_episode", validate, nb::arg("episode"));
  module.def("episode_semantics", semantics, nb::arg("episode"),
             nb::arg("inputs"));
  module.def(
      "benchmark_uri",
      [](const std::string& path, const std::vector<std::string>& flags) {
        return env::benchmark_uri(path, flags);
      },
      nb::arg("path"), nb::arg("flags"));
}

}  // namespace hone::python
