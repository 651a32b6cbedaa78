// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a search may vary for one subject: the rows of the tables that are of
// the allowed tier and safe for this module and these flags.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "env/evaluation.h"
#include "program/pipeline.h"
#include "program/tier.h"

namespace hone::search {

// One way to compile the whole module, of which single functions may be kept.
struct Variant {
  program::Attributes attributes;  // for every function that may take them
  // Whether the options come on top of the fixed recipe's.
  bool on_recipe = false;
  std::string late_pipeline;
  // With a `!` before it, an option of the fixed recipe that is left out.
  std::vector<std::string> codegen_options;
  // Smaller at a price in time: not for functions that contain a loop.
  bool slow_in_loops = false;
};

// One value of one knob.
struct KnobChoice {
  std::string knob;
  std::string option;        // "-inline-threshold=-20"
  bool for_passes = false;   // given to opt
  bool for_codegen = false;  // given to clang's code generator
  // Whether the fixed recipe contains it.
  bool in_recipe = false;
};

// Functions below this many IR instructions are left without a frame pointer
// and without -Oz's push and pop of constants in the fixed recipe: in them the
// unwind directives cost more than either saves.
inline constexpr int64_t kTinyFunction = 24;

struct Space {
  std::vector<Variant> variants;     // most useful first
  std::vector<KnobChoice> knobs;     // most useful first
  program::Pipeline stock_pipeline;  // default<Oz> written out
  program::Recipe fixed;             // what budget 1 buys
  // Functions that keep the stock code. Where there are any, the passes and the
  // base of a composition are stock's too.
  std::set<std::string> frozen;
  std::vector<program::PipelineNode> passes;  // that may be inserted
};

// `stock_pipeline_text` is what `opt -print-pipeline-passes` says; `stock` is
// the evaluation of the stock recipe.
Result<Space> make_space(const env::Subject& subject,
                         const env::Evaluation& stock, program::Tier tier,
                         std::string_view stock_pipeline_text);

// Fills in the passes of that tier that an edit may insert.
void add_passes(Space& space, program::Tier tier);

// The recipe with one more knob; another value of the same knob goes.
program::Recipe with_knob(program::Recipe recipe, const KnobChoice& choice);

// The recipe without an option, whatever its value.
program::Recipe without_knob(program::Recipe recipe, std::string_view option);

std::string replace_all(std::string text, std::string_view from,
                        std::string_view to);

// A variant as an alternative for the functions of a state.
program::Alternative alternative_of(const Variant& variant, const Space& space,
                                    const env::Evaluation& state);

// The recipe whose whole module is compiled in a variant's way.
program::Recipe with_variant(program::Recipe recipe, const Variant& variant,
                             const Space& space, const env::Evaluation& state);

}  // namespace hone::search
