// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "env/session.h"
#include "program/pipeline.h"
#include "toolkit/prepare.h"
#include "toolkit/recipe_parts.h"
#include "toolkit/size_change.h"

namespace hone::toolkit {

using env::Evaluation;
using program::Recipe;

Result<Explanation> explain(const ExplainRequest& request) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const Prepared prepared,
                        prepare(tools, request.inputs, request.flags,
                                request.protocol, request.level, request.stop));
  HONE_ASSIGN_OR_RETURN(const program::Pipeline stock_pipeline,
                        program::parse_pipeline(prepared.pipeline));
  const std::vector<RecipePart> parts =
      recipe_parts(request.recipe, stock_pipeline, prepared.subject.level);
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<env::Session> session,
                        env::Session::open(tools, prepared.subject,
                                           {.jobs = request.jobs,
                                            .store = request.store,
                                            .failures = {},
                                            .stop = request.stop}));
  std::vector<Recipe> recipes = {request.recipe};
  for (const RecipePart& part : parts) recipes.push_back(part.without);
  const std::vector<Evaluation> evaluations = session->evaluate(recipes);
  if (request.stop.stop_requested())
    return Error(ErrorKind::Interrupted, "stopped before all was compiled");
  const Evaluation& whole = evaluations.front();
  if (!whole.ok())
    return Error(ErrorKind::ToolFailed,
                 fmt::format("the recipe does not compile this input: {}",
                             whole.failure));
  Explanation explanation;
  explanation.objective = request.protocol == program::Protocol::Paper
                              ? env::Objective::Instructions
                              : env::Objective::LoadedBytes;
  explanation.stock = prepared.stock;
  explanation.result = whole.sizes;
  explanation.stock_cost = explanation.objective == env::Objective::Instructions
                               ? session->stock().instructions
                               : static_cast<int64_t>(prepared.stock.loaded());
  explanation.result_cost = env::cost(whole, explanation.objective);
  for (size_t i = 0; i < parts.size(); ++i) {
    const Evaluation& left_out = evaluations[i + 1];
    PartWorth worth{.kind = parts[i].kind,
                    .text = parts[i].text,
                    .functions = parts[i].functions};
    if (left_out.ok())
      worth.lost =
          env::cost(left_out, explanation.objective) - explanation.result_cost;
    else
      worth.failure = left_out.failure;
    explanation.parts.push_back(std::move(worth));
  }
  std::sort(explanation.parts.begin(), explanation.parts.end(),
            [](const PartWorth& a, const PartWorth& b) {
              return std::tuple(-a.lost, a.kind, a.text) <
                     std::tuple(-b.lost, b.kind, b.text);
            });
  return explanation;
}

Json to_json(const Explanation& explanation) {
  Json parts = Json::array();
  for (const PartWorth& part : explanation.parts)
    parts.push_back({{"kind", part.kind},
                     {"text", part.text},
                     {"functions", part.functions},
                     {"lost", part.lost},
                     {"failure", part.failure}});
  return {{"objective", env::objective_name(explanation.objective)},
          {"stock_cost", explanation.stock_cost},
          {"result_cost", explanation.result_cost},
          {"parts", parts},
          {"sections",
           to_json(changes_by_section(explanation.stock, explanation.result))},
          {"functions", to_json(changes_by_function(explanation.stock,
                                                    explanation.result))}};
}

}  // namespace hone::toolkit
