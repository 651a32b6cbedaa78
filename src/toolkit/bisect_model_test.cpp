// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors planted in the compiler, and what is said about them.
#include "toolkit/bisect_model.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tensor/graph_text.h"
#include "toolkit/compile_model.h"
#include "toolkit/profile_model.h"

namespace hone::toolkit {
namespace {

constexpr std::string_view kGraph =
    R"(graph "g" (%x: f32[6, 8]) -> (%y) {
  %w: f32[8, 3] = const [1,2,3,4,5,6,7,8,9,8,7,6,5,4,3,2,1,2,3,4,5,6,7,8]
  %a: f32[6, 8] = Sigmoid(%x)
  %p: f32[6, 3] = MatMul(%a, %w) @ "product"
  %s: f32[6, 3] = Softmax(%p) {axis = 0}
  %y: f32[6, 3] = Sqrt(%s) @ "root"
})";

struct Folder {
  TempDir dir = *TempDir::make();
  std::filesystem::path graph() const {
    const auto path = dir.path() / "g.graph";
    EXPECT_TRUE(write_file(path, kGraph).ok());
    return path;
  }
};

// Turns the first fused product into a sum.
void spoil(std::vector<tensor::KernelStatement>& body) {
  for (tensor::KernelStatement& s : body) {
    if (s.op == tensor::KernelOp::Fma &&
        s.kind == tensor::KernelStatement::Kind::Apply) {
      s.op = tensor::KernelOp::Add;
      s.operands.pop_back();
      return;
    }
    spoil(s.body);
  }
}

TEST(Bisect, ARightModelIsSaidToBe) {
  const Folder folder;
  const auto report = bisect_model({.model = folder.graph()});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_FALSE(report->finding);
  EXPECT_EQ(report->compared, 4);
}

TEST(Bisect, AWrongKernelIsFoundAtItsNodeAndReduced) {
  const Folder folder;
  const auto reduced = folder.dir.path() / "reduced.graph";
  const auto report =
      bisect_model({.model = folder.graph(),
                    .reduced = reduced,
                    .edit_plan = [](tensor::Plan& plan) {
                      for (tensor::VectorKernel& kernel : plan.kernels)
                        if (kernel.name == "gemm") spoil(kernel.body);
                    }});
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_TRUE(report->finding);
  EXPECT_EQ(report->finding->node, "node 'product' (MatMul)");
  EXPECT_EQ(report->finding->value, "p");
  EXPECT_EQ(report->finding->cause, BisectFinding::Cause::Code);
  EXPECT_EQ(report->compared, 2);
  const auto small = tensor::parse_graph(*read_file(reduced));
  ASSERT_TRUE(small.ok()) << small.error().message;
  ASSERT_EQ(small->nodes.size(), 1u);
  EXPECT_EQ((*small)[small->inputs[0]].name, "a");
}

TEST(Bisect, AWrongGraphPassIsToldFromWrongCode) {
  const Folder folder;
  const auto report =
      bisect_model({.model = folder.graph(), .pass = [](tensor::Graph graph) {
                      for (tensor::Node& node : graph.nodes)
                        if (node.op == tensor::Op::Softmax)
                          node.attributes["axis"] = int64_t{1};
                      return Result<tensor::Graph>(std::move(graph));
                    }});
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_TRUE(report->finding);
  EXPECT_EQ(report->finding->value, "s");
  EXPECT_EQ(report->finding->cause, BisectFinding::Cause::GraphPass);
}

TEST(Bisect, AJudgeThatIsNotThereIsAnError) {
  const Folder folder;
  EXPECT_FALSE(bisect_model({.model = folder.graph(),
                             .judge = BisectRequest::Judge::OnnxRuntime,
                             .python = "/no/such/python"})
                   .ok());
}

TEST(Profile, EveryNodeHasItsTimeAndTheTraceItsSteps) {
  const Folder folder;
  const auto trace = folder.dir.path() / "trace.json";
  const auto report =
      profile_model({.model = folder.graph(), .runs = 3, .trace = trace});
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_EQ(report->rows.size(), 4u);
  EXPECT_EQ(report->rows[1].node, "product");
  EXPECT_EQ(report->rows[1].kernels, std::vector<std::string>{"gemm"});
  EXPECT_EQ(report->rows[1].flops, 2 * 6 * 8 * 3);
  EXPECT_GT(report->peak.flops, 0);
  EXPECT_GT(report->peak.bytes, 0);
  const std::string text = *read_file(trace);
  EXPECT_NE(text.find("\"traceEvents\""), std::string::npos);
  EXPECT_NE(text.find("\"name\":\"root\""), std::string::npos);
}

}  // namespace
}  // namespace hone::toolkit
