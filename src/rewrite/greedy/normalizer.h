// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The greedy pass: terms to normal forms, bottom up, each made once.
//
// Every function that makes a form or a fact makes it in normal form, so that
// what is equal by linear arithmetic, by taking multiples out of quotients and
// remainders, or by order within minima has one id. Where a comparison is not
// settled by its interval, at_most_zero() tries harder.
//
// Destructive and greedy as Halide's simplifier is (Newcomb et al., "Verifying
// and improving Halide's term rewriting system", OOPSLA 2020); what differs are
// the n-ary forms and that bounds are sought with symbols, not numbers alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rewrite/analysis/facts.h"
#include "rewrite/greedy/ids.h"
#include "rewrite/greedy/log.h"
#include "rewrite/greedy/store.h"
#include "term/context.h"

namespace hone::rewrite {

struct GreedyLimits {
  // Eliminations that one comparison may try, and those inside a minimum.
  int steps = 48;
  int inner_steps = 6;
};

class Normalizer {
 public:
  explicit Normalizer(const GreedyLimits& limits = {}) : limits_(limits) {}

  // Forgets everything. The facts must outlive the next uses.
  void reset(const term::Context& context, const Facts& facts);

  // Every rule that is used from now on is logged there; null for none.
  void set_log(Log* log) { log_ = log; }

  // A term without lets. Nothing more is known where store().failed().
  FormId form_of(term::Term term);
  FactId fact_of(term::Term term);

  const Store& store() const { return store_; }
  Store& store() { return store_; }

  FormId sum(Poly& poly);
  FormId negated(FormId form);
  FormId product(FormId a, FormId b);
  FormId div(FormId a, FormId b);
  FormId mod(FormId a, FormId b);
  FormId div_by(Poly poly, int64_t divisor);
  FormId mod_by(Poly poly, int64_t divisor);
  FormId min(Ids& forms);
  FormId max(Ids& forms);
  FormId select(FactId condition, FormId a, FormId b);

  FactId at_most(Poly poly);  // poly <= 0
  FactId equal(Poly poly);    // poly == 0
  FactId both(Ids& facts);    // conjunction
  FactId either(Ids& facts);  // disjunction
  FactId negation(FactId fact);
  FactId iff(FactId a, FactId b);

  // Whether the combination is proved to be at most 0. False says nothing.
  bool at_most_zero(const Poly& poly, int steps);

 private:
  static constexpr std::array<FactId, 3> kNoFacts = {kTrue, kTrue, kTrue};

  // One step of the log, where there is one. The Ints are polys or forms.
  template <typename... Ints>
  void note(Rule rule, std::initializer_list<int64_t> numbers,
            const Ints&... ints) {
    if (log_) note_step(rule, numbers, kNoFacts, {logged(ints)...});
  }
  void note_step(Rule rule, std::initializer_list<int64_t> numbers,
                 std::array<FactId, 3> facts,
                 std::initializer_list<Log::Int> ints);
  Log::Int logged(const Poly& poly) { return log_->of(poly); }
  Log::Int logged(FormId form) { return log_->of(store_, form); }
  // A rule on two members, on pairs from the last to the first: x is a member
  // and y the minimum of those behind it.
  void note_pairs(Rule rule, std::initializer_list<int64_t> numbers, Ids& forms,
                  const Poly* z = nullptr);
  // A rule on one member x among others, whose minimum is y.
  void note_member(Rule rule, std::initializer_list<int64_t> numbers,
                   FormId member, Ids& others, const Poly& z);

  // read.cpp
  void read_sum(term::Term term, int64_t factor, Poly& out);
  FormId read_form(term::Term term);
  FactId read_fact(term::Term term);
  FactId read_comparison(term::Term term);
  void read_facts(term::Term term, term::Op op, Ids& out);
  void read_extremes(term::Term term, term::Op op, Ids& out);

  // sum.cpp
  bool join_remainders(Poly& poly);
  bool join_quotients(Poly& poly);
  AtomId variable(term::Term term);
  bool multiply(Poly& out, int64_t factor, AtomId a, AtomId b);

  // quotient.cpp
  void drop_multiples(Poly& poly, int64_t divisor);

  // minimum.cpp
  void drop_dominated(Ids& forms);
  void note_dominated(FormId kept, FormId dropped, Ids& forms);
  void note_quotients(Ids& forms, int64_t divisor);
  FormId min_of(Ids& forms);
  bool maximum_members(FormId form, Ids& out);
  bool join_maxima(Ids& forms);
  bool common_divisor(Ids& forms, int64_t& divisor);

  // compare.cpp
  bool cut_branches(Poly& poly, bool equality, bool& impossible);
  bool quotient_never_zero(const Poly& poly);

  // logic.cpp
  FactId junction(Ids& facts, bool conjunction);
  enum class Relation { Nothing, FirstImplies, SecondImplies, Excludes };
  // With the rule that says so: of x and y, and with c0.
  struct Related {
    Relation relation = Relation::Nothing;
    Rule rule = Rule::AllOpposite;
    int64_t c0 = 0;
    FormId x = 0, y = 0;
    Related swapped() const;
  };
  Related relation(FactId a, FactId b);
  Related relation_to_equality(const Fact& x, const Fact& y);

  // bound.cpp
  bool bounded(const Poly& goal);
  bool bounded_after(Poly& goal);
  bool one_case_does(const Poly& goal);
  Ids others_of(const Atom& minimum, FormId member) const;
  bool bounded_by_hypotheses(const Poly& goal, int depth);

  Store store_;
  Log* log_ = nullptr;
  GreedyLimits limits_;
  const term::Context* context_ = nullptr;
  const Facts* facts_ = nullptr;
  int steps_left_ = 0;
  int inlined_ = 0;
  int depth_ = 0;
  std::vector<Poly> hypotheses_;  // each at most 0
  std::vector<FactId> assumed_;   // facts that are given
  // By term: what it became, in the epoch in which it did.
  struct Memo {
    uint32_t epoch = 0;
    uint32_t id = 0;
  };
  std::vector<Memo> memo_;
  uint32_t epoch_ = 0;
};

// A number that divides every factor; 0 for a constant.
int64_t factor_gcd(const Poly& poly);

}  // namespace hone::rewrite
