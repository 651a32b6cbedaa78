// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a search may vary for one subject: the rows of the tables that are of
// the allowed tier and safe for this module and these flags.
#pragma once

#include <string>
#include <vector>

#include "env/evaluation.h"
#include "program/pipeline.h"
#include "program/tier.h"

namespace hone::search {

// Attributes that a whole-module compile puts on every function.
struct Variant {
  std::string name;
  program::Attributes attributes;
};

// One value of one knob.
struct KnobChoice {
  std::string knob;
  std::string option;      // "-inline-threshold=-20"
  bool for_passes = false; // given to opt, else to clang's code generator
  // Whether the fixed recipe contains it.
  bool in_recipe = false;
};

struct Space {
  std::vector<Variant> variants;    // most useful first
  std::vector<KnobChoice> knobs;    // most useful first
  program::Pipeline stock_pipeline; // default<Oz> written out
  std::vector<program::PipelineNode> passes;  // that may be inserted
};

// `stock_pipeline_text` is what `opt -print-pipeline-passes` says.
Result<Space> make_space(const env::Subject& subject, program::Tier tier,
                         std::string_view stock_pipeline_text);

// The recipe with one more knob; another value of the same knob goes.
program::Recipe with_knob(program::Recipe recipe, const KnobChoice& choice);

// The recipe with a variant on every function that may take it.
program::Recipe with_variant(program::Recipe recipe, const Variant& variant,
                             const env::Evaluation& state);

}  // namespace hone::search
