// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a user's operator says of its results.
#include "tensor/custom_operators.h"
#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

void custom(Inference& c) {
  const CustomOperator* const found =
      find_custom_operator(c.node.text(kCustomName));
  if (found == nullptr || !found->infer) return;
  std::vector<const Type*> inputs;
  for (size_t i = 0; i < c.inputs(); ++i)
    inputs.push_back(c.has(i) ? &c.fact(i).type : nullptr);
  auto types = found->infer(c.node, inputs);
  if (!types) return;
  for (size_t i = 0; i < types->size(); ++i) {
    Type& type = (*types)[i];
    // A size that it does not know is one of its own.
    if (type.shape)
      for (Dim& dim : *type.shape)
        if (dim == Dim(-1)) dim = c.unknown();
    c.set(i, Fact{std::move(type)});
  }
}

constexpr InferRow kRows[] = {
    {Op::CustomOperator, custom},
};

}  // namespace

std::span<const InferRow> custom_rules() { return kRows; }

}  // namespace hone::tensor
