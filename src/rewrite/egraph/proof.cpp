// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/proof.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::rewrite::egraph {

TermId TermPool::add(Node node) {
  const auto [at, is_new] =
      known_.emplace(std::move(node), static_cast<TermId>(nodes_.size()));
  if (is_new) nodes_.push_back(&at->first);
  return at->second;
}

namespace {

// The pattern with its variables replaced.
TermId instance(TermPool& terms, const Pattern& pattern,
                const std::vector<TermId>& bindings) {
  std::vector<TermId> made;
  for (const PatternNode& node : pattern.nodes) {
    switch (node.kind) {
      case PatternNode::Kind::Variable:
        made.push_back(bindings[node.value]);
        break;
      case PatternNode::Kind::Literal:
        made.push_back(terms.add({.op = node.op, .arguments = {node.value}}));
        break;
      case PatternNode::Kind::Apply: {
        TermPool::Node apply{.op = node.op};
        for (const uint32_t argument : node.arguments) {
          apply.arguments.push_back(made[argument]);
        }
        made.push_back(terms.add(std::move(apply)));
        break;
      }
    }
  }
  return made[pattern.root];
}

}  // namespace

Status check_proof(Proof& proof, std::span<const Rule> rules,
                   const Signature& signature,
                   std::span<const std::pair<TermId, TermId>> givens) {
  TermPool& terms = proof.terms;
  TermId now = proof.from;
  for (size_t number = 0; number < proof.steps.size(); ++number) {
    const ProofStep& step = proof.steps[number];
    const auto wrong = [&](std::string_view what) {
      return Error(ErrorKind::Rejected,
                   fmt::format("step {} of the proof: {}", number + 1, what));
    };
    TermId left, right;
    if (step.rule == kGivenStep) {
      if (step.bindings.size() != 2) return wrong("two terms expected");
      left = step.bindings[0], right = step.bindings[1];
      if (std::find(givens.begin(), givens.end(), std::pair(left, right)) ==
          givens.end()) {
        return wrong("the equation was not given");
      }
    } else {
      if (step.rule >= rules.size()) return wrong("no such rule");
      const Rule& rule = rules[step.rule];
      if (step.bindings.size() != rule.variables.size()) {
        return wrong("a binding for each variable expected");
      }
      left = instance(terms, rule.left, step.bindings);
      right = instance(terms, rule.right, step.bindings);
    }
    if (step.backward) std::swap(left, right);
    // Down to the place, then up again around what takes its place.
    std::vector<TermId> around{now};
    for (const uint8_t argument : step.path) {
      const TermPool::Node& node = terms[around.back()];
      if (signature[node.op].literal || argument >= node.arguments.size()) {
        return wrong("the path leads out of the term");
      }
      around.push_back(node.arguments[argument]);
    }
    if (around.back() != left) return wrong("the rule's side is not there");
    TermId made = right;
    for (size_t i = step.path.size(); i-- > 0;) {
      TermPool::Node node = terms[around[i]];
      node.arguments[step.path[i]] = made;
      made = terms.add(std::move(node));
    }
    now = made;
  }
  if (now != proof.to) {
    return Error(ErrorKind::Rejected, "the proof ends at another term");
  }
  return {};
}

}  // namespace hone::rewrite::egraph
