// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/expressions.h"
#include "cli/shared_flags.h"
#include "toolkit/batch.h"
#include "toolkit/prove.h"

namespace hone::cli {

namespace {

using rewrite::Bound;
using toolkit::BoundsAnswer;

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
  if (!at.empty()) text += ", where " + values_text(at);
  return text + "\n";
}

Json side_json(const Bound& bound, const std::vector<toolkit::NamedValue>& at) {
  Json json = {{"kind", kind_name(bound.kind)}};
  if (has_value(bound)) json["value"] = bound.value;
  if (!at.empty()) json["where"] = values_json(at);
  return json;
}

Result<Answer> run_bounds(const ExpressionOptions& o, const Console& console) {
  HONE_ASSIGN_OR_RETURN(
      const std::vector<std::string> expressions,
      all_expressions(o, "hone bounds 'v / 8' --assume 'v in [0, 63]'"));
  const toolkit::ProveRequest request{.assumptions = o.assumptions};
  std::vector<Result<BoundsAnswer>> answers;
  {
    BatchProgress progress(console, expressions.size());
    answers = toolkit::answer_all<BoundsAnswer>(
        expressions, job_count(o.jobs),
        [&](const std::string& e) { return toolkit::find_bounds(request, e); },
        [&](size_t done) { progress.show(done); });
  }
  Answer out;
  Json list = Json::array();
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (!answers[i].ok())
      return error_of(std::move(answers[i]).error(), i, expressions.size());
    const std::string& expression = expressions[i];
    const BoundsAnswer& bounds = *answers[i];
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
  auto options = std::make_shared<ExpressionOptions>();
  Subcommand command;
  command.description =
      "Finds the least and the greatest value that an expression over integers "
      "can have. Both are proved, and reached by the values that are shown. "
      "Unbounded means that values beyond 2^40 are reached. The exit code is 3 "
      "where the limits on steps left a side open.";
  add_expression_flags(command.flags, *options, "What to bound.");
  command.examples = {
      {"hone bounds 'v / 8 * 8' --assume 'v in [0, 63]'", "Is 0 to 56."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_bounds(*options, console);
  };
  return command;
}

}  // namespace hone::cli
