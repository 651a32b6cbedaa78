// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an e-graph of terms knows of every class: an interval and an alignment,
// each sharpening the other. A constant is an interval of one point; a Bool is
// a number in [0, 1].
//
// The same transfer function decides conditions of rules: a condition is
// computed over the values of its variables and holds where the result can only
// be true.
#pragma once

#include <unordered_map>

#include "rewrite/analysis/alignment.h"
#include "rewrite/analysis/facts.h"
#include "rewrite/analysis/interval.h"
#include "rewrite/egraph/analysis.h"
#include "rewrite/egraph/applier.h"
#include "rewrite/egraph/term_language.h"

namespace hone::rewrite::egraph {

struct TermValue {
  Interval range;
  Alignment alignment;
  bool boolean = false;  // of a class: whether it is one of Bools

  static TermValue of(int64_t value) {
    return {Interval::of(value), Alignment::of(value)};
  }
  bool is_constant() const { return range.is_point(); }
  bool operator==(const TermValue&) const = default;
};

// Of an operator over values. Sound over unbounded integers.
TermValue transfer(term::Op op, const TermValue* args);

// Both hold of one number. `contradicts` is set where nothing is left.
TermValue meet(const TermValue& a, const TermValue& b, bool& contradicts);

class TermDomain {
 public:
  using Value = TermValue;

  // `facts` are of the variables. A log is kept where one is given; the
  // e-graph must explain then.
  TermDomain(const TermLanguage& language, const term::Context& context,
             const Facts& facts, AnalysisLog* log = nullptr)
      : language_(language), context_(context), facts_(facts), log_(log) {}

  AnalysisLog* log() { return log_; }

  static Value top() { return {}; }
  template <typename Of>
  Value make(OpId op, const uint32_t* key, const Of& of) const {
    if (language_.signature()[op].literal) return leaf(op, key[0]);
    TermValue args[3];
    const uint32_t arity = language_.signature()[op].arity;
    for (uint32_t i = 0; i < arity; ++i) args[i] = of(key[i]);
    TermValue made = transfer(language_.term_op(op), args);
    made.boolean = language_.is_boolean(op);
    return made;
  }
  bool meet(Value& into, const Value& other) {
    const Value both = egraph::meet(into, other, contradiction_);
    if (both == into) return false;
    into = both;
    return true;
  }
  // A class with one value holds its literal.
  void modify(EGraph& graph, ClassId id, const Value& value);

  // Two terms of one class cannot be equal: rules or facts are unsound, or the
  // facts exclude every model.
  bool contradiction() const { return contradiction_; }

 private:
  Value leaf(OpId op, uint32_t payload) const;

  const TermLanguage& language_;
  const term::Context& context_;
  const Facts& facts_;
  AnalysisLog* log_;
  bool contradiction_ = false;
};

using TermAnalysis = Analysis<TermDomain>;

// Conditions over the values of an analysis. Variables named ?c… stand for
// constants only.
class TermConditions : public Conditions {
 public:
  TermConditions(const TermLanguage& language, const EGraph& graph,
                 const TermAnalysis& analysis)
      : language_(language), graph_(graph), analysis_(analysis) {}
  bool holds(const Rule& rule, std::span<const ClassId> bindings) override;

 private:
  const TermLanguage& language_;
  const EGraph& graph_;
  const TermAnalysis& analysis_;
};

}  // namespace hone::rewrite::egraph
