// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/greedy/simplify.h"

#include "rewrite/greedy/emit.h"
#include "term/substitute.h"

namespace hone::rewrite {

using term::Context;
using term::Sort;
using term::Term;

struct Simplifier::State {
  Normalizer normalizer;
  Emitter emitter;
  Log log;

  std::optional<bool> decide(const Context& context, Term term,
                             const Facts& facts) {
    if (context.has_let(term)) return std::nullopt;
    normalizer.reset(context, facts);
    const FactId fact = normalizer.fact_of(term);
    if (normalizer.store().failed() || fact > kTrue) return std::nullopt;
    return fact == kTrue;
  }
};

Simplifier::Simplifier(const GreedyLimits& limits)
    : state_(std::make_unique<State>(State{Normalizer(limits), {}, {}})) {}
Simplifier::~Simplifier() = default;
Simplifier::Simplifier(Simplifier&&) noexcept = default;
Simplifier& Simplifier::operator=(Simplifier&&) noexcept = default;

Term Simplifier::simplify(Context& context, Term term, const Facts& facts,
                          Trace* trace) {
  if (trace) trace->clear();
  const Result<Term> flat = term::expand_lets(context, term);
  if (!flat) return term;
  Normalizer& normalizer = state_->normalizer;
  Emitter& emitter = state_->emitter;
  state_->log.clear();
  normalizer.set_log(trace ? &state_->log : nullptr);
  normalizer.reset(context, facts);
  const bool is_int = context.sort(*flat) == Sort::Int;
  const uint32_t id =
      is_int ? normalizer.form_of(*flat) : normalizer.fact_of(*flat);
  if (normalizer.store().failed()) return term;
  // What the writing tries out is no step of the proof.
  normalizer.set_log(nullptr);
  emitter.reset(normalizer, context);
  const Term result = is_int ? emitter.form(id) : emitter.fact(id);
  if (normalizer.store().failed()) return term;
  if (trace) *trace = trace_of(state_->log, emitter, normalizer, context);
  return emitter.size(result) <= emitter.size(term) ? result : term;
}

std::optional<bool> Simplifier::decide(const Context& context, Term term,
                                       const Facts& facts) {
  state_->normalizer.set_log(nullptr);
  return state_->decide(context, term, facts);
}

std::optional<bool> Simplifier::decide_logged(const Context& context, Term term,
                                              const Facts& facts) {
  state_->log.clear();
  state_->normalizer.set_log(&state_->log);
  return state_->decide(context, term, facts);
}

Trace Simplifier::trace(Context& context) {
  state_->normalizer.set_log(nullptr);
  state_->emitter.reset(state_->normalizer, context);
  return trace_of(state_->log, state_->emitter, state_->normalizer, context);
}

Interval Simplifier::range(const Context& context, Term term,
                           const Facts& facts) {
  if (context.has_let(term)) return {};
  Normalizer& normalizer = state_->normalizer;
  normalizer.set_log(nullptr);
  normalizer.reset(context, facts);
  const FormId form = normalizer.form_of(term);
  return normalizer.store().failed() ? Interval{}
                                     : normalizer.store()[form].range;
}

}  // namespace hone::rewrite
