// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether conditions can hold together.
//
// Conditions are asserted to a tableau (tableau.h) of the atoms they need:
// floor(F / c) = q is 0 <= F - cq < c, min(0, F) = m is relaxed to m <= 0 and
// m <= F. Where the relaxation has no solution, neither has the problem. Where
// it has one, its values for the variables are tried in full semantics; if they
// fail, the first thing that the solution violates is split: a fractional
// value (after cuts), a disjunction, a minimum that is neither 0 nor F, a
// disequality, a select whose condition is open. A case whose refutation does
// not use the case stands for the whole (backjumping).
//
// Products and quotients of variables are integers of their own, of which this
// is known: a square is at least 0, a and -a; F % D is at least 0, and less
// than D or at most -D; F / D by cases of signs (division.cpp). Where a
// solution gives a product another value than its factors, two bounds are
// multiplied that exclude it, or a factor is split (product.cpp), within
// limits. A refutation holds for all their values; a solution must agree with
// them, and is "open" where no such one is found.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rewrite/linear/certificate.h"
#include "rewrite/linear/model.h"
#include "rewrite/linear/problem.h"
#include "rewrite/linear/tableau.h"

namespace hone::rewrite::linear {

enum class Outcome : uint8_t {
  Unsatisfiable,  // certificate()
  Satisfiable,    // model(), which makes the conditions true
  OutOfSteps,
  OutOfNumbers,  // a number did not fit
  Opaque         // the linear part has solutions, which the rest refuses
};

struct SearchLimits {
  int64_t pivots = 20'000;
  int64_t cases = 3'000;
  // Solutions of the linear part that the rest refuses.
  int64_t refusals = 20;
  int cuts = 4;             // in a row, before a value is split
  int products = 200;       // of two bounds
  int product_splits = 40;  // of factors
  bool certificate = true;  // whether Unsatisfiable comes with one
};

struct Requirement {
  CondId cond;
  bool holds;
};

class Search {
 public:
  // Decides whether all requirements can hold. Requirements that concern no
  // condition of the certificate may still appear in it.
  Outcome run(const Problem& problem, std::span<const Requirement> all,
              const SearchLimits& limits);

  const Certificate& certificate() const { return certificate_; }
  Model& model() { return model_; }
  int64_t pivots_used() const { return limits_.pivots - pivots_; }
  int64_t cases_used() const { return limits_.cases - cases_; }

 private:
  // The cases that a refutation uses, a bit for each depth; the last bit is
  // for all that are deeper.
  using Cases = uint64_t;

  struct KnownFact {
    Fact fact;
    Cases cases;
  };
  struct Assigned {
    CondId cond;
    bool holds;
    Cases cases;
  };
  struct PlannedCut {
    NodeKind kind;  // Cut or Product
    int32_t begin;  // of its shares
    int32_t size;
    Cases cases;
    bool used;
  };
  struct DivisionCase {
    NodeKind kind;
    AtomId atom;
    bool left;
    Cases cases;
  };
  // A bound of a variable of the tableau: a fact that can be multiplied.
  struct Bound {
    int32_t variable;
    bool is_low;
  };
  struct Line {  // a row of the tableau, and the form it stands for
    int32_t variable;
    int32_t begin;
    int32_t size;
  };
  struct State {
    size_t tableau;
    size_t facts;
    size_t assigned;
    size_t active;
    size_t least_cases;
    size_t zero_cases;
    size_t division_cases;
    size_t cuts;
  };

  void prepare(const Problem& problem);
  State mark() const;
  void undo(const State& state);

  // The recursion; each case is one level.
  Outcome solve(int depth);
  // Nothing where a cut has been planned instead.
  std::optional<Outcome> split(int depth, size_t first_cut);
  void wrap_cuts(size_t first);
  Outcome branch(int depth, NodeKind kind, int32_t index, bool left_first);
  bool enter(NodeKind kind, int32_t index, bool left, Cases cases);

  // Each of these is false after a contradiction (refutation_, refuted_) or
  // where a number did not fit (stop_).
  bool assign(CondId cond, bool holds, Cases cases);
  bool assign_one(const Assigned& next);
  bool propagate();
  bool assert_form(FormId form, int64_t sign, int64_t extra, Fact fact,
                   Cases cases);
  bool assert_value(AtomId atom, FormId form, int64_t sign, Fact fact,
                    Cases cases);
  bool assert_sum(int64_t constant, Fact fact, Cases cases);
  bool plan_cut(AtomId fractional);
  bool assert_cut();
  // product.cpp
  bool plan_product();
  bool plan_product_of(AtomId product, AtomId a, AtomId b);
  bool multiply_bounds(const Bound& a, const Bound& b);
  void collect_bounds(AtomId atom, std::vector<Bound>& bounds) const;
  void load_bound(const Bound& bound, std::vector<Part>& parts,
                  int64_t& constant) const;
  bool assert_product();
  std::optional<ValueSplit> factor_split() const;
  AtomId wrong_product() const;
  // division.cpp
  const DivisionCase* division_case(NodeKind kind, AtomId atom) const;
  std::optional<NodeKind> missing_case(AtomId& atom, bool& left_first) const;
  bool enter_division(NodeKind kind, AtomId atom, bool left, Cases cases);
  bool assert_quotient(AtomId atom, bool positive, Cases cases);
  bool assert_sizes(AtomId atom, Cases cases);
  bool load_division(AtomId atom, int64_t sign);
  void add_share(int32_t reason, int64_t multiplier);
  bool assert_axioms(AtomId atom);
  bool assert_square(AtomId atom);
  void load_form(FormId form, int64_t sign);
  bool find_gap(AtomId atom);
  bool assert_choice(AtomId atom, const Assigned& cond);
  bool activate_parts();
  bool accept(Tableau::Status status);
  bool refute(NodeKind kind, Cases cases);
  bool refute_parity();

  int32_t atom_variable(AtomId atom);
  int32_t line_variable();
  const Assigned& assigned(CondId cond) const;
  int holds(CondId cond) const { return cond_states_[cond]; }
  bool is_open_clause(const Assigned& a) const;
  bool try_values();
  bool is_least_tight(AtomId atom) const;
  int64_t relaxed(AtomId atom) const;
  int64_t relaxed_form(FormId form) const;

  const Problem* problem_ = nullptr;
  std::span<const Requirement> required_;
  SearchLimits limits_;
  int64_t pivots_ = 0;
  int64_t cases_ = 0;
  int64_t refusals_ = 0;
  Tableau tableau_;
  Certificate certificate_;
  Model model_;
  Cases refutation_ = 0;  // of the last Unsatisfiable
  int32_t refuted_ = -1;  // its node
  Outcome stop_ = Outcome::OutOfSteps;
  std::vector<KnownFact> facts_;
  std::vector<Assigned> assigned_;
  std::vector<Assigned> pending_;
  std::vector<int8_t> cond_states_;      // -1: not assigned
  std::vector<int32_t> atom_variables_;  // -1: not in the tableau
  std::vector<char> atom_active_;
  std::vector<AtomId> active_;
  std::vector<AtomId> least_cases_;
  std::vector<char> least_decided_;
  std::vector<DivisionCase> division_cases_;
  std::vector<CondId> zero_cases_;
  std::vector<char> zero_decided_;
  // The row of m - F of each atom m = min(0, F), and where F - m is 0.
  struct Gap {
    int32_t variable = -1;
    int64_t zero = 0;
  };
  std::vector<Gap> gaps_;
  std::vector<PlannedCut> cuts_;
  std::vector<Tableau::Touched> cut_;
  std::vector<Part> cut_sum_;
  int64_t cut_constant_ = 0;
  std::optional<std::pair<Bound, Bound>> product_;  // planned; sum_ is it
  int products_left_ = 0;
  int product_splits_left_ = 0;
  std::vector<Line> lines_;
  // What a variable of the tableau is: a line, or -1 - atom.
  std::vector<int32_t> owners_;
  std::vector<Part> line_parts_;
  std::vector<Part> sum_;  // the form to be asserted
  std::vector<Summand> summands_;
};

}  // namespace hone::rewrite::linear
