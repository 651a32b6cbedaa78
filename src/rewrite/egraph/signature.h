// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators that terms of an e-graph are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone::rewrite::egraph {

using OpId = uint32_t;

struct Operator {
  std::string name;
  uint32_t arity = 0;
  // The one argument is a payload (the number of a constant, of a variable's
  // name), which the e-graph compares and never interprets.
  bool literal = false;
};

// Operators of the same name may differ in arity: unary and binary minus.
class Signature {
 public:
  OpId add(std::string_view name, uint32_t arity);
  OpId add_literal(std::string_view name);

  size_t size() const { return operators_.size(); }
  const Operator& operator[](OpId op) const { return operators_[op]; }
  std::optional<OpId> find(std::string_view name, uint32_t arity) const;

 private:
  std::vector<Operator> operators_;
};

}  // namespace hone::rewrite::egraph
