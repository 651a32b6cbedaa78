// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions about terms under assumptions, answered by the tiers in turn.
//
//   term::Context terms;
//   Prover prover(terms);
//   prover.assume(*term::parse(terms, "0 <= v && v < 64"));
//   prover.prove(*term::parse(terms, "v / 64 == 0")).answer;   // True
//   prover.bounds(*term::parse(terms, "v / 8 * 8"));           // 0 … 56
//
// Every model is evaluated by term::evaluate before it is handed out. An answer
// True or False comes with a proof on demand, which verify/proof.h replays. If
// a model ever contradicted a proof, the answer would be an error that says so
// and holds both; never a verdict.
//
// A Prover keeps its memory and its assumptions from call to call, the latter
// read and made ready once; answers depend on the assumptions and nothing else.
// It is used by one thread at a time.
//
// This is what decides. The interface to program against is context.h, which
// adds text, simplify() and solve().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rewrite/egraph/term_prover.h"
#include "rewrite/greedy/simplify.h"
#include "rewrite/linear/decide.h"
#include "rewrite/refute/refute.h"
#include "term/context.h"
#include "term/evaluate.h"

namespace hone::rewrite {

using linear::Answer;
using linear::Cause;

// "true", "false", "contingent", "open".
std::string_view answer_name(Answer answer);

// What may answer, each usable and measurable alone.
enum class Tier : uint8_t {
  Refute,  // samples: contingent, or one model
  Greedy,  // normal forms and bounds: true, false
  Linear,  // integer linear arithmetic: everything
  EGraph   // equality saturation: true, false
};
// "refute", "greedy", "linear", "egraph".
std::string_view tier_name(Tier tier);
std::optional<Tier> tier_named(std::string_view name);

struct ProverOptions {
  // Asked in this order until one answers; what samples have shown counts.
  std::vector<Tier> tiers = {Tier::Linear, Tier::Refute, Tier::Greedy,
                             Tier::EGraph};
  linear::DecideOptions linear;
  RefuteOptions samples;
  GreedyLimits greedy;
  egraph::TermProverOptions egraph;
};

struct Judgement {
  Answer answer = Answer::Open;
  Cause cause = Cause::None;  // of Open
  Tier tier = Tier::Linear;   // that answered
  // Contingent: both. True and False: what was met on the way, if anything.
  std::optional<term::Model> when_true;
  std::optional<term::Model> when_false;
};

// What a term reaches. Where a side is proved, no value lies beyond; where it
// is reached, `at` holds values of the variables that reach it, if any were
// needed to find it.
struct Bound {
  enum class Kind : uint8_t {
    Tight,      // proved and reached
    Proved,     // proved; the search for a model that reaches it was open
    Unbounded,  // values beyond ±2^40 are reached
    Open
  };
  Kind kind = Kind::Open;
  int64_t value = 0;
  std::optional<term::Model> at;

  bool has_value() const { return kind == Kind::Tight || kind == Kind::Proved; }
};

struct Bounds {
  Bound low;
  Bound high;
};

class Prover {
 public:
  // `terms` must live as long as the prover.
  explicit Prover(term::Context& terms, const ProverOptions& options = {});

  // Bools. InvalidArgument where they contradict each other or the assumptions
  // before them; none of them is assumed then.
  Status assume(std::span<const term::Term> assumptions);
  Status assume(term::Term assumption) {
    return assume(std::span(&assumption, 1));
  }
  void push() { marks_.push_back(assumptions_.size()); }
  // Forgets what was assumed since the push() that it matches.
  void pop();
  const std::vector<term::Term>& assumptions() const { return assumptions_; }
  // The same, digested for the greedy pass and for sampling.
  const Facts& facts();

  // Of a Bool. Internal: an answer and a model contradict each other.
  Result<Judgement> prove(term::Term goal);
  // Whether prove() would answer True, without a search for models that show
  // what it is otherwise.
  Result<bool> proves(term::Term goal);
  // The proof of the last prove(), whose answer was True or False, and what
  // precisely it proves: lets are expanded.
  struct Proof {
    std::string text;
    term::Term goal;
    std::vector<term::Term> assumptions;
    bool value;
  };
  // A certificate of linear arithmetic, or steps where there is none.
  Result<Proof> proof();
  // The same as rule steps, of the greedy pass or, where that answered, of the
  // e-graph. NotFound where they have none.
  Result<Proof> steps();

  // An equal term wherever the assumptions hold, no larger as a tree, and the
  // proof that the two are equal; where that cannot be had, the term itself.
  struct Simplified {
    term::Term term;
    Proof proof;  // of `before == after`
  };
  Result<Simplified> simplify(term::Term term);

  // Of an Int.
  Result<Bounds> bounds(term::Term term);

 private:
  Status ask(Tier tier, Judgement& judgement);
  Result<std::optional<term::Model>> checked(
      term::Term goal, std::span<const linear::Value> values, bool expected);
  Result<Bound> bound(term::Term term, bool high);
  void prepare();
  void forget_prepared();

  term::Context& terms_;
  ProverOptions options_;
  std::vector<term::Term> assumptions_;
  std::vector<size_t> marks_;
  bool is_prepared_ = false;  // of the decider: it has read the assumptions
  std::optional<Facts> facts_;
  linear::Decider decider_;
  linear::Decision decision_;
  term::Term goal_;
  Refuter refuter_;
  Simplifier simplifier_;
  std::unique_ptr<egraph::TermProver> saturator_;  // made when it is needed
  Tier tier_ = Tier::Linear;  // that answered last, and what
  bool value_ = false;
};

}  // namespace hone::rewrite
