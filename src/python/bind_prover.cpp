// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>
#include <vector>

#include "python/bind.h"
#include "python/errors.h"
#include "python/expression.h"
#include "toolkit/prove.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using rewrite::Bound;
using toolkit::NamedValue;
using toolkit::TextContext;

// What the tuples and dictionaries hold, for the declarations of types.
using Model = nb::typed<nb::dict, std::string, nb::any>;
using ProveTuple =
    nb::typed<nb::tuple, std::string, std::string, Model, Model, std::string>;
using BoundTuple =
    nb::typed<nb::tuple, std::string, nb::any, Model, std::string>;
using BoundsTuple = nb::typed<nb::tuple, BoundTuple, BoundTuple>;
using Expressions = nb::typed<nb::list, Expression>;
using CellTuple =
    nb::typed<nb::tuple, std::optional<Expression>, std::optional<Expression>,
              Expressions, Expressions>;
using SolveTuple = nb::typed<nb::tuple, std::string, Expression,
                             nb::typed<nb::list, CellTuple>>;

Model to_python(const std::vector<NamedValue>& values) {
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

// (kind, value or None, where it is reached, proof)
BoundTuple to_python(const Bound& bound, const std::vector<NamedValue>& at,
                     const std::string& proof) {
  const bool has_value =
      bound.kind == Bound::Kind::Tight || bound.kind == Bound::Kind::Proved;
  return nb::make_tuple(kind_name(bound.kind),
                        has_value ? nb::cast(bound.value) : nb::none(),
                        to_python(at), proof);
}

// (answer, cause, where true, where false, proof)
ProveTuple to_python(const toolkit::ProveAnswer& answer) {
  return nb::make_tuple(std::string(rewrite::answer_name(answer.answer)),
                        std::string(rewrite::linear::cause_name(answer.cause)),
                        to_python(answer.true_where),
                        to_python(answer.false_where), answer.proof);
}

BoundsTuple to_python(const toolkit::BoundsAnswer& found) {
  return nb::make_tuple(to_python(found.low, found.low_at, found.low_proof),
                        to_python(found.high, found.high_at, found.high_proof));
}

ProveTuple prove(const std::string& claim, std::vector<std::string> assume,
                 bool with_proof) {
  auto result = [&] {
    const nb::gil_scoped_release release;
    return toolkit::prove(
        {.assumptions = std::move(assume), .with_proof = with_proof}, claim);
  }();
  return to_python(unwrap(std::move(result)));
}

BoundsTuple bounds(const std::string& expression,
                   std::vector<std::string> assume, bool with_proof) {
  auto result = [&] {
    const nb::gil_scoped_release release;
    return toolkit::find_bounds(
        {.assumptions = std::move(assume), .with_proof = with_proof},
        expression);
  }();
  return to_python(unwrap(std::move(result)));
}

// A term of a context, and what keeps that alive.
Expression expression(const std::shared_ptr<TextContext>& context,
                      term::Term term) {
  return {std::shared_ptr<term::Context>(context, &context->terms()), term};
}

Expressions expressions(const std::shared_ptr<TextContext>& context,
                        const std::vector<term::Term>& terms) {
  nb::list list;
  for (const term::Term term : terms)
    list.append(nb::cast(expression(context, term)));
  return list;
}

nb::object end(const std::shared_ptr<TextContext>& context,
               const std::optional<term::Term>& term) {
  return term ? nb::cast(expression(context, *term)) : nb::none();
}

Expression simplify_in(const std::shared_ptr<TextContext>& context,
                       const std::string& text) {
  return expression(context, unwrap(context->context().simplify(text)));
}

// (kind, formula, [(low, high, periodic, guards)])
SolveTuple solve_in(const std::shared_ptr<TextContext>& context,
                    const std::string& condition, const std::string& variable,
                    bool inner) {
  const rewrite::Solution solution = unwrap(context->context().solve(
      condition, variable,
      {.otherwise = inner ? rewrite::Solution::Kind::Inner
                          : rewrite::Solution::Kind::Outer}));
  nb::list cells;
  for (const rewrite::Cell& cell : solution.cells)
    cells.append(nb::make_tuple(end(context, cell.low), end(context, cell.high),
                                expressions(context, cell.periodic),
                                expressions(context, cell.guards)));
  return nb::make_tuple(std::string(rewrite::kind_name(solution.kind)),
                        expression(context, solution.formula), cells);
}

// One thread at a time uses a context: its calls keep the GIL, and take
// microseconds.
void bind_context(nb::module_& module) {
  nb::class_<TextContext>(module, "Context")
      .def(nb::new_([] { return std::make_shared<TextContext>(); }))
      .def("push", &TextContext::push)
      .def("pop", [](TextContext& context) { unwrap(context.pop()); })
      .def(
          "assume",
          [](TextContext& context, const std::string& text) {
            unwrap(context.assume(text));
          },
          nb::arg("text"))
      .def_prop_ro("assumptions",
                   [](const std::shared_ptr<TextContext>& context) {
                     return expressions(context,
                                        context->context().assumptions());
                   })
      .def(
          "prove",
          [](TextContext& context, const std::string& claim, bool proof) {
            return to_python(unwrap(context.prove(claim, proof)));
          },
          nb::arg("claim"), nb::arg("proof"))
      .def(
          "bounds",
          [](TextContext& context, const std::string& text, bool proof) {
            return to_python(unwrap(context.bounds(text, proof)));
          },
          nb::arg("expression"), nb::arg("proof"))
      .def("simplify", simplify_in, nb::arg("expression"))
      .def("solve", solve_in, nb::arg("condition"), nb::arg("variable"),
           nb::arg("inner"));
}

}  // namespace

void bind_prover(nb::module_& module) {
  bind_context(module);
  module.def("prove", prove, nb::arg("claim"), nb::arg("assume"),
             nb::arg("proof"));
  module.def("bounds", bounds, nb::arg("expression"), nb::arg("assume"),
             nb::arg("proof"));
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
