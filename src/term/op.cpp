// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/op.h"

namespace hone::term {

std::optional<Op> op_named(std::string_view name) {
  for (int i = 0; i < kOpCount; ++i)
    if (kOps[i].arity > 0 && kOps[i].name == name) return static_cast<Op>(i);
  return std::nullopt;
}

}  // namespace hone::term
