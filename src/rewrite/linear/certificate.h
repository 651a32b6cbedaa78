// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why a set of conditions cannot hold together: a tree of cases whose leaves
// are sums of facts.
#pragma once

#include <cstdint>
#include <vector>

#include "rewrite/linear/forms.h"

namespace hone::rewrite::linear {

// An inequality "form >= 0" that a leaf may add up, named by where it comes
// from.
enum class Origin : uint8_t {
  BooleanLow,        // b >= 0 of a Bool variable; index: its atom
  BooleanHigh,       // 1 - b >= 0
  FloorLow,          // F - c·q >= 0 of q = floor(F / c)
  FloorHigh,         // c - 1 - F + c·q >= 0
  LeastZero,         // -m >= 0 of m = min(0, F)
  LeastForm,         // F - m >= 0
  LeastCase,         // in a case of m: F >= 0, or -1 - F >= 0
  LeastValue,        // in a case of m: m >= 0, or m - F >= 0
  ChoiceLow,         // where the condition is known: a - F >= 0, or a >= 0
  ChoiceHigh,        // the other direction
  RemainderLow,      // r >= 0 of r = F % D
  RemainderForm,     // in a case of F >= 0: F - r >= 0 of r = F % D
  DivisorCase,       // in a case of D: D - 1 >= 0, or -D >= 0
  NegativeCase,      // in a case of D: -1 - D >= 0, or D >= 0
  DividendCase,      // in a case of F: F >= 0, or -1 - F >= 0
  QuotientLow,       // where D is not 0: F - qD >= 0 of q = F / D
  QuotientHigh,      // |D| - 1 - F + qD >= 0
  QuotientSign,      // where the signs of F and D are known: that of q
  QuotientSize,      // |F| - |q| >= 0
  QuotientNoneLow,   // where D is 0: q >= 0
  QuotientNoneHigh,  // -q >= 0
  DivisionLow,       // where D is not 0: F - qD - r >= 0 of r = F % D
  DivisionHigh,      // qD + r - F >= 0
  RemainderValue,    // in a case of D: D - 1 - r >= 0, or -D - r >= 0
  SquareLow,         // p >= 0 of a product of even powers
  SquareUp,          // p - a >= 0 of p = a·a
  SquareDown,        // p + a >= 0
  Literal,      // a comparison that holds or does not; index: its condition
  LiteralBack,  // the second inequality of an equality
  ZeroCase,     // in a case of an equality that does not hold; its condition
  Split,        // in a case of a value; index: into splits
  Cut           // what an enclosing node Cut or Product says; index: its
};

struct Fact {
  Origin origin;
  int32_t index = -1;
};

struct Share {
  Fact fact;
  int64_t multiplier;
};

enum class NodeKind : uint8_t {
  Sum,           // Σ multiplier · fact is a negative constant
  Parity,        // Σ and its negation both round to something impossible
  Clash,         // a condition would be true and false
  CaseCond,      // left: the condition holds; right: it does not
  CaseLeast,     // left: F >= 0 of the atom min(0, F); right: F <= -1
  CaseDivisor,   // left: D >= 1 of the atom F % D; right: D <= 0
  CaseNegative,  // left: D <= -1 of the atom F / D; right: D >= 0
  CaseDividend,  // left: F >= 0 of the atom F / D or F % D; right: F <= -1
  CaseZero,      // left: form >= 1 of the condition; right: form <= -1
  Split,         // left: atom >= value of splits[index]; right: atom < value
  Cut,     // Σ multiplier · fact, rounded, is a fact in left; index: its name
  Product  // the product of two facts is a fact in left; index: its name
};

struct Node {
  NodeKind kind;
  int32_t index = -1;  // condition, atom or split
  int32_t left = -1;
  int32_t right = -1;
  // Leaves and cuts: shares_[begin, begin + size). Those of Parity stand in
  // pairs, the fact and the opposite one, for the two sums.
  int32_t begin = 0;
  int32_t size = 0;
};

struct ValueSplit {
  AtomId atom;
  int64_t value;
};

struct Certificate {
  std::vector<Node> nodes;
  std::vector<Share> shares;
  std::vector<ValueSplit> splits;
  int32_t root = -1;
  // Without, all of it is forgotten at once: what keeping costs is measured so.
  bool is_kept = true;

  // The node's number.
  int32_t add(const Node& node) {
    if (!is_kept) nodes.clear();
    nodes.push_back(node);
    return static_cast<int32_t>(nodes.size()) - 1;
  }
  void add(const Share& share) {
    if (is_kept) shares.push_back(share);
  }

  void clear() {
    nodes.clear();
    shares.clear();
    splits.clear();
    root = -1;
  }
};

}  // namespace hone::rewrite::linear
