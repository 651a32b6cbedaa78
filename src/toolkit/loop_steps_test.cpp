// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that the plan schedules as loop trees: every element against the
// interpreter, for vectors of 16 and of 4, at shapes that fit no tile.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tensor/graph_text.h"
#include "tensor/kernel/kernel_text.h"
#include "toolkit/check_model.h"
#include "toolkit/compile_model.h"

namespace hone::toolkit {
namespace {

struct Case {
  const char* name;
  const char* inputs;
  const char* shape;
  const char* node;
};

constexpr std::string_view kConstants = R"(  %none: f32[0] = const []
  %scales: f32[4] = const [1, 1, 2, 3]
  %pads: i64[8] = const [0, 0, 2, 1, 0, 0, 1, -2]
  %half: f32[] = const [0.5]
)";

void PrintTo(const Case& c, std::ostream* out) { *out << c.node; }

class LoopSteps : public testing::TestWithParam<Case> {};

TEST_P(LoopSteps, AgreeWithTheInterpreterInF32Vectors) {
  const Case& c = GetParam();
  const auto parsed = tensor::parse_graph(
      fmt::format("graph \"g\" ({}) -> (%y) {{\n{}  %y: f32{} = {}\n}}",
                  c.inputs, kConstants, c.shape, c.node));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const auto graph = prepare_graph(*parsed, {});
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  for (const char* cpu : {"x86-64-v2", "native"}) {
    const auto model = codegen::build_model(*graph, {.cpu = cpu});
    ASSERT_TRUE(model.ok()) << model.error().message;
    for (const auto& kernel : model->plans[0].plan.kernels)
      EXPECT_EQ(print_kernel(kernel).find(" wide "), std::string::npos)
          << "an element kernel";
    const auto report =
        check_model(*graph, *model, {.extent = CheckExtent::Full});
    EXPECT_TRUE(report.ok()) << cpu << ": " << report.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Plan, LoopSteps,
    testing::Values(
        Case{"Conv1d", "%x: f32[2, 6, 37], %w: f32[8, 3, 5], %b: f32[8]",
             "[2, 8, 18]",
             "Conv(%x, %w, %b) {group = 2, pads = [2, 1], strides = [2]}"},
        Case{"Conv1dOfFewPixels", "%x: f32[1, 1, 640], %w: f32[34, 1, 256]",
             "[1, 34, 4]", "Conv(%x, %w) {strides = [128]}"},
        Case{"Conv1dOfFewPixelsInGroups",
             "%x: f32[2, 4, 9], %w: f32[40, 2, 3], %b: f32[40]", "[2, 40, 5]",
             "Conv(%x, %w, %b) {group = 2, dilations = [2]}"},
        Case{"Conv2dOfComputedWeights",
             "%x: f32[1, 3, 11, 13], %w: f32[5, 3, 3, 3]", "[1, 5, 11, 13]",
             "Conv(%x, %w) {auto_pad = \"SAME_UPPER\"}"},
        Case{"Conv3d", "%x: f32[1, 2, 5, 7, 19], %w: f32[3, 2, 3, 1, 2]",
             "[1, 3, 5, 7, 18]", "Conv(%x, %w) {pads = [1, 0, 0, 1, 0, 0]}"},
        Case{"ConvTranspose",
             "%x: f32[1, 4, 6, 9], %w: f32[4, 3, 4, 4], %b: f32[3]",
             "[1, 3, 12, 18]",
             "ConvTranspose(%x, %w, %b) {strides = [2, 2], "
             "pads = [1, 1, 1, 1]}"},
        Case{"ConvTransposeInGroupsOfUnlikeStrides",
             "%x: f32[2, 6, 9, 7], %w: f32[6, 2, 2, 3], %b: f32[4]",
             "[2, 4, 25, 13]",
             "ConvTranspose(%x, %w, %b) {strides = [3, 2], group = 2, "
             "pads = [0, 1, 1, 1]}"},
        Case{"ConvTransposeOfMorePadsThanTaps",
             "%x: f32[1, 2, 8], %w: f32[2, 3, 2]", "[1, 3, 14]",
             "ConvTranspose(%x, %w) {strides = [3], pads = [5, 4]}"},
        Case{"RepeatedBatches", "%a: f32[3, 2, 17, 24], %b: f32[2, 24, 21]",
             "[3, 2, 17, 21]", "MatMul(%a, %b)"},
        Case{"MatrixTimesVector", "%a: f32[19, 64], %b: f32[64]", "[19]",
             "MatMul(%a, %b)"},
        Case{"VectorTimesMatrix", "%a: f32[50], %b: f32[2, 50, 33]", "[2, 33]",
             "MatMul(%a, %b)"},
        Case{"TransposedGemm",
             "%a: f32[30, 18], %b: f32[25, 30], %c: f32[18, 1]", "[18, 25]",
             "Gemm(%a, %b, %c) {transA = 1, transB = 1, alpha = 0.5, "
             "beta = 2.0}"},
        Case{"GemmWithoutThird", "%a: f32[30, 18], %b: f32[30, 25]", "[18, 25]",
             "Gemm(%a, %b) {transA = 1}"},
        Case{"EinsumOfHeads", "%a: f32[2, 9, 3, 20], %b: f32[2, 11, 3, 20]",
             "[2, 3, 9, 11]",
             "Einsum(%a, %b) {equation = \"bihd,bjhd->bhij\"}"},
        Case{"EinsumOfThree", "%a: f32[8, 9], %b: f32[9, 10], %c: f32[10]",
             "[8]", "Einsum(%a, %b, %c) {equation = \"ij,jk,k->i\"}"},
        Case{"EinsumOfDots", "%a: f32[1, 7, 5], %b: f32[4, 5, 18]",
             "[4, 7, 18]", "Einsum(%a, %b) {equation = \"...ij,...jk\"}"},
        Case{"Gather", "%x: f32[3, 11, 20], %i: i64[2, 4]", "[3, 2, 4, 20]",
             "Gather(%x, %i) {axis = 1}"},
        Case{"GatherOfNarrowIndices", "%x: f32[11, 5], %i: i32[7]", "[7, 5]",
             "Gather(%x, %i)"},
        Case{"ResizeNearest", "%x: f32[1, 3, 5, 7]", "[1, 3, 10, 21]",
             "Resize(%x, %none, %scales) {mode = \"nearest\"}"},
        Case{"ResizeLinear", "%x: f32[1, 3, 5, 7]", "[1, 3, 10, 21]",
             "Resize(%x, %none, %scales) {mode = \"linear\"}"},
        Case{"ResizeCubicToCorners", "%x: f32[1, 3, 5, 7]", "[1, 3, 10, 21]",
             "Resize(%x, %none, %scales) {mode = \"cubic\", "
             "coordinate_transformation_mode = \"align_corners\"}"},
        Case{"PadWithANumber", "%x: f32[2, 3, 5, 6]", "[2, 3, 8, 5]",
             "Pad(%x, %pads, %half)"},
        Case{"PadByReflection", "%x: f32[2, 3, 5, 6]", "[2, 3, 8, 5]",
             "Pad(%x, %pads) {mode = \"reflect\"}"},
        Case{"PadByEdges", "%x: f32[2, 3, 5, 6]", "[2, 3, 8, 5]",
             "Pad(%x, %pads) {mode = \"edge\"}"},
        Case{"InstanceNormalization",
             "%x: f32[2, 6, 5, 7], %s: f32[6], %b: f32[6]", "[2, 6, 5, 7]",
             "InstanceNormalization(%x, %s, %b)"},
        Case{"GroupNormalization",
             "%x: f32[2, 6, 5, 7], %s: f32[6], %b: f32[6]", "[2, 6, 5, 7]",
             "GroupNormalization(%x, %s, %b) {num_groups = 3}"},
        Case{"EinsumOfADiagonal", "%a: f32[20, 20], %b: f32[6, 20]", "[20, 6]",
             "Einsum(%a, %b) {equation = \"ii,ji->ij\"}"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace hone::toolkit
