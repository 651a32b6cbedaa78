// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random terms as index arithmetic has them, for tests.
#pragma once

#include "base/random.h"
#include "term/context.h"
#include "term/evaluate.h"

namespace hone::rewrite {

class RandomTerms {
 public:
  explicit RandomTerms(uint64_t seed) : random_(seed) {}

  // Over the variables a, b, c and the Bools p, q. Divisors are mostly
  // numbers; products of two variables are rare.
  term::Term next(term::Context& context, term::Sort sort, int depth) {
    using term::Op;
    using term::Sort;
    const auto sub = [&](Sort s) { return next(context, s, depth - 1); };
    if (depth == 0 || random_.chance(0.15)) return leaf(context, sort);
    if (sort == Sort::Bool) {
      const Op comparisons[] = {Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq, Op::Ne};
      if (random_.chance(0.7)) {
        const Term a = sub(Sort::Int);
        return context.make(comparisons[random_.below(6)], a, sub(Sort::Int));
      }
      const Term a = sub(Sort::Bool);
      switch (random_.below(6)) {
        case 0:
          return context.make(Op::Not, a);
        case 1: {
          const Term b = sub(Sort::Bool);
          return context.make(Op::Select, a, b, sub(Sort::Bool));
        }
        case 2:
          return context.make(random_.chance(0.5) ? Op::Eq : Op::Ne, a,
                              sub(Sort::Bool));
        default:
          return context.make(random_.chance(0.5) ? Op::And : Op::Or, a,
                              sub(Sort::Bool));
      }
    }
    const uint64_t kind = random_.below(20);
    if (kind == 0) {
      const Term p = sub(Sort::Bool);
      const Term a = sub(Sort::Int);
      return context.make(Op::Select, p, a, sub(Sort::Int));
    }
    const Term a = sub(Sort::Int);
    if (kind < 4)
      return context.make(
          random_.chance(0.5) ? Op::Div : Op::Mod, a,
          random_.chance(0.9) ? number(context, 9) : sub(Sort::Int));
    if (kind < 7)
      return context.make(
          Op::Mul, a,
          random_.chance(0.9) ? number(context, 9) : leaf(context, Sort::Int));
    if (kind < 11) return context.make(Op::Min, a, sub(Sort::Int));
    if (kind < 14) return context.make(Op::Max, a, sub(Sort::Int));
    return context.make(random_.chance(0.6) ? Op::Add : Op::Sub, a,
                        sub(Sort::Int));
  }

  // Values of every variable that next() uses.
  term::Model model(term::Context& context) {
    using term::Integer;
    using term::Sort;
    term::Model model;
    const int64_t bound = random_.chance(0.5) ? 10 : 200;
    for (const char* name : {"a", "b", "c"})
      model.emplace(context.variable(name, Sort::Int),
                    Integer(static_cast<int64_t>(random_.below(
                                static_cast<uint64_t>(2 * bound + 1))) -
                            bound));
    for (const char* name : {"p", "q"})
      model.emplace(context.variable(name, Sort::Bool),
                    Integer(static_cast<int64_t>(random_.below(2))));
    return model;
  }

  Random& random() { return random_; }

 private:
  using Term = term::Term;

  Term number(term::Context& context, int64_t bound) {
    return context.integer(static_cast<int64_t>(random_.below(
                               static_cast<uint64_t>(2 * bound + 1))) -
                           bound);
  }
  Term leaf(term::Context& context, term::Sort sort) {
    if (sort == term::Sort::Bool)
      return context.variable(random_.chance(0.5) ? "p" : "q", sort);
    if (random_.chance(0.3)) return number(context, 20);
    const char* names[] = {"a", "b", "c"};
    return context.variable(names[random_.below(3)], sort);
  }

  Random random_;
};

}  // namespace hone::rewrite
