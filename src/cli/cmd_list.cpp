// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "program/attribute_table.h"
#include "program/knob_table.h"
#include "program/pass_table.h"
#include "search/search.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> what;
  std::string tier = "all";
};

// One entry of any table; "" where a table has no such column.
struct Row {
  std::string name;
  std::string tier;
  std::string detail;
  std::string sentence;
};

std::string texts(std::span<const std::string_view> values) {
  std::string text;
  for (const std::string_view value : values)
    if (!value.empty())
      text += (text.empty() ? "" : " | ") + std::string(value);
  return text;
}

std::vector<Row> pass_rows() {
  std::vector<Row> rows;
  for (const program::PassInfo& pass : program::passes())
    rows.push_back({std::string(pass.name),
                    std::string(program::tier_name(pass.tier)),
                    std::string(program::pass_level_name(pass.level)),
                    std::string(pass.sentence)});
  return rows;
}

std::vector<Row> knob_rows() {
  std::vector<Row> rows;
  for (const program::KnobInfo& knob : program::knobs())
    rows.push_back(
        {std::string(knob.name), std::string(program::tier_name(knob.tier)),
         std::string(knob.option) +
             (texts(knob.values).empty() ? "" : "=" + texts(knob.values)),
         std::string(knob.sentence)});
  return rows;
}

std::vector<Row> attribute_rows() {
  std::vector<Row> rows;
  for (const program::AttributeInfo& info : program::attributes())
    rows.push_back({fmt::format("{}={}", info.name, info.value),
                    std::string(program::tier_name(info.tier)), "",
                    std::string(info.sentence)});
  return rows;
}

std::vector<Row> search_rows() {
  std::vector<Row> rows;
  for (const search::SearchInfo& info : search::searches())
    rows.push_back(
        {std::string(info.name), "", "", std::string(info.sentence)});
  return rows;
}

std::vector<Row> command_rows() {
  std::vector<Row> rows;
  for (const CommandInfo& info : commands())
    rows.push_back(
        {std::string(info.name), "", "", std::string(info.sentence)});
  return rows;
}

std::vector<Row> error_rows() {
  return {
#define HONE_ERROR(identifier, name, exit_code, sentence) \
  {name, "", "exit code " #exit_code, sentence},
#include "base/errors.def"
#undef HONE_ERROR
  };
}

struct Family {
  std::string_view name;
  std::vector<Row> (*rows)();
};

constexpr Family kFamilies[] = {
    {"attributes", attribute_rows}, {"commands", command_rows},
    {"errors", error_rows},         {"knobs", knob_rows},
    {"passes", pass_rows},          {"searches", search_rows},
};

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) names.emplace_back(family.name);
  return names;
}

Json row_json(const Row& row) {
  Json json = {{"name", row.name}};
  if (!row.tier.empty()) json["tier"] = row.tier;
  if (!row.detail.empty()) json["detail"] = row.detail;
  json["sentence"] = row.sentence;
  return json;
}

Answer run_list(const Options& o) {
  Table table({Align::Left, Align::Left, Align::Left, Align::Left});
  Json list = Json::array();
  for (const Family& family : kFamilies) {
    if (family.name != o.what.front()) continue;
    for (const Row& row : family.rows()) {
      if (o.tier != "all" && !row.tier.empty() && row.tier != o.tier) continue;
      std::vector<std::string> cells = {row.name};
      if (!row.tier.empty()) cells.push_back(row.tier);
      if (!row.detail.empty()) cells.push_back(row.detail);
      cells.push_back(row.sentence);
      table.add(std::move(cells));
      list.push_back(row_json(row));
    }
  }
  return {.text = table.text(), .json = {{o.what.front(), list}}};
}

}  // namespace

Subcommand make_list() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.flags.arguments = {{.name = "FAMILY",
                              .sentence = "What to list.",
                              .target = &options->what,
                              .choices = family_names()}};
  command.flags.flags = {{.name = "tier",
                          .value = "TIER",
                          .sentence = "Of passes, knobs and attributes: only "
                                      "those of one tier.",
                          .target = &options->tier,
                          .choices = {"all", "experimental", "stable"}}};
  command.examples = {{"hone list searches", "Names what --search takes."},
                      {"hone list knobs --tier experimental",
                       "Lists options that only --tier experimental tries."}};
  command.run = [options](Console&) -> Result<Answer> {
    return run_list(*options);
  };
  return command;
}

}  // namespace hone::cli
