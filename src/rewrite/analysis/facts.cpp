// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/analysis/facts.h"

#include <optional>

namespace hone::rewrite {
namespace {

using term::Context;
using term::Op;
using term::Term;

Op mirrored(Op op) {
  switch (op) {
    case Op::Lt:
      return Op::Gt;
    case Op::Le:
      return Op::Ge;
    case Op::Gt:
      return Op::Lt;
    case Op::Ge:
      return Op::Le;
    default:
      return op;
  }
}

// v OP word; false where it says something that a range cannot.
bool note_comparison(Op op, int64_t word, VariableFacts& facts) {
  // One beyond the ends has no meaning as an end.
  if (word <= INT64_MIN + 2 || word >= INT64_MAX - 2) return false;
  Interval range;
  switch (op) {
    case Op::Lt:
      range.high = word - 1;
      break;
    case Op::Le:
      range.high = word;
      break;
    case Op::Gt:
      range.low = word + 1;
      break;
    case Op::Ge:
      range.low = word;
      break;
    case Op::Eq:
      range = Interval::of(word);
      break;
    default:
      return false;
  }
  const Interval both{std::max(range.low, facts.range.low),
                      std::min(range.high, facts.range.high)};
  if (both.low > both.high) return false;
  facts.range = both;
  return true;
}

bool note_remainder(int64_t modulus, int64_t remainder, VariableFacts& facts) {
  if (modulus == INT64_MIN || modulus == 0) return false;
  modulus = modulus < 0 ? -modulus : modulus;
  if (remainder < 0 || remainder >= modulus) return false;
  // Of two congruences the coarser one is left out when the finer implies it.
  Alignment& alignment = facts.alignment;
  if (modulus % alignment.modulus == 0 &&
      remainder % alignment.modulus == alignment.remainder) {
    alignment = {modulus, remainder};
    return true;
  }
  return alignment.modulus % modulus == 0 &&
         alignment.remainder % modulus == remainder;
}

// Whether the comparison is said entirely by what was noted.
bool note(const Context& context, Term term, Facts& facts) {
  Op op = context.op(term);
  if (!term::is_comparison(op)) return false;
  Term a = context.arg(term, 0);
  Term b = context.arg(term, 1);
  if (context.is_constant(a)) {
    std::swap(a, b);
    op = mirrored(op);
  }
  if (!context.is_word(b) || context.sort(b) != term::Sort::Int) return false;
  if (context.op(a) == Op::Variable)
    return note_comparison(op, context.word(b), facts.variables[a]);
  if (op == Op::Eq && context.op(a) == Op::Mod &&
      context.op(context.arg(a, 0)) == Op::Variable &&
      context.is_word(context.arg(a, 1)))
    return note_remainder(context.word(context.arg(a, 1)), context.word(b),
                          facts.variables[context.arg(a, 0)]);
  return false;
}

}  // namespace

Facts digest(const Context& context, std::span<const Term> assumptions) {
  Facts facts;
  std::vector<Term> open(assumptions.rbegin(), assumptions.rend());
  while (!open.empty()) {
    const Term term = open.back();
    open.pop_back();
    if (context.op(term) == Op::And) {
      open.push_back(context.arg(term, 1));
      open.push_back(context.arg(term, 0));
    } else if (!note(context, term, facts)) {
      facts.others.push_back(term);
    }
  }
  return facts;
}

}  // namespace hone::rewrite
