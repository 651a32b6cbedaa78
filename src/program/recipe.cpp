// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/recipe.h"

#include <fmt/format.h>

namespace hone::program {

Recipe stock_recipe(std::string_view level) {
  return {.stages = {{.pipeline = fmt::format("default<{}>", level)}}};
}

Hash128 recipe_key(const Recipe& recipe) {
  return hash_bytes(to_text(to_json(recipe)));
}

Json to_json(const Recipe& recipe) {
  Json stages = Json::array();
  for (const Stage& stage : recipe.stages) {
    stages.push_back({{"pipeline", stage.pipeline}});
  }
  Json attributes = Json::object();
  for (const auto& [function, settings] : recipe.attributes)
    if (!settings.empty()) attributes[function] = settings;
  return {{"stages", stages},
          {"pass_options", recipe.pass_options},
          {"attributes", attributes},
          {"codegen_options", recipe.codegen_options}};
}

Result<Recipe> recipe_from_json(const Json& json) {
  Recipe recipe;
  HONE_ASSIGN_OR_RETURN(recipe.pass_options, json_strings(json, "pass_options"));
  HONE_ASSIGN_OR_RETURN(recipe.codegen_options,
                        json_strings(json, "codegen_options"));
  if (!json.contains("stages") || !json["stages"].is_array() ||
      !json.contains("attributes") || !json["attributes"].is_object())
    return Error(ErrorKind::Malformed,
                 "a recipe has a list \"stages\" and an object \"attributes\"");
  for (const Json& row : json["stages"]) {
    Stage stage;
    HONE_ASSIGN_OR_RETURN(stage.pipeline, json_string(row, "pipeline"));
    recipe.stages.push_back(std::move(stage));
  }
  for (const auto& [function, settings] : json["attributes"].items()) {
    for (const auto& [name, value] : settings.items()) {
      if (!value.is_string())
        return Error(ErrorKind::Malformed,
                     fmt::format("attribute '{}' of '{}' is no string", name,
                                 function));
      recipe.attributes[function][name] = value.get<std::string>();
    }
  }
  return recipe;
}

}  // namespace hone::program
