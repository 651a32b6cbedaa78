// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

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

}  // namespace

Result<int64_t> export_rows(Store& store, const std::filesystem::path& to) {
  std::string text;
  int64_t count = 0;
  HONE_RETURN_IF_ERROR(store.for_each([&](const Row& row) {
    text += to_text(row_to_json(row)) + "\n";
    ++count;
    return Status();
  }));
  HONE_RETURN_IF_ERROR(write_file(to, text));
  return count;
}

Result<int64_t> import_rows(Store& store, const std::filesystem::path& from) {
  HONE_ASSIGN_OR_RETURN(const std::string text, read_file(from));
  std::vector<Row> rows;
  int64_t line_number = 0;
  // All lines are read before the first row is added: all or nothing.
  for (const std::string& line : split(text, '\n')) {
    ++line_number;
    if (trim(line).empty()) continue;
    const std::string what =
        fmt::format("'{}', line {}", from.string(), line_number);
    HONE_ASSIGN_OR_RETURN(const Json json, parse_json(line, what));
    Result<Row> row = row_from_json(json);
    if (!row.ok()) return std::move(row).error().in(what);
    rows.push_back(*std::move(row));
  }
  for (const Row& row : rows) HONE_RETURN_IF_ERROR(store.insert(row));
  return static_cast<int64_t>(rows.size());
}

}  // namespace hone::store
