// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms as Z3's expressions, for tests.
#pragma once

#include <gtest/gtest.h>
#include <z3++.h>

#include <functional>
#include <map>
#include <string>

#include "term/context.h"

namespace hone::rewrite {

class Z3Terms {
 public:
  using Term = term::Term;
  // The quotient, or the remainder, of two terms.
  using Divide = std::function<z3::expr(Term, Term, bool quotient)>;

  Z3Terms(const term::Context& terms, z3::context& z3, Divide divide = {})
      : terms_(terms), z3_(z3), divide_(std::move(divide)) {}

  z3::expr operator()(Term term) {
    if (const auto known = known_.find(term.id); known != known_.end())
      return known->second;
    z3::expr result = make(term);
    known_.emplace(term.id, result);
    return result;
  }

  // What was made so far.
  std::map<uint32_t, z3::expr>& known() { return known_; }

 private:
  z3::expr make(Term term) {
    using term::Op;
    using term::Sort;
    const Op op = terms_.op(term);
    const auto arg = [&](int i) { return (*this)(terms_.arg(term, i)); };
    switch (op) {
      case Op::Constant:
        if (terms_.sort(term) == Sort::Bool)
          return z3_.bool_val(terms_.word(term) != 0);
        return z3_.int_val(terms_.value(term).text().c_str());
      case Op::Variable: {
        const std::string name(terms_.name(term));
        return terms_.sort(term) == Sort::Bool ? z3_.bool_const(name.c_str())
                                               : z3_.int_const(name.c_str());
      }
      case Op::Div:
      case Op::Mod:
        return divided(terms_.arg(term, 0), terms_.arg(term, 1), op == Op::Div);
      case Op::Not:
        return !arg(0);
      case Op::Add:
        return arg(0) + arg(1);
      case Op::Sub:
        return arg(0) - arg(1);
      case Op::Mul:
        return arg(0) * arg(1);
      case Op::Min:
        return z3::ite(arg(0) <= arg(1), arg(0), arg(1));
      case Op::Max:
        return z3::ite(arg(0) >= arg(1), arg(0), arg(1));
      case Op::Lt:
        return arg(0) < arg(1);
      case Op::Le:
        return arg(0) <= arg(1);
      case Op::Gt:
        return arg(0) > arg(1);
      case Op::Ge:
        return arg(0) >= arg(1);
      case Op::Eq:
        return arg(0) == arg(1);
      case Op::Ne:
        return arg(0) != arg(1);
      case Op::And:
        return arg(0) && arg(1);
      case Op::Or:
        return arg(0) || arg(1);
      case Op::Select:
        return z3::ite(arg(0), arg(1), arg(2));
      case Op::Let:
        break;
    }
    ADD_FAILURE() << "a term with a let";
    return z3_.bool_val(false);
  }

  // Division of SMT-LIB is Euclidean; by zero it could be anything.
  z3::expr divided(Term a, Term b, bool quotient) {
    if (divide_) return divide_(a, b, quotient);
    const z3::expr n = (*this)(a), d = (*this)(b);
    return z3::ite(d == 0, z3_.int_val(0), quotient ? n / d : z3::mod(n, d));
  }

  const term::Context& terms_;
  z3::context& z3_;
  Divide divide_;
  std::map<uint32_t, z3::expr> known_;
};

}  // namespace hone::rewrite
