// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lowerings share that compute with quantised values as they stand, as
// bytes: a DequantizeLinear before and a QuantizeLinear behind an operator are
// then part of it.
#pragma once

#include <optional>

#include "tensor/kernel/pooling.h"
#include "tensor/plan/planner.h"
#include "tensor/plan/window.h"

namespace hone::tensor {

// The QuantizeLinear that alone reads a value.
struct QuantizedResult {
  ValueId value = kNone;
  int node = -1;
  Quantization quantization;
};
std::optional<QuantizedResult> quantized_result(const Planner& planner,
                                                ValueId id);

// Whether something that works on channel blocks reads the bytes.
bool wants_byte_blocks(const Planner& planner, ValueId id);

// Whether a convolution of at most four channels reads them.
bool wants_byte_words(const Planner& planner, ValueId id);

// A DequantizeLinear of constants, computed.
Result<Literal> dequantized_literal(const Planner& planner, const Node& node);

// These say false, and have done nothing, where the operator does not stand
// between quantised values; then numbers of f32 are computed with.
bool lower_byte_pooling(Planner& planner, int node, const WindowShape& shape);
Result<bool> lower_byte_concat(Planner& planner, int node);
Result<bool> lower_byte_convolution(Planner& planner, int node,
                                    const WindowShape& shape);

// In lower_pooling.cpp.
void add_pooling(Planner& planner, const Node& node, const PoolingTile& tile,
                 const WindowShape& shape, const Stored& from,
                 const Stored& to);

}  // namespace hone::tensor
