// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/provenance.h"

#include <algorithm>

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

constexpr ClassId kMaxClass = (ClassId{1} << 29) - 1;

// The facts that belong to a pattern's nodes before this one.
uint32_t facts_before(const Pattern& pattern, size_t node) {
  return static_cast<uint32_t>(std::count_if(
      pattern.nodes.begin(), pattern.nodes.begin() + ptrdiff_t(node),
      [](const PatternNode& n) {
        return n.kind != PatternNode::Kind::Variable;
      }));
}

}  // namespace

Provenance::Provenance(std::span<const uint32_t> arities)
    : arities_(arities.begin(), arities.end()), origins_(arities.size()) {
  birth_stride_ = 1;
  for (const uint32_t arity : arities)
    birth_stride_ = std::max(birth_stride_, arity + 1);
}

// Of the arguments of the right side's root. A variable's id is read where the
// left side has it.
std::vector<Provenance::Place> Provenance::key_places(const Rule& rule) {
  const PatternNode& root = rule.right.nodes[rule.right.root];
  if (root.kind != PatternNode::Kind::Apply) return {};
  const auto place_of_variable = [&](uint32_t variable) -> Place {
    for (size_t n = 0; n < rule.left.nodes.size(); ++n) {
      const PatternNode& node = rule.left.nodes[n];
      if (node.kind != PatternNode::Kind::Apply) continue;
      for (uint32_t c = 0; c < node.arguments.size(); ++c) {
        const PatternNode& child = rule.left.nodes[node.arguments[c]];
        if (child.kind == PatternNode::Kind::Variable &&
            child.value == variable)
          return {facts_before(rule.left, n), c};
      }
    }
    HONE_CHECK(false);  // parse_rule() refuses a variable that is not bound
    return {};
  };
  const uint32_t left = facts_before(rule.left, rule.left.nodes.size());
  std::vector<Place> places;
  for (const uint32_t argument : root.arguments) {
    const PatternNode& child = rule.right.nodes[argument];
    places.push_back(
        child.kind == PatternNode::Kind::Variable
            ? place_of_variable(child.value)
            : Place{left + facts_before(rule.right, argument), kOut});
  }
  return places;
}

uint32_t Provenance::add_rules(std::span<const Rule> rules) {
  const auto first = static_cast<uint32_t>(rules_.size());
  for (const Rule& rule : rules) {
    const bool asserts =
        rule.right.nodes[rule.right.root].kind == PatternNode::Kind::Apply;
    facts_per_rule_.push_back(
        facts_before(rule.left, rule.left.nodes.size()) +
        facts_before(rule.right, rule.right.nodes.size()) - asserts);
    keys_.push_back(key_places(rule));
    rules_.push_back(rule);
  }
  return first;
}

// Ids get their place in the forest with their birth.
FactId Provenance::add_birth(OpId op, ClassId out,
                             std::span<const uint32_t> key) {
  HONE_CHECK(out <= kMaxClass);
  if (out >= edges_.size()) {
    const auto first = static_cast<ClassId>(edges_.size());
    const size_t fresh = out + 1 - first;
    births_.resize_for_overwrite((size_t{out} + 1) * birth_stride_);
    edges_.reserve_extra(fresh);
    sizes_.reserve_extra(fresh);
    for (ClassId id = first; id <= out; ++id) {
      edges_.push_unchecked({.parent = id});
      sizes_.push_unchecked(1);
    }
  }
  uint32_t* words = &births_[size_t{out} * birth_stride_];
  words[0] = op;
  std::copy(key.begin(), key.end(), words + 1);
  return birth(out);
}

Fact Provenance::fact(FactId id) const {
  Fact fact{.out = out_of(id)};
  if (is_birth(id)) {
    const uint32_t* words = &births_[size_t{fact.out} * birth_stride_];
    fact.op = words[0];
    fact.arity = arities_[fact.op];
    std::copy_n(words + 1, fact.arity, fact.words);
    return fact;
  }
  const uint32_t number = rule_of(id);
  const Rule& rule = rules_[number];
  fact.op = rule.right.nodes[rule.right.root].op;
  // A fact's key may be that of an application, too; applications name older
  // ones, so this ends. Each level asks for one word.
  for (const Place& place : keys_[number])
    fact.words[fact.arity++] = word_of(id, place);
  return fact;
}

uint32_t Provenance::word_of(FactId id, Place place) const {
  for (;;) {
    const FactId there = facts_of(id)[place.fact];
    if (place.column == kOut) return out_of(there);
    if (is_birth(there))
      return births_[size_t{out_of(there)} * birth_stride_ + 1 + place.column];
    id = there;
    place = keys_[rule_of(id)][place.column];
  }
}

ApplicationId Provenance::add_application(uint32_t rule, ClassId left,
                                          std::span<const FactId> facts) {
  const auto id = static_cast<ApplicationId>(applications_.size());
  HONE_CHECK(applications_.size() < kBirthBit - 64);
  HONE_CHECK(facts.size() == facts_per_rule_[rule]);
  applications_.reserve_extra(2 + facts.size());
  applications_.push_unchecked(rule);
  applications_.push_unchecked(left);
  for (const FactId fact : facts) applications_.push_unchecked(fact);
  return id;
}

std::span<const FactId> Provenance::facts_of(ApplicationId id) const {
  return {&applications_[id] + 2, facts_per_rule_[rule_of(id)]};
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
  if (keeps_losses_)
    losses_.emplace(
        std::max(root_a, root_b),
        Loss{.to = std::min(root_a, root_b), .when = next_application()});
  return true;
}

ClassId Provenance::canonical_before(ClassId id, ApplicationId when) const {
  for (;;) {
    const auto lost = losses_.find(id);
    if (lost == losses_.end() || lost->second.when > when) return id;
    id = lost->second.to;
  }
}

Reason Provenance::reason(ClassId id) const {
  const Edge& edge = edges_[id];
  return {.kind = static_cast<Reason::Kind>(edge.kind),
          .backward = edge.backward != 0,
          .first = edge.first,
          .second = edge.second};
}

size_t Provenance::bytes() const {
  size_t bytes =
      applications_.bytes() + births_.bytes() + edges_.bytes() + sizes_.bytes();
  for (const auto& origins : origins_) bytes += origins.bytes();
  return bytes;
}

}  // namespace hone::rewrite::egraph
