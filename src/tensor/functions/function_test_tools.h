// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One table of calls of functions, for tests that run each with the operator's
// own code and by its body.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"

namespace hone::tensor {

struct FunctionCase {
  std::string_view inputs;  // types; T stands for each of `types`
  std::string_view node;    // "%y = …", with constants before it
  std::string_view types = "f32 f64 f16 bf16";
};

inline constexpr std::string_view kFloatTypes = "f32 f64 f16 bf16";
inline constexpr std::string_view kSomeTypes = "f32 f16";
inline constexpr std::string_view kNumberTypes = "f32 f64 f16 i32 i64";

// Functions of one tensor, over each of kShapes.
inline constexpr std::string_view kElementwise[] = {
    "Celu(%x)",
    "Celu(%x) {alpha = 0.5}",
    "Clip(%x)",
    "Elu(%x) {alpha = 2.0}",
    "Gelu(%x) {approximate = \"tanh\"}",
    "Gelu(%x)",
    "GreaterOrEqual(%x, %x)",
    "HardSigmoid(%x) {alpha = 0.3}",
    "HardSwish(%x)",
    "LeakyRelu(%x)",
    "LessOrEqual(%x, %x)",
    "Mish(%x)",
    "PRelu(%x, %x)",
    "Relu(%x)",
    "Selu(%x) {alpha = 1.5}",
    "Shrink(%x) {bias = 0.25, lambd = 0.5}",
    "Softplus(%x)",
    "Softsign(%x)",
    "SwiGLU(%x, %x) {alpha = 0.5}",
    "Swish(%x) {alpha = 1.5}",
    "ThresholdedRelu(%x) {alpha = 0.25}",
};
inline constexpr std::string_view kShapes[] = {"[]", "[0, 3]", "[17]",
                                               "[2, 3, 5]"};

inline constexpr FunctionCase kFunctionCases[] = {
    {"%x: T[2, 2, 3]",
     "%s: i64[4] = const [2, 3, 4, 5]\n%y = AffineGrid(%x, %s)"},
    {"%x: T[1, 3, 4]",
     "%s: i64[5] = const [1, 2, 3, 1, 2]\n"
     "%y = AffineGrid(%x, %s) {align_corners = 1}"},
    {"%x: T[2, 2, 3]",
     "%s: i64[4] = const [2, 3, 1, 5]\n"
     "%y = AffineGrid(%x, %s) {align_corners = 1}"},
    {"%x: T[2, 4, 3, 8], %k: T[2, 4, 5, 8], %v: T[2, 4, 5, 6]",
     "%y = Attention(%x, %k, %v)"},
    {"%x: T[2, 3, 32], %k: T[2, 5, 16], %v: T[2, 5, 12], %m: T[3, 5]",
     "%y, %pk, %pv, %s = Attention(%x, %k, %v, %m) {q_num_heads = 4, "
     "kv_num_heads = 2, is_causal = 1, scale = 0.25, softcap = 2.0, "
     "qk_matmul_output_mode = 2}"},
    {"%x: T[2, 4, 3, 8], %k: T[2, 2, 2, 8], %v: T[2, 2, 2, 8], "
     "%m: bool[2, 1, 3, 4], %pk: T[2, 2, 4, 8], %pv: T[2, 2, 4, 8]",
     "%y, %ok, %ov, %s = Attention(%x, %k, %v, %m, %pk, %pv) {is_causal = 1, "
     "qk_matmul_output_mode = 3, softmax_precision = 1}"},
    {"%x: T[2, 2, 3, 4], %k: T[2, 2, 6, 4], %v: T[2, 2, 6, 4]",
     "%n: i64[2] = const [6, 4]\n%y = Attention(%x, %k, %v, _, _, _, %n) "
     "{is_causal = 1, left_window_size = 2, right_window_size = 1}"},
    {"%x: T[1, 2, 3, 4], %k: T[1, 2, 6, 4], %v: T[1, 2, 6, 4], "
     "%m: bool[2, 1, 1]",
     "%y, %a, %b, %s = Attention(%x, %k, %v, %m) {qk_matmul_output_mode = 1}"},
    {"%x: T[2, 3, 4]", "%h: T[2, 3, 4] = HardSigmoid(%x)\n%y = Bernoulli(%h)"},
    {"%x: T[9]",
     "%h: T[9] = HardSigmoid(%x)\n%y = Bernoulli(%h) {dtype = 6, seed = 3.0}"},
    {"%x: T[1]", "%n: i32[] = const [10]\n%y = BlackmanWindow(%n)", "f32"},
    {"%x: T[1]",
     "%n: i64[] = const [7]\n%y = BlackmanWindow(%n) {periodic = 0, "
     "output_datatype = 11}",
     "f32"},
    {"%x: T[2, 3], %w: f16[1]", "%y = CastLike(%x, %w)", kNumberTypes},
    {"%x: T[2, 3], %w: f8e4m3fn[1]", "%y = CastLike(%x, %w) {saturate = 0}"},
    {"%x: T[2, 3], %w: i32[]", "%y = CastLike(%x, %w)"},
    {"%x: T[2, 3, 7], %w: T[3, 1, 4], %b: T[3]",
     "%y, %p = CausalConvWithState(%x, %w, %b) {activation = \"silu\"}"},
    {"%x: T[2, 3, 2], %w: T[3, 1, 4], %p: T[2, 3, 3]",
     "%y, %n = CausalConvWithState(%x, %w, _, %p)"},
    {"%x: T[1, 2, 5], %w: T[2, 1, 1]", "%y, %n = CausalConvWithState(%x, %w)"},
    {"%x: T[5, 4, 3]",
     "%s: i64[3] = const [2, 7, 3]\n%y = CenterCropPad(%x, %s)", kNumberTypes},
    {"%x: T[5, 4, 3]",
     "%s: i32[2] = const [6, 1]\n%y = CenterCropPad(%x, %s) {axes = [-1, 0]}",
     kNumberTypes},
    {"%x: T[2, 3], %low: T[], %high: T[]", "%y = Clip(%x, %low, %high)",
     kNumberTypes},
    {"%x: T[2, 3], %low: T[]", "%y = Clip(%x, %low)", kNumberTypes},
    {"%x: T[2, 3], %high: T[]", "%y = Clip(%x, _, %high)", kNumberTypes},
    {"%x: T[2, 8, 2, 3]", "%y = DepthToSpace(%x) {blocksize = 2}",
     kNumberTypes},
    {"%x: T[1, 18, 1, 2]",
     "%y = DepthToSpace(%x) {blocksize = 3, mode = \"CRD\"}", kNumberTypes},
    {"%x: T[4, 9]", "%y, %s, %z = DynamicQuantizeLinear(%x)", "f32"},
    {"%x: T[2, 4, 3, 8], %k: T[2, 2, 5, 8], %v: T[2, 2, 5, 6]",
     "%y = FlexAttention(%x, %k, %v) {scale = 0.5}", kSomeTypes},
    {"%x: T[2, 2, 3, 4], %k: T[2, 2, 5, 4], %v: T[2, 2, 5, 6]",
     "%y = FlexAttention(%x, %k, %v) {score_mod = graph \"m\" (%s: f32[2, 2, "
     "3, "
     "5]) -> (%t) { %t = Tanh(%s) }}",
     kSomeTypes},
    {"%x: T[3, 1], %w: T[1, 4]", "%y = GreaterOrEqual(%x, %w)", kNumberTypes},
    {"%x: T[2, 6, 5], %s: T[6], %b: T[6]",
     "%y = GroupNormalization(%x, %s, %b) {num_groups = 3, epsilon = 0.01}"},
    {"%x: T[2, 4, 3, 5], %s: T[4], %b: T[4]",
     "%y = GroupNormalization(%x, %s, %b) {num_groups = 1}"},
    {"%x: T[1]", "%n: i64[] = const [9]\n%y = HammingWindow(%n)", "f32"},
    {"%x: T[1]", "%n: i32[] = const [1]\n%y = HannWindow(%n) {periodic = 0}",
     "f32"},
    {"%x: T[1]",
     "%n: i64[] = const [12]\n%y = HannWindow(%n) {output_datatype = 10}",
     "f32"},
    {"%x: T[2, 3, 5], %v: T[5]", "%y = LayerNormalization(%x, %v, %v)"},
    {"%x: T[2, 3, 5], %v: T[3, 5]",
     "%y, %m, %d = LayerNormalization(%x, %v) {axis = 1, epsilon = 0.125}"},
    {"%x: T[2, 3, 5], %v: T[5]",
     "%y = LayerNormalization(%x, %v, %v) {axis = -2}"},
    {"%x: T[3, 1], %w: T[4]", "%y = LessOrEqual(%x, %w)", kNumberTypes},
    {"%x: T[2, 5, 16], %k: T[2, 5, 8], %v: T[2, 5, 6]",
     "%y, %s = LinearAttention(%x, %k, %v) {q_num_heads = 4, kv_num_heads = 2, "
     "update_rule = \"linear\"}"},
    {"%x: T[2, 4, 8], %k: T[2, 4, 8], %v: T[2, 4, 6], %p: T[2, 2, 4, 3], "
     "%g: T[2, 4, 8], %b: T[2, 4, 1]",
     "%y, %s = LinearAttention(%x, %k, %v, %p, %g, %b) {q_num_heads = 2, "
     "kv_num_heads = 2, scale = 0.5}",
     "f32 f16"},
    {"%x: T[1, 3, 8], %k: T[1, 3, 4], %v: T[1, 3, 3], %g: T[1, 3, 1]",
     "%y, %s = LinearAttention(%x, %k, %v, _, %g) {q_num_heads = 2, "
     "kv_num_heads = 1, update_rule = \"gated\"}"},
    {"%x: T[2, 3, 4], %k: T[2, 3, 4], %v: T[2, 3, 4], %b: T[2, 3, 2]",
     "%y, %s = LinearAttention(%x, %k, %v, _, _, %b) {q_num_heads = 2, "
     "kv_num_heads = 2, update_rule = \"delta\"}"},
    {"%x: T[2, 3, 5]", "%y = LogSoftmax(%x)"},
    {"%x: T[2, 3, 5]", "%y = LogSoftmax(%x) {axis = 1}"},
    {"%x: T[2, 3, 4, 5]", "%y = MeanVarianceNormalization(%x)"},
    {"%x: T[2, 3, 4]", "%y = MeanVarianceNormalization(%x) {axes = [1]}"},
    {"%x: T[3, 4]",
     "%t: i64[3] = const [2, 0, 3]\n%y = NegativeLogLikelihoodLoss(%x, %t)"},
    {"%x: T[2, 4, 3], %w: T[4]",
     "%t: i32[2, 3] = const [2, 0, 3, 1, 1, -1]\n"
     "%y = NegativeLogLikelihoodLoss(%x, %t, %w) {ignore_index = -1}"},
    {"%x: T[2, 4, 3], %w: T[4]",
     "%t: i64[2, 3] = const [2, 0, 3, 1, 1, 2]\n"
     "%y = NegativeLogLikelihoodLoss(%x, %t, %w) {reduction = \"none\", "
     "ignore_index = 2}"},
    {"%x: T[2, 4, 1, 2]",
     "%t: i64[2, 1, 2] = const [2, 0, 3, 1]\n"
     "%y = NegativeLogLikelihoodLoss(%x, %t) {reduction = \"sum\"}"},
    {"%x: T[2, 3, 5], %v: T[3, 1]", "%y = PRelu(%x, %v)",
     "f32 f64 f16 i32 i64"},
    {"%x: T[2, 3, 5], %v: T[5]", "%y = RMSNormalization(%x, %v)"},
    {"%x: T[2, 3, 5], %v: T[3, 5]",
     "%y = RMSNormalization(%x, %v) {axis = 1, epsilon = 0.25}"},
    {"%x: T[1]",
     "%a: f32[] = const [1]\n%b: f32[] = const [8.5]\n%c: f32[] = const [1.5]\n"
     "%y = Range(%a, %b, %c)",
     "f32"},
    {"%x: T[1]",
     "%a: i64[] = const [9]\n%b: i64[] = const [-1]\n%c: i64[] = const [-3]\n"
     "%y = Range(%a, %b, %c)",
     "f32"},
    {"%x: T[1]",
     "%a: i32[] = const [3]\n%b: i32[] = const [1]\n%c: i32[] = const [2]\n"
     "%y = Range(%a, %b, %c)",
     "f32"},
    {"%a: T[], %b: T[]",
     "%c1: f32[] = const [2]\n%c = CastLike(%c1, %a)\n%y = Range(%a, %b, %c)",
     kNumberTypes},
    {"%n: i64[]", "%y = HannWindow(%n)", "f32"},
    {"%n: i32[]", "%y = HammingWindow(%n) {periodic = 0}", "f32"},
    {"%x: T[2, 3, 4]", "%y = ReduceL1(%x)", kNumberTypes},
    {"%x: T[2, 3, 4]",
     "%a: i64[2] = const [0, -1]\n%y = ReduceL1(%x, %a) {keepdims = 0}",
     kNumberTypes},
    {"%x: T[2, 3, 4]",
     "%a: i64[1] = const [1]\n%y = ReduceL2(%x, %a) {keepdims = 0}",
     kNumberTypes},
    {"%x: T[2, 3, 4]", "%y = ReduceL2(%x)", kNumberTypes},
    {"%x: T[2, 3, 4]",
     "%p = Abs(%x)\n%a: i64[1] = const [2]\n%y = ReduceLogSum(%p, %a)",
     kFloatTypes},
    {"%x: T[2, 3, 4]", "%y = ReduceLogSumExp(%x)", kNumberTypes},
    {"%x: T[2, 3, 4]",
     "%a: i64[2] = const [0, 2]\n%y = ReduceLogSumExp(%x, %a) {keepdims = 0}"},
    {"%x: T[2, 0, 4]", "%a: i64[1] = const [1]\n%y = ReduceLogSumExp(%x, %a)"},
    {"%x: T[2, 3, 4]", "%y = ReduceSumSquare(%x) {noop_with_empty_axes = 1}",
     kNumberTypes},
    {"%x: T[2, 3, 4]", "%a: i64[1] = const [0]\n%y = ReduceSumSquare(%x, %a)",
     kNumberTypes},
    {"%x: T[2, 4, 3, 8], %c: T[2, 3, 4], %s: T[2, 3, 4]",
     "%y = RotaryEmbedding(%x, %c, %s)"},
    {"%x: T[2, 3, 32], %c: T[9, 2], %s: T[9, 2]",
     "%i: i64[2, 3] = const [0, 1, 2, 8, 4, 4]\n"
     "%y = RotaryEmbedding(%x, %c, %s, %i) {num_heads = 4, interleaved = 1, "
     "rotary_embedding_dim = 4}"},
    {"%x: T[2, 2, 3, 6], %c: T[9, 2], %s: T[9, 2]",
     "%i: i64[2, 3] = const [0, 1, 2, 8, 4, 4]\n"
     "%y = RotaryEmbedding(%x, %c, %s, %i) {rotary_embedding_dim = 4}"},
    {"%x: T[4, 2]",
     "%q: seq(T[4, 2]) = SequenceConstruct(%x, %x)\n"
     "%z: seq(T[*]) = SequenceMap(%q, %x) {body = graph \"b\" (%i: T[4, 2], "
     "%j: "
     "T[4, 2]) -> (%k) {%r = Relu(%i) %k: T[4, 2] = Add(%r, %j) }}\n"
     "%y = ConcatFromSequence(%z) {axis = 0}",
     kSomeTypes},
    {"%x: T[2, 3, 4]", "%y = Softmax(%x)"},
    {"%x: T[2, 3, 4]", "%y = Softmax(%x) {axis = 0}"},
    {"%x: T[3, 5]",
     "%t: i64[3] = const [2, 0, 4]\n"
     "%y, %l = SoftmaxCrossEntropyLoss(%x, %t)"},
    {"%x: T[2, 4, 3], %w: T[4]",
     "%t: i32[2, 3] = const [2, 0, 3, 1, 1, -1]\n"
     "%y = SoftmaxCrossEntropyLoss(%x, %t, %w) {ignore_index = -1, reduction = "
     "\"none\"}"},
    {"%x: T[2, 3, 4, 6]", "%y = SpaceToDepth(%x) {blocksize = 2}",
     kNumberTypes},
    {"%x: T[1, 2, 3, 6]",
     "%y = SpaceToDepth(%x) {blocksize = 3, mode = \"CRD\"}", kNumberTypes},
};

// A case as it is run: the text of a graph, and inputs for it.
struct FunctionRun {
  std::string text;
  Graph graph;
  Op op = Op::Identity;
  std::vector<RunValue> inputs;
};

// How far results of sums may lie apart that are rounded in another order.
inline Tolerance function_tolerance(std::string_view type) {
  if (type == "bf16") return {.relative = 0.06, .absolute = 0.04};
  if (type == "f16") return {.relative = 0.008, .absolute = 0.004};
  return {.relative = 1e-5, .absolute = 2e-6};
}

inline FunctionRun function_run(std::string_view inputs, std::string_view node,
                                std::string_view type) {
  FunctionRun run;
  // Outputs of the last node are those of the graph.
  const size_t line =
      node.rfind("\n%") == std::string_view::npos ? 0 : node.rfind("\n%") + 1;
  const std::string_view results =
      node.substr(line, node.find(" = ", line) - line);
  run.text = "graph \"g\" (" + std::string(inputs) + ") -> (" +
             std::string(results.substr(0, results.find(':'))) + ") {\n" +
             std::string(node) + "\n}";
  for (const std::string_view before : {" T[", "(T["})
    for (size_t at = 0; (at = run.text.find(before, at)) != std::string::npos;)
      run.text.replace(at + 1, 1, type);
  Result<Graph> graph = parse_graph(run.text);
  EXPECT_TRUE(graph.ok()) << graph.error().message << "\n" << run.text;
  if (!graph.ok()) return run;
  run.graph = *std::move(graph);
  for (const Node& n : run.graph.nodes)
    if (info(n.op).kind == OpKind::Function) run.op = n.op;
  Random random(3);
  for (const ValueId id : run.graph.inputs) {
    const ElementType element = *run.graph[id].type.element;
    Tensor tensor(element, *static_dims(*run.graph[id].type.shape));
    for (int64_t i = 0; i < tensor.size(); ++i)
      if (is_float(element))
        tensor.data<double>()[i] = narrow(element, 4 * random.unit() - 2);
      else
        tensor.data<int64_t>()[i] = static_cast<int64_t>(
            random.below(element == ElementType::Bool ? 2 : 5));
    run.inputs.emplace_back(std::move(tensor));
  }
  return run;
}

// Calls `check` with each case and type, and with the set of operators met.
template <typename F>
std::set<Op> for_each_function_case(F check) {
  std::set<Op> met;
  const auto each = [&](std::string_view inputs, std::string_view node,
                        std::string_view types) {
    while (!types.empty()) {
      const std::string_view type = types.substr(0, types.find(' '));
      types.remove_prefix(std::min(types.size(), type.size() + 1));
      const FunctionRun run = function_run(inputs, node, type);
      SCOPED_TRACE(run.text);
      met.insert(run.op);
      check(run, function_tolerance(type));
    }
  };
  for (const FunctionCase& c : kFunctionCases) each(c.inputs, c.node, c.types);
  for (const std::string_view node : kElementwise)
    for (const std::string_view shape : kShapes)
      each("%x: T" + std::string(shape), "%y = " + std::string(node),
           shape == "[17]" ? kFloatTypes : "f32");
  return met;
}

}  // namespace hone::tensor
