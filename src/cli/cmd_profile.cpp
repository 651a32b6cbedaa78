// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "toolkit/profile_model.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> model;
  std::string shape;
  std::string trace;
  int64_t runs = toolkit::ProfileRequest().runs;
  int64_t top = 0;
};

std::string row_name(const toolkit::ProfileRow& row) {
  constexpr size_t kWidth = 48;
  if (row.node.size() <= kWidth) return row.node;
  return "…" + row.node.substr(row.node.size() - kWidth + 1);
}

Answer answer_of(const Options& o, const toolkit::ProfileReport& report) {
  std::vector<const toolkit::ProfileRow*> rows;
  for (const toolkit::ProfileRow& row : report.rows) rows.push_back(&row);
  if (o.top > 0) {
    std::ranges::sort(rows, [](const auto* a, const auto* b) {
      return std::pair(b->seconds, a) < std::pair(a->seconds, b);
    });
    rows.resize(std::min<size_t>(rows.size(), o.top));
  }
  Table table({Align::Left, Align::Right, Align::Right, Align::Right,
               Align::Right, Align::Right, Align::Left});
  table.add({"node", "µs", "share", "MFLOP", "KB", "roofline", "kernels"});
  for (const toolkit::ProfileRow* row : rows)
    table.add({row_name(*row), fmt::format("{:.1f}", row->seconds * 1e6),
               fmt::format("{:.1f} %", 100 * row->seconds / report.seconds),
               fmt::format("{:.2f}", row->flops * 1e-6),
               fmt::format("{:.0f}", row->bytes * 1e-3),
               fmt::format("{:.0f} %", 100 * row->roofline),
               join(row->kernels, ", ")});
  Json nodes = Json::array();
  for (const toolkit::ProfileRow* row : rows)
    nodes.push_back({{"node", row->node},
                     {"kernels", row->kernels},
                     {"calls", row->calls},
                     {"seconds", row->seconds},
                     {"flops", row->flops},
                     {"bytes", row->bytes},
                     {"roofline", row->roofline}});
  return {
      .text = fmt::format("{}{:.3f} ms of one thread; one core does {:.0f} "
                          "GFLOP/s and reads {:.1f} GB/s\n",
                          table.text(), report.seconds * 1e3,
                          report.peak.flops * 1e-9, report.peak.bytes * 1e-9),
      .json = {{"nodes", nodes},
               {"seconds", report.seconds},
               {"peak_flops", report.peak.flops},
               {"peak_bytes", report.peak.bytes}}};
}

}  // namespace

Subcommand make_profile() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Compiles a tensor model for this machine, runs it on random inputs and "
      "says how long each node took: the median of its runs. A row is a node "
      "with those that were fused with it, its conversions of layout included. "
      "The roofline is the time that its arithmetic or its memory traffic "
      "needs at least, in parts of the time that it took.";
  command.flags.arguments = {{.name = "MODEL",
                              .sentence = "An ONNX file, or a graph (.graph).",
                              .target = &o.model,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "runs",
       .value = "N",
       .sentence = "How often the model is run.",
       .target = &o.runs,
       .least = 1},
      {.name = "shape",
       .value = "NAME=SIZES",
       .sentence = "Sizes of an input that the model leaves open, x=1,3,8,8; "
                   "of several inputs with semicolons between.",
       .target = &o.shape,
       .default_text = "the model's own"},
      {.name = "top",
       .value = "N",
       .sentence = "Shows the N slowest nodes only, slowest first.",
       .target = &o.top,
       .default_text = "all, in their order",
       .least = 0},
      {.name = "trace",
       .value = "FILE",
       .sentence = "Writes one run as a trace that Chrome's about:tracing and "
                   "Perfetto read.",
       .target = &o.trace,
       .default_text = "none",
       .completes = Completes::Files}};
  command.examples = {
      {"hone profile net.onnx --top 10", "Shows where a model's time goes."}};
  command.run = [options](Console&) -> Result<Answer> {
    const Options& o = *options;
    std::vector<std::string> shapes;
    if (!o.shape.empty()) shapes = split(o.shape, ';');
    HONE_ASSIGN_OR_RETURN(const toolkit::ProfileReport report,
                          toolkit::profile_model({.model = o.model[0],
                                                  .shapes = shapes,
                                                  .runs = o.runs,
                                                  .trace = o.trace}));
    return answer_of(o, report);
  };
  return command;
}

}  // namespace hone::cli
