// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/evaluation.h"

#include <fmt/format.h>

namespace hone::env {

namespace {

constexpr std::string_view kOutcomes[] = {"ok", "invalid", "malformed",
                                          "crashed", "killed"};

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  return kOutcomes[static_cast<size_t>(outcome)];
}

Json to_json(const program::FunctionFacts& facts) {
  return {{"name", facts.name},
          {"instructions", facts.instructions},
          {"local", facts.local},
          {"callers", facts.callers},
          {"has_loop", facts.has_loop},
          {"has_indirect_branch", facts.has_indirect_branch},
          {"unsafe_attributes", facts.unsafe_attributes}};
}

Result<program::FunctionFacts> function_facts_from_json(const Json& json) {
  program::FunctionFacts facts;
  HONE_ASSIGN_OR_RETURN(facts.name, json_string(json, "name"));
  HONE_ASSIGN_OR_RETURN(facts.instructions, json_integer(json, "instructions"));
  HONE_ASSIGN_OR_RETURN(facts.local, json_boolean(json, "local"));
  HONE_ASSIGN_OR_RETURN(facts.callers, json_integer(json, "callers"));
  HONE_ASSIGN_OR_RETURN(facts.has_loop, json_boolean(json, "has_loop"));
  HONE_ASSIGN_OR_RETURN(facts.has_indirect_branch,
                        json_boolean(json, "has_indirect_branch"));
  HONE_ASSIGN_OR_RETURN(facts.unsafe_attributes,
                        json_strings(json, "unsafe_attributes"));
  return facts;
}

Json to_json(const Evaluation& evaluation) {
  Json json = {{"outcome", outcome_name(evaluation.outcome)},
               {"failure", evaluation.failure},
               {"instructions", evaluation.instructions},
               {"state", evaluation.state.hex()},
               {"cpu_seconds", evaluation.cpu_seconds},
               {"sizes", program::to_json(evaluation.sizes)}};
  Json functions = Json::array();
  for (const program::FunctionFacts& facts : evaluation.functions)
    functions.push_back(to_json(facts));
  json["functions"] = functions;
  return json;
}

Result<Evaluation> evaluation_from_json(const Json& json) {
  Evaluation evaluation;
  HONE_ASSIGN_OR_RETURN(const std::string outcome,
                        json_string(json, "outcome"));
  const auto* found =
      std::find(std::begin(kOutcomes), std::end(kOutcomes), outcome);
  if (found == std::end(kOutcomes))
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no outcome of an evaluation", outcome));
  evaluation.outcome = static_cast<Outcome>(found - std::begin(kOutcomes));
  HONE_ASSIGN_OR_RETURN(evaluation.failure, json_string(json, "failure"));
  HONE_ASSIGN_OR_RETURN(evaluation.instructions,
                        json_integer(json, "instructions"));
  HONE_ASSIGN_OR_RETURN(const std::string state, json_string(json, "state"));
  HONE_ASSIGN_OR_RETURN(evaluation.state, parse_hash(state));
  HONE_ASSIGN_OR_RETURN(evaluation.cpu_seconds,
                        json_number(json, "cpu_seconds"));
  if (!json.contains("sizes") || !json.contains("functions") ||
      !json["functions"].is_array())
    return Error(ErrorKind::Malformed,
                 "an evaluation has \"sizes\" and \"functions\"");
  HONE_ASSIGN_OR_RETURN(evaluation.sizes,
                        program::object_sizes_from_json(json["sizes"]));
  for (const Json& row : json["functions"]) {
    HONE_ASSIGN_OR_RETURN(program::FunctionFacts facts,
                          function_facts_from_json(row));
    evaluation.functions.push_back(std::move(facts));
  }
  return evaluation;
}

std::string_view objective_name(Objective objective) {
  return objective == Objective::Instructions ? "IR instructions"
                                              : "loaded bytes";
}

int64_t cost(const Evaluation& evaluation, Objective objective) {
  return objective == Objective::Instructions
             ? evaluation.instructions
             : static_cast<int64_t>(evaluation.sizes.loaded());
}

}  // namespace hone::env
