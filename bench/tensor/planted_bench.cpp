// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors planted in a model's kernels, one at a time, and the node that
// `hone bisect` names:
//
//   planted_bench MODEL [PYTHON [MOST]]
//
// The first sum, product or maximum of each kernel becomes another operation.
// The reduced model, which ends with the named node, has to hold one that the
// kernel computes: what is fused behind it is named in its place. With PYTHON,
// one that
// has onnx and onnxruntime, ONNX Runtime is the judge, else the interpreter. At
// most MOST kernels, all without. Ends with 1 where another node is named.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "toolkit/bisect_model.h"

namespace {

using hone::tensor::KernelOp;
using hone::tensor::KernelStatement;

// Whether there was something to spoil.
bool spoil(std::vector<KernelStatement>& body) {
  constexpr std::pair<KernelOp, KernelOp> kOthers[] = {
      {KernelOp::Fma, KernelOp::Add}, {KernelOp::Mul, KernelOp::Add},
      {KernelOp::Add, KernelOp::Sub}, {KernelOp::Sub, KernelOp::Add},
      {KernelOp::Max, KernelOp::Min}, {KernelOp::Div, KernelOp::Mul},
      {KernelOp::Min, KernelOp::Max}};
  for (KernelStatement& statement : body) {
    if (statement.kind == KernelStatement::Kind::Apply)
      for (const auto& [op, other] : kOthers) {
        if (statement.op != op) continue;
        statement.op = other;
        if (op == KernelOp::Fma) statement.operands.pop_back();
        return true;
      }
    if (spoil(statement.body) || spoil(statement.otherwise)) return true;
  }
  return false;
}

// Whether a graph's text has the node, by its name or, as plans have nodes
// without one, by operator and result.
bool makes(const std::string& graph, const std::string& node) {
  const std::string result = node.substr(node.find(' ') + 1);
  for (const std::string& text :
       {fmt::format("@ \"{}\"", node), fmt::format("%{}: ", result),
        fmt::format("%\"{}\": ", result)})
    if (graph.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "planted_bench MODEL [PYTHON [MOST]]\n");
    return 2;
  }
  const hone::Result<hone::TempDir> folder = hone::TempDir::make();
  if (!folder.ok()) return 2;
  hone::toolkit::BisectRequest request = {
      .model = arguments[1], .reduced = folder->path() / "reduced.graph"};
  if (count > 2) {
    request.judge = hone::toolkit::BisectRequest::Judge::OnnxRuntime;
    request.python = arguments[2];
  }
  const size_t most = count > 3 ? std::strtoul(arguments[3], nullptr, 10) : -1;
  int right = 0, wrong = 0, equal = 0;
  bool is_last = false;
  for (size_t kernel = 0; !is_last && kernel < most; ++kernel) {
    std::vector<std::string> nodes;
    std::string name;
    bool is_spoiled = false;
    request.edit_plan = [&](hone::tensor::Plan& plan) {
      is_last = kernel + 1 >= plan.kernels.size();
      if (kernel >= plan.kernels.size()) return;
      name = plan.kernels[kernel].name;
      is_spoiled = spoil(plan.kernels[kernel].body);
      for (const hone::tensor::PlanStep& step : plan.steps)
        if (step.kernel == static_cast<int>(kernel)) nodes.push_back(step.node);
    };
    const auto report = hone::toolkit::bisect_model(request);
    if (!report.ok()) {
      fmt::print(stderr, "planted_bench: {}\n", report.error().message);
      return 2;
    }
    if (!is_spoiled) continue;
    const bool found = report->finding.has_value();
    const std::string reduced =
        found ? hone::read_file(request.reduced).value() : "";
    const bool is_named = std::ranges::any_of(
        nodes, [&](const std::string& node) { return makes(reduced, node); });
    (found ? is_named ? right : wrong : equal) += 1;
    fmt::print("{:<24} {:<6} {}\n", name,
               !found     ? "equal"
               : is_named ? "right"
                          : "wrong",
               found ? fmt::format(
                           "{}, reduced to {} nodes: {}", report->finding->node,
                           report->finding->nodes, report->finding->difference)
                     : "no value differs");
    if (found && !is_named)
      for (const std::string& node : nodes) fmt::print("    in {}\n", node);
  }
  fmt::print("{} named rightly, {} wrongly, {} that no value shows\n", right,
             wrong, equal);
  return wrong == 0 ? 0 : 1;
}
