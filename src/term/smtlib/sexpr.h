// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The brackets of a script, before any meaning.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "term/parse.h"

namespace hone::term {

// A list, or a word. The parts of a list follow it; `end` is behind the last.
struct Sexpr {
  enum class Kind : uint8_t { List, Symbol, Numeral, Keyword, Other };
  Kind kind;
  std::string_view text = {};  // of a symbol without its bars
  uint32_t offset = 0;
  uint32_t end = 0;
};

// All expressions of a text, each list before its parts.
class Sexprs {
 public:
  static Result<Sexprs> read(std::string_view text, const ParseLimits& limits);

  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  const Sexpr& operator[](uint32_t at) const { return nodes_[at]; }
  // The places of a list's parts.
  std::vector<uint32_t> parts(uint32_t list) const;

 private:
  std::vector<Sexpr> nodes_;
};

}  // namespace hone::term
