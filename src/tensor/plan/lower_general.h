// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lowerings to element kernels: any type of elements, speed second. The table
// in lower_general.cpp says which operator has which.
#pragma once

#include "tensor/plan/element_kernel.h"

namespace hone::tensor {

// Whether there is a lowering to element kernels.
bool has_general_lowering(Op op);
Status lower_general(Planner& planner, int node);

// --- Shared by families ------------------------------------------------------
Reg zero_of(ElementKernel& k, Reg like);
Reg sigmoid(ElementKernel& k, Reg x);
// y[i] = x[from], bit for bit; both hold the same type.
void copy_element(ElementKernel& k, const Operand& y, Ix i, const Operand& x,
                  Ix from);
// Counted from the front where it is negative; kept inside of the extent, so
// that no kernel leaves its memory whatever its inputs say.
Ix inside(ElementKernel& k, Ix place, Ix extent);
Ix clamp(Ix value, Ix low, Ix high);
// a / b of natural numbers, where b is computed.
Ix quotient(ElementKernel& k, Ix a, Ix b);
// 1 for each axis that input `input` (or the attribute of that name) lists; all
// or none where it lists nothing.
std::vector<Ix> axis_flags(ElementKernel& k, size_t input,
                           const std::vector<int64_t>& attribute, size_t rank,
                           bool none_is_all);
// The place on axis `axis` of an operand that repeats an extent of 1.
Ix repeated(const Operand& x, size_t axis, Ix at);
// Strides of a dense operand.
Index strides_of(const Operand& x);
// The only element of a literal, in the form of its class.
struct LiteralNumber {
  double number;
  int64_t integer;
};
std::optional<LiteralNumber> literal_number(const Literal& literal);
// round(real / scale) + zero, within the integer type.
Reg quantized(ElementKernel& k, Reg real, Reg scale, Reg zero,
              ElementType type);
// Linear in each axis between the elements around `where`, 0 outside; `outer`
// are the indices of the axes before those.
Reg linear_sample(ElementKernel& k, const Operand& x, const Index& outer,
                  const std::vector<Reg>& where);
// A number of an operand of any type, as f64.
Reg load_number(ElementKernel& k, const Operand& x, Ix at);

// For each axis, what the list in input `values` says of it, from place `first`
// on; `other` where it is not in input `axes` (all in order where that is not
// given).
std::vector<Ix> by_axis(ElementKernel& k, size_t values, size_t axes,
                        size_t rank, int64_t other, Ix first, Ix count);
// Of a Slice, for each axis and inside of its extent: the first element, the
// one behind the last, and the step, which is not 0.
struct SliceBounds {
  std::vector<Ix> starts, ends, steps;
};
SliceBounds slice_bounds(ElementKernel& k);
// Of a NonMaxSuppression: body(number, image, class, box) for each box that is
// kept, in order; how many there are. Takes memory of its own, before any
// statement.
Reg for_each_kept_box(ElementKernel& k,
                      const std::function<void(Ix, Ix, Ix, Ix)>& body);
// Of a Resize: which elements of an axis each of the result is made of, and
// their shares, as tables of a row each that a step writes. Nothing for axes
// that are copied.
struct ResizeTable {
  size_t axis = 0;
  int64_t taps = 1;
  int places = -1, weights = -1;  // buffers of i64 and f32; -1: all are 1
};
Result<std::vector<ResizeTable>> add_resize_tables(Planner& planner,
                                                   const Node& node);
// Writes 0 to count - 1 into `order`, sorted; ties stay as they are. `room` is
// as large. A merge sort: of n log n comparisons.
void sort_places(ElementKernel& k, const Operand& order, const Operand& room,
                 Ix count, const std::function<Reg(Ix, Ix)>& is_before);
// Of a Unique: how many of its slices differ. Takes memory of its own, before
// any statement.
Reg count_unique(ElementKernel& k);

// --- Sizes that are known only when the model runs ---------------------------
// Whether every element of the result reads the inputs at its own place, sizes
// of 1 repeated.
bool is_broadcasting(Op op);
// Writes the slots of the node's results that are not known yet. Unsupported
// where there is no rule for them.
Status define_sizes(Planner& planner, const Node& node);

#define HONE_LOWERING(name) Status name(Planner& planner, int node);
HONE_LOWERING(lower_affine_grid)
HONE_LOWERING(lower_alias)
HONE_LOWERING(lower_any_batch_normalization)
HONE_LOWERING(lower_any_concat)
HONE_LOWERING(lower_any_convolution)
HONE_LOWERING(lower_any_dropout)
HONE_LOWERING(lower_any_elementwise)
HONE_LOWERING(lower_any_expand)
HONE_LOWERING(lower_any_gemm)
HONE_LOWERING(lower_any_matmul)
HONE_LOWERING(lower_any_pooling)
HONE_LOWERING(lower_any_reduction)
HONE_LOWERING(lower_any_slice)
HONE_LOWERING(lower_any_softmax)
HONE_LOWERING(lower_any_split)
HONE_LOWERING(lower_any_transpose)
HONE_LOWERING(lower_argument)
HONE_LOWERING(lower_attention)
HONE_LOWERING(lower_bernoulli)
HONE_LOWERING(lower_cast)
HONE_LOWERING(lower_causal_convolution)
HONE_LOWERING(lower_center_crop_pad)
HONE_LOWERING(lower_col2im)
HONE_LOWERING(lower_compress)
HONE_LOWERING(lower_constant_of_shape)
HONE_LOWERING(lower_convolution_transpose)
HONE_LOWERING(lower_cumulative)
HONE_LOWERING(lower_deform_conv)
HONE_LOWERING(lower_dequantize)
HONE_LOWERING(lower_det)
HONE_LOWERING(lower_dft)
HONE_LOWERING(lower_dynamic_quantize)
HONE_LOWERING(lower_einsum)
HONE_LOWERING(lower_eye_like)
HONE_LOWERING(lower_gather)
HONE_LOWERING(lower_gather_elements)
HONE_LOWERING(lower_gather_nd)
HONE_LOWERING(lower_global_pooling)
HONE_LOWERING(lower_grid_sample)
HONE_LOWERING(lower_group_normalization)
HONE_LOWERING(lower_layer_normalization)
HONE_LOWERING(lower_linear_attention)
HONE_LOWERING(lower_loss)
HONE_LOWERING(lower_lp_normalization)
HONE_LOWERING(lower_lrn)
HONE_LOWERING(lower_max_roi_pool)
HONE_LOWERING(lower_max_unpool)
HONE_LOWERING(lower_mean_variance)
HONE_LOWERING(lower_mel_weights)
HONE_LOWERING(lower_multinomial)
HONE_LOWERING(lower_non_max_suppression)
HONE_LOWERING(lower_non_zero)
HONE_LOWERING(lower_one_hot)
HONE_LOWERING(lower_optimiser)
HONE_LOWERING(lower_pad)
HONE_LOWERING(lower_qlinear_matmul)
HONE_LOWERING(lower_quantize)
HONE_LOWERING(lower_random)
HONE_LOWERING(lower_range)
HONE_LOWERING(lower_any_recurrence)
HONE_LOWERING(lower_resize)
HONE_LOWERING(lower_reverse_sequence)
HONE_LOWERING(lower_roi_align)
HONE_LOWERING(lower_rotary_embedding)
HONE_LOWERING(lower_scatter_elements)
HONE_LOWERING(lower_scatter_nd)
HONE_LOWERING(lower_shape)
HONE_LOWERING(lower_signal_window)
HONE_LOWERING(lower_space_to_depth)
HONE_LOWERING(lower_stft)
HONE_LOWERING(lower_tensor_scatter)
HONE_LOWERING(lower_tf_idf)
HONE_LOWERING(lower_top_k)
HONE_LOWERING(lower_trilu)
HONE_LOWERING(lower_unique)
#undef HONE_LOWERING

}  // namespace hone::tensor
