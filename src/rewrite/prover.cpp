// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/prover.h"

#include <fmt/format.h>

#include <algorithm>

#include "rewrite/linear/proof_text.h"
#include "term/print.h"
#include "term/substitute.h"
#include "term/walk.h"

namespace hone::rewrite {

using term::Integer;
using term::Op;
using term::Term;

std::string_view answer_name(Answer answer) {
  switch (answer) {
    case Answer::True:
      return "true";
    case Answer::False:
      return "false";
    case Answer::Contingent:
      return "contingent";
    case Answer::Open:
      return "open";
  }
  return "";
}

constexpr std::string_view kTierNames[] = {"refute", "greedy", "linear",
                                           "egraph"};

std::string_view tier_name(Tier tier) {
  return kTierNames[static_cast<int>(tier)];
}

std::optional<Tier> tier_named(std::string_view name) {
  for (const Tier tier :
       {Tier::Refute, Tier::Greedy, Tier::Linear, Tier::EGraph})
    if (tier_name(tier) == name) return tier;
  return std::nullopt;
}

namespace {

// Terms whose values exceed it are called unbounded.
constexpr int64_t kFar = int64_t{1} << 40;

std::string model_text(const term::Context& terms, const term::Model& model) {
  std::string text;
  for (const auto& [variable, value] : model)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ",
                        terms.name(variable), value.text());
  return text;
}

// Lines for products, whose values the greedy pass takes from their factors and
// its log does not name. The checker's own forms are multiplied out.
std::string ranges_of(const term::Context& terms, Term goal) {
  std::vector<Term> open;
  for (const Term term : term::reachable(terms, goal))
    if (terms.op(term) == Op::Mul && !terms.is_constant(terms.arg(term, 0)) &&
        !terms.is_constant(terms.arg(term, 1)))
      open.push_back(term);
  std::string text;
  std::vector<Term> known;
  for (const Term product : open)
    for (const Term term : term::reachable(terms, product)) {
      if (terms.sort(term) != term::Sort::Int || terms.arity(term) != 2 ||
          std::ranges::find(known, term) != known.end())
        continue;
      known.push_back(term);
      text += "range " + term::print(terms, term, term::Form::Prefix) + "\n";
    }
  return text;
}

}  // namespace

Prover::Prover(term::Context& terms, const ProverOptions& options)
    : terms_(terms), options_(options), simplifier_(options.greedy) {}

Status Prover::assume(std::span<const Term> assumptions) {
  if (assumptions.empty()) return {};
  const size_t before = assumptions_.size();
  for (const Term assumption : assumptions) {
    HONE_CHECK(terms_.sort(assumption) == term::Sort::Bool);
    auto plain = term::expand_lets(terms_, assumption);
    if (!plain.ok()) {
      assumptions_.resize(before);
      return std::move(plain).error();
    }
    assumptions_.push_back(*plain);
  }
  forget_prepared();
  prepare();
  if (decider_.are_consistent(options_.linear)) return {};
  assumptions_.resize(before);
  forget_prepared();
  std::string text;
  for (const Term assumption : assumptions)
    text += (text.empty() ? "" : " and ") + term::print(terms_, assumption);
  return Error(ErrorKind::InvalidArgument,
               fmt::format("the assumption {} contradicts {}: expected "
                           "assumptions that can hold together",
                           text, before == 0 ? "itself" : "those before it"));
}

void Prover::pop() {
  HONE_CHECK(!marks_.empty());
  assumptions_.resize(marks_.back());
  marks_.pop_back();
  forget_prepared();
}

void Prover::prepare() {
  if (is_prepared_) return;
  decider_.prepare(terms_, assumptions_);
  is_prepared_ = true;
}

void Prover::forget_prepared() {
  is_prepared_ = false;
  facts_.reset();
}

const Facts& Prover::facts() {
  if (!facts_) facts_ = digest(terms_, assumptions_);
  return *facts_;
}

// The values as a model, evaluated by the reference.
Result<std::optional<term::Model>> Prover::checked(
    Term goal, std::span<const linear::Value> values, bool expected) {
  if (values.empty()) return std::optional<term::Model>();
  term::Model model;
  for (const linear::Value& v : values) model[v.variable] = Integer(v.value);
  const auto holds = [&](Term term) -> Result<bool> {
    for (;;) {
      auto value = term::evaluate(terms_, term, model);
      if (value.ok()) return value->sign() != 0;
      if (value.error().kind != ErrorKind::NotFound)
        return std::move(value).error();
      // A variable that cancels out has no atom.
      for (const Term variable : term::free_variables(terms_, term))
        model.try_emplace(variable, Integer(0));
    }
  };
  HONE_ASSIGN_OR_RETURN(const bool value, holds(goal));
  bool right = value == expected;
  for (const Term assumption : assumptions_) {
    HONE_ASSIGN_OR_RETURN(const bool assumed, holds(assumption));
    right = right && assumed;
  }
  if (!right)
    return Error(ErrorKind::Internal,
                 fmt::format("{} was found to be {} where {}, and is not; "
                             "please report this",
                             term::print(terms_, goal), expected,
                             model_text(terms_, model)));
  return std::optional(std::move(model));
}

Result<Judgement> Prover::prove(Term goal) {
  HONE_CHECK(terms_.sort(goal) == term::Sort::Bool);
  HONE_ASSIGN_OR_RETURN(goal_, term::expand_lets(terms_, goal));
  Judgement judgement;
  for (const Tier tier : options_.tiers) {
    HONE_RETURN_IF_ERROR(ask(tier, judgement));
    judgement.tier = tier_ = tier;
    if (judgement.answer == Answer::Open && judgement.when_true &&
        judgement.when_false)
      judgement.answer = Answer::Contingent;
    if (judgement.answer != Answer::Open ||
        judgement.cause == Cause::Contradiction)
      break;
  }
  const bool contradicted =
      (judgement.answer == Answer::True && judgement.when_false) ||
      (judgement.answer == Answer::False && judgement.when_true);
  if (contradicted)
    return Error(
        ErrorKind::Internal,
        fmt::format(
            "{} was proved {}, and is not where {}; please report this",
            term::print(terms_, goal_), answer_name(judgement.answer),
            model_text(terms_, judgement.when_false ? *judgement.when_false
                                                    : *judgement.when_true)));
  value_ = judgement.answer == Answer::True;
  return judgement;
}

Status Prover::ask(Tier tier, Judgement& judgement) {
  const auto say = [&](std::optional<bool> value) {
    if (value) judgement.answer = *value ? Answer::True : Answer::False;
  };
  switch (tier) {
    case Tier::Refute: {
      Refutation found =
          refuter_.refute(terms_, goal_, facts(), options_.samples);
      if (found.when_true) judgement.when_true = std::move(found.when_true);
      if (found.when_false) judgement.when_false = std::move(found.when_false);
      return {};
    }
    case Tier::Greedy:
      say(simplifier_.decide_logged(terms_, goal_, facts()));
      return {};
    case Tier::Linear: {
      prepare();
      decision_ = decider_.decide(goal_, options_.linear);
      judgement.answer = decision_.answer;
      judgement.cause = decision_.cause;
      const auto keep = [&](std::optional<term::Model>& kept,
                            std::span<const linear::Value> values,
                            bool expected) -> Status {
        HONE_ASSIGN_OR_RETURN(auto model, checked(goal_, values, expected));
        if (model) kept = std::move(model);
        return {};
      };
      HONE_RETURN_IF_ERROR(
          keep(judgement.when_true, decision_.makes_true, true));
      return keep(judgement.when_false, decision_.makes_false, false);
    }
    case Tier::EGraph: {
      if (!saturator_) saturator_ = std::make_unique<egraph::TermProver>();
      HONE_ASSIGN_OR_RETURN(
          const egraph::TermVerdict verdict,
          saturator_->prove(terms_, goal_, facts(), options_.egraph));
      say(verdict.value);
      return {};
    }
  }
  return {};
}

Result<bool> Prover::proves(Term goal) {
  HONE_CHECK(terms_.sort(goal) == term::Sort::Bool);
  HONE_ASSIGN_OR_RETURN(goal_, term::expand_lets(terms_, goal));
  prepare();
  tier_ = Tier::Linear;
  decision_ = decider_.decide_true(goal_, options_.linear);
  value_ = decision_.answer == Answer::True;
  return value_;
}

Result<Prover::Proof> Prover::proof() {
  // What another tier has answered has a certificate as well, nearly always.
  if (tier_ != Tier::Linear) {
    prepare();
    decision_ = decider_.decide(goal_, options_.linear);
    const Answer wanted = value_ ? Answer::True : Answer::False;
    if (decision_.answer != wanted) return steps();
    tier_ = Tier::Linear;
  }
  HONE_ASSIGN_OR_RETURN(std::string text,
                        linear::proof_text(decider_, decision_));
  return Proof{.text = std::move(text),
               .goal = goal_,
               .assumptions = assumptions_,
               .value = decision_.answer == Answer::True};
}

Result<Prover::Proof> Prover::steps() {
  Proof proof{.text = "hone-steps 1\n",
              .goal = goal_,
              .assumptions = assumptions_,
              .value = value_};
  if (tier_ == Tier::EGraph) {
    HONE_ASSIGN_OR_RETURN(
        const std::string text,
        saturator_->steps(terms_, goal_, value_, facts(), options_.egraph));
    proof.text += text;
    return proof;
  }
  const std::optional<bool> value =
      simplifier_.decide_logged(terms_, goal_, facts());
  if (value != value_)
    return Error(ErrorKind::NotFound,
                 fmt::format("no rule steps show that {} is {}",
                             term::print(terms_, goal_), value_));
  proof.text += ranges_of(terms_, goal_);
  proof.text += print(terms_, simplifier_.trace(terms_));
  return proof;
}

Result<Prover::Simplified> Prover::simplify(Term term) {
  HONE_ASSIGN_OR_RETURN(const Term plain, term::expand_lets(terms_, term));
  Term small = simplifier_.simplify(terms_, plain, facts());
  for (;;) {
    HONE_ASSIGN_OR_RETURN(const Judgement judgement,
                          prove(terms_.make(Op::Eq, plain, small)));
    if (judgement.answer == Answer::True) break;
    if (small == plain)
      return Error(ErrorKind::LimitReached,
                   fmt::format("{} is too large for the prover",
                               term::print(terms_, term)));
    small = plain;
  }
  HONE_ASSIGN_OR_RETURN(Proof found, proof());
  return Simplified{.term = small, .proof = std::move(found)};
}

Result<Bounds> Prover::bounds(Term term) {
  HONE_CHECK(terms_.sort(term) == term::Sort::Int);
  Bounds bounds;
  HONE_ASSIGN_OR_RETURN(const Term plain, term::expand_lets(terms_, term));
  HONE_ASSIGN_OR_RETURN(bounds.low, bound(plain, false));
  HONE_ASSIGN_OR_RETURN(bounds.high, bound(plain, true));
  return bounds;
}

// Asks whether the term can exceed a limit, doubling the distance until it
// cannot, then halving the gap between the last value met and the last limit
// proved. Looking for the low end, all is mirrored.
Result<Bound> Prover::bound(Term term, bool high) {
  const int64_t sign = high ? 1 : -1;
  Bound bound;
  std::optional<int64_t> reached;  // sign·(a value, or what all exceed)
  std::optional<int64_t> proved;
  // The least that could still be proved, as far as is known.
  std::optional<int64_t> edge;
  int64_t limit = 0;  // sign·limit
  int64_t step = 1;
  // Halving begins after at most 41 doublings.
  while (!edge || !proved || *edge < *proved) {
    const Term goal =
        terms_.make(high ? Op::Le : Op::Ge, term, terms_.integer(sign * limit));
    HONE_ASSIGN_OR_RETURN(const Judgement judgement, prove(goal));
    if (judgement.answer == Answer::True) {
      proved = limit;
    } else if (judgement.when_false) {
      term::Model model = *judgement.when_false;
      for (const Term variable : term::free_variables(terms_, term))
        model.try_emplace(variable, Integer(0));
      HONE_ASSIGN_OR_RETURN(const Integer value,
                            term::evaluate(terms_, term, model));
      const auto word = value.to_int64();
      if (!word || *word * sign > kFar) {
        return Bound{.kind = Bound::Kind::Unbounded};
      }
      reached = *word * sign;
      edge = std::max(edge.value_or(*reached), *reached);
      bound.at = std::move(model);
    } else if (judgement.answer == Answer::False) {
      // Every value is beyond the limit; some value is reached.
      reached = std::max(reached.value_or(limit + 1), limit + 1);
      if (*reached > kFar) {
        return Bound{.kind = Bound::Kind::Unbounded};
      }
      edge = std::max(edge.value_or(*reached), *reached);
      bound.at.reset();
    } else {
      // Open here; further out it may be provable.
      edge = std::max(edge.value_or(limit + 1), limit + 1);
      if (*edge > kFar) break;
    }
    if (edge && proved) {
      limit = *edge + (*proved - *edge) / 2;
    } else if (proved) {
      if (*proved < -kFar) break;  // contradictory assumptions would do this
      limit -= step;
      step *= 2;
    } else {
      limit = *edge + step;
      step *= 2;
    }
  }
  if (!proved) return bound;
  bound.value = sign * *proved;
  bound.kind = reached == proved ? Bound::Kind::Tight : Bound::Kind::Proved;
  if (reached != proved) bound.at.reset();
  return bound;
}

}  // namespace hone::rewrite
