// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/operator_table.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> names;
};

// How an operator is computed.
std::string_view way(const tensor::OpInfo& row) {
  if (tensor::find_kernel(row.op)) return "interpreter";
  if (row.op == tensor::Op::Constant) return "import";
  return "refused";
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
  Table table(
      {Align::Left, Align::Left, Align::Left, Align::Left, Align::Left});
  Json list = Json::array();
  int64_t run = 0;
  for (const tensor::OpInfo& row : tensor::operators()) {
    if (!o.names.empty() &&
        std::find(o.names.begin(), o.names.end(), row.name) == o.names.end())
      continue;
    const std::string domain(row.domain.empty() ? "ai.onnx" : row.domain);
    const std::string kind =
        row.kind == tensor::OpKind::Primitive ? "primitive" : "function";
    table.add({std::string(row.name), domain,
               fmt::format("{}-{}", row.first_version, row.newest_version),
               kind, std::string(way(row))});
    run += way(row) != "refused";
    list.push_back({{"name", row.name},
                    {"domain", domain},
                    {"first_version", row.first_version},
                    {"newest_version", row.newest_version},
                    {"kind", kind},
                    {"family", row.family},
                    {"way", way(row)}});
  }
  return Answer{
      .text = table.text() +
              fmt::format("{} of {} operators are run\n", run, list.size()),
      .json = {{"run", run}, {"operators", list}}};
}

}  // namespace

Subcommand make_ops() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Each line has the operator's name, its domain, the versions that are "
      "read, whether ONNX defines it by a body of others (function), and what "
      "computes it: the interpreter, import (it becomes a constant), or "
      "nothing (refused by name).";
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
