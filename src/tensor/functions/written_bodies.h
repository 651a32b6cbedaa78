// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies that depend on more than a node's attributes: each writes the text of
// one, for a call whose types are known as far as inference knows them.
#pragma once

#include <string>

#include "tensor/functions/call.h"

namespace hone::tensor {

// attention_bodies.cpp
std::string attention_body(FunctionCall& c);
std::string linear_attention_body(FunctionCall& c);
std::string rotary_embedding_body(FunctionCall& c);

// layout_bodies.cpp
std::string affine_grid_body(FunctionCall& c);
std::string center_crop_pad_body(FunctionCall& c);
std::string depth_to_space_body(FunctionCall& c);
std::string range_body(FunctionCall& c);
std::string signal_window_body(FunctionCall& c);
std::string space_to_depth_body(FunctionCall& c);

// statistics_bodies.cpp
std::string bernoulli_body(FunctionCall& c);
std::string cast_like_body(FunctionCall& c);
std::string causal_convolution_body(FunctionCall& c);
std::string group_normalization_body(FunctionCall& c);
std::string layer_normalization_body(FunctionCall& c);
std::string loss_body(FunctionCall& c);
std::string reduce_body(FunctionCall& c);

}  // namespace hone::tensor
