// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chains of element-wise nodes as one kernel, on channel blocks where their
// inputs stand so, else on plain tensors.
#include <algorithm>

#include "tensor/plan/expression_of.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/lower_quantized.h"

namespace hone::tensor {

namespace {

// Lanes behind the last channel hold what became of zeros; nothing that is not
// finite may come of them, for a later product with 0 would not be 0.
bool keeps_zeros_finite(const Expression& expression) {
  return std::ranges::none_of(expression.steps, [](const ExpressionStep& step) {
    return (step.kind == ExpressionStep::Kind::Apply &&
            step.op == KernelOp::Div) ||
           (step.kind == ExpressionStep::Kind::Function &&
            step.function == VectorFunction::Log);
  });
}

// One number for each channel of a result of such dimensions: 1 x C x 1 x 1, or
// 1 x C x 1, and constant.
std::optional<std::vector<float>> channel_numbers(
    const Planner& planner, const ChainInput& input,
    const std::vector<int64_t>& result) {
  if (input.value == kNone) return input.channels;
  std::vector<int64_t> d = planner.dims(input.value);
  if (d.size() + 1 == result.size()) d.insert(d.begin(), 1);
  std::vector<int64_t> wanted(result.size(), 1);
  wanted[1] = result[1];
  if (d != wanted) return {};
  return planner.floats(input.value);
}

bool can_block(const Planner& planner, const Chain& chain,
               const Expression& expression) {
  const std::vector<int64_t>& y = planner.dims(chain.result);
  if ((y.size() != 3 && y.size() != 4) || is_slot(y[1])) return false;
  if (y[1] % kBlock != 0 && !keeps_zeros_finite(expression)) return false;
  bool any = false;
  for (const ChainInput& input : chain.inputs) {
    if (channel_numbers(planner, input, y)) continue;
    if (planner.dims(input.value) != y || planner.constant(input.value))
      return false;
    const auto* const bytes = planner.dequantized(input.value);
    any = any ||
          planner.is_blocked(bytes != nullptr ? bytes->first : input.value);
  }
  return any;
}

Status emit_blocked(Planner& planner, const Chain& chain,
                    Expression expression) {
  const std::vector<int64_t>& y = planner.dims(chain.result);
  std::vector<View> inputs;
  for (const ChainInput& input : chain.inputs) {
    if (auto numbers = channel_numbers(planner, input, y)) {
      numbers->resize((y[1] + kBlock - 1) / kBlock * kBlock);
      inputs.push_back({.buffer = planner.add_weights(*numbers),
                        .strides = {0, kBlock, 0, 0, 1}});
      continue;
    }
    const auto* const bytes = planner.dequantized(input.value);
    if (bytes != nullptr && planner.is_blocked(bytes->first)) {
      HONE_ASSIGN_OR_RETURN(
          const Stored stored,
          planner.byte_blocks(bytes->first, Halo{}, bytes->second.zero));
      inputs.push_back(
          planner.quantized_view(blocked_view(stored), bytes->second));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(const Stored stored,
                          planner.blocked(input.value, Halo{}));
    inputs.push_back(blocked_view(stored));
  }
  const auto quantized = quantized_result(planner, chain.result);
  const ValueId result = quantized ? quantized->value : chain.result;
  if (quantized) planner.mark_done(quantized->node);
  const Stored to =
      quantized ? planner.new_byte_blocks(result, quantized->quantization.zero)
                : planner.new_blocked(result);
  View view = blocked_view(to);
  if (quantized) view = planner.quantized_view(view, quantized->quantization);
  for (View& input : inputs) input.dims = view.dims;
  planner.add_elementwise(planner.graph()[result].name, std::move(expression),
                          view, std::move(inputs));
  planner.define(result, to);
  return {};
}

// Repeats a view to larger dimensions.
View broadcast(View view, const std::vector<Dim>& dims) {
  View wide = {.buffer = view.buffer,
               .start = view.start,
               .dims = dims,
               .strides = std::vector<Dim>(dims.size(), 0)};
  const size_t missing = dims.size() - view.dims.size();
  for (size_t i = 0; i < view.dims.size(); ++i)
    if (view.dims[i] != 1) wide.strides[missing + i] = view.strides[i];
  return wide;
}

Status emit_plain(Planner& planner, const Chain& chain, Expression expression) {
  const std::vector<Dim> y = planner.sizes(chain.result);
  std::vector<View> inputs;
  for (const ChainInput& input : chain.inputs) {
    if (input.value == kNone) {
      std::vector<Dim> dims(y.size() - 1, 1);
      dims[0] = y[1];
      View view = {.buffer = planner.add_weights(input.channels),
                   .dims = dims,
                   .strides = std::vector<Dim>(dims.size(), 1)};
      inputs.push_back(broadcast(view, y));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input.value));
    inputs.push_back(
        broadcast(planner.view(stored, planner.sizes(input.value)), y));
  }
  const Stored to = planner.new_plain(chain.result);
  planner.add_elementwise(planner.graph()[chain.result].name,
                          std::move(expression), planner.view(to, y),
                          std::move(inputs));
  planner.define(chain.result, to);
  return {};
}

}  // namespace

Status lower_elementwise(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ChainLimits limits;
  Chain chain;
  ExpressionBuilder builder;
  if (!extend_chain(planner, index, limits, chain, builder))
    return planner.unsupported(
        node, "expected f32, and at most four tensors that are no numbers");
  follow_chain(planner, limits, chain, builder);
  Expression expression = std::move(builder).finish(chain.number);
  if (can_block(planner, chain, expression))
    return emit_blocked(planner, chain, std::move(expression));
  return emit_plain(planner, chain, std::move(expression));
}

}  // namespace hone::tensor
