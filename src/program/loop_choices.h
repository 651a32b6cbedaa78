// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops of a module, what is known of them, and what LLVM's loop passes are
// told to do with them: vector width, interleaving, unrolling.
//
// A choice is metadata on the loop's latch, the very words that clang writes
// for `#pragma clang loop` (clang/lib/CodeGen/CGLoopInfo.cpp), so that a chosen
// loop is compiled as one that its author annotated. Loops are numbered
// function by function, outer ones before inner ones; a benchmark's unoptimised
// module has the loops of its source.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "program/module.h"

namespace hone::program {

inline constexpr int kFullUnroll = -1;

// 0 leaves the decision to LLVM, or to what the source says.
struct LoopChoice {
  int width = 0;       // lanes; 1: not vectorised
  int interleave = 0;  // iterations at a time; 1: not interleaved
  int unroll = 0;      // factor; 1: not unrolled; kFullUnroll: completely

  bool operator==(const LoopChoice&) const = default;
};

// "width=4;interleave=2;unroll=full"; "stock" for no choice at all. Widths and
// factors are powers of two up to 64 and 1024.
std::string to_text(const LoopChoice& choice);
Result<LoopChoice> parse_loop_choice(std::string_view text);

struct LoopFacts {
  std::string function;
  int64_t number = 0;  // among the function's loops
  std::vector<int64_t> features;
};

// "depth", "instructions", "trip-count", …: see loop_facts.cpp.
std::span<const std::string_view> loop_feature_names();

// Of every loop. Facts are taken from a copy in which variables live in
// registers; the loops of the copy are those of the module.
std::vector<LoopFacts> find_loops(const Module& module);

// In the order of find_loops; loops beyond the choices stay as they are.
void set_loop_choices(Module& module, std::span<const LoopChoice> choices);

}  // namespace hone::program
