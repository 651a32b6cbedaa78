// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions in text: proofs, bounds, files of expressions, and the replay of
// proof files.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rewrite/prover.h"

namespace hone::toolkit {

struct NamedValue {
  std::string name;
  std::string value;
};

struct ProveRequest {
  std::vector<std::string> assumptions;  // Bools, infix or prefix
  // Whether a True or False must come with a proof, which has been replayed by
  // a checker that shares no code with the prover.
  bool with_proof = false;
};

struct ProveAnswer {
  rewrite::Answer answer = rewrite::Answer::Open;
  rewrite::Cause cause = rewrite::Cause::None;
  std::vector<NamedValue> true_where;
  std::vector<NamedValue> false_where;
  std::string proof;  // a section of a proof file
};

// Malformed: the text is no Bool. Rejected: the replay refused the proof.
Result<ProveAnswer> prove(const ProveRequest& request,
                          std::string_view expression);

// Answers in the order of the expressions, `jobs` of them at a time. `done` is
// told how many there are so far, from any thread.
std::vector<Result<ProveAnswer>> prove_all(
    const ProveRequest& request, std::span<const std::string> expressions,
    int jobs, const std::function<void(size_t)>& done = {});

struct BoundsAnswer {
  rewrite::Bound low;
  rewrite::Bound high;
  std::vector<NamedValue> low_at;
  std::vector<NamedValue> high_at;
};

// Malformed: the text is no Int.
Result<BoundsAnswer> find_bounds(const ProveRequest& request,
                                 std::string_view expression);

// The expressions of a file: of a table with commas whose first line names a
// column Expression or expr (Caviar's form), or one a line otherwise; blank
// lines and lines that begin with # are left out.
std::vector<std::string> expressions_in(std::string_view content);

// Replays a file of proofs; the number of them. Rejected names the one that
// fails.
Result<size_t> replay_proofs(std::string_view content);

}  // namespace hone::toolkit
