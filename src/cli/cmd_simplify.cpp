// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/expressions.h"
#include "cli/shared_flags.h"
#include "toolkit/simplify.h"

namespace hone::cli {

namespace {

using toolkit::SimplifyAnswer;

struct Options {
  ExpressionOptions what;
  std::string dot;
  bool prefix = false;
  bool steps = false;
};

Result<Answer> run_simplify(const Options& o, const Console& console) {
  const toolkit::SimplifyRequest request{.assumptions = o.what.assumptions,
                                         .prefix = o.prefix,
                                         .with_steps = o.steps,
                                         .with_proof = !o.what.proof.empty()};
  HONE_ASSIGN_OR_RETURN(
      const auto answered,
      ask_each<SimplifyAnswer>(
          o.what, console, "hone simplify '(x*8 + 5) / 4'",
          [&](const std::string& e) { return toolkit::simplify(request, e); }));
  const std::vector<std::string>& expressions = answered.expressions;
  HONE_RETURN_IF_ERROR(write_drawing(o.dot, o.what, expressions));
  Answer out;
  Json list = Json::array();
  std::string proofs;
  uint64_t before = 0, after = 0, dag_before = 0, dag_after = 0;
  for (size_t i = 0; i < expressions.size(); ++i) {
    const SimplifyAnswer& answer = answered.answers[i];
    proofs += answer.proof;
    before += answer.tree_before;
    after += answer.tree_after;
    dag_before += answer.dag_before;
    dag_after += answer.dag_after;
    out.text += answer.text + "\n";
    Json json = {{"expression", expressions[i]},
                 {"simplified", answer.text},
                 {"nodes_before", answer.tree_before},
                 {"nodes_after", answer.tree_after},
                 {"dag_nodes_before", answer.dag_before},
                 {"dag_nodes_after", answer.dag_after}};
    for (const std::string& step : answer.steps) {
      out.text += "  " + step + "\n";
      json["steps"].push_back(step);
    }
    list.push_back(std::move(json));
  }
  if (request.with_proof)
    HONE_RETURN_IF_ERROR(write_file(o.what.proof, proofs));
  if (expressions.size() + answered.left > 1)
    out.text += fmt::format("nodes: {} to {} (shared: {} to {})\n", before,
                            after, dag_before, dag_after);
  out.json = {{"answers", list}};
  if (answered.left > 0) out.json["left"] = answered.left;
  out.exit_code = answered.exit_code(0);
  return out;
}

}  // namespace

Subcommand make_simplify() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Makes expressions over integers smaller. Integers are unbounded, / and "
      "% are Euclidean, and x/0 = x%0 = 0. The result is equal wherever the "
      "assumptions hold, and never larger. Expressions are written as for hone "
      "prove. --steps names the rules that were used; hone rules list explains "
      "them.";
  add_expression_flags(command.flags, o.what, "What to simplify.");
  command.flags.flags.insert(
      command.flags.flags.end(),
      {{.name = "dot",
        .value = "FILE",
        .sentence = "Also draws the e-graph of the expression, for Graphviz.",
        .target = &o.dot,
        .completes = Completes::Files},
       {.name = "prefix",
        .sentence = "Writes the results in the prefix form.",
        .target = &o.prefix},
       proof_flag(o.what),
       {.name = "steps",
        .sentence = "Names the rules that were used, and on what.",
        .target = &o.steps}});
  command.examples = {
      {"hone simplify '(x*8 + 5) / 4'", "Is x * 2 + 1."},
      {"hone simplify '(y*8 + x) / 8' --assume '0 <= x && x < 8'",
       "Is y within the bounds of x."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_simplify(*options, console);
  };
  return command;
}

}  // namespace hone::cli
