// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of the operators of com.microsoft, by what they are about. Each writer
// asks for the attributes that it understands and for the inputs that are
// there; what it does not ask for is an error (call.h).
#pragma once

#include <string>

#include "tensor/functions/call.h"

namespace hone::tensor {

namespace contrib {

// contrib_plain.cpp: activations, products, normalisations.
std::string bias_gelu(FunctionCall& c);
std::string embed_layer_normalization(FunctionCall& c);
std::string fast_gelu(FunctionCall& c);
std::string fused_conv(FunctionCall& c);
std::string fused_gemm(FunctionCall& c);
std::string fused_matmul(FunctionCall& c);
std::string gelu(FunctionCall& c);
std::string quantized_embed_layer_normalization(FunctionCall& c);
std::string quick_gelu(FunctionCall& c);
std::string simplified_layer_normalization(FunctionCall& c);
std::string skip_layer_normalization(FunctionCall& c);
std::string skip_simplified(FunctionCall& c);

// contrib_layout.cpp: older forms of what ONNX has.
std::string cdist(FunctionCall& c);
std::string expand_dims(FunctionCall& c);
std::string gather_nd(FunctionCall& c);
std::string grid_sample(FunctionCall& c);
std::string pad(FunctionCall& c);
std::string range(FunctionCall& c);
std::string rotary_embedding(FunctionCall& c);
std::string trilu(FunctionCall& c);
std::string unique(FunctionCall& c);

// contrib_quantized.cpp
std::string dequantize(FunctionCall& c);
std::string dynamic_quantize_matmul(FunctionCall& c);
std::string gather_block_quantized(FunctionCall& c);
std::string matmul_integer_16(FunctionCall& c);
std::string matmul_integer_to_float(FunctionCall& c);
std::string matmul_n_bits(FunctionCall& c);
std::string nhwc_max_pool(FunctionCall& c);
std::string qgemm(FunctionCall& c);
std::string qlinear_add(FunctionCall& c);
std::string qlinear_average_pool(FunctionCall& c);
std::string qlinear_concat(FunctionCall& c);
std::string qlinear_conv(FunctionCall& c);
std::string qlinear_global_average_pool(FunctionCall& c);
std::string qlinear_leaky_relu(FunctionCall& c);
std::string qlinear_mul(FunctionCall& c);
std::string qlinear_sigmoid(FunctionCall& c);
std::string qlinear_softmax(FunctionCall& c);
std::string qlinear_where(FunctionCall& c);
std::string quantize(FunctionCall& c);

// contrib_attention.cpp
std::string attention(FunctionCall& c);
std::string group_query_attention(FunctionCall& c);
std::string multi_head_attention(FunctionCall& c);
std::string quantized_attention(FunctionCall& c);

}  // namespace contrib

}  // namespace hone::tensor
