// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options of the optimiser and the code generator that change size or speed, as
// written in knobs.def.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "program/tier.h"

namespace hone::program {

// Who obeys a knob: the passes (opt-22), code generation (clang-22 -mllvm), or
// both, which then have to be told the same value.
enum class KnobStage { Pass, Codegen, Both };

std::string_view knob_stage_name(KnobStage stage);

struct KnobInfo {
  std::string_view name;    // "tail-merge-size"
  std::string_view option;  // "-tail-merge-size"
  // Worth trying. An empty value is the option by itself.
  std::vector<std::string_view> values;
  // Those of them that are experimental although the knob is stable.
  std::vector<std::string_view> experimental_values;
  KnobStage stage;
  Tier tier;
  // Name of the rule of knob_rules.h that says when it is safe.
  std::string_view rule;
  std::string_view effect;  // measured, with the place
  std::string_view sentence;
};

// Sorted by name. The span lives as long as the process.
std::span<const KnobInfo> knobs();

const KnobInfo* find_knob(std::string_view name);

// The knob's tier, or Experimental where only this value is.
Tier tier_of_value(const KnobInfo& knob, std::string_view value);

// "-tail-merge-size=2", or "-enable-ipra" for an empty value: a word for opt,
// or for clang after -mllvm. Values beyond those of the table are taken
// literally.
std::string option_text(const KnobInfo& knob, std::string_view value);

}  // namespace hone::program
