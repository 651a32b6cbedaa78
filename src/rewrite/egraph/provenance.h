// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why rows are there and why classes are one: what explanations are made of.
//
// Every id has a term of its own for ever: that of the node which made the id
// (its birth), over the terms of the ids in the node's key at that time. A fact
// says `op(T(k…)) = T(class)` for ids as they were when it was found:
//
//     birth         true by definition
//     application   a rule's right side was asserted in the class of its left
//                   side; the application names the rule and the facts that its
//                   pattern's nodes matched
//
// A row keeps the fact that it came from while rebuilding changes its ids: the
// way from the fact's ids to the row's leads through the proof forest. That
// forest has an edge for each union that joined two classes, so the edges
// between two ids are unique, never change, and were all there when the two
// became equal (Nieuwenhuis and Oliveras, "Proof-producing congruence closure",
// RTA 2005; egg's explanations, Flatt et al., FMCAD 2022). Hence a fact's proof
// needs only facts and edges older than itself, and ends.
//
// Memory is what this costs, in time too: the system zeroes every page. So an
// application is the fact that it asserts, whose key is not stored: it is found
// again from the facts that were matched. Per row 4 bytes; per id 20 bytes and
// its node's key, as wide as the widest operator's; per application that
// changed something 8 bytes and 4 for each node of its rule.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "rewrite/egraph/pattern.h"
#include "rewrite/egraph/table.h"
#include "rewrite/egraph/union_find.h"

namespace hone::rewrite::egraph {

// The birth of an id (kBirthBit and the id), or an application that asserts.
using FactId = uint32_t;
using ApplicationId = uint32_t;
inline constexpr uint32_t kBirthBit = uint32_t{1} << 31;
inline constexpr uint32_t kNone = 0xffffffff;

constexpr bool is_birth(FactId id) { return (id & kBirthBit) != 0; }

// One statement `op(key…) = class`.
struct Fact {
  OpId op = 0;
  ClassId out = 0;
  uint32_t arity = 0;
  uint32_t words[kMaxArity];

  std::span<const uint32_t> key() const { return {words, arity}; }
};

// Why two ids that are neighbours in the forest are equal.
struct Reason {
  enum class Kind : uint8_t {
    Given,        // the caller said so
    Congruence,   // facts `first` (of the one id) and `second` (of the other)
    Application,  // rule application `first`: left side's root = right side
  };
  Kind kind = Kind::Given;
  bool backward = false;  // from the parent to the child
  uint32_t first = kNone;
  uint32_t second = kNone;
};

class Provenance {
 public:
  explicit Provenance(std::span<const uint32_t> arities);

  // Copies of the rules, which applications name by number from the first one
  // that is returned.
  uint32_t add_rules(std::span<const Rule> rules);
  const Rule& rule(uint32_t number) const { return rules_[number]; }

  // Of the id that a node has made.
  FactId add_birth(OpId op, ClassId out, std::span<const uint32_t> key);
  Fact fact(FactId id) const;
  // fact(id).out
  ClassId out_of(FactId id) const {
    return is_birth(id) ? id & ~kBirthBit : applications_[id + 1];
  }
  // The fact of the node that made the id.
  static FactId birth(ClassId id) { return id | kBirthBit; }

  // By row, in step with a table's rows.
  GrowArray<FactId>& origins(OpId op) { return origins_[op]; }
  FactId origin(OpId op, RowId row) const { return origins_[op][row]; }

  // `facts`: of the left side's operators and literals in the order of its
  // nodes, then of the right side's (without a root that is an operator).
  // `left` is the class of the left side; where the right side's root is an
  // operator, the application is the fact that it is this class.
  ApplicationId add_application(uint32_t rule, ClassId left,
                                std::span<const FactId> facts);
  uint32_t rule_of(ApplicationId id) const { return applications_[id]; }
  std::span<const FactId> facts_of(ApplicationId id) const;

  // Applications have smaller ids than those that are added later.
  ApplicationId next_application() const {
    return static_cast<ApplicationId>(applications_.size());
  }

  // Unites two ids and adds the edge between them; false where they were one.
  bool join(UnionFind& classes, ClassId a, ClassId b, Reason reason);

  // The forest: the parent of an id (itself at a root), and why.
  ClassId parent(ClassId id) const { return edges_[id].parent; }
  Reason reason(ClassId id) const;

  // From now on remembers which ids stopped being canonical, and when.
  void keep_losses() { keeps_losses_ = true; }
  // The canonical id just before an application was made.
  ClassId canonical_before(ClassId id, ApplicationId when) const;

  size_t bytes() const;

 private:
  struct Edge {
    uint32_t parent : 29;
    uint32_t kind : 2;
    uint32_t backward : 1;
    uint32_t first, second;
  };
  // Where the id of an argument stands in an application: in the key of a fact,
  // or, at kOut, as the fact's class.
  struct Place {
    uint32_t fact;  // of the application's
    uint32_t column;
  };
  static constexpr uint32_t kOut = 0xffffffff;
  static std::vector<Place> key_places(const Rule& rule);
  uint32_t word_of(FactId id, Place place) const;
  void reverse_path(ClassId from);

  std::vector<uint32_t> arities_;
  uint32_t birth_stride_;
  std::vector<Rule> rules_;
  std::vector<uint32_t> facts_per_rule_;
  std::vector<std::vector<Place>> keys_;  // by rule; of the right side's root
  GrowArray<uint32_t> births_;            // by id: operator, key …
  GrowArray<uint32_t> applications_;      // rule, class, fact …
  GrowArray<Edge> edges_;                 // by id
  GrowArray<uint32_t> sizes_;             // by id: of the class, at its root
  std::vector<GrowArray<FactId>> origins_;
  struct Loss {
    ClassId to;
    ApplicationId when;  // applications before it have smaller ids
  };
  bool keeps_losses_ = false;
  std::unordered_map<ClassId, Loss> losses_;
};

}  // namespace hone::rewrite::egraph
