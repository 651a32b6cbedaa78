// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/elementwise.h"

#include "tensor/kernel/byte.h"

namespace hone::tensor {

namespace {

struct Array {
  Pointer pointer;
  Access access;
  std::vector<Ix> strides;
  Ix lane_stride = 1;
  bool is_bytes = false;
  Pointer numbers = {};  // scale and zero of bytes
};

class ElementwiseWriter {
 public:
  explicit ElementwiseWriter(const ElementwiseTile& tile)
      : t_(tile), b_("elementwise", tile.lanes) {
    arrays_.push_back({b_.pointer("y", element(0)), t_.output, {}});
    for (size_t i = 0; i < t_.inputs.size(); ++i)
      arrays_.push_back({b_.pointer("x" + std::to_string(i), element(i + 1)),
                         t_.inputs[i],
                         {}});
    for (size_t i = 0; i < t_.bytes.size(); ++i)
      if (t_.bytes[i]) {
        arrays_[i].is_bytes = true;
        arrays_[i].numbers = b_.pointer("numbers");
      }
    const Ix begin = b_.size("begin");
    extents_.push_back(b_.size("end"));
    from_.push_back(begin);
    for (int d = 1; d < t_.rank; ++d) {
      from_.push_back(0);
      extents_.push_back(b_.size("extent" + std::to_string(d)));
    }
    if (!t_.whole) lanes_ = b_.size("n");
    for (Array& array : arrays_) {
      for (int d = 0; d < t_.rank; ++d)
        array.strides.push_back(b_.size("stride"));
      if (array.access == Access::Strided)
        array.lane_stride = b_.size("lane_stride");
    }
  }

  VectorKernel write() && {
    write_dimension(0, std::vector<Ix>(arrays_.size(), 0));
    return std::move(b_).finish();
  }

 private:
  Element element(size_t array) const {
    return !t_.bytes.empty() && t_.bytes[array] ? Element::U8 : t_.element;
  }

  Reg number_of(const Array& a, Reg byte) {
    return b_.apply(
        KernelOp::Mul,
        {b_.apply(KernelOp::Sub, {b_.apply(KernelOp::ToFloat, {byte}),
                                  b_.broadcast(a.numbers, 1)}),
         b_.broadcast(a.numbers, 0)});
  }

  // NaN becomes 0, as Max gives its second operand.
  Reg byte_of(const Array& a, Reg value) {
    const Reg steps = b_.apply(
        KernelOp::Round,
        {b_.apply(KernelOp::Div, {value, b_.broadcast(a.numbers, 0)})});
    const Reg least =
        b_.apply(KernelOp::Max,
                 {b_.apply(KernelOp::Add, {steps, b_.broadcast(a.numbers, 1)}),
                  b_.constant(0)});
    return byte_of_whole(b_,
                         b_.apply(KernelOp::Min, {least, b_.constant(255)}));
  }

  void write_dimension(int d, const std::vector<Ix>& places) {
    if (d == t_.rank) return write_lanes(places);
    b_.loop("i", from_[d], extents_[d], 1, [&](Ix i) {
      std::vector<Ix> inner;
      for (size_t k = 0; k < arrays_.size(); ++k)
        inner.push_back(b_.let("at", places[k] + i * arrays_[k].strides[d]));
      write_dimension(d + 1, inner);
    });
  }

  void write_lanes(const std::vector<Ix>& places) {
    if (t_.whole) return write_vector(places, 0, {});
    // Whole vectors first: their loads and stores need no mask.
    const Ix whole = b_.let("whole", lanes_ / t_.lanes * t_.lanes);
    b_.loop("j", 0, whole, t_.lanes,
            [&](Ix j) { write_vector(places, j, {}); });
    b_.when_less(whole, lanes_, [&] {
      write_vector(places, whole, b_.let("left", lanes_ - whole));
    });
  }

  void write_vector(const std::vector<Ix>& places, Ix j,
                    std::optional<Ix> left) {
    std::vector<Reg> inputs;
    for (size_t k = 1; k < arrays_.size(); ++k) {
      const Array& a = arrays_[k];
      if (a.access == Access::Same)
        inputs.push_back(b_.broadcast(a.pointer, places[k]));
      else if (a.access == Access::Strided)
        inputs.push_back(b_.load(a.pointer, places[k] + j * a.lane_stride, left,
                                 a.lane_stride));
      else
        inputs.push_back(b_.load(a.pointer, places[k] + j, left));
      if (a.is_bytes) inputs.back() = number_of(a, inputs.back());
    }
    Reg value = write_expression(b_, t_.expression, inputs);
    const Array& y = arrays_[0];
    if (y.is_bytes) value = byte_of(y, value);
    if (y.access == Access::Strided)
      b_.store(y.pointer, places[0] + j * y.lane_stride, value, left,
               y.lane_stride);
    else
      b_.store(y.pointer, places[0] + j, value, left);
  }

  const ElementwiseTile& t_;
  KernelBuilder b_;
  std::vector<Array> arrays_;
  std::vector<Ix> from_, extents_;
  Ix lanes_ = 0;
};

}  // namespace

VectorKernel build_elementwise(const ElementwiseTile& tile) {
  return ElementwiseWriter(tile).write();
}

}  // namespace hone::tensor
