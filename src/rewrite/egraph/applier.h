// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Adds the right sides of matches to an e-graph, batch by batch.
//
// A right side is a short program over columns: intern an operator over columns
// into a new column, then assert the root in the class of the left side's root.
// Each step runs over the whole batch, so that all its memory accesses are
// under way at once (as in vectorized query execution, MonetDB/X100); what
// interprets the program costs nothing beside them, and rules compiled ahead
// use the same code.
//
//     (* ?a (+ ?b ?c)) => (+ (* ?a ?b) (* ?a ?c))     slots a + * b c
//         column 5 = intern *(a, b)
//         column 6 = intern *(a, c)
//         assert +(5, 6) = the left side's root
//
// The root is asserted in the known class, not interned and united: a node that
// is new costs neither an id nor a union.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/pattern.h"

namespace hone::rewrite::egraph {

// Decides the conditions of rules.
class Conditions {
 public:
  virtual ~Conditions() = default;
  // Whether the rule's condition is known to hold of a match; bindings are the
  // classes of its variables.
  virtual bool holds(const Rule& rule, std::span<const ClassId> bindings) = 0;
};

class Applier {
 public:
  // Rules with conditions need `conditions`.
  Applier(EGraph& graph, std::span<const Rule> rules,
          Conditions* conditions = nullptr);
  ~Applier();

  // Slots of the rule's matches: the nodes of its left side.
  uint32_t slots(uint32_t rule) const { return programs_[rule].slots; }

  // `count` may be any number; slots[s] is the column of slot s.
  void apply(uint32_t rule, std::span<const uint32_t* const> slots,
             uint32_t count);

 private:
  struct Intern {
    OpId op;
    std::vector<uint8_t> arguments;  // columns
    uint8_t column;                  // where the classes go
    bool literal = false;
    uint32_t payload = 0;
  };
  struct Program {
    uint32_t rule = 0;
    uint32_t slots = 0;
    uint32_t root = 0;  // the slot of the left side's root
    std::vector<Intern> interns;
    bool asserts = false;  // whether the root is a node; else it is a column
    Intern last;
    // The left side's operators and literals, with slots as columns: what an
    // explanation looks up.
    std::vector<Intern> matched;
    std::vector<uint8_t> variables;  // their slots
  };
  static Program compile(const Rule& rule);
  uint32_t filter(const Program& program, uint32_t count);
  void run(const Program& program, uint32_t count);
  void unite(const ClassId* left, const ClassId* right, uint32_t count);
  void gather(const Intern& node);

  // The same as unite(), recording why: applier_provenance.cpp.
  void record(const Program& program, const ClassId* left, const ClassId* right,
              uint32_t count);
  void find_matched(const Program& program, uint32_t count);

  struct Scratch;
  EGraph& graph_;
  std::span<const Rule> rules_;
  Conditions* conditions_;
  std::vector<Program> programs_;
  uint32_t first_rule_ = 0;  // in the e-graph's provenance
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace hone::rewrite::egraph
