// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The document that `hone opt --json` prints.
#include "toolkit/optimize.h"

namespace hone::toolkit {

namespace {

Json sizes_json(const program::ObjectSizes& sizes) {
  Json json = {{"loaded", sizes.loaded()},
               {"text_rodata", sizes.text_rodata()},
               {"nobits", sizes.nobits()}};
  json.update(program::to_json(sizes));
  return json;
}

Json image_json(const std::optional<Sizes>& sizes) {
  if (!sizes) return nullptr;
  return {{"loaded", sizes->loaded},
          {"text_rodata", sizes->text_rodata},
          {"nobits", sizes->nobits}};
}

Json verdict_json(const verify::FunctionVerdict& verdict) {
  return {{"name", verdict.name},
          {"bytes", verdict.bytes},
          {"evidence", verify::evidence_name(verdict.evidence)},
          {"inputs", verdict.inputs},
          {"blocks", verdict.blocks},
          {"blocks_run", verdict.blocks_run},
          {"via", verdict.via},
          {"reason", verdict.reason}};
}

Json times_json(const RunTimes& times) {
  return {{"stock_seconds", times.stock_seconds},
          {"candidate_seconds", times.candidate_seconds},
          {"ratio", times.ratio},
          {"low", times.low},
          {"high", times.high},
          {"distinguishable", times.distinguishable}};
}

}  // namespace

Json to_json(const OptimizeReport& report) {
  Json functions = Json::array();
  for (const verify::FunctionVerdict& verdict : report.functions)
    functions.push_back(verdict_json(verdict));
  Json rejected = Json::array();
  for (const RejectedCandidate& candidate : report.rejected)
    rejected.push_back({{"loaded", candidate.loaded},
                        {"why", candidate.why},
                        {"recipe", program::to_json(candidate.recipe)}});
  return {{"input", report.input},
          {"input_hash", report.input_hash.hex()},
          {"compiler", report.compiler},
          {"protocol", program::protocol_name(report.protocol)},
          {"objective", env::objective_name(report.objective)},
          {"improved", report.improved},
          {"stock", sizes_json(report.stock)},
          {"result", sizes_json(report.result)},
          {"stock_image", image_json(report.stock_image)},
          {"result_image", image_json(report.result_image)},
          {"stock_instructions", report.stock_instructions},
          {"result_instructions", report.result_instructions},
          {"functions", functions},
          {"rejected", rejected},
          {"times", report.times ? times_json(*report.times) : Json(nullptr)},
          {"stop_reason", stop_reason_name(report.stop_reason)},
          {"search_failure", report.search_failure},
          {"compiles", report.compiles},
          {"from_store", report.from_store},
          {"failed", report.failed},
          {"seconds", report.seconds},
          {"mode", program::to_json(report.mode)},
          {"recipe", program::to_json(report.recipe)},
          {"script", report.script}};
}

}  // namespace hone::toolkit
