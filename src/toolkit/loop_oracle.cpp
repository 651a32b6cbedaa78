// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/loop_oracle.h"

#include <unordered_map>

#include "rewrite/prover.h"
#include "tensor/loop/interval_oracle.h"

namespace hone::toolkit {

using rewrite::Prover;
using tensor::Condition;
using tensor::Index;
using tensor::IndexAtom;
using tensor::IndexBounds;
using tensor::IndexFacts;
using term::Op;
using term::Sort;
using term::Term;

namespace {

// Terms of one question. Both floor and Euclidean division mean the same here:
// divisors are positive.
class TermWriter {
 public:
  explicit TermWriter(term::Context& terms) : terms_(terms) {}

  Term of(const Index& index) {
    Term sum = terms_.integer(index.constant());
    for (const Index::Term& part : index.terms()) {
      Term product = terms_.integer(part.coefficient);
      for (const Index::AtomRef& atom : part.atoms)
        product = terms_.make(Op::Mul, product, of(*atom));
      sum = terms_.make(Op::Add, sum, product);
    }
    return sum;
  }

  Term of(const Condition& condition) {
    const bool less = condition.relation == Condition::Relation::Less;
    return terms_.make(less ? Op::Lt : Op::Eq, of(condition.left),
                       of(condition.right));
  }

  Term at_least(const std::string& name, int64_t value) {
    return terms_.make(Op::Le, terms_.integer(value),
                       terms_.variable(name, Sort::Int));
  }

  std::vector<Term> of(const IndexFacts& facts) {
    std::vector<Term> all;
    for (const std::string& size : facts.sizes)
      all.push_back(at_least(size, 1));
    for (const Condition& condition : facts.conditions)
      all.push_back(of(condition));
    for (const tensor::LoopRange& loop : facts.loops) {
      all.push_back(at_least(loop.name, 0));
      all.push_back(terms_.make(Op::Lt, terms_.variable(loop.name, Sort::Int),
                                of(loop.extent)));
    }
    return all;
  }

 private:
  Term of(const IndexAtom& atom) {
    const auto make = [&](Op op) {
      return terms_.make(op, of(atom.arguments[0]), of(atom.arguments[1]));
    };
    switch (atom.kind) {
      case IndexAtom::Kind::Variable:
        return terms_.variable(atom.name, Sort::Int);
      case IndexAtom::Kind::Div:
        return make(Op::Div);
      case IndexAtom::Kind::Mod:
        return make(Op::Mod);
      case IndexAtom::Kind::Min:
        return make(Op::Min);
      case IndexAtom::Kind::Max:
        return make(Op::Max);
      case IndexAtom::Kind::Fetch:
        // Any number, the same for the same place.
        return terms_.variable(atom.text, Sort::Int);
    }
    return terms_.integer(0);
  }

  term::Context& terms_;
};

std::string text_of(const IndexFacts& facts) {
  std::string text;
  for (const std::string& size : facts.sizes) text += size + ";";
  text += to_text(facts.conditions, ";");
  for (const tensor::LoopRange& loop : facts.loops)
    text += ";" + loop.name + "<" + to_text(loop.extent);
  return text;
}

}  // namespace

struct LoopOracle::State {
  tensor::IntervalOracle intervals;
  LoopOracleCounts counts;
  // Answers of the prover by the text of the question.
  std::unordered_map<std::string, bool> known;

  bool prove(const IndexFacts& facts, const Condition& claim) {
    term::Context terms;
    Prover prover(terms);
    TermWriter writer(terms);
    if (!prover.assume(writer.of(facts)).ok()) return false;
    const auto shown = prover.proves(writer.of(claim));
    return shown.ok() && *shown;
  }
};

LoopOracle::LoopOracle() : state_(std::make_unique<State>()) {}
LoopOracle::~LoopOracle() = default;

bool LoopOracle::always(const IndexFacts& facts, const Condition& claim) {
  ++state_->counts.asked;
  if (state_->intervals.always(facts, claim)) {
    ++state_->counts.by_interval;
    return true;
  }
  // Numbers alone are decided.
  if ((claim.left - claim.right).is_constant()) return false;
  const auto [found, is_new] = state_->known.try_emplace(
      text_of(facts) + " |- " + to_text(claim), false);
  if (is_new) found->second = state_->prove(facts, claim);
  if (found->second) ++state_->counts.by_prover;
  return found->second;
}

IndexBounds LoopOracle::bounds(const IndexFacts& facts, const Index& index) {
  IndexBounds result = state_->intervals.bounds(facts, index);
  if (result.low && result.high) return result;
  term::Context terms;
  Prover prover(terms);
  TermWriter writer(terms);
  if (!prover.assume(writer.of(facts)).ok()) return result;
  const auto bounds = prover.bounds(writer.of(index));
  if (!bounds.ok()) return result;
  const auto take = [](const rewrite::Bound& bound,
                       std::optional<int64_t>& side) {
    using Kind = rewrite::Bound::Kind;
    if (!side && (bound.kind == Kind::Tight || bound.kind == Kind::Proved))
      side = bound.value;
  };
  take(bounds->low, result.low);
  take(bounds->high, result.high);
  return result;
}

const LoopOracleCounts& LoopOracle::counts() const { return state_->counts; }

}  // namespace hone::toolkit
