// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "toolkit/bisect_model.h"

namespace hone::cli {

namespace {

using Cause = toolkit::BisectFinding::Cause;

struct Options {
  std::vector<std::string> model;
  std::string shape;
  std::string against = "interpreter";
  std::string output = "reduced.graph";
  std::string python = toolkit::BisectRequest().python;
  int64_t seed = 1;
};

Answer answer_of(const Options& o, const toolkit::BisectReport& report) {
  if (!report.finding)
    return {.text = fmt::format("{} values agree with {}\n", report.compared,
                                o.against == "interpreter" ? "the interpreter"
                                                           : "ONNX Runtime"),
            .json = {{"agrees", true}, {"compared", report.compared}}};
  const toolkit::BisectFinding& found = *report.finding;
  const std::string cause = found.cause == Cause::Code ? "the generated code"
                            : found.pass.empty()
                                ? "a graph pass"
                                : "the graph pass " + found.pass;
  return {.text = fmt::format(
              "{}: '{}' is wrong: {}\nit is {} that is wrong; {}, {} nodes, "
              "shows it\n",
              found.node, found.value, found.difference, cause, o.output,
              found.nodes),
          .json = {{"agrees", false},
                   {"compared", report.compared},
                   {"node", found.node},
                   {"value", found.value},
                   {"difference", found.difference},
                   {"cause", found.cause == Cause::Code ? "code" : "pass"},
                   {"pass", found.pass},
                   {"reduced", o.output},
                   {"nodes", found.nodes}},
          .exit_code = 1};
}

}  // namespace

Subcommand make_bisect() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Compiles a tensor model for this machine, runs it on random inputs, and "
      "compares the values inside of it in the order in which they are "
      "computed. The first wrong one is named with its node; the nodes that "
      "make it from values that are right are written as a model of their own. "
      "Exits 1 where there is one.";
  command.flags.arguments = {{.name = "MODEL",
                              .sentence = "An ONNX file, or a graph (.graph).",
                              .target = &o.model,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "against",
       .value = "NAME",
       .sentence = "What says which values are right.",
       .target = &o.against,
       .choices = {"interpreter", "onnxruntime"}},
      {.name = "output",
       .letter = 'o',
       .value = "FILE",
       .sentence = "Where the reduced model goes.",
       .target = &o.output,
       .completes = Completes::Files},
      {.name = "python",
       .value = "PROGRAM",
       .sentence = "A Python with onnx and onnxruntime, for --against "
                   "onnxruntime.",
       .target = &o.python},
      {.name = "seed",
       .value = "N",
       .sentence = "Of the random inputs.",
       .target = &o.seed},
      {.name = "shape",
       .value = "NAME=SIZES",
       .sentence = "Sizes of an input that the model leaves open, x=1,3,8,8; "
                   "of several inputs with semicolons between.",
       .target = &o.shape,
       .default_text = "the model's own"}};
  command.examples = {
      {"hone bisect net.onnx", "Looks for the first value that is wrong."}};
  command.run = [options](Console&) -> Result<Answer> {
    const Options& o = *options;
    toolkit::BisectRequest request = {.model = o.model[0],
                                      .seed = static_cast<uint64_t>(o.seed),
                                      .python = o.python,
                                      .reduced = o.output};
    if (!o.shape.empty()) request.shapes = split(o.shape, ';');
    if (o.against == "onnxruntime")
      request.judge = toolkit::BisectRequest::Judge::OnnxRuntime;
    HONE_ASSIGN_OR_RETURN(const toolkit::BisectReport report,
                          toolkit::bisect_model(request));
    return answer_of(o, report);
  };
  return command;
}

}  // namespace hone::cli
