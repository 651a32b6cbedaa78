// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From terms to normal forms.
#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {

using term::Context;
using term::Op;
using term::Sort;
using term::Term;

namespace {

// A sum is read into one combination without intermediate ones. A DAG of sums
// can stand for a tree of exponential size; after so many members, sums become
// forms of their own, of which each is made once.
constexpr int kInlined = 4096;

// Nesting that the recursion may reach; parsers stop at less.
constexpr int kDepth = 4000;

}  // namespace

void Normalizer::reset(const Context& context, const Facts& facts) {
  store_.reset();
  context_ = &context;
  facts_ = &facts;
  inlined_ = 0;
  depth_ = 0;
  hypotheses_.clear();
  if (memo_.size() < context.size()) memo_.resize(context.size());
  if (++epoch_ == 0) {
    std::fill(memo_.begin(), memo_.end(), Memo{});
    epoch_ = 1;
  }
  assumed_.clear();
  if (facts.others.empty()) return;
  for (const Term other : facts.others) {
    const FactId id = fact_of(other);
    const Fact& fact = store_.fact_at(id);
    if (fact.kind == FactKind::Le) {
      hypotheses_.push_back(store_.poly(fact.a));
    } else if (fact.kind == FactKind::Eq) {
      hypotheses_.push_back(store_.poly(fact.a));
      hypotheses_.push_back(store_.poly(fact.a));
      hypotheses_.back().scale(-1);
    }
    if (id > kTrue) assumed_.push_back(id);
  }
  // What was read so far was read without all the hypotheses.
  ++epoch_;
}

void Normalizer::read_sum(Term term, int64_t factor, Poly& out) {
  const Op op = context_->op(term);
  if (op == Op::Constant && context_->is_word(term)) {
    out.add_constant(static_cast<__int128>(factor) * context_->word(term));
    return;
  }
  if (op == Op::Variable) {
    store_.add(out, factor, form_of(term));
    return;
  }
  if (++inlined_ < kInlined) {
    const auto [a, b] =
        std::pair{context_->arg(term, 0), context_->arg(term, 1)};
    if (op == Op::Add || op == Op::Sub) {
      if (++depth_ > kDepth) return store_.fail();
      read_sum(a, factor, out);
      read_sum(b, op == Op::Add ? factor : -factor, out);
      --depth_;
      return;
    }
    if (op == Op::Mul) {
      const bool right = context_->is_word(b);
      if (right || context_->is_word(a)) {
        const __int128 product =
            static_cast<__int128>(factor) * context_->word(right ? b : a);
        if (product >= kLargest || product <= -kLargest) return store_.fail();
        if (++depth_ > kDepth) return store_.fail();
        read_sum(right ? a : b, static_cast<int64_t>(product), out);
        --depth_;
        return;
      }
    }
  }
  store_.add(out, factor, form_of(term));
}

FormId Normalizer::form_of(Term term) {
  Memo& memo = memo_[term.id];
  if (memo.epoch == epoch_) return memo.id;
  if (store_.failed() || ++depth_ > kDepth) {
    store_.fail();
    return store_.constant(0);
  }
  const FormId form = read_form(term);
  --depth_;
  memo_[term.id] = {epoch_, form};
  return form;
}

FactId Normalizer::fact_of(Term term) {
  Memo& memo = memo_[term.id];
  if (memo.epoch == epoch_) return memo.id;
  if (store_.failed() || ++depth_ > kDepth) {
    store_.fail();
    return kFalse;
  }
  FactId fact = read_fact(term);
  --depth_;
  for (const FactId assumed : assumed_) {
    if (fact == assumed) fact = kTrue;
    if (fact > kTrue && fact == negation(assumed)) fact = kFalse;
  }
  memo_[term.id] = {epoch_, fact};
  return fact;
}

// Nested minima become one list, so that each is made once.
void Normalizer::read_extremes(Term term, Op op, Ids& out) {
  if (context_->op(term) != op || ++inlined_ > kInlined) {
    out.push(form_of(term));
    return;
  }
  if (++depth_ > kDepth) return store_.fail();
  read_extremes(context_->arg(term, 0), op, out);
  read_extremes(context_->arg(term, 1), op, out);
  --depth_;
}

FormId Normalizer::read_form(Term term) {
  const Op op = context_->op(term);
  const auto operand = [&](int index) { return context_->arg(term, index); };
  switch (op) {
    case Op::Constant:
      if (!context_->is_word(term)) store_.fail();
      return context_->is_word(term) ? store_.constant(context_->word(term))
                                     : store_.constant(0);
    case Op::Variable:
      return store_.of_atom(variable(term));
    case Op::Add:
    case Op::Sub: {
      Poly poly;
      if (inlined_ >= kInlined) {
        store_.add(poly, 1, form_of(operand(0)));
        store_.add(poly, op == Op::Add ? 1 : -1, form_of(operand(1)));
      } else {
        read_sum(term, 1, poly);
      }
      return sum(poly);
    }
    case Op::Mul: {
      const FormId a = form_of(operand(0));
      return product(a, form_of(operand(1)));
    }
    case Op::Div: {
      const FormId a = form_of(operand(0));
      return div(a, form_of(operand(1)));
    }
    case Op::Mod: {
      const FormId a = form_of(operand(0));
      return mod(a, form_of(operand(1)));
    }
    case Op::Min:
    case Op::Max: {
      Ids forms;
      read_extremes(operand(0), op, forms);
      read_extremes(operand(1), op, forms);
      return op == Op::Min ? min(forms) : max(forms);
    }
    case Op::Select: {
      const FactId condition = fact_of(operand(0));
      const FormId a = form_of(operand(1));
      return select(condition, a, form_of(operand(2)));
    }
    default:
      store_.fail();
      return store_.constant(0);
  }
}

void Normalizer::read_facts(Term term, Op op, Ids& out) {
  if (context_->op(term) != op || ++inlined_ > kInlined) {
    out.push(fact_of(term));
    return;
  }
  if (++depth_ > kDepth) return store_.fail();
  read_facts(context_->arg(term, 0), op, out);
  read_facts(context_->arg(term, 1), op, out);
  --depth_;
}

FactId Normalizer::read_comparison(Term term) {
  const Op op = context_->op(term);
  Term a = context_->arg(term, 0);
  Term b = context_->arg(term, 1);
  if (context_->sort(a) == Sort::Bool) {
    const FactId left = fact_of(a);
    const FactId same = iff(left, fact_of(b));
    return op == Op::Eq ? same : negation(same);
  }
  if (op == Op::Gt || op == Op::Ge) std::swap(a, b);
  Poly poly;
  read_sum(a, 1, poly);
  read_sum(b, -1, poly);
  if (op == Op::Eq || op == Op::Ne) {
    const FactId same = equal(poly);
    return op == Op::Eq ? same : negation(same);
  }
  if (op == Op::Lt || op == Op::Gt) poly.add_constant(1);
  return at_most(poly);
}

FactId Normalizer::read_fact(Term term) {
  const Op op = context_->op(term);
  switch (op) {
    case Op::Constant:
      return context_->word(term) != 0 ? kTrue : kFalse;
    case Op::Variable:
      return store_.fact({FactKind::Variable, term.id});
    case Op::Not:
      return negation(fact_of(context_->arg(term, 0)));
    case Op::And:
    case Op::Or: {
      Ids facts;
      read_facts(context_->arg(term, 0), op, facts);
      read_facts(context_->arg(term, 1), op, facts);
      return op == Op::And ? both(facts) : either(facts);
    }
    case Op::Select: {
      // p ? a : b is (p && a) || (!p && b).
      const FactId condition = fact_of(context_->arg(term, 0));
      const FactId a = fact_of(context_->arg(term, 1));
      const FactId b = fact_of(context_->arg(term, 2));
      Ids first, second, branches;
      first.push(condition);
      first.push(a);
      second.push(negation(condition));
      second.push(b);
      if (log_) note_step(Rule::SelectFact, {}, {condition, a, b}, {});
      branches.push(both(first));
      branches.push(both(second));
      return either(branches);
    }
    default:
      if (term::is_comparison(op)) return read_comparison(term);
      store_.fail();
      return kFalse;
  }
}

}  // namespace hone::rewrite
