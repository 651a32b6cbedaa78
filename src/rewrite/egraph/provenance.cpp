// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/provenance.h"

#include <algorithm>

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

constexpr ClassId kMaxClass = (ClassId{1} << 29) - 1;

}  // namespace

Provenance::Provenance(std::span<const uint32_t> arities)
    : arities_(arities.begin(), arities.end()), origins_(arities.size()) {}

uint32_t Provenance::add_rules(std::span<const Rule> rules) {
  const auto first = static_cast<uint32_t>(rules_.size());
  for (const Rule& rule : rules) {
    uint32_t facts = 0;
    for (const PatternNode& node : rule.left.nodes) {
      facts += node.kind != PatternNode::Kind::Variable;
    }
    for (uint32_t i = 0; i < rule.right.nodes.size(); ++i) {
      const PatternNode::Kind kind = rule.right.nodes[i].kind;
      facts += kind == PatternNode::Kind::Literal ||
               (kind == PatternNode::Kind::Apply && i != rule.right.root);
    }
    facts_per_rule_.push_back(facts);
    rules_.push_back(rule);
  }
  return first;
}

// Ids get their place in the forest with their birth.
void Provenance::cover(ClassId id) {
  for (auto next = static_cast<ClassId>(edges_.size()); next <= id; ++next) {
    HONE_CHECK(next <= kMaxClass);
    edges_.push_back({.parent = next});
    births_.push_back(kNone);
    sizes_.push_back(1);
  }
}

FactId Provenance::add_fact(OpId op, ApplicationId reason, ClassId out,
                            std::span<const uint32_t> key) {
  const auto id = static_cast<FactId>(facts_.size());
  HONE_CHECK(facts_.size() < kNone - kMaxArity - 3);
  facts_.reserve_extra(3 + key.size());
  facts_.push_unchecked(op);
  facts_.push_unchecked(reason);
  facts_.push_unchecked(out);
  for (const uint32_t word : key) facts_.push_unchecked(word);
  if (reason == kBirth) {
    cover(out);
    births_[out] = id;
  }
  return id;
}

Fact Provenance::fact(FactId id) const {
  const uint32_t* words = &facts_[id];
  return {.op = words[0],
          .reason = words[1],
          .out = words[2],
          .key = {words + 3, arities_[words[0]]}};
}

ApplicationId Provenance::add_application(uint32_t rule,
                                          std::span<const FactId> facts) {
  const auto id = static_cast<ApplicationId>(applications_.size());
  HONE_CHECK(applications_.size() < kNone - 64);
  HONE_CHECK(facts.size() == facts_per_rule_[rule]);
  applications_.reserve_extra(1 + facts.size());
  applications_.push_unchecked(rule);
  for (const FactId fact : facts) applications_.push_unchecked(fact);
  return id;
}

std::span<const FactId> Provenance::facts_of(ApplicationId id) const {
  return {&applications_[id] + 1, facts_per_rule_[rule_of(id)]};
}

// Makes `from` the root of its tree.
void Provenance::reverse_path(ClassId from) {
  Edge carried{.parent = from};
  for (ClassId at = from;;) {
    const Edge edge = edges_[at];
    edges_[at] = carried;
    if (edge.parent == at) return;
    carried = {.parent = at,
               .kind = edge.kind,
               .backward = !edge.backward,
               .first = edge.first,
               .second = edge.second};
    at = edge.parent;
  }
}

bool Provenance::join(UnionFind& classes, ClassId a, ClassId b, Reason reason) {
  const ClassId root_a = classes.find(a), root_b = classes.find(b);
  if (root_a == root_b) return false;
  // The smaller tree's path is turned: an id is on turned paths at most log n
  // times.
  const uint32_t size = sizes_[root_a] + sizes_[root_b];
  if (sizes_[root_a] > sizes_[root_b]) {
    std::swap(a, b);
    reason.backward = !reason.backward;
  }
  reverse_path(a);
  edges_[a] = {.parent = b,
               .kind = static_cast<uint32_t>(reason.kind),
               .backward = reason.backward,
               .first = reason.first,
               .second = reason.second};
  classes.unite(root_a, root_b);
  sizes_[std::min(root_a, root_b)] = size;
  return true;
}

Reason Provenance::reason(ClassId id) const {
  const Edge& edge = edges_[id];
  return {.kind = static_cast<Reason::Kind>(edge.kind),
          .backward = edge.backward != 0,
          .first = edge.first,
          .second = edge.second};
}

size_t Provenance::bytes() const {
  size_t bytes = facts_.bytes() + applications_.bytes() + births_.bytes() +
                 edges_.bytes() + sizes_.bytes();
  for (const auto& origins : origins_) bytes += origins.bytes();
  return bytes;
}

}  // namespace hone::rewrite::egraph
