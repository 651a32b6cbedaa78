// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/expressions.h"
#include "cli/shared_flags.h"
#include "toolkit/solve.h"

namespace hone::cli {

namespace {

using rewrite::Solution;
using toolkit::SolveAnswer;
using toolkit::SolveCell;

struct Options {
  ExpressionOptions what;
  std::string variable;
  bool inner = false;
};

constexpr int kOneSided = 3;

std::string_view explained(Solution::Kind kind) {
  switch (kind) {
    case Solution::Kind::Exact:
      return "exactly";
    case Solution::Kind::Outer:
      return "at most";
    case Solution::Kind::Inner:
      return "at least";
  }
  return "";
}

Json cell_json(const SolveCell& cell) {
  Json json = {{"periodic", cell.periodic}, {"guards", cell.guards}};
  if (cell.low) json["low"] = *cell.low;
  if (cell.high) json["high"] = *cell.high;
  return json;
}

Result<Answer> run_solve(const Options& o, const Console& console) {
  if (o.variable.empty())
    return Error(ErrorKind::InvalidArgument,
                 "expected --for and the variable to solve for");
  const toolkit::SolveRequest request{
      .assumptions = o.what.assumptions,
      .variable = o.variable,
      .otherwise = o.inner ? Solution::Kind::Inner : Solution::Kind::Outer,
      .with_proof = !o.what.proof.empty()};
  HONE_ASSIGN_OR_RETURN(
      const auto answered,
      ask_each<SolveAnswer>(
          o.what, console, "hone solve 'v * 4 + 3 < n' --for v",
          [&](const std::string& e) { return toolkit::solve(request, e); }));
  const std::vector<std::string>& expressions = answered.expressions;
  std::string proofs;
  int code = 0;
  Answer out;
  Json list = Json::array();
  for (size_t i = 0; i < expressions.size(); ++i) {
    const SolveAnswer& answer = answered.answers[i];
    proofs += answer.proof;
    out.text += fmt::format("{}\n  {} where {}\n", expressions[i],
                            explained(answer.kind), answer.formula);
    Json cells = Json::array();
    for (const SolveCell& cell : answer.cells) cells.push_back(cell_json(cell));
    list.push_back({{"expression", expressions[i]},
                    {"kind", rewrite::kind_name(answer.kind)},
                    {"formula", answer.formula},
                    {"cells", cells}});
    if (answer.kind != Solution::Kind::Exact) code = kOneSided;
  }
  if (request.with_proof)
    HONE_RETURN_IF_ERROR(write_file(o.what.proof, proofs));
  out.json = {{"solutions", list}};
  if (answered.left > 0) out.json["left"] = answered.left;
  out.exit_code = answered.exit_code(code);
  return out;
}

}  // namespace

Subcommand make_solve() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Solves conditions over integers for one variable: intervals, and "
      "conditions that repeat, such as v % 4 == 3, whose ends are expressions "
      "in the other variables. Each solution is proved equal to the condition "
      "(exactly). Where that is out of reach it contains every value for which "
      "the condition holds (at most), or with --inner only such values (at "
      "least), and the exit code is 3. Expressions are written as for hone "
      "prove.";
  add_expression_flags(command.flags, o.what, "What to solve.");
  command.flags.flags.insert(command.flags.flags.begin(),
                             {.name = "for",
                              .value = "NAME",
                              .sentence = "The variable to solve for.",
                              .target = &o.variable,
                              .default_text = "required"});
  command.flags.flags.push_back(
      {.name = "inner",
       .sentence = "Where there is no exact solution: values for which the "
                   "condition is sure to hold.",
       .target = &o.inner});
  command.flags.flags.push_back(proof_flag(o.what));
  command.examples = {
      {"hone solve 'v * 4 + 3 < n' --for v", "Is where v <= n / 4 - 1."},
      {"hone solve 'v * 6 % 8 == 2' --for v", "Is where v % 4 == 3."},
      {"hone solve 'i * 8 + j < n' --for i --assume 'j in [0, 7]'",
       "Is the last tile that has a j-th element."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_solve(*options, console);
  };
  return command;
}

}  // namespace hone::cli
