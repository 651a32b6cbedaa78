// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plans without jumps, interpreted on memory of exactly the sizes that they
// reserve.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/kernel/interpret_kernel.h"
#include "tensor/plan/plan.h"

namespace hone::toolkit {

// A plan without jumps, on memory that ends where it should.
class CheckedRun {
 public:
  using Tensor = tensor::Tensor;

  CheckedRun(const tensor::Plan& plan, const std::vector<Tensor>& inputs)
      : plan_(plan),
        slots_(plan.slots + 1),
        regions_(plan.regions),
        outputs_(plan.outputs.size()) {
    arena_.resize(plan.memory);
    const auto* const first =
        reinterpret_cast<const std::byte*>(plan.weights.bytes().data());
    weights_.assign(first, first + plan.weights.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      const tensor::Literal literal = inputs[i].to_literal();
      inputs_.emplace_back(literal.bytes().begin(), literal.bytes().end());
      for (size_t d = 0; d < inputs[i].dims().size(); ++d)
        if (const int64_t dim = plan.inputs[i].dims[d]; tensor::is_slot(dim))
          slots_[tensor::slot_of(dim)] = inputs[i].dims()[d];
    }
    for (size_t i = 0; i < outputs_.size(); ++i)
      if (!tensor::has_slot(plan.outputs[i].dims))
        outputs_[i].resize(bytes_of(tensor::element_bits(plan.outputs[i].type),
                                    plan.outputs[i].dims));
  }

  Status run() {
    for (const tensor::PlanStep& step : plan_.steps) {
      if (step.kernel == tensor::PlanStep::kCompute) {
        HONE_RETURN_IF_ERROR(compute(step));
      } else if (step.kernel == tensor::PlanStep::kReserve) {
        const std::vector<int64_t> dims(step.sizes.begin() + 1,
                                        step.sizes.end());
        memory(step.places[0])->resize(bytes_of(step.sizes[0], dims));
      } else {
        HONE_RETURN_IF_ERROR(call(step));
      }
    }
    return {};
  }

  Tensor output(size_t i) {
    tensor::Dims dims = plan_.outputs[i].dims;
    for (int64_t& dim : dims) dim = number(dim);
    return Tensor::from(
        *tensor::Literal::own(plan_.outputs[i].type, dims, outputs_[i]));
  }

 private:
  using Bytes = std::vector<std::byte>;

  int64_t number(int64_t size) const {
    return tensor::is_slot(size) ? slots_[tensor::slot_of(size)] : size;
  }

  int64_t bytes_of(int64_t bits, const std::vector<int64_t>& dims) const {
    for (const int64_t dim : dims) bits *= std::max<int64_t>(number(dim), 0);
    return (bits + 7) / 8;
  }

  Bytes* memory(const tensor::PlanPlace& place) {
    switch (place.space) {
      case tensor::PlanPlace::Space::Arena:
        return &arena_;
      case tensor::PlanPlace::Space::Weights:
        return &weights_;
      case tensor::PlanPlace::Space::Input:
        return &inputs_[place.index];
      case tensor::PlanPlace::Space::Output:
        return &outputs_[place.index];
      case tensor::PlanPlace::Space::Region:
        return &regions_[place.index];
      case tensor::PlanPlace::Space::Slots:
      case tensor::PlanPlace::Space::Value:
        break;
    }
    return nullptr;
  }

  Status compute(const tensor::PlanStep& step) {
    const int64_t a = number(step.sizes[1]), b = number(step.sizes[2]);
    int64_t& to = slots_[step.target];
    switch (static_cast<tensor::SizeOp>(step.sizes[0])) {
      case tensor::SizeOp::Add:
        to = a + b;
        break;
      case tensor::SizeOp::Sub:
        to = a - b;
        break;
      case tensor::SizeOp::Mul:
        to = a * b;
        break;
      case tensor::SizeOp::FloorDiv:
        if (b == 0) return Error(ErrorKind::Rejected, "a division by 0");
        to = a / b - (a % b != 0 && (a < 0) != (b < 0));
        break;
      case tensor::SizeOp::Min:
        to = std::min(a, b);
        break;
      case tensor::SizeOp::Max:
        to = std::max(a, b);
        break;
      case tensor::SizeOp::Equal:
        if (a != b) return Error(ErrorKind::Rejected, "sizes that differ");
        break;
    }
    return {};
  }

  Status call(const tensor::PlanStep& step) {
    std::vector<int64_t> sizes = {0, number(step.tasks)};
    for (const int64_t size : step.sizes) sizes.push_back(number(size));
    for (int64_t turn = 0; turn < number(step.repeats); ++turn) {
      std::vector<tensor::KernelBuffer> buffers;
      for (const tensor::PlanPlace& place : step.places) {
        const int64_t at = number(place.offset) + turn * number(place.stride);
        if (place.space == tensor::PlanPlace::Space::Slots) {
          buffers.push_back(
              {reinterpret_cast<std::byte*>(slots_.data()) + at, 8});
          continue;
        }
        Bytes& all = *memory(place);
        buffers.push_back(
            {all.data() + at, static_cast<int64_t>(all.size()) - at});
      }
      const Status status =
          tensor::interpret_kernel(plan_.kernels[step.kernel], buffers, sizes);
      if (!status.ok())
        return Error(ErrorKind::Rejected,
                     step.node + ": " + status.error().message);
    }
    return {};
  }

  const tensor::Plan& plan_;
  std::vector<int64_t> slots_;
  Bytes arena_, weights_;
  std::vector<Bytes> inputs_, regions_, outputs_;
};

// The first output of the plan that is not as expected, or the access that was
// wrong; nothing: "".
inline std::string find_wrong_output(
    const tensor::Plan& plan, const std::vector<tensor::Tensor>& inputs,
    const std::vector<tensor::RunValue>& expected) {
  CheckedRun checked(plan, inputs);
  const Status status = checked.run();
  if (!status.ok()) return status.error().message;
  for (size_t i = 0; i < expected.size(); ++i)
    if (const auto difference = tensor::find_difference(
            tensor::RunValue(checked.output(i)), expected[i],
            {.relative = 1e-4, .absolute = 1e-5}))
      return difference->text;
  return "";
}

}  // namespace hone::toolkit
