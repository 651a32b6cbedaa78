// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the left sides of all rules are matched: one forest of nested loops.
//
// A left side is a conjunctive query, an atom for each operator of the pattern:
//
//     (+ ?a (+ ?b ?c))      root: +(a, x) = r      inner: +(b, c) = x
//
// Semi-naive evaluation asks for matches in which at least one row is new. A
// rule of k atoms therefore becomes k variants; in variant i atom i runs over
// the new rows, the atoms before it over old ones, those behind it over all.
//
//     drive new + (r0 r1 r2)                        variant of the root
//       probe + by class r1: (r3 r4)                any row
//         emit a=r0 b=r3 c=r4
//     drive new + (r0 r1 r2)                        variant of the inner atom
//       probe + by column 1 = r2: (r3 r4), old
//         emit a=r3 b=r0 c=r1
//
// Registers are numbered in the order of binding, so that variants which begin
// alike are the same steps: they are kept once, as the forest's branches (here
// the drive). Rules known at build time become C++ from this forest
// (emit_cpp.h), rules read at run time are interpreted over it (matcher.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rewrite/egraph/index.h"
#include "rewrite/egraph/pattern.h"

namespace hone::rewrite::egraph {

// What a column is compared with or bound to: a register, or the class of a
// literal in this iteration.
struct Operand {
  bool literal = false;
  uint32_t number = 0;
  bool operator==(const Operand&) const = default;
};

enum class Age : uint8_t { Old, All };

struct Step {
  enum class Kind : uint8_t {
    Drive,       // every new row of a table
    DriveOnce,   // the row of a literal, if it is new
    RequireOld,  // goes on where the row of a literal is not new
    Scan,        // every row of a table
    Probe,       // every row of an index's group
    Lookup,      // the row with a key that is known, by the hash table
  };
  struct Column {
    bool binds = false;  // writes the register; otherwise compares with it
    Operand operand;
    bool operator==(const Column&) const = default;
  };
  Kind kind = Kind::Drive;
  Age age = Age::All;
  OpId op = 0;
  uint32_t literal = 0;         // DriveOnce, RequireOld: which one
  uint32_t index = 0;           // Probe: which index
  uint32_t key = 0;             // Probe: the column that the index is by
  std::vector<Column> columns;  // the key columns, then the class
  bool operator==(const Step&) const = default;
};

// Whether a Probe can narrow its group by the index's second column: its value
// is known before, and not bound by the very row that is looked for.
bool narrows(const Step& probe, const IndexKey& index);

// A match of a rule: what stands in its slots. Slots are the left side's nodes
// in their order, as classes.
struct Emit {
  uint32_t rule = 0;
  std::vector<Operand> slots;
};

struct PlanNode {
  Step step;
  std::vector<uint32_t> children;
  std::vector<Emit> emits;
};

struct Plan {
  std::vector<PlanNode> nodes;
  std::vector<uint32_t> roots;
  std::vector<Literal> literals;
  std::vector<IndexKey> indexes;
  uint32_t registers = 0;  // the most that a path of the forest needs
};

Plan make_plan(std::span<const Rule> rules);

// One step a line, indented by depth, as in this file's comment.
std::string print_plan(const Plan& plan, std::span<const Rule> rules,
                       const Signature& signature);

}  // namespace hone::rewrite::egraph
