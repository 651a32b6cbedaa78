// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The passes an optimiser may choose from, as written in passes.def.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "program/tier.h"

namespace hone::program {

// What a pass is run over.
enum class PassLevel { Module, Cgscc, Function, LoopNest, Loop };

std::string_view pass_level_name(PassLevel level);

struct PassInfo {
  std::string_view name;  // "licm"
  PassLevel level;
  Tier tier;
  // A loop pass that has to stand in loop-mssa(...).
  bool needs_memory_ssa;
  // Texts that may stand in the brackets. The first one is canonical; an empty
  // text is the pass without brackets.
  std::vector<std::string_view> parameters;
  // Those of them that are experimental although the pass is stable.
  std::vector<std::string_view> experimental_parameters;
  std::string_view sentence;
};

// Sorted by name. The span and its views live as long as the process.
std::span<const PassInfo> passes();

const PassInfo* find_pass(std::string_view name);

// The tier of the pass with exactly these parameters: one of its texts, or
// several items of its texts joined by `;`, where any number is as good as
// another ("bonus-inst-threshold=3"). Nothing for what the table does not know,
// such as plain instcombine, which can abort the process.
std::optional<Tier> tier_of(const PassInfo& pass, std::string_view parameters);

// A pipeline that opt accepts at module level: "function(gvn)",
// "function(loop-mssa(licm<allowspeculation>))", "cgscc(inline)". Parameters
// are taken literally; without them the canonical text is used.
std::string nested_text(const PassInfo& pass, std::string_view parameters);
std::string nested_text(const PassInfo& pass);

}  // namespace hone::program
