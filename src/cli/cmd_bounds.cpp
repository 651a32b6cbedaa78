// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/table.h"
#include "toolkit/prove.h"

namespace hone::cli {

namespace {

using rewrite::Bound;

struct Options {
  std::vector<std::string> expressions;
  std::vector<std::string> assumptions;
};

std::string_view kind_name(Bound::Kind kind) {
  switch (kind) {
    case Bound::Kind::Tight:
      return "tight";
    case Bound::Kind::Proved:
      return "proved";
    case Bound::Kind::Unbounded:
      return "unbounded";
    case Bound::Kind::Open:
      return "open";
  }
  return "";
}

bool has_value(const Bound& bound) {
  return bound.kind == Bound::Kind::Tight || bound.kind == Bound::Kind::Proved;
}

std::string side_text(const char* side, const Bound& bound,
                      const std::vector<toolkit::NamedValue>& at) {
  std::string text = fmt::format("  {}: ", side);
  text += has_value(bound) ? fmt::format("{}", bound.value)
                           : std::string(kind_name(bound.kind));
  if (bound.kind == Bound::Kind::Proved) text += " (may not be reached)";
  std::string where;
  for (const toolkit::NamedValue& v : at)
    where += fmt::format("{}{} = {}", where.empty() ? ", where " : ", ", v.name,
                         v.value);
  return text + where + "\n";
}

Json side_json(const Bound& bound, const std::vector<toolkit::NamedValue>& at) {
  Json json = {{"kind", kind_name(bound.kind)}};
  if (has_value(bound)) json["value"] = bound.value;
  if (at.empty()) return json;
  json["where"] = Json::object();
  for (const toolkit::NamedValue& v : at) json["where"][v.name] = v.value;
  return json;
}

Result<Answer> run_bounds(const Options& o) {
  Answer out;
  Json list = Json::array();
  for (const std::string& expression : o.expressions) {
    HONE_ASSIGN_OR_RETURN(
        const toolkit::BoundsAnswer bounds,
        toolkit::find_bounds({.assumptions = o.assumptions}, expression));
    out.text += expression + "\n" +
                side_text("least", bounds.low, bounds.low_at) +
                side_text("greatest", bounds.high, bounds.high_at);
    list.push_back({{"expression", expression},
                    {"least", side_json(bounds.low, bounds.low_at)},
                    {"greatest", side_json(bounds.high, bounds.high_at)}});
    for (const Bound& side : {bounds.low, bounds.high})
      if (side.kind == Bound::Kind::Open || side.kind == Bound::Kind::Proved)
        out.exit_code = 3;
  }
  out.json = {{"bounds", list}};
  return out;
}

}  // namespace

Subcommand make_bounds() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Finds the least and the greatest value that an expression over integers "
      "can have. Both are proved, and reached by the values that are shown. "
      "Unbounded means that values beyond 2^40 are reached. The exit code is 3 "
      "where the limits on steps left a side open.";
  command.flags.arguments = {{.name = "EXPR",
                              .sentence = "What to bound.",
                              .target = &o.expressions,
                              .most = SIZE_MAX}};
  command.flags.flags = {
      {.name = "assume",
       .value = "EXPR",
       .sentence = "Takes this for granted; may be given several times.",
       .target = &o.assumptions}};
  command.examples = {
      {"hone bounds 'v / 8 * 8' --assume '0 <= v && v < 64'", "Is 0 to 56."}};
  command.run = [options](Console&) -> Result<Answer> {
    return run_bounds(*options);
  };
  return command;
}

}  // namespace hone::cli
