// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a compiler knows about its index variables, and questions under it.
//
//   Context context;
//   context.assume("v in [0,64) && v % 8 == 0");
//   context.prove("v / 64 == 0");           // Judgement: True
//   context.bounds("v / 8 * 8");            // 0 … 56, both reached
//   context.simplify("min(v / 8, 7)");      // v / 8
//   context.solve("v * 3 + n < 40", "v");   // v <= (39 - n) / 3
//
// Entering a loop or a branch is a push() with further assumptions, leaving it
// a pop(); Scope does both. Assumptions are read and made ready when they are
// made, once for all questions until the next push, pop or assumption.
//
// Every question is asked in text or as a Term of terms(). Nothing is global:
// an answer depends on the assumptions and the question alone, never on what
// was asked before, and is the same on every run. One thread at a time may use
// a context; any number of contexts may be used at once.
//
// Terms are kept as long as the context lives, so that a Term stays good over
// a pop(). A compiler makes a context for each function or kernel.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "rewrite/greedy/simplify.h"
#include "rewrite/prover.h"
#include "rewrite/solve/solve.h"
#include "term/context.h"
#include "term/parse.h"

namespace hone::rewrite {

struct ContextOptions {
  ProverOptions prover;
  GreedyLimits simplify;
  term::ParseLimits parse;
};

class Context {
 public:
  explicit Context(const ContextOptions& options = {});
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // To make terms with. Not to be reset.
  term::Context& terms() { return terms_; }
  // Malformed says where in the text, and what was expected there.
  Result<term::Term> parse(std::string_view text,
                           std::optional<term::Sort> sort = {});

  void push() { prover_.push(); }
  // Forgets what was assumed since the push() that it matches.
  void pop() { prover_.pop(); }
  // Any Bool: `v in [0,63]`, `v % 8 == 0`, `i + j < n`, …. InvalidArgument
  // where it contradicts what is assumed already; it is not assumed then.
  Status assume(term::Term assumption) { return prover_.assume(assumption); }
  Status assume(std::string_view text);
  const std::vector<term::Term>& assumptions() const {
    return prover_.assumptions();
  }

  // Of a Bool: true, false, contingent with two models, or open.
  Result<Judgement> prove(term::Term goal) { return prover_.prove(goal); }
  Result<Judgement> prove(std::string_view text);
  // Of a Bool: whether it always holds. What a compiler asks before it drops a
  // check; cheaper than prove() where it does not hold. An error of the engine
  // is "no".
  bool proves(term::Term goal);
  // The proof of the last prove() or proves() that said True or False, for
  // verify/proof.h.
  Result<Prover::Proof> proof() { return prover_.proof(); }

  // Of an Int: its least and its greatest value.
  Result<Bounds> bounds(term::Term term) { return prover_.bounds(term); }
  Result<Bounds> bounds(std::string_view text);

  // An equal term wherever the assumptions hold, no larger as a tree. A Bool
  // that prove() would call True or False becomes `true` or `false`.
  Result<term::Term> simplify(term::Term term);
  Result<term::Term> simplify(std::string_view text);

  // The values of an Int variable for which a Bool holds; exact, or from
  // outside or inside, which the answer says. InvalidArgument: no Int variable.
  Result<Solution> solve(term::Term condition, term::Term variable,
                         const SolveOptions& options = {}) {
    return rewrite::solve(*this, condition, variable, options);
  }
  Result<Solution> solve(std::string_view condition, std::string_view variable,
                         const SolveOptions& options = {});

  // Assumptions for a part of a program: push() now, pop() at the end.
  class Scope {
   public:
    explicit Scope(Context& context) : context_(context) { context_.push(); }
    ~Scope() { context_.pop(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Context& context_;
  };

 private:
  ContextOptions options_;
  term::Context terms_;
  Prover prover_;
  Simplifier simplifier_;
};

}  // namespace hone::rewrite
