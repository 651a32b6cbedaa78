// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/autophase.h"

#include <llvm/Analysis/CFG.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Constants.h>

#include <array>

namespace hone::features {

namespace {

// Places in the vector; the comment says what is counted.
enum Feature : size_t {
  kBlockPhiArgsHigh,       // blocks whose phi nodes have more than 5 arguments
  kBlockPhiArgsLow,        // … 1 to 5 arguments
  kOnePred,                // blocks with one predecessor
  kOnePredOneSucc,         //
  kOnePredTwoSucc,         //
  kOneSucc,                //
  kTwoPred,                //
  kTwoPredOneSucc,         //
  kTwoPredTwoSucc,         //
  kTwoSucc,                //
  kMorePreds,              // more than two predecessors
  kBlockFewPhis,           // blocks with 1 to 3 phi nodes
  kBlockManyPhis,          // … more than 3
  kBlockNoPhi,             //
  kPhiAtStart,             // blocks that begin with a phi node
  kBranches,               // br instructions
  kCallsReturningInteger,  // direct calls only
  kCriticalEdges,          //
  kEdges,                  //
  kConstants32,            // operands that are 32-bit integer constants, and
                           // the values of a switch's cases
  kConstants64,            //
  kConstantZeros,          // … the integer 0
  kConstantOnes,           //
  kUnconditionalBranches,  //
  kBinaryWithConstant,     // binary operations with a constant operand
  kAShr,
  kAdd,
  kAlloca,
  kAnd,
  kBlockMedium,  // blocks of 15 to 500 instructions
  kBlockSmall,   // … fewer than 15
  kBitCast,
  kBr,
  kCall,
  kGetElementPtr,
  kICmp,
  kLShr,
  kLoad,
  kMul,
  kOr,
  kPhi,
  kRet,
  kSExt,
  kSelect,
  kShl,
  kStore,
  kSub,
  kTrunc,
  kXor,
  kZExt,
  kBlocks,
  kInstructions,
  kMemoryInstructions,  // load, store, alloca, getelementptr, call, invoke
  kFunctions,           // with a body
  kPhiArguments,
  kUnary,  // instructions with one operand of LLVM's class UnaryInstruction
};

constexpr std::array<std::string_view, kAutophaseSize> kNames = {
    "BBNumArgsHi",
    "BBNumArgsLo",
    "onePred",
    "onePredOneSuc",
    "onePredTwoSuc",
    "oneSuccessor",
    "twoPred",
    "twoPredOneSuc",
    "twoEach",
    "twoSuccessor",
    "morePreds",
    "BB03Phi",
    "BBHiPhi",
    "BBNoPhi",
    "BeginPhi",
    "BranchCount",
    "returnInt",
    "CriticalCount",
    "NumEdges",
    "const32Bit",
    "const64Bit",
    "numConstZeroes",
    "numConstOnes",
    "UncondBranches",
    "binaryConstArg",
    "NumAShrInst",
    "NumAddInst",
    "NumAllocaInst",
    "NumAndInst",
    "BlockMid",
    "BlockLow",
    "NumBitCastInst",
    "NumBrInst",
    "NumCallInst",
    "NumGetElementPtrInst",
    "NumICmpInst",
    "NumLShrInst",
    "NumLoadInst",
    "NumMulInst",
    "NumOrInst",
    "NumPHIInst",
    "NumRetInst",
    "NumSExtInst",
    "NumSelectInst",
    "NumShlInst",
    "NumStoreInst",
    "NumSubInst",
    "NumTruncInst",
    "NumXorInst",
    "NumZExtInst",
    "TotalBlocks",
    "TotalInsts",
    "TotalMemInst",
    "TotalFuncs",
    "ArgsPhi",
    "testUnary"};

// Where an opcode is counted, or kAutophaseSize.
size_t place_of(unsigned opcode) {
  switch (opcode) {
    case llvm::Instruction::AShr:
      return kAShr;
    case llvm::Instruction::Add:
      return kAdd;
    case llvm::Instruction::Alloca:
      return kAlloca;
    case llvm::Instruction::And:
      return kAnd;
    case llvm::Instruction::BitCast:
      return kBitCast;
    case llvm::Instruction::Br:
      return kBr;
    case llvm::Instruction::Call:
      return kCall;
    case llvm::Instruction::GetElementPtr:
      return kGetElementPtr;
    case llvm::Instruction::ICmp:
      return kICmp;
    case llvm::Instruction::LShr:
      return kLShr;
    case llvm::Instruction::Load:
      return kLoad;
    case llvm::Instruction::Mul:
      return kMul;
    case llvm::Instruction::Or:
      return kOr;
    case llvm::Instruction::PHI:
      return kPhi;
    case llvm::Instruction::Ret:
      return kRet;
    case llvm::Instruction::SExt:
      return kSExt;
    case llvm::Instruction::Select:
      return kSelect;
    case llvm::Instruction::Shl:
      return kShl;
    case llvm::Instruction::Store:
      return kStore;
    case llvm::Instruction::Sub:
      return kSub;
    case llvm::Instruction::Trunc:
      return kTrunc;
    case llvm::Instruction::Xor:
      return kXor;
    case llvm::Instruction::ZExt:
      return kZExt;
    default:
      return kAutophaseSize;
  }
}

class Counter {
 public:
  std::vector<int64_t> take() { return std::move(counts_); }

  void count(const llvm::Function& function) {
    ++counts_[kFunctions];
    for (const llvm::BasicBlock& block : function) {
      count_shape(block);
      count_phis(block);
      for (const llvm::Instruction& instruction : block) count(instruction);
    }
  }

 private:
  void count_shape(const llvm::BasicBlock& block) {
    ++counts_[kBlocks];
    const size_t size = block.size();
    if (size < 15)
      ++counts_[kBlockSmall];
    else if (size <= 500)
      ++counts_[kBlockMedium];
    const llvm::Instruction* end = block.getTerminator();
    const unsigned successors = end == nullptr ? 0 : end->getNumSuccessors();
    const unsigned preds = llvm::pred_size(&block);
    counts_[kEdges] += successors;
    for (unsigned i = 0; i < successors; ++i)
      counts_[kCriticalEdges] += llvm::isCriticalEdge(end, i) ? 1 : 0;
    counts_[kOnePred] += preds == 1;
    counts_[kOnePredOneSucc] += preds == 1 && successors == 1;
    counts_[kOnePredTwoSucc] += preds == 1 && successors == 2;
    counts_[kOneSucc] += successors == 1;
    counts_[kTwoPred] += preds == 2;
    counts_[kTwoPredOneSucc] += preds == 2 && successors == 1;
    counts_[kTwoPredTwoSucc] += preds == 2 && successors == 2;
    counts_[kTwoSucc] += successors == 2;
    counts_[kMorePreds] += preds > 2;
  }

  void count_phis(const llvm::BasicBlock& block) {
    int64_t phis = 0;
    int64_t arguments = 0;
    for (const llvm::PHINode& phi : block.phis()) {
      ++phis;
      arguments += phi.getNumIncomingValues();
    }
    counts_[kPhiAtStart] += phis > 0;
    counts_[kPhiArguments] += arguments;
    counts_[kBlockPhiArgsHigh] += arguments > 5;
    counts_[kBlockPhiArgsLow] += arguments >= 1 && arguments <= 5;
    counts_[kBlockNoPhi] += phis == 0;
    counts_[kBlockFewPhis] += phis >= 1 && phis <= 3;
    counts_[kBlockManyPhis] += phis > 3;
  }

  void count(const llvm::Instruction& instruction) {
    ++counts_[kInstructions];
    if (const size_t at = place_of(instruction.getOpcode());
        at < kAutophaseSize)
      ++counts_[at];
    if (llvm::isa<llvm::LoadInst, llvm::StoreInst, llvm::AllocaInst,
                  llvm::GetElementPtrInst, llvm::CallInst, llvm::InvokeInst>(
            instruction))
      ++counts_[kMemoryInstructions];
    if (llvm::isa<llvm::UnaryInstruction>(instruction)) ++counts_[kUnary];
    if (const auto* branch = llvm::dyn_cast<llvm::BranchInst>(&instruction)) {
      ++counts_[kBranches];
      counts_[kUnconditionalBranches] += branch->isUnconditional();
    }
    if (const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction))
      counts_[kCallsReturningInteger] += call->getCalledFunction() != nullptr &&
                                         call->getType()->isIntegerTy();
    bool has_constant = false;
    for (const llvm::Value* operand : instruction.operand_values()) {
      has_constant |= llvm::isa<llvm::Constant>(operand);
      if (const auto* integer = llvm::dyn_cast<llvm::ConstantInt>(operand))
        count(*integer);
    }
    // They were operands up to LLVM 21.
    if (const auto* choice = llvm::dyn_cast<llvm::SwitchInst>(&instruction))
      for (const auto& one : choice->cases()) count(*one.getCaseValue());
    counts_[kBinaryWithConstant] +=
        has_constant && llvm::isa<llvm::BinaryOperator>(instruction);
  }

  void count(const llvm::ConstantInt& integer) {
    counts_[kConstants32] += integer.getBitWidth() == 32;
    counts_[kConstants64] += integer.getBitWidth() == 64;
    counts_[kConstantZeros] += integer.isZero();
    counts_[kConstantOnes] += integer.isOne();
  }

  std::vector<int64_t> counts_ = std::vector<int64_t>(kAutophaseSize, 0);
};

}  // namespace

std::span<const std::string_view, kAutophaseSize> autophase_names() {
  return kNames;
}

std::vector<int64_t> autophase(const program::Module& module) {
  Counter counter;
  for (const llvm::Function& function : module.llvm_module())
    if (!function.isDeclaration()) counter.count(function);
  return counter.take();
}

}  // namespace hone::features
