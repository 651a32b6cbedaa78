// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values, results and episodes between C++ and Python.
#pragma once

#include <nanobind/nanobind.h>

#include "base/result.h"
#include "env/episode.h"
#include "env/space.h"

namespace hone::python {

// What a failed Result becomes: hone.Error with `kind`; ValueError where an
// argument was wrong.
[[noreturn]] void raise(const Error& error);

template <typename T>
T unwrap(Result<T> result) {
  if (!result.ok()) raise(result.error());
  return *std::move(result);
}

// int, float, str, bytes, list of str, or an int64 array for a box.
nanobind::object to_python(const env::Space& space, env::Value value);
nanobind::dict to_python(const env::Space& space);

void bind_values(nanobind::module_& module);
void bind_environment(nanobind::module_& module);

}  // namespace hone::python
