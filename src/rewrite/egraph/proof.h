// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A proof that two terms are equal: rewrite steps, one after the other.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "rewrite/egraph/pattern.h"
#include "rewrite/egraph/signature.h"

namespace hone::rewrite::egraph {

using TermId = uint32_t;

// Ground terms; equal terms have equal ids.
class TermPool {
 public:
  struct Node {
    OpId op = 0;
    // The payload of a literal's operator, else terms.
    std::vector<uint32_t> arguments;
    auto operator<=>(const Node&) const = default;
  };
  TermId add(Node node);
  const Node& operator[](TermId term) const { return *nodes_[term]; }
  size_t size() const { return nodes_.size(); }

 private:
  std::map<Node, TermId> known_;
  std::vector<const Node*> nodes_;  // keys of known_, which do not move
};

struct ProofStep {
  // The number of the rule; kGivenStep for an equation of the caller's.
  uint32_t rule = 0;
  bool backward = false;         // right side to left side
  std::vector<uint8_t> path;     // arguments to follow from the root
  std::vector<TermId> bindings;  // by variable; given: the two terms
};
inline constexpr uint32_t kGivenStep = 0xffffffff;

struct Proof {
  TermPool terms;
  TermId from = 0, to = 0;
  std::vector<ProofStep> steps;
};

// Replays a proof from its first term, step by step, by nothing but matching of
// terms. The error names the step that does not fit. `givens` are pairs that
// may be taken for equal.
Status check_proof(Proof& proof, std::span<const Rule> rules,
                   const Signature& signature,
                   std::span<const std::pair<TermId, TermId>> givens = {});

}  // namespace hone::rewrite::egraph
