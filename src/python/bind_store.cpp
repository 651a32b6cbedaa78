// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "program/toolchain.h"
#include "python/bind.h"
#include "python/errors.h"
#include "store/store.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using store::Row;
using store::RowCounts;
using store::StepRow;
using store::Store;

Store open(const std::filesystem::path& place) {
  const nb::gil_scoped_release release;
  return unwrap(Store::open(place.empty() ? Store::default_path() : place));
}

// Calls without the GIL: a store may wait for another process.
template <typename Call>
auto run(Store& store, const Call& call) {
  auto result = [&] {
    const nb::gil_scoped_release release;
    return call(store);
  }();
  return unwrap(std::move(result));
}

nb::dict info(Store& store) {
  const store::Info info = run(store, [](Store& s) { return s.info(); });
  nb::dict dict;
  dict["place"] = info.place;
  dict["evaluations"] = info.rows;
  dict["inputs"] = info.inputs;
  dict["not_final"] = info.not_final;
  dict["steps"] = info.steps;
  dict["beginnings"] = info.episodes;
  dict["bytes"] = info.file_bytes;
  return dict;
}

nb::list evaluations(Store& store) {
  std::vector<Row> rows;
  run(store, [&](Store& s) {
    return s.for_each([&](const Row& row) {
      rows.push_back(row);
      return Status();
    });
  });
  nb::list list;
  for (const Row& row : rows) {
    nb::dict dict;
    dict["key"] = row.key.hex();
    dict["input"] = row.input.hex();
    dict["recipe"] = row.recipe;
    dict["mode"] = row.mode;
    dict["compiler"] = row.compiler;
    dict["metric_version"] = row.metric_version;
    dict["final"] = row.final;
    dict["result"] = row.result;
    list.append(dict);
  }
  return list;
}

nb::list steps(Store& store) {
  std::vector<StepRow> rows;
  run(store, [&](Store& s) {
    return s.for_each_step([&](const StepRow& row) {
      rows.push_back(row);
      return Status();
    });
  });
  nb::list list;
  for (const StepRow& row : rows) {
    nb::dict dict;
    dict["key"] = row.key.hex();
    dict["parent"] = row.parent.hex();
    dict["environment"] = row.environment;
    dict["benchmark"] = row.benchmark;
    dict["reward_space"] = row.reward_space;
    dict["compiler"] = row.compiler;
    dict["action"] = row.action;
    dict["depth"] = row.depth;
    dict["reward"] = row.reward;
    dict["changed"] = row.changed;
    dict["observation"] = row.observation;
    list.append(dict);
  }
  return list;
}

std::string add_step(Store& store, const std::string& parent,
                     std::string environment, std::string benchmark,
                     std::string reward_space, std::string compiler,
                     std::string action, int64_t depth, double reward,
                     bool changed, std::string observation) {
  StepRow row{.environment = std::move(environment),
              .benchmark = std::move(benchmark),
              .reward_space = std::move(reward_space),
              .compiler = std::move(compiler),
              .action = std::move(action),
              .depth = depth,
              .reward = reward,
              .changed = changed,
              .observation = std::move(observation)};
  if (!parent.empty()) row.parent = unwrap(parse_hash(parent));
  row.key = store::step_key(row);
  run(store, [&](Store& s) { return s.insert_steps({&row, 1}); });
  return row.key.hex();
}

std::tuple<int64_t, int64_t> counts(const RowCounts& counts) {
  return {counts.evaluations, counts.steps};
}

}  // namespace

void bind_store(nb::module_& module) {
  nb::class_<Store>(module, "Store",
                    "What searches measured and environments logged: a file, "
                    "or postgresql://USER@HOST/DATABASE. Without a place the "
                    "user's own, as of `hone opt`.")
      .def(
          "__init__",
          [](Store* self, const std::filesystem::path& place) {
            new (self) Store(open(place));
          },
          nb::arg("place") = std::filesystem::path())
      .def("info", info, nb::sig("def info(self) -> dict[str, str | int]"),
           "What `hone store info --json` says.")
      .def("evaluations", evaluations,
           nb::sig("def evaluations(self) -> list[dict[str, str | int]]"),
           "Every evaluation, by key.")
      .def("steps", steps,
           nb::sig("def steps(self) -> list[dict[str, str | int | float]]"),
           "Every logged step, by key; a reset is a step at depth 0.")
      .def("add_step", add_step, nb::kw_only(), nb::arg("parent"),
           nb::arg("environment"), nb::arg("benchmark"),
           nb::arg("reward_space"), nb::arg("compiler"), nb::arg("action"),
           nb::arg("depth"), nb::arg("reward"), nb::arg("changed"),
           nb::arg("observation"),
           "Adds a step, durably, and returns its key: the parent of the next.")
      .def(
          "export_rows",
          [](Store& store, const std::filesystem::path& path) {
            return counts(run(
                store, [&](Store& s) { return store::export_rows(s, path); }));
          },
          nb::arg("path"), "Writes (evaluations, steps) as JSON, a row a line.")
      .def(
          "import_rows",
          [](Store& store, const std::filesystem::path& path) {
            return counts(run(
                store, [&](Store& s) { return store::import_rows(s, path); }));
          },
          nb::arg("path"), "Adds the rows of such a file.");
  module.def(
      "compiler_version",
      [] {
        auto tools = [] {
          const nb::gil_scoped_release release;
          return program::find_toolchain();
        }();
        return unwrap(std::move(tools)).version;
      },
      "The first line of clang-22 --version: rows of another one are stale.");
}

}  // namespace hone::python
