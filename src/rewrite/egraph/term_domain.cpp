// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_domain.h"

#include <algorithm>

namespace hone::rewrite::egraph {

namespace {

using term::Op;

constexpr TermValue kTop;

// An interval from 0 or 1 alone.
TermValue truth(bool can_be_false, bool can_be_true) {
  if (!can_be_false) return TermValue::of(1);
  if (!can_be_true) return TermValue::of(0);
  return {{0, 1}, {}};
}

bool may_be(const TermValue& value, int64_t number) {
  return value.range.contains(number) && value.alignment.allows(number);
}

TermValue compared(bool always, bool never) { return truth(!always, !never); }

bool all_less(const Interval& a, const Interval& b) {
  return a.has_high() && b.has_low() && a.high < b.low;
}
bool all_less_or_equal(const Interval& a, const Interval& b) {
  return a.has_high() && b.has_low() && a.high <= b.low;
}

bool never_equal(const TermValue& a, const TermValue& b) {
  if (all_less(a.range, b.range) || all_less(b.range, a.range)) return true;
  int64_t apart;
  if (__builtin_sub_overflow(a.alignment.remainder, b.alignment.remainder,
                             &apart)) {
    return false;
  }
  const int64_t common = detail::gcd(a.alignment.modulus, b.alignment.modulus);
  return common == 0 ? apart != 0 : apart % common != 0;
}

bool always_equal(const TermValue& a, const TermValue& b) {
  return a.is_constant() && b.is_constant() && a.range.low == b.range.low;
}

TermValue negated(const TermValue& a) {
  return {a.range * -1, a.alignment * -1};
}

TermValue added(const TermValue& a, const TermValue& b) {
  return {a.range + b.range, a.alignment + b.alignment};
}

TermValue multiplied(const TermValue& a, const TermValue& b) {
  TermValue product{a.range * b.range, {}};
  if (a.is_constant()) product.alignment = b.alignment * a.range.low;
  if (b.is_constant()) product.alignment = a.alignment * b.range.low;
  return product;
}

// a / b = -(a / -b), the remainder being that of |b|.
TermValue divided(const TermValue& a, const TermValue& b) {
  if (!b.is_constant()) return kTop;
  const int64_t divisor = b.range.low;
  if (divisor == 0) return TermValue::of(0);
  if (divisor == INT64_MIN) return kTop;
  const int64_t size = divisor < 0 ? -divisor : divisor;
  TermValue quotient{rewrite::divided(a.range, size), {}};
  // m x + r, with m a multiple of the divisor, is m / d x + r / d.
  if (a.alignment.modulus != 0 && a.alignment.modulus % size == 0) {
    quotient.alignment =
        detail::align(a.alignment.modulus / size,
                      term::euclidean_div(a.alignment.remainder, size));
  }
  return divisor < 0 ? negated(quotient) : quotient;
}

TermValue remainder(const TermValue& a, const TermValue& b) {
  if (!b.is_constant()) {
    // In [0, |b|), and 0 where b is 0.
    TermValue any{{0, Interval::kNoHigh}, {}};
    if (b.range.has_low() && b.range.has_high()) {
      const __int128 low = b.range.low, high = b.range.high;
      any.range.high = as_high(std::max<__int128>(std::max(-low, high) - 1, 0));
    }
    return any;
  }
  const int64_t divisor = b.range.low;
  if (divisor == 0) return TermValue::of(0);
  if (divisor == INT64_MIN) return kTop;
  const int64_t size = divisor < 0 ? -divisor : divisor;
  TermValue rest{{0, size - 1}, {}};
  rest.alignment = detail::align(detail::gcd(a.alignment.modulus, size),
                                 a.alignment.remainder);
  // Within one period of the divisor the remainder is a shift.
  if (a.range.has_low() && a.range.has_high() &&
      term::euclidean_div(a.range.low, size) ==
          term::euclidean_div(a.range.high, size)) {
    rest.range = {term::euclidean_mod(a.range.low, size),
                  term::euclidean_mod(a.range.high, size)};
  }
  return rest;
}

TermValue hull(const TermValue& a, const TermValue& b) {
  return {rewrite::hull(a.range, b.range),
          rewrite::hull(a.alignment, b.alignment)};
}

// The ends move inwards to numbers that the alignment allows.
TermValue trimmed(TermValue value, bool& empty) {
  Interval& range = value.range;
  const Alignment& alignment = value.alignment;
  if (alignment.is_constant()) {
    empty |= !range.contains(alignment.remainder);
    if (!empty) range = Interval::of(alignment.remainder);
    return value;
  }
  // To the next number that the alignment allows: up from the low end, down
  // from the high one.
  const int64_t modulus = alignment.modulus, rest = alignment.remainder;
  __int128 low = range.low, high = range.high;
  if (range.has_low()) {
    low += term::euclidean_mod(rest - term::euclidean_mod(range.low, modulus),
                               modulus);
  }
  if (range.has_high()) {
    high -= term::euclidean_mod(term::euclidean_mod(range.high, modulus) - rest,
                                modulus);
  }
  if (range.has_low() && range.has_high() && low > high) {
    empty = true;
    return value;
  }
  if (range.has_low()) range.low = as_low(low);
  if (range.has_high()) range.high = as_high(high);
  if (range.is_point()) value.alignment = Alignment::of(range.low);
  return value;
}

// Both alignments hold: the Chinese remainder theorem, where it fits a word.
Alignment meet(const Alignment& a, const Alignment& b, bool& empty) {
  if (a.is_constant() || b.is_constant()) {
    const Alignment& point = a.is_constant() ? a : b;
    const Alignment& other = a.is_constant() ? b : a;
    empty |= !other.allows(point.remainder);
    return point;
  }
  const int64_t common = std::gcd(a.modulus, b.modulus);
  if ((__int128{a.remainder} - b.remainder) % common != 0) {
    empty = true;
    return a;
  }
  const Alignment& fine = a.modulus > b.modulus ? a : b;
  const Alignment& coarse = a.modulus > b.modulus ? b : a;
  const int64_t times = coarse.modulus / common;
  int64_t modulus;
  if (times > 4096 || __builtin_mul_overflow(fine.modulus, times, &modulus)) {
    return fine;
  }
  for (int64_t k = 0; k < times; ++k) {
    const int64_t remainder = fine.remainder + k * fine.modulus;
    if (coarse.allows(remainder)) return {modulus, remainder};
  }
  return fine;
}

TermValue normal(TermValue value) {
  bool empty = false;
  const TermValue trim = trimmed(value, empty);
  return empty ? value : trim;
}

TermValue raw_transfer(Op op, const TermValue* args) {
  const TermValue& a = args[0];
  const TermValue& b = args[1];
  switch (op) {
    case Op::Add:
      return added(a, b);
    case Op::Sub:
      return added(a, negated(b));
    case Op::Mul:
      return multiplied(a, b);
    case Op::Div:
      return divided(a, b);
    case Op::Mod:
      return remainder(a, b);
    case Op::Min:
      return {rewrite::min(a.range, b.range), hull(a, b).alignment};
    case Op::Max:
      return negated({rewrite::min(a.range * -1, b.range * -1),
                      hull(negated(a), negated(b)).alignment});
    case Op::Lt:
      return compared(all_less(a.range, b.range),
                      all_less_or_equal(b.range, a.range));
    case Op::Le:
      return compared(all_less_or_equal(a.range, b.range),
                      all_less(b.range, a.range));
    case Op::Gt:
      return compared(all_less(b.range, a.range),
                      all_less_or_equal(a.range, b.range));
    case Op::Ge:
      return compared(all_less_or_equal(b.range, a.range),
                      all_less(a.range, b.range));
    case Op::Eq:
      return compared(always_equal(a, b), never_equal(a, b));
    case Op::Ne:
      return compared(never_equal(a, b), always_equal(a, b));
    case Op::Not:
      return truth(may_be(a, 1), may_be(a, 0));
    case Op::And:
      return truth(may_be(a, 0) || may_be(b, 0), may_be(a, 1) && may_be(b, 1));
    case Op::Or:
      return truth(may_be(a, 0) && may_be(b, 0), may_be(a, 1) || may_be(b, 1));
    case Op::Select:
      if (!may_be(a, 0)) return b;
      if (!may_be(a, 1)) return args[2];
      return hull(b, args[2]);
    case Op::Let:
    case Op::Constant:
    case Op::Variable:
      return kTop;
  }
  return kTop;
}

}  // namespace

TermValue transfer(term::Op op, const TermValue* args) {
  return normal(raw_transfer(op, args));
}

TermValue meet(const TermValue& a, const TermValue& b, bool& contradicts) {
  bool empty = all_less(a.range, b.range) || all_less(b.range, a.range);
  TermValue both{rewrite::meet(a.range, b.range),
                 meet(a.alignment, b.alignment, empty), a.boolean || b.boolean};
  if (!empty) both = trimmed(both, empty);
  contradicts |= empty;
  return empty ? a : both;
}

TermValue TermDomain::leaf(OpId op, uint32_t payload) const {
  if (op == language_.boolean()) {
    return {Interval::of(payload), Alignment::of(payload), true};
  }
  if (op == language_.integer()) {
    if (!TermLanguage::is_small(payload)) return top();
    return TermValue::of(TermLanguage::value_of(payload));
  }
  const term::Term variable{payload};
  const VariableFacts facts = facts_.of(variable);
  TermValue value{facts.range, facts.alignment};
  if (context_.sort(variable) == term::Sort::Bool) {
    value = {rewrite::meet({0, 1}, facts.range), {}, true};
  }
  return normal(value);
}

void TermDomain::modify(EGraph& graph, ClassId id, const Value& value) {
  if (!value.is_constant()) return;
  const std::optional<Literal> literal =
      value.boolean ? language_.truth(value.range.low != 0)
                    : language_.number(value.range.low);
  if (!literal) return;
  const ClassId number = graph.add_literal(*literal);
  if (graph.unite(id, number) && log_ != nullptr) log_->add_given(id, number);
}

bool TermConditions::holds(const Rule& rule,
                           std::span<const ClassId> bindings) {
  const auto value_of_class = [&](ClassId id) {
    return analysis_[graph_.find(id)];
  };
  for (size_t v = 0; v < bindings.size(); ++v) {
    if (rule.variables[v].starts_with("?c") &&
        !value_of_class(bindings[v]).is_constant()) {
      return false;
    }
  }
  TermValue values[64];
  size_t made = 0;
  for (const PatternNode& node : rule.condition->nodes) {
    TermValue& value = values[made++];
    if (node.kind == PatternNode::Kind::Variable) {
      value = value_of_class(bindings[node.value]);
    } else if (node.kind == PatternNode::Kind::Literal) {
      value = TermValue::of(node.op == language_.boolean()
                                ? node.value
                                : TermLanguage::value_of(node.value));
    } else {
      TermValue args[3];
      for (size_t i = 0; i < node.arguments.size(); ++i) {
        args[i] = values[node.arguments[i]];
      }
      value = transfer(language_.term_op(node.op), args);
    }
  }
  const TermValue& holds = values[rule.condition->root];
  return holds.is_constant() && holds.range.low == 1;
}

}  // namespace hone::rewrite::egraph
