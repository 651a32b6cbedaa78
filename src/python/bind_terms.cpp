// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "python/bind.h"
#include "python/errors.h"
#include "python/expression.h"
#include "term/context.h"
#include "term/evaluate.h"
#include "term/parse.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using term::Context;
using term::Integer;
using term::Op;
using term::Sort;

nb::object to_python(const Integer& value, Sort sort) {
  if (sort == Sort::Bool) return nb::bool_(value.sign() != 0);
  if (const auto word = value.to_int64()) return nb::int_(*word);
  return nb::steal(PyLong_FromString(value.text().c_str(), nullptr, 10));
}

// What is no integer is a TypeError; 2.5 is not 2.
Integer to_integer(nb::handle value) {
  const auto number = nb::steal(PyNumber_Index(value.ptr()));
  if (!number.is_valid()) throw nb::python_error();
  const std::string text = nb::cast<std::string>(nb::str(number));
  const std::optional<Integer> parsed = Integer::parse(text);
  if (!parsed)
    raise(Error(ErrorKind::InvalidArgument, "'" + text + "' is no integer"));
  return *parsed;
}

Expression parse(const std::string& text) {
  Expression made{std::make_shared<Context>(), {}};
  made.term = unwrap(term::parse(*made.context, text));
  return made;
}

bool equal(const Expression& a, const Expression& b) {
  if (a.context == b.context) return a.term == b.term;
  return a.context->hash(a.term) == b.context->hash(b.term) &&
         a.text(term::Form::Prefix) == b.text(term::Form::Prefix);
}

std::vector<Expression> args(const Expression& e) {
  std::vector<Expression> parts;
  for (const term::Term arg : e.context->args(e.term))
    parts.push_back({e.context, arg});
  return parts;
}

nb::object value_of(const Expression& e) {
  if (!e.context->is_constant(e.term)) return nb::none();
  return to_python(e.context->value(e.term), e.context->sort(e.term));
}

nb::object evaluate(const Expression& e, const nb::kwargs& values) {
  term::Model model;
  for (const auto& [name, value] : values)
    if (const auto variable =
            e.context->find_variable(nb::cast<std::string>(name)))
      model[*variable] = to_integer(value);
  return to_python(unwrap(term::evaluate(*e.context, e.term, model)),
                   e.context->sort(e.term));
}

}  // namespace

void bind_terms(nb::module_& module) {
  nb::class_<Expression>(module, "Term",
                         "A typed expression over unbounded integers; / and % "
                         "are Euclidean, and x / 0 = x % 0 = 0.")
      .def("__str__",
           [](const Expression& e) { return e.text(term::Form::Infix); })
      .def("__repr__",
           [](const Expression& e) {
             return "hone.parse('" + e.text(term::Form::Infix) + "')";
           })
      .def(
          "__eq__",
          [](const Expression& a, nb::handle b) {
            return nb::isinstance<Expression>(b) &&
                   equal(a, nb::cast<const Expression&>(b));
          },
          nb::arg("other").none(),
          nb::sig("def __eq__(self, other: object) -> bool"))
      .def("__hash__",
           [](const Expression& e) { return e.context->hash(e.term); })
      .def(
          "prefix",
          [](const Expression& e) { return e.text(term::Form::Prefix); },
          "The text with operators first, each in brackets.")
      .def_prop_ro("op",
                   [](const Expression& e) {
                     return std::string(term::name(e.context->op(e.term)));
                   })
      .def_prop_ro(
          "sort",
          [](const Expression& e) {
            return std::string(term::sort_name(e.context->sort(e.term)));
          },
          "'Bool' or 'Int'")
      .def_prop_ro("args", args)
      .def_prop_ro("value", value_of,
                   nb::sig("def value(self) -> int | bool | None"),
                   "Of a constant; None of anything else.")
      .def("evaluate", evaluate,
           nb::sig("def evaluate(self, **values: int) -> int | bool"),
           "Its value where the variables have these.");
  module.def(
      "parse", parse, nb::arg("text"),
      "A term from text: x / 4 * 4 <= x, or ( <= ( * ( / x 4 ) 4 ) x ).");
}

}  // namespace hone::python
