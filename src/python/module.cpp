// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module hone._core: the C++ rooms as Python sees them. The package around
// it is python/hone.
#include <nanobind/nanobind.h>

#include "python/bind.h"

NB_MODULE(_core, module) {
  module.doc() = "Hone's C++ rooms; use the package hone.";
  module.def("version", [] { return HONE_VERSION; });
  hone::python::bind_errors(module);
  hone::python::bind_terms(module);
  hone::python::bind_prover(module);
  hone::python::bind_models(module);
  hone::python::bind_optimize(module);
  hone::python::bind_environment(module);
  hone::python::bind_batch(module);
  hone::python::bind_store(module);
}
