// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::term {
namespace {

// What a subterm means under one set of values of the names. A let begins a
// new one for its body.
class Scope {
 public:
  Scope(const Context& context, const Model& model, const Width& width,
        uint64_t max_bits)
      : context_(context), model_(model), width_(width), max_bits_(max_bits) {}

  Result<Integer> value(Term term) {
    std::vector<Term> open = {term};
    while (!open.empty()) {
      const Term top = open.back();
      if (values_.contains(top)) {
        open.pop_back();
        continue;
      }
      const size_t before = open.size();
      const bool let = context_.op(top) == Op::Let;
      const auto args = context_.args(top);
      for (size_t i = 0; i < args.size(); ++i)
        if ((!let || i == 1) && !values_.contains(args[i]))
          open.push_back(args[i]);
      if (open.size() != before) continue;
      HONE_ASSIGN_OR_RETURN(Integer result, let ? body(top) : node(top));
      values_.emplace(top, std::move(result));
      open.pop_back();
    }
    return values_.at(term);
  }

 private:
  Result<Integer> body(Term let) {
    Model inner = model_;
    inner.insert_or_assign(context_.arg(let, 0),
                           values_.at(context_.arg(let, 1)));
    return Scope(context_, inner, width_, max_bits_)
        .value(context_.arg(let, 2));
  }

  const Integer& operand(Term term, int index) {
    return values_.at(context_.arg(term, index));
  }

  Result<Integer> node(Term term) {
    const Op op = context_.op(term);
    if (op == Op::Variable) {
      const auto found = model_.find(term);
      if (found == model_.end())
        return Error(
            ErrorKind::NotFound,
            fmt::format("the variable '{}' has no value", context_.name(term)));
      return found->second;
    }
    Integer result;
    switch (op) {
      case Op::Constant:
        result = context_.value(term);
        break;
      case Op::Select:
        return operand(term, operand(term, 0).sign() != 0 ? 1 : 2);
      case Op::Not:
        return Integer(operand(term, 0).sign() == 0);
      default: {
        const Integer& a = operand(term, 0);
        const Integer& b = operand(term, 1);
        switch (op) {
          case Op::Add:
            result = a + b;
            break;
          case Op::Sub:
            result = a - b;
            break;
          case Op::Mul:
            result = a * b;
            break;
          case Op::Div:
            result = euclidean_div(a, b);
            break;
          case Op::Mod:
            result = euclidean_mod(a, b);
            break;
          case Op::Min:
            return std::min(a, b);
          case Op::Max:
            return std::max(a, b);
          case Op::Lt:
            return Integer(a < b);
          case Op::Le:
            return Integer(a <= b);
          case Op::Gt:
            return Integer(a > b);
          case Op::Ge:
            return Integer(a >= b);
          case Op::Eq:
            return Integer(a == b);
          case Op::Ne:
            return Integer(!(a == b));
          case Op::And:
            return Integer(a.sign() != 0 && b.sign() != 0);
          case Op::Or:
            return Integer(a.sign() != 0 || b.sign() != 0);
          default:
            return Error(ErrorKind::Internal, "an operator without a meaning");
        }
      }
    }
    return context_.sort(term) == Sort::Int ? fit(std::move(result), term)
                                            : result;
  }

  Result<Integer> fit(Integer result, Term term) {
    if (width_.overflow == Overflow::Never) {
      if (result.bit_length() > max_bits_)
        return Error(ErrorKind::LimitReached,
                     fmt::format("a number of more than {} bits", max_bits_));
      return result;
    }
    Integer half(1);
    for (int i = 1; i < width_.bits; ++i) half = half + half;
    if (-half <= result && result < half) return result;
    if (width_.overflow == Overflow::Error)
      return Error(ErrorKind::Rejected,
                   fmt::format("'{}' leaves {} bits", name(context_.op(term)),
                               width_.bits));
    return euclidean_mod(result + half, half + half) - half;
  }

  const Context& context_;
  const Model& model_;
  const Width& width_;
  uint64_t max_bits_;
  std::unordered_map<Term, Integer> values_;
};

}  // namespace

Result<Integer> evaluate(const Context& context, Term term, const Model& model,
                         const Width& width, uint64_t max_bits) {
  return Scope(context, model, width, max_bits).value(term);
}

}  // namespace hone::term
