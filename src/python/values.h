// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Observations as Python objects.
#pragma once

#include <span>

#include "env/space.h"

namespace nanobind {
class object;
}

namespace hone::python {

// Numbers, a NumPy array of int64 or float64, str, bytes, or a list of str. A
// document is a str that holds JSON.
nanobind::object to_python(const env::Value& value, env::SpaceKind kind);

// One observation of each of several environments, stacked: a NumPy array with
// a row for each. Only integers, floats and boxes can be stacked.
nanobind::object to_rows(std::span<const env::Value* const> values);
bool can_be_stacked(env::SpaceKind kind);

}  // namespace hone::python
