// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The extension module hone._hone. Users import `hone`, which wraps it.
#include "python/bind_values.h"

NB_MODULE(_hone, module) {
  module.doc() = "Hone's environments; see the package `hone`.";
  hone::python::bind_values(module);
  hone::python::bind_environment(module);
}
