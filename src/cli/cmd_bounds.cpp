// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/expressions.h"
#include "cli/shared_flags.h"
#include "toolkit/prove.h"

namespace hone::cli {

namespace {

using rewrite::Bound;
using toolkit::BoundsAnswer;

constexpr int kOpen = 3;

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

std::string side_text(const char* side, const Bound& bound,
                      const std::vector<toolkit::NamedValue>& at) {
  std::string text = fmt::format("  {}: ", side);
  text += bound.has_value() ? fmt::format("{}", bound.value)
                            : std::string(kind_name(bound.kind));
  if (bound.kind == Bound::Kind::Proved) text += " (may not be reached)";
  if (!at.empty()) text += ", where " + values_text(at);
  return text + "\n";
}

Json side_json(const Bound& bound, const std::vector<toolkit::NamedValue>& at) {
  Json json = {{"kind", kind_name(bound.kind)}};
  if (bound.has_value()) json["value"] = bound.value;
  if (!at.empty()) json["where"] = values_json(at);
  return json;
}

struct Options {
  ExpressionOptions what;
  WidthOptions integers;
};

Result<Answer> run_bounds(const Options& options, const Console& console) {
  const ExpressionOptions& o = options.what;
  const toolkit::ProveRequest request{.assumptions = o.assumptions,
                                      .with_proof = !o.proof.empty(),
                                      .width = options.integers.width()};
  HONE_ASSIGN_OR_RETURN(
      const auto answered,
      ask_each<BoundsAnswer>(o, console,
                             "hone bounds 'v / 8' --assume 'v in [0, 63]'",
                             [&](const std::string& e) {
                               return toolkit::find_bounds(request, e);
                             }));
  std::string proofs;
  int code = 0;
  Answer out;
  Json list = Json::array();
  for (size_t i = 0; i < answered.answers.size(); ++i) {
    const std::string& expression = answered.expressions[i];
    const BoundsAnswer& bounds = answered.answers[i];
    proofs += bounds.low_proof + bounds.high_proof;
    out.text += expression + "\n" +
                side_text("least", bounds.low, bounds.low_at) +
                side_text("greatest", bounds.high, bounds.high_at);
    list.push_back({{"expression", expression},
                    {"least", side_json(bounds.low, bounds.low_at)},
                    {"greatest", side_json(bounds.high, bounds.high_at)}});
    for (const Bound& side : {bounds.low, bounds.high})
      if (side.kind == Bound::Kind::Open || side.kind == Bound::Kind::Proved)
        code = kOpen;
  }
  if (request.with_proof) HONE_RETURN_IF_ERROR(write_file(o.proof, proofs));
  out.json = {{"bounds", list}};
  if (answered.left > 0) out.json["left"] = answered.left;
  out.exit_code = answered.exit_code(code);
  return out;
}

}  // namespace

Subcommand make_bounds() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Finds the least and the greatest value that an expression over integers "
      "can have. Both are proved, and reached by the values that are shown. "
      "Unbounded means that values beyond 2^40 are reached. The exit code is 3 "
      "where the limits on steps left a side open.";
  add_expression_flags(command.flags, options->what, "What to bound.");
  command.flags.flags.push_back(proof_flag(options->what));
  add_width_flags(command.flags, options->integers);
  command.examples = {
      {"hone bounds 'v / 8 * 8' --assume 'v in [0, 63]'", "Is 0 to 56."},
      {"hone bounds 'v / 8 * 8' --assume 'v in [0, 63]' --proof ends.proof",
       "Also keeps the proofs that nothing lies beyond, for hone prove "
       "--replay."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_bounds(*options, console);
  };
  return command;
}

}  // namespace hone::cli
