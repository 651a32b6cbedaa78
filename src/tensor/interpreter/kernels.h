// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of each family; a family is a file of this folder.
#pragma once

#include <span>

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

std::span<const KernelRow> activation_kernels();
std::span<const KernelRow> arithmetic_kernels();
std::span<const KernelRow> attention_kernels();
std::span<const KernelRow> cast_kernels();
std::span<const KernelRow> control_kernels();
std::span<const KernelRow> convolution_kernels();
std::span<const KernelRow> custom_kernels();
std::span<const KernelRow> elementwise_kernels();
std::span<const KernelRow> gather_kernels();
std::span<const KernelRow> image_kernels();
std::span<const KernelRow> layout_kernels();
std::span<const KernelRow> loss_kernels();
std::span<const KernelRow> matmul_kernels();
std::span<const KernelRow> normalize_kernels();
std::span<const KernelRow> pooling_kernels();
std::span<const KernelRow> quantize_kernels();
std::span<const KernelRow> random_kernels();
std::span<const KernelRow> recurrent_kernels();
std::span<const KernelRow> reduce_kernels();
std::span<const KernelRow> resize_kernels();
std::span<const KernelRow> scan_kernels();
std::span<const KernelRow> sequence_kernels();
std::span<const KernelRow> shape_kernels();
std::span<const KernelRow> signal_kernels();
std::span<const KernelRow> text_kernels();
std::span<const KernelRow> training_kernels();

}  // namespace hone::tensor
