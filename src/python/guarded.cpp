// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "python/guarded.h"

#include <nanobind/nanobind.h>

namespace hone::python {

void run_without_gil(const std::function<void()>& work) {
  const nanobind::gil_scoped_release release;
  work();
}

}  // namespace hone::python
