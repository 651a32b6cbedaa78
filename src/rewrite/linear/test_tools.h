// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random terms for tests: small, with the operators and constants of index
// expressions, so that different engines can be compared on them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "term/context.h"
#include "term/parse.h"

namespace hone::rewrite::linear {

inline term::Term parsed(term::Context& terms, std::string_view text) {
  auto term = term::parse(terms, text);
  HONE_CHECK(term.ok());
  return *term;
}

class RandomTerms {
 public:
  RandomTerms(term::Context& terms, uint64_t seed, int variables)
      : terms_(terms), random_(seed) {
    for (int i = 0; i < variables; ++i)
      variables_.push_back(
          terms.variable("v" + std::to_string(i), term::Sort::Int));
  }

  const std::vector<term::Term>& variables() const { return variables_; }
  uint64_t below(uint64_t bound) { return random_.below(bound); }

  term::Term number(int depth) {
    using term::Op;
    if (depth == 0) return below(3) == 0 ? constant() : variable();
    switch (below(12)) {
      case 0:
      case 1:
        return terms_.make(Op::Add, number(depth - 1), number(depth - 1));
      case 2:
        return terms_.make(Op::Sub, number(depth - 1), number(depth - 1));
      case 3:
        return terms_.make(Op::Mul, number(depth - 1), constant());
      case 4:
      case 5:
        return terms_.make(Op::Div, number(depth - 1), constant());
      case 6:
        return terms_.make(Op::Mod, number(depth - 1), constant());
      case 7:
        return terms_.make(Op::Min, number(depth - 1), number(depth - 1));
      case 8:
        return terms_.make(Op::Max, number(depth - 1), number(depth - 1));
      case 9:
        return terms_.make(Op::Select, truth(depth - 1), number(depth - 1),
                           number(depth - 1));
      case 10:
        return below(4) == 0 ? rare(depth) : number(depth - 1);
      default:
        return number(0);
    }
  }

  term::Term truth(int depth) {
    using term::Op;
    static constexpr std::array kComparisons = {Op::Lt, Op::Le, Op::Gt,
                                                Op::Ge, Op::Eq, Op::Ne};
    const uint64_t pick = depth == 0 ? 9 : below(10);
    if (pick == 0) return terms_.make(Op::Not, truth(depth - 1));
    if (pick == 1)
      return terms_.make(Op::And, truth(depth - 1), truth(depth - 1));
    if (pick == 2)
      return terms_.make(Op::Or, truth(depth - 1), truth(depth - 1));
    if (pick == 3 && below(3) == 0)
      return terms_.make(below(2) == 0 ? Op::Eq : Op::Ne, truth(depth - 1),
                         truth(depth - 1));
    return terms_.make(kComparisons[below(6)], number(depth), number(depth));
  }

 private:
  term::Term variable() { return variables_[below(variables_.size())]; }
  term::Term constant() {
    static constexpr std::array kConstants = {-7, -4, -3, -2, -1, 0, 1,  2,
                                              2,  3,  4,  4,  5,  8, 12, 16};
    return terms_.integer(kConstants[below(kConstants.size())]);
  }
  // Products and quotients of terms.
  term::Term rare(int depth) {
    static constexpr std::array kOps = {term::Op::Mul, term::Op::Div,
                                        term::Op::Mod};
    return terms_.make(kOps[below(3)], number(depth - 1), number(depth - 1));
  }

  term::Context& terms_;
  Random random_;
  std::vector<term::Term> variables_;
};

}  // namespace hone::rewrite::linear
