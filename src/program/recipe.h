// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A recipe says how an object is derived from unoptimised bitcode, in terms of
// plain `opt` and `clang` commands. It is what a search proposes, what the
// store keys on, what is printed to the user and what `hone cc` applies.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "base/result.h"

namespace hone::program {

// One run of `opt`.
struct Stage {
  std::string pipeline;

  bool operator==(const Stage&) const = default;
};

// Settings of attributes.def for one function: "codegen" to "optsize".
using Attributes = std::map<std::string, std::string>;

// Another compile of the module that the stages made; functions may be taken
// from it. See assembly.h for why that is sound.
struct Alternative {
  // Function passes run after the stages, "" for none.
  std::string late_pipeline;
  // Put on every function that may take them.
  std::map<std::string, Attributes> attributes;
  std::vector<std::string> codegen_options;

  bool operator==(const Alternative&) const = default;
};

struct Recipe {
  // Set before the first stage; read by the inliner.
  std::map<std::string, Attributes> early_attributes;
  std::vector<Stage> stages;
  // Options of the optimiser ("-inline-threshold=-20"), one process's worth.
  std::vector<std::string> pass_options;
  // Set after the stages; read by the code generator.
  std::map<std::string, Attributes> attributes;
  // Options of the code generator, given to clang by -mllvm.
  std::vector<std::string> codegen_options;
  std::vector<Alternative> alternatives;
  // Function to index of the alternative its code is taken from.
  std::map<std::string, size_t> chosen;

  bool operator==(const Recipe&) const = default;
};

// The recipe that does what `clang -Oz` (or the given level) does.
Recipe stock_recipe(std::string_view level = "Oz");

// Equal recipes have equal keys; sorted and complete, so order-free parts do
// not matter.
Hash128 recipe_key(const Recipe& recipe);

// The recipe of one alternative alone, for the whole module.
Recipe recipe_of(const Recipe& recipe, const Alternative& alternative);

Json to_json(const Recipe& recipe);
Result<Recipe> recipe_from_json(const Json& json);

}  // namespace hone::program
