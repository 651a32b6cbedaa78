// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/instcount.h"

#include <llvm/IR/Instruction.h>

namespace hone::features {

namespace {

constexpr size_t kTotals = 3;  // instructions, blocks, functions

}  // namespace

std::span<const std::string> instcount_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = {"instructions", "blocks", "functions"};
    // Opcodes are numbered from 1.
    for (unsigned opcode = 1; opcode < llvm::Instruction::OtherOpsEnd; ++opcode)
      all.emplace_back(llvm::Instruction::getOpcodeName(opcode));
    return all;
  }();
  return names;
}

std::vector<int64_t> instcount(const program::Module& module) {
  std::vector<int64_t> counts(instcount_names().size(), 0);
  for (const llvm::Function& function : module.llvm_module()) {
    if (function.isDeclaration()) continue;
    ++counts[2];
    for (const llvm::BasicBlock& block : function) {
      ++counts[1];
      for (const llvm::Instruction& instruction : block) {
        ++counts[0];
        ++counts[kTotals + instruction.getOpcode() - 1];
      }
    }
  }
  return counts;
}

}  // namespace hone::features
