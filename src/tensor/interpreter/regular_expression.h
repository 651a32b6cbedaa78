// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Regular expressions in RE2's syntax, its common part: literals, '.', classes
// with ranges and \d \w \s, \b, groups, '|', * + ? and {n,m}. Matched
// by sets of positions (Thompson, 1968), so that no pattern takes exponential
// time; bytes of UTF-8 count as characters.
#pragma once

#include <bitset>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::tensor {

class RegularExpression {
 public:
  // Unsupported names the first thing that is not understood.
  static Result<RegularExpression> parse(std::string_view pattern);

  // Whether the whole text matches.
  bool matches(std::string_view text) const;

 private:
  friend class AutomatonMaker;
  friend class ExpressionParser;
  // A step takes one of `bytes` and goes to `next`; or takes nothing and goes
  // to both (Split), or to `next` where a word begins or ends (Boundary), or
  // where none does (NoBoundary). kAccept ends.
  enum class Kind { Take, Split, Boundary, NoBoundary };
  struct Step {
    Kind kind = Kind::Take;
    std::bitset<256> bytes;
    int next = 0, other = 0;
  };
  static constexpr int kAccept = -1;

  std::vector<Step> steps_;
  int start_ = kAccept;
};

}  // namespace hone::tensor
