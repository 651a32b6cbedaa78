// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results become values or exceptions, once, here.
#pragma once

#include <utility>

#include "base/result.h"

namespace hone::python {

// Throws what becomes hone.Error(kind, message) in Python.
[[noreturn]] void raise(Error error);

template <typename T>
T unwrap(Result<T> result) {
  if (!result.ok()) raise(std::move(result).error());
  return *std::move(result);
}

inline void unwrap(Status status) {
  if (!status.ok()) raise(std::move(status).error());
}

}  // namespace hone::python
