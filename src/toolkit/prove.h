// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions in text: proofs, bounds, solutions, files of expressions, and the
// replay of proof files.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rewrite/context.h"

namespace hone::toolkit {

struct NamedValue {
  std::string name;
  std::string value;
};

struct ProveAnswer {
  rewrite::Answer answer = rewrite::Answer::Open;
  rewrite::Cause cause = rewrite::Cause::None;
  std::vector<NamedValue> true_where;
  std::vector<NamedValue> false_where;
  std::string proof;  // a section of a proof file
  // What another solver says of a claim that we leave open, where one was
  // asked; never mixed with our own answers.
  std::optional<rewrite::Answer> solver_answer;
};

struct BoundsAnswer {
  rewrite::Bound low;
  rewrite::Bound high;
  std::vector<NamedValue> low_at;
  std::vector<NamedValue> high_at;
  // Sections of a proof file: nothing lies beyond. Empty for a side without a
  // value.
  std::string low_proof;
  std::string high_proof;
};

// rewrite::Context, asked and answering in text.
class TextContext {
 public:
  explicit TextContext(const rewrite::ContextOptions& options = {})
      : context_(options) {}

  Status assume(std::string_view text);
  void push() {
    context_.push();
    ++depth_;
  }
  // InvalidArgument: nothing was pushed.
  Status pop();

  // Malformed: the text is no Bool. With a proof, a True or False has been
  // replayed by a checker that shares no code with the prover; Rejected: the
  // replay refused it.
  Result<ProveAnswer> prove(std::string_view claim, bool with_proof = false);
  Result<ProveAnswer> prove(term::Term goal, bool with_proof = false);
  // Malformed: the text is no Int. With a proof, both sides have been replayed.
  Result<BoundsAnswer> bounds(std::string_view expression,
                              bool with_proof = false);
  Result<BoundsAnswer> bounds(term::Term term, bool with_proof = false);

  rewrite::Context& context() { return context_; }
  term::Context& terms() { return context_.terms(); }

 private:
  rewrite::Context context_;
  int depth_ = 0;
};

struct ProveRequest {
  std::vector<std::string> assumptions;  // Bools, infix or prefix
  // Whether a True or False must come with a proof that has been replayed.
  bool with_proof = false;
  // The engines to ask, in their order; none: those of the prover.
  std::vector<rewrite::Tier> tiers;
  // What machine integers these are; unbounded ones unless said otherwise.
  term::Width width = {};
  // Whether an installed z3 is asked about what is left open.
  bool ask_z3 = false;
};

// A context with the request's assumptions.
Status assume_all(TextContext& context,
                  std::span<const std::string> assumptions);

Result<ProveAnswer> prove(const ProveRequest& request,
                          std::string_view expression);
Result<BoundsAnswer> find_bounds(const ProveRequest& request,
                                 std::string_view expression);

// "linear,egraph". InvalidArgument names what is no tier, or is there twice.
Result<std::vector<rewrite::Tier>> parse_tiers(std::string_view text);

// The expressions of a file: of a table with commas whose first line names a
// column Expression or expr (Caviar's form), or one a line otherwise; blank
// lines and lines that begin with # are left out.
std::vector<std::string> expressions_in(std::string_view content);

// Replays a file of proofs; the number of them. Rejected names the one that
// fails.
Result<size_t> replay_proofs(std::string_view content);

}  // namespace hone::toolkit
