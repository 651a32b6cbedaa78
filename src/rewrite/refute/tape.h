// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A term as a flat list of operators, run over a batch of samples.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "term/context.h"

namespace hone::rewrite {

// Samples that run together: two registers of 512 bits.
inline constexpr int kLanes = 16;

using Lanes = std::array<int64_t, kLanes>;

class Tape {
 public:
  // Compiles the roots, which share subterms. False where a number of theirs
  // is no word; then only the reference evaluator can tell.
  bool compile(const term::Context& context, std::span<const term::Term> roots);

  std::span<const term::Term> variables() const { return variables_; }
  // Words that stand in the terms, for boundary values.
  std::span<const int64_t> constants() const { return constants_; }

  // Whether values of at most this magnitude keep every operator within a word.
  bool fits(int64_t magnitude) const;

  // The batch's values of variable i, to be filled before run().
  Lanes& input(size_t variable) { return values_[inputs_[variable]]; }
  void run();
  const Lanes& output(size_t root) const { return values_[outputs_[root]]; }

 private:
  struct Step {
    term::Op op;
    uint32_t a = 0, b = 0, c = 0;  // slots of the operands
  };
  std::vector<Step> steps_;  // one a slot
  std::vector<Lanes> values_;
  std::vector<term::Term> variables_;
  std::vector<uint32_t> inputs_;
  std::vector<uint32_t> outputs_;
  std::vector<int64_t> constants_;
  // The slot of each term that was met in this compilation.
  std::vector<uint32_t> slots_;
  std::vector<uint32_t> met_;
  std::vector<term::Term> open_;
  mutable std::vector<double> magnitudes_;
  std::vector<int64_t> words_;  // of constants, by slot
};

}  // namespace hone::rewrite
