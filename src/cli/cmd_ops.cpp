// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "tensor/functions/contrib.h"
#include "tensor/functions/expand.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/operator_table.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/value_steps.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> names;
};

// What becomes of an operator when a model is compiled.
std::string_view compiled(const tensor::OpInfo& row) {
  if (row.op == tensor::Op::Constant) return "constant";
  if (row.op == tensor::Op::If || row.op == tensor::Op::Loop ||
      row.op == tensor::Op::Scan)
    return "jumps";
  if (tensor::has_lowering(row.op)) return "kernels";
  if (tensor::can_be_called(row.op, false)) return "call";
  if (row.family == "sequence") return "values";
  return tensor::has_body(row.op) ? "body" : "-";
}

std::string_view interpreted(const tensor::OpInfo& row) {
  if (row.op == tensor::Op::Constant) return "constant";
  return tensor::find_kernel(row.op) ? "own code"
         : tensor::has_body(row.op)  ? "body"
                                     : "-";
}

Result<Answer> run_ops(const Options& o) {
  for (const std::string& name : o.names)
    if (!tensor::find_operator(name)) {
      std::vector<std::string> known;
      for (const tensor::OpInfo& row : tensor::operators())
        known.emplace_back(row.name);
      return Error(ErrorKind::NotFound, fmt::format("no operator '{}'{}", name,
                                                    did_you_mean(name, known)));
    }
  Table table({Align::Left, Align::Left, Align::Left, Align::Left, Align::Left,
               Align::Left});
  table.add({"operator", "domain", "versions", "kind", "compiled to",
             "interpreted by"});
  Json list = Json::array();
  int64_t to_code = 0, called = 0, run = 0;
  for (const tensor::OpInfo& row : tensor::operators()) {
    if (!o.names.empty() &&
        std::find(o.names.begin(), o.names.end(), row.name) == o.names.end())
      continue;
    const std::string domain(row.domain.empty() ? "ai.onnx" : row.domain);
    const std::string kind =
        row.kind == tensor::OpKind::Primitive ? "primitive" : "function";
    table.add({std::string(row.name), domain,
               fmt::format("{}-{}", row.first_version, row.newest_version),
               kind, std::string(compiled(row)),
               std::string(interpreted(row))});
    to_code += compiled(row) != "-" && compiled(row) != "call";
    called += compiled(row) == "call";
    run += interpreted(row) != "-";
    list.push_back({{"name", row.name},
                    {"domain", domain},
                    {"first_version", row.first_version},
                    {"newest_version", row.newest_version},
                    {"kind", kind},
                    {"family", row.family},
                    {"compiled", compiled(row)},
                    {"interpreted", interpreted(row)}});
  }
  return Answer{
      .text = table.text() +
              fmt::format("of {} operators {} are compiled, {} called and {} "
                          "interpreted\n",
                          list.size(), to_code, called, run),
      .json = {{"compiled", to_code},
               {"called", called},
               {"interpreted", run},
               {"operators", list}}};
}

}  // namespace

Subcommand make_ops() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Each line has the operator's name, its domain, the versions that are "
      "read, whether it is defined by a body of others (function), what it is "
      "compiled to (kernels, jumps between them, or the kernels of its body), "
      "and what the reference interpreter makes of it. A model with an "
      "operator that is not compiled is refused by hone compile, by name, and "
      "interpreted as a whole by hone run without --strict.";
  command.flags.arguments = {{.name = "OPERATOR",
                              .sentence = "Only these.",
                              .target = &options->names,
                              .least = 0,
                              .most = SIZE_MAX}};
  command.examples = {
      {"hone ops", "Lists the operators of tensor models."},
      {"hone ops Conv LSTM --json", "Says what is known about two of them."}};
  command.run = [options](Console&) { return run_ops(*options); };
  return command;
}

}  // namespace hone::cli
