// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of a user.
#include "tensor/custom_operators.h"
#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

Status custom(Call& call) {
  const std::string name = call.text(kCustomName);
  const CustomOperator* const found = find_custom_operator(name);
  if (found == nullptr)
    return call.unsupported("no operator '" + name + "' was given");
  std::vector<const RunValue*> inputs;
  for (size_t i = 0; i < call.inputs(); ++i)
    inputs.push_back(call.has(i) ? &call.value(i) : nullptr);
  HONE_ASSIGN_OR_RETURN(std::vector<RunValue> results,
                        found->run(call.node(), inputs));
  for (size_t i = 0; i < results.size(); ++i)
    call.set(i, std::move(results[i]));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::CustomOperator, custom},
};

}  // namespace

std::span<const KernelRow> custom_kernels() { return kRows; }

}  // namespace hone::tensor
