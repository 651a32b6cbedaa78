// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/signature.h"

namespace hone::rewrite::egraph {

OpId Signature::add(std::string_view name, uint32_t arity) {
  operators_.push_back({.name = std::string(name), .arity = arity});
  return static_cast<OpId>(operators_.size() - 1);
}

OpId Signature::add_literal(std::string_view name) {
  operators_.push_back(
      {.name = std::string(name), .arity = 1, .literal = true});
  return static_cast<OpId>(operators_.size() - 1);
}

std::optional<OpId> Signature::find(std::string_view name,
                                    uint32_t arity) const {
  for (OpId op = 0; op < operators_.size(); ++op) {
    const Operator& known = operators_[op];
    if (!known.literal && known.name == name && known.arity == arity) return op;
  }
  return std::nullopt;
}

}  // namespace hone::rewrite::egraph
