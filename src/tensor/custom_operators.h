// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that a user brings as C functions (runtime/model/hone_operator.h).
// A node of one is a CustomOperator, whose attributes are those of the model
// and `operator`, its name "DOMAIN::NAME". They are known to the whole process
// from when they are added: import makes nodes of them, inference asks them for
// shapes, the interpreter calls them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"
#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

constexpr std::string_view kCustomName = "operator";

struct CustomOperator {
  std::string name;            // DOMAIN::NAME
  std::string symbol;          // of the C function
  std::filesystem::path file;  // where it is
  // Its function in this process, for code that is run here.
  const void* address = nullptr;
  // One result for each output.
  std::function<Result<std::vector<RunValue>>(
      const Node& node, const std::vector<const RunValue*>& inputs)>
      run;
  // What is known of the outputs where this is known of the inputs (null: left
  // out). Empty where the operator says nothing.
  std::function<Result<std::vector<Type>>(
      const Node& node, const std::vector<const Type*>& inputs)>
      infer;
};

// One of the same name takes the place of the one before.
void add_custom_operator(CustomOperator custom);
// Null where there is none; stays valid until the same name is added again.
const CustomOperator* find_custom_operator(std::string_view name);
const CustomOperator* find_custom_symbol(std::string_view symbol);

}  // namespace hone::tensor
