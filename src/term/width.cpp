// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/width.h"

#include <fmt/format.h>

#include <unordered_map>

#include "term/walk.h"

namespace hone::term {

namespace {

// Whether evaluate() could meet a result out of range there: minima, maxima,
// selects and remainders lie between their operands, or nearer to 0.
bool can_leave(Op op) {
  return op == Op::Add || op == Op::Sub || op == Op::Mul || op == Op::Div;
}

}  // namespace

Result<FixedWidth> of_width(Context& context, Term root, const Width& width) {
  FixedWidth result{.term = root};
  if (width.overflow == Overflow::Never) return result;
  if (width.bits < 1 || width.bits > 1024)
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("integers of {} bits: expected 1 to 1024", width.bits));
  Integer half(1);
  for (int i = 1; i < width.bits; ++i) half = half + half;
  const Term low = context.integer(-half);
  const Term high = context.integer(half - Integer(1));
  const Term offset = context.integer(half);
  const Term modulus = context.integer(half + half);
  const auto demand = [&](Term term) {
    result.conditions.push_back(context.make(Op::And,
                                             context.make(Op::Le, low, term),
                                             context.make(Op::Le, term, high)));
  };
  const auto wrapped = [&](Term term) {
    const Term shifted = context.make(Op::Add, term, offset);
    return context.make(Op::Sub, context.make(Op::Mod, shifted, modulus),
                        offset);
  };
  std::unordered_map<Term, Term> made;
  for (const Term term : reachable(context, root)) {
    const Op op = context.op(term);
    Term args[3];
    for (int i = 0; i < context.arity(term); ++i)
      args[i] = made.at(context.arg(term, i));
    Term now = term;
    switch (context.arity(term)) {
      case 1:
        now = context.make(op, args[0]);
        break;
      case 2:
        now = context.make(op, args[0], args[1]);
        break;
      case 3:
        now = context.make(op, args[0], args[1], args[2]);
        break;
      default:
        break;
    }
    if (context.sort(term) == Sort::Int) {
      const bool is_constant = op == Op::Constant;
      const bool fits = is_constant && context.value(term) >= -half &&
                        context.value(term) < half;
      if (op == Op::Variable)
        demand(now);
      else if (can_leave(op) || (is_constant && !fits)) {
        if (width.overflow == Overflow::Wrap)
          now = wrapped(now);
        else
          demand(now);
      }
    }
    made[term] = now;
  }
  result.term = made.at(root);
  return result;
}

}  // namespace hone::term
