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

// One way to compile the whole module, of which single functions may be kept.
struct Variant {
  program::Attributes attributes;  // for every function that may take them
  std::string late_pipeline;
  std::vector<std::string> codegen_options;

  // Whether it can be had without splicing.
  bool attributes_only() const {
    return late_pipeline.empty() && codegen_options.empty();
  }
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

// A variant as an alternative for the functions of a state.
program::Alternative alternative_of(const Variant& variant,
                                    const env::Evaluation& state);

// The recipe whose whole module is compiled in a variant's way.
program::Recipe with_variant(program::Recipe recipe, const Variant& variant,
                             const env::Evaluation& state);

}  // namespace hone::search
