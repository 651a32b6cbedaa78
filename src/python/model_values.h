// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values of compiled models that are no plain tensors, as Python objects in the
// one form that hone/_values.py makes of whatever a user gives:
//
//   None                        an optional without a value
//   [item, …]                   a sequence
//   (sizes, [bytes, …])         text
//   a contiguous array          any other tensor
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/model/hone_model.h"

namespace nanobind {
class handle;
class object;
}  // namespace nanobind

namespace hone::python {

// C values of Python objects, which must live as long.
class TakenValues {
 public:
  // Elements are used where they stand. Throws nanobind's errors where the
  // object has another form.
  hone_value* take(nanobind::handle object);

 private:
  void fill(nanobind::handle object, hone_value& to);

  std::deque<std::vector<hone_value>> values_;
  std::deque<std::vector<int64_t>> dims_;
  std::deque<std::vector<hone_text>> texts_;
};

// A copy; a tensor that is no text as (sizes, bytearray).
nanobind::object give_value(const hone_value& value);

}  // namespace hone::python
