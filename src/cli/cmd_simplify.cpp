// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "toolkit/prove.h"
#include "toolkit/simplify.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> expressions;
  std::vector<std::string> assumptions;
  std::string file;
  bool prefix = false;
  bool steps = false;
};

Result<Answer> run_simplify(const Options& o) {
  std::vector<std::string> expressions = o.expressions;
  if (!o.file.empty()) {
    HONE_ASSIGN_OR_RETURN(const std::string content, read_file(o.file));
    for (std::string& e : toolkit::expressions_in(content))
      expressions.push_back(std::move(e));
  }
  if (expressions.empty())
    return Error(ErrorKind::InvalidArgument,
                 o.file.empty()
                     ? "expected an expression or --file, as in: hone simplify "
                       "'(x*8 + 5) / 4'"
                     : fmt::format("no expression stands in {}", o.file));
  const toolkit::SimplifyRequest request{
      .assumptions = o.assumptions, .prefix = o.prefix, .with_steps = o.steps};
  Answer out;
  Json list = Json::array();
  uint64_t before = 0, after = 0, dag_before = 0, dag_after = 0;
  for (size_t i = 0; i < expressions.size(); ++i) {
    auto answer = toolkit::simplify(request, expressions[i]);
    if (!answer.ok()) {
      Error error = std::move(answer).error();
      return expressions.size() == 1
                 ? std::move(error)
                 : std::move(error).in(fmt::format("expression {}", i + 1));
    }
    before += answer->tree_before;
    after += answer->tree_after;
    dag_before += answer->dag_before;
    dag_after += answer->dag_after;
    out.text += answer->text + "\n";
    Json json = {{"expression", expressions[i]},
                 {"simplified", answer->text},
                 {"nodes_before", answer->tree_before},
                 {"nodes_after", answer->tree_after},
                 {"dag_nodes_before", answer->dag_before},
                 {"dag_nodes_after", answer->dag_after}};
    for (const std::string& step : answer->steps) {
      out.text += "  " + step + "\n";
      json["steps"].push_back(step);
    }
    list.push_back(std::move(json));
  }
  if (expressions.size() > 1)
    out.text += fmt::format("nodes: {} to {} (shared: {} to {})\n", before,
                            after, dag_before, dag_after);
  out.json = {{"answers", list}};
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
  command.flags.arguments = {{.name = "EXPR",
                              .sentence = "What to simplify.",
                              .target = &o.expressions,
                              .least = 0,
                              .most = SIZE_MAX}};
  command.flags.flags = {
      {.name = "assume",
       .value = "EXPR",
       .sentence = "Takes this for granted; may be given several times.",
       .target = &o.assumptions},
      {.name = "file",
       .value = "FILE",
       .sentence = "Also those of a file: one a line, or the column Expression "
                   "of a table with commas.",
       .target = &o.file,
       .completes = Completes::Files},
      {.name = "prefix",
       .sentence = "Writes the results in the prefix form.",
       .target = &o.prefix},
      {.name = "steps",
       .sentence = "Names the rules that were used, and on what.",
       .target = &o.steps}};
  command.examples = {
      {"hone simplify '(x*8 + 5) / 4'", "Is x * 2 + 1."},
      {"hone simplify '(y*8 + x) / 8' --assume '0 <= x && x < 8'",
       "Is y within the bounds of x."}};
  command.run = [options](Console&) -> Result<Answer> {
    return run_simplify(*options);
  };
  return command;
}

}  // namespace hone::cli
