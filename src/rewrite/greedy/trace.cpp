// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/greedy/trace.h"

#include "term/print.h"
#include "term/walk.h"

namespace hone::rewrite {

using term::Context;
using term::Op;
using term::Term;

namespace {

Term int_term(const Log& log, Log::Int i, Emitter& emitter,
              Normalizer& normalizer, Context& context) {
  if (log.kind(i) == Log::Kind::Poly)
    return emitter.form(normalizer.store().form(log.poly(i)));
  Term chain;
  for (const Log::Int member : log.members(i)) {
    const Term term = int_term(log, member, emitter, normalizer, context);
    chain = !chain.valid()
                ? term
                : context.make(
                      log.kind(i) == Log::Kind::Minimum ? Op::Min : Op::Max,
                      chain, term);
  }
  return chain;
}

// Which of the names x, y, z, c0 … c3, p, q and r stand in the row.
std::vector<std::string> names_of(const RuleInfo& rule) {
  Context context;
  const Result<RuleTerms> terms = parse_rule(context, rule);
  std::vector<std::string> names;
  if (!terms) return names;
  for (const char* name :
       {"x", "y", "z", "c0", "c1", "c2", "c3", "p", "q", "r"})
    for (const Term side : {terms->left, terms->right, terms->condition}) {
      bool found = false;
      for (const Term variable : term::free_variables(context, side))
        found |= context.name(variable) == name;
      if (!found) continue;
      names.emplace_back(name);
      break;
    }
  return names;
}

}  // namespace

Trace trace_of(const Log& log, Emitter& emitter, Normalizer& normalizer,
               Context& context) {
  std::vector<std::vector<std::string>> names(rules().size());
  Trace trace;
  for (const Log::Step& step : log.steps()) {
    auto& its = names[static_cast<size_t>(step.rule)];
    if (its.empty()) its = names_of(info(step.rule));
    Application application{step.rule, {}};
    for (const std::string& name : its) {
      const auto at = static_cast<size_t>(
          name.size() == 2 ? name[1] - '0'
                           : name[0] - (name[0] >= 'x' ? 'x' : 'p'));
      const Term term = name.size() == 2 ? context.integer(step.numbers[at])
                        : name[0] >= 'x' ? int_term(log, step.ints[at], emitter,
                                                    normalizer, context)
                                         : emitter.fact(step.facts[at]);
      application.bindings.emplace_back(name, term);
    }
    trace.push_back(std::move(application));
  }
  return trace;
}

std::string print(const Context& context, const Trace& trace) {
  std::string text;
  for (const Application& application : trace) {
    text += "step ";
    text += info(application.rule).name;
    for (const auto& [name, term] : application.bindings)
      text += " " + name + " = " +
              term::print(context, term, term::Form::Prefix) + " ;";
    text += "\n";
  }
  return text;
}

}  // namespace hone::rewrite
