// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "store/store.h"

namespace hone::store {

namespace {

Json row_to_json(const Row& row) {
  return {{"key", row.key.hex()},     {"input", row.input.hex()},
          {"recipe", row.recipe},     {"mode", row.mode},
          {"compiler", row.compiler}, {"metric_version", row.metric_version},
          {"final", row.final},       {"result", row.result}};
}

Result<Row> row_from_json(const Json& json) {
  Row row;
  HONE_ASSIGN_OR_RETURN(const std::string key, json_string(json, "key"));
  HONE_ASSIGN_OR_RETURN(row.key, parse_hash(key));
  HONE_ASSIGN_OR_RETURN(const std::string input, json_string(json, "input"));
  HONE_ASSIGN_OR_RETURN(row.input, parse_hash(input));
  HONE_ASSIGN_OR_RETURN(row.recipe, json_string(json, "recipe"));
  HONE_ASSIGN_OR_RETURN(row.mode, json_string(json, "mode"));
  HONE_ASSIGN_OR_RETURN(row.compiler, json_string(json, "compiler"));
  HONE_ASSIGN_OR_RETURN(row.metric_version,
                        json_integer(json, "metric_version"));
  HONE_ASSIGN_OR_RETURN(row.final, json_boolean(json, "final"));
  HONE_ASSIGN_OR_RETURN(row.result, json_string(json, "result"));
  return row;
}

Json step_to_json(const StepRow& row) {
  return {{"key", row.key.hex()},
          {"parent", row.parent.hex()},
          {"environment", row.environment},
          {"benchmark", row.benchmark},
          {"reward_space", row.reward_space},
          {"compiler", row.compiler},
          {"action", row.action},
          {"depth", row.depth},
          {"reward", row.reward},
          {"changed", row.changed},
          {"observation", row.observation}};
}

Result<StepRow> step_from_json(const Json& json) {
  StepRow row;
  HONE_ASSIGN_OR_RETURN(const std::string key, json_string(json, "key"));
  HONE_ASSIGN_OR_RETURN(row.key, parse_hash(key));
  HONE_ASSIGN_OR_RETURN(const std::string parent, json_string(json, "parent"));
  HONE_ASSIGN_OR_RETURN(row.parent, parse_hash(parent));
  HONE_ASSIGN_OR_RETURN(row.environment, json_string(json, "environment"));
  HONE_ASSIGN_OR_RETURN(row.benchmark, json_string(json, "benchmark"));
  HONE_ASSIGN_OR_RETURN(row.reward_space, json_string(json, "reward_space"));
  HONE_ASSIGN_OR_RETURN(row.compiler, json_string(json, "compiler"));
  HONE_ASSIGN_OR_RETURN(row.action, json_string(json, "action"));
  HONE_ASSIGN_OR_RETURN(row.depth, json_integer(json, "depth"));
  HONE_ASSIGN_OR_RETURN(row.reward, json_number(json, "reward"));
  HONE_ASSIGN_OR_RETURN(row.changed, json_boolean(json, "changed"));
  HONE_ASSIGN_OR_RETURN(row.observation, json_string(json, "observation"));
  if (row.key != step_key(row))
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is not the key of this step", key));
  return row;
}

}  // namespace

Result<RowCounts> export_rows(Store& store, const std::filesystem::path& to) {
  std::string text;
  RowCounts counts;
  HONE_RETURN_IF_ERROR(store.for_each([&](const Row& row) {
    text += to_text(row_to_json(row)) + "\n";
    ++counts.evaluations;
    return Status();
  }));
  HONE_RETURN_IF_ERROR(store.for_each_step([&](const StepRow& row) {
    text += to_text(step_to_json(row)) + "\n";
    ++counts.steps;
    return Status();
  }));
  HONE_RETURN_IF_ERROR(write_file(to, text));
  return counts;
}

Result<RowCounts> import_rows(Store& store, const std::filesystem::path& from) {
  HONE_ASSIGN_OR_RETURN(const std::string text, read_file(from));
  std::vector<Row> rows;
  std::vector<StepRow> steps;
  int64_t line_number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++line_number;
    if (trim(line).empty()) continue;
    const std::string what =
        fmt::format("'{}', line {}", from.string(), line_number);
    HONE_ASSIGN_OR_RETURN(const Json json, parse_json(line, what));
    if (json.is_object() && json.contains("action")) {
      Result<StepRow> step = step_from_json(json);
      if (!step.ok()) return std::move(step).error().in(what);
      steps.push_back(*std::move(step));
    } else {
      Result<Row> row = row_from_json(json);
      if (!row.ok()) return std::move(row).error().in(what);
      rows.push_back(*std::move(row));
    }
  }
  HONE_RETURN_IF_ERROR(store.insert(rows));
  HONE_RETURN_IF_ERROR(store.insert_steps(steps));
  return RowCounts{.evaluations = static_cast<int64_t>(rows.size()),
                   .steps = static_cast<int64_t>(steps.size())};
}

}  // namespace hone::store
