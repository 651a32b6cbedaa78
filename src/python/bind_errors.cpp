// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <exception>
#include <string>
#include <vector>

#include "python/bind.h"
#include "python/errors.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

// On its way from raise() to Python; seen by nobody else.
class Raised : public std::exception {
 public:
  explicit Raised(Error error) : error(std::move(error)) {}
  const char* what() const noexcept override { return error.message.c_str(); }

  Error error;
};

void translate(const std::exception_ptr& pointer, void*) {
  try {
    std::rethrow_exception(pointer);
  } catch (const Raised& raised) {
    const nb::object type = nb::module_::import_("hone.errors").attr("Error");
    const std::string kind(error_name(raised.error.kind));
    PyErr_SetObject(type.ptr(), type(kind, raised.error.message).ptr());
  }
}

std::vector<std::string> error_kinds() {
  return {
#define HONE_ERROR(identifier, name, exit_code, sentence) name,
#include "base/errors.def"
#undef HONE_ERROR
  };
}

}  // namespace

void raise(Error error) { throw Raised(std::move(error)); }

void bind_errors(nb::module_& module) {
  nb::register_exception_translator(translate);
  module.def("error_kinds", error_kinds, "What Error.kind can be.");
}

}  // namespace hone::python
