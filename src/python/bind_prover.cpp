// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "python/bind.h"
#include "python/errors.h"
#include "toolkit/prove.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using rewrite::Bound;
using toolkit::NamedValue;

nb::dict to_python(const std::vector<NamedValue>& values) {
  nb::dict model;
  for (const NamedValue& value : values) {
    const bool is_bool = value.value == "true" || value.value == "false";
    model[nb::cast(value.name)] =
        is_bool
            ? nb::object(nb::bool_(value.value == "true"))
            : nb::steal(PyLong_FromString(value.value.c_str(), nullptr, 10));
  }
  return model;
}

const char* kind_name(Bound::Kind kind) {
  switch (kind) {
    case Bound::Kind::Tight:
      return "tight";
    case Bound::Kind::Proved:
      return "proved";
    case Bound::Kind::Unbounded:
      return "unbounded";
    case Bound::Kind::Open:
      return "open";
  }
  return "";
}

// (kind, value or None, where it is reached)
nb::tuple to_python(const Bound& bound, const std::vector<NamedValue>& at) {
  const bool has_value =
      bound.kind == Bound::Kind::Tight || bound.kind == Bound::Kind::Proved;
  return nb::make_tuple(kind_name(bound.kind),
                        has_value ? nb::cast(bound.value) : nb::none(),
                        to_python(at));
}

// (answer, cause, where true, where false, proof)
nb::tuple prove(const std::string& claim, std::vector<std::string> assume,
                bool with_proof) {
  auto result = [&] {
    const nb::gil_scoped_release release;
    return toolkit::prove(
        {.assumptions = std::move(assume), .with_proof = with_proof}, claim);
  }();
  const toolkit::ProveAnswer answer = unwrap(std::move(result));
  return nb::make_tuple(std::string(rewrite::answer_name(answer.answer)),
                        std::string(rewrite::linear::cause_name(answer.cause)),
                        to_python(answer.true_where),
                        to_python(answer.false_where), answer.proof);
}

nb::tuple bounds(const std::string& expression,
                 std::vector<std::string> assume) {
  auto result = [&] {
    const nb::gil_scoped_release release;
    return toolkit::find_bounds({.assumptions = std::move(assume)}, expression);
  }();
  const toolkit::BoundsAnswer found = unwrap(std::move(result));
  return nb::make_tuple(to_python(found.low, found.low_at),
                        to_python(found.high, found.high_at));
}

}  // namespace

void bind_prover(nb::module_& module) {
  module.def("prove", prove, nb::arg("claim"), nb::arg("assume"),
             nb::arg("proof"));
  module.def("bounds", bounds, nb::arg("expression"), nb::arg("assume"));
  module.def(
      "replay_proofs",
      [](const std::string& text) {
        return unwrap(toolkit::replay_proofs(text));
      },
      nb::arg("text"),
      "Checks every proof of a file by code that the prover does not share; "
      "their number.");
}

}  // namespace hone::python
