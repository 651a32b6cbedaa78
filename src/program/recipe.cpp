// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/recipe.h"

#include <fmt/format.h>

namespace hone::program {

namespace {

using AttributeMap = std::map<std::string, Attributes>;

Json attributes_to_json(const AttributeMap& attributes) {
  Json json = Json::object();
  for (const auto& [function, settings] : attributes)
    if (!settings.empty()) json[function] = settings;
  return json;
}

Result<AttributeMap> attributes_from_json(const Json& json,
                                          const char* key = "attributes") {
  AttributeMap attributes;
  if (!json.contains(key) || !json[key].is_object())
    return Error(ErrorKind::Malformed,
                 fmt::format("expected an object \"{}\"", key));
  for (const auto& [function, settings] : json[key].items()) {
    if (!settings.is_object())
      return Error(
          ErrorKind::Malformed,
          fmt::format("the attributes of '{}' are no object", function));
    for (const auto& [name, value] : settings.items()) {
      if (!value.is_string())
        return Error(
            ErrorKind::Malformed,
            fmt::format("attribute '{}' of '{}' is no string", name, function));
      attributes[function][name] = value.get<std::string>();
    }
  }
  return attributes;
}

}  // namespace

Recipe stock_recipe(std::string_view level) {
  return {.stages = {{.pipeline = fmt::format("default<{}>", level)}}};
}

Hash128 recipe_key(const Recipe& recipe) {
  return hash_bytes(to_text(to_json(recipe)));
}

Recipe recipe_of(const Recipe& recipe, const Alternative& alternative) {
  Recipe alone;
  alone.early_attributes = recipe.early_attributes;
  alone.stages = recipe.stages;
  alone.pass_options = recipe.pass_options;
  if (!alternative.late_pipeline.empty())
    alone.stages.push_back({alternative.late_pipeline});
  alone.attributes = alternative.attributes;
  alone.codegen_options = alternative.codegen_options;
  return alone;
}

Json to_json(const Recipe& recipe) {
  Json stages = Json::array();
  for (const Stage& stage : recipe.stages) {
    stages.push_back({{"pipeline", stage.pipeline}});
  }
  Json json = {{"stages", stages},
               {"pass_options", recipe.pass_options},
               {"attributes", attributes_to_json(recipe.attributes)},
               {"codegen_options", recipe.codegen_options}};
  if (!recipe.early_attributes.empty())
    json["early_attributes"] = attributes_to_json(recipe.early_attributes);
  if (recipe.alternatives.empty()) return json;
  Json alternatives = Json::array();
  for (const Alternative& alternative : recipe.alternatives)
    alternatives.push_back(
        {{"late_pipeline", alternative.late_pipeline},
         {"attributes", attributes_to_json(alternative.attributes)},
         {"codegen_options", alternative.codegen_options}});
  json["alternatives"] = alternatives;
  json["chosen"] = recipe.chosen;
  return json;
}

Result<Recipe> recipe_from_json(const Json& json) {
  Recipe recipe;
  HONE_ASSIGN_OR_RETURN(recipe.pass_options,
                        json_strings(json, "pass_options"));
  HONE_ASSIGN_OR_RETURN(recipe.codegen_options,
                        json_strings(json, "codegen_options"));
  if (!json.contains("stages") || !json["stages"].is_array())
    return Error(ErrorKind::Malformed, "a recipe has a list \"stages\"");
  for (const Json& row : json["stages"]) {
    Stage stage;
    HONE_ASSIGN_OR_RETURN(stage.pipeline, json_string(row, "pipeline"));
    recipe.stages.push_back(std::move(stage));
  }
  HONE_ASSIGN_OR_RETURN(recipe.attributes, attributes_from_json(json));
  if (json.contains("early_attributes")) {
    HONE_ASSIGN_OR_RETURN(recipe.early_attributes,
                          attributes_from_json(json, "early_attributes"));
  }
  if (!json.contains("alternatives")) return recipe;
  if (!json["alternatives"].is_array() || !json.contains("chosen") ||
      !json["chosen"].is_object())
    return Error(ErrorKind::Malformed,
                 "expected a list \"alternatives\" and an object \"chosen\"");
  for (const Json& row : json["alternatives"]) {
    Alternative alternative;
    HONE_ASSIGN_OR_RETURN(alternative.late_pipeline,
                          json_string(row, "late_pipeline"));
    HONE_ASSIGN_OR_RETURN(alternative.attributes, attributes_from_json(row));
    HONE_ASSIGN_OR_RETURN(alternative.codegen_options,
                          json_strings(row, "codegen_options"));
    recipe.alternatives.push_back(std::move(alternative));
  }
  for (const auto& [function, index] : json["chosen"].items()) {
    if (!index.is_number_unsigned() ||
        index.get<size_t>() >= recipe.alternatives.size())
      return Error(ErrorKind::Malformed,
                   fmt::format("function '{}' is taken from an alternative "
                               "that does not exist",
                               function));
    recipe.chosen[function] = index.get<size_t>();
  }
  return recipe;
}

}  // namespace hone::program
