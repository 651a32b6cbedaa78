// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether a Bool term is always true, always false, or neither, under
// assumptions: the tier of linear integer arithmetic, usable alone.
//
//   1. Terms become forms and conditions (problem.h). Assumptions give ranges
//      to variables, and equalities replace them; most terms end here.
//   2. A few values for the variables show what the term is not.
//   3. A search (search.h) for values that make it the opposite: none is a
//      proof, some are the second model of a contingent term.
//   4. Where the search stumbles over products and quotients of variables:
//      further values, and searches in which some variables are fixed.
//
// What decides is counted in steps, never in time. One Decider keeps its memory
// and what it has prepared from call to call; an answer is the same whether its
// assumptions were prepared for it or for a question before.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rewrite/linear/problem.h"
#include "rewrite/linear/search.h"
#include "term/context.h"

namespace hone::rewrite::linear {

enum class Answer : uint8_t { True, False, Contingent, Open };

// Why an answer is Open.
enum class Cause : uint8_t {
  None,
  Steps,         // SearchLimits were used up
  Numbers,       // a coefficient exceeded 61 bits, or a form its size
  Opaque,        // products or quotients of variables matter
  Contradiction  // the assumptions contradict each other
};

std::string_view cause_name(Cause cause);

struct Value {
  term::Term variable;
  int64_t value;
};

struct DecideOptions {
  SearchLimits limits;
  int samples = 3;            // before the search
  int further_samples = 400;  // where it was not conclusive
};

struct Decision {
  Answer answer = Answer::Open;
  Cause cause = Cause::None;
  // By the arithmetic of forms alone; there is no certificate then.
  bool by_reading = false;
  // Values of the variables that make the term true, and false, where such
  // were met. Valid until the next call.
  std::span<const Value> makes_true;
  std::span<const Value> makes_false;
};

class Decider {
 public:
  // Reads the assumptions, Bools without lets, which hold in every question
  // from here on. `terms` must live, and not be reset, until the last of them.
  void prepare(const term::Context& terms,
               std::span<const term::Term> assumptions);

  // After prepare(): of a Bool without lets.
  Decision decide(term::Term goal, const DecideOptions& options = {});
  // The same where only True matters: anything else is Open.
  Decision decide_true(term::Term goal, const DecideOptions& options = {});
  // After prepare(): whether no proof was found that the assumptions exclude
  // each other.
  bool are_consistent(const DecideOptions& options = {});

  // Both steps.
  Decision decide(const term::Context& terms, term::Term goal,
                  std::span<const term::Term> assumptions = {},
                  const DecideOptions& options = {}) {
    prepare(terms, assumptions);
    return decide(goal, options);
  }

  // After decide(): what the proof is made of (proof_text.h).
  Problem& problem() { return problem_; }
  const Certificate& certificate() const { return search_.certificate(); }
  std::span<const CondId> assumptions() const { return assumed_; }
  std::span<const term::Term> assumed_terms() const { return assumed_terms_; }
  term::Term goal_term() const { return goal_term_; }

 private:
  struct Congruence {  // variable = modulus·(anything) + rest
    AtomId variable;
    int64_t modulus;
    int64_t rest;
  };

  void begin(const DecideOptions& options);
  std::optional<Decision> read(term::Term goal, const DecideOptions& options);
  void learn(CondId cond);
  void replace(CondId cond);
  void sample(int count);
  void try_point(uint64_t point);
  void note(Model& model);
  Outcome search(bool target);
  Decision finish(Decision decision);

  Problem problem_;
  Search search_;
  Model point_;
  DecideOptions options_;
  term::Term goal_term_;
  CondId goal_ = kFalse;
  std::vector<term::Term> assumed_terms_;
  std::vector<CondId> assumed_;
  std::vector<CondId> walk_;
  std::vector<Congruence> congruences_;
  bool overflows_ = false;  // an assumption has a number that does not fit
  std::vector<Requirement> required_;
  bool seen_[2] = {false, false};
  std::vector<Value> models_[2];
  uint64_t points_ = 0;
};

}  // namespace hone::rewrite::linear
