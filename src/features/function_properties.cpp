// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/function_properties.h"

#include <llvm/Analysis/FunctionPropertiesAnalysis.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>

#include <algorithm>

namespace hone::features {

namespace {

using Info = llvm::FunctionPropertiesInfo;

struct Property {
  std::string_view name;
  int64_t Info::* member;
};

#define HONE_PROPERTY(name) {#name, &Info::name}
constexpr Property kProperties[] = {
    HONE_PROPERTY(BasicBlockCount),
    HONE_PROPERTY(BlocksReachedFromConditionalInstruction),
    HONE_PROPERTY(Uses),
    HONE_PROPERTY(DirectCallsToDefinedFunctions),
    HONE_PROPERTY(LoadInstCount),
    HONE_PROPERTY(StoreInstCount),
    HONE_PROPERTY(MaxLoopDepth),
    HONE_PROPERTY(TopLevelLoopCount),
    HONE_PROPERTY(TotalInstructionCount),
    HONE_PROPERTY(BasicBlocksWithSingleSuccessor),
    HONE_PROPERTY(BasicBlocksWithTwoSuccessors),
    HONE_PROPERTY(BasicBlocksWithMoreThanTwoSuccessors),
    HONE_PROPERTY(BasicBlocksWithSinglePredecessor),
    HONE_PROPERTY(BasicBlocksWithTwoPredecessors),
    HONE_PROPERTY(BasicBlocksWithMoreThanTwoPredecessors),
    HONE_PROPERTY(BigBasicBlocks),
    HONE_PROPERTY(MediumBasicBlocks),
    HONE_PROPERTY(SmallBasicBlocks),
    HONE_PROPERTY(CastInstructionCount),
    HONE_PROPERTY(FloatingPointInstructionCount),
    HONE_PROPERTY(IntegerInstructionCount),
    HONE_PROPERTY(ConstantIntOperandCount),
    HONE_PROPERTY(ConstantFPOperandCount),
    HONE_PROPERTY(ConstantOperandCount),
    HONE_PROPERTY(InstructionOperandCount),
    HONE_PROPERTY(BasicBlockOperandCount),
    HONE_PROPERTY(GlobalValueOperandCount),
    HONE_PROPERTY(InlineAsmOperandCount),
    HONE_PROPERTY(ArgumentOperandCount),
    HONE_PROPERTY(UnknownOperandCount),
    HONE_PROPERTY(CriticalEdgeCount),
    HONE_PROPERTY(ControlFlowEdgeCount),
    HONE_PROPERTY(UnconditionalBranchCount),
    HONE_PROPERTY(ConditionalBranchCount),
    HONE_PROPERTY(BranchInstructionCount),
    HONE_PROPERTY(BranchSuccessorCount),
    HONE_PROPERTY(SwitchInstructionCount),
    HONE_PROPERTY(SwitchSuccessorCount),
    HONE_PROPERTY(IntrinsicCount),
    HONE_PROPERTY(DirectCallCount),
    HONE_PROPERTY(IndirectCallCount),
    HONE_PROPERTY(CallReturnsIntegerCount),
    HONE_PROPERTY(CallReturnsFloatCount),
    HONE_PROPERTY(CallReturnsPointerCount),
    HONE_PROPERTY(CallReturnsVectorIntCount),
    HONE_PROPERTY(CallReturnsVectorFloatCount),
    HONE_PROPERTY(CallReturnsVectorPointerCount),
    HONE_PROPERTY(CallWithManyArgumentsCount),
    HONE_PROPERTY(CallWithPointerArgumentCount),
};
#undef HONE_PROPERTY

}  // namespace

std::span<const std::string_view> function_property_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Property& property : kProperties) all.push_back(property.name);
    return all;
  }();
  return names;
}

std::vector<int64_t> function_properties(const program::Module& module) {
  std::vector<int64_t> sums(std::size(kProperties), 0);
  for (llvm::Function& function : module.llvm_module()) {
    if (function.isDeclaration()) continue;
    const llvm::DominatorTree dominators(function);
    const llvm::LoopInfo loops(dominators);
    const Info info =
        Info::getFunctionPropertiesInfo(function, dominators, loops, nullptr);
    for (size_t i = 0; i < sums.size(); ++i) {
      const int64_t value = info.*kProperties[i].member;
      sums[i] = kProperties[i].member == &Info::MaxLoopDepth
                    ? std::max(sums[i], value)
                    : sums[i] + value;
    }
  }
  return sums;
}

}  // namespace hone::features
