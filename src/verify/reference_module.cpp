// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/reference_module.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "verify/harness/abi.h"

namespace hone::verify {

namespace {

class ReferenceBuilder {
 public:
  ReferenceBuilder(const Plan& plan, llvm::Module& source)
      : plan_(plan),
        module_(llvm::CloneModule(source, values_)),
        context_(module_->getContext()),
        builder_(context_) {
    llvm::Type* none = builder_.getVoidTy();
    llvm::Type* pointer = builder_.getPtrTy();
    llvm::Type* word = builder_.getInt64Ty();
    undefined_ = module_->getOrInsertFunction("hone_rt_undefined", none);
    out_of_fuel_ = module_->getOrInsertFunction("hone_rt_out_of_fuel", none);
    fill_ = module_->getOrInsertFunction("hone_rt_fill", none, pointer, word);
    check_address_ = module_->getOrInsertFunction(
        "hone_rt_check_address", none, pointer, pointer, builder_.getInt32Ty());
    check_copy_ = module_->getOrInsertFunction("hone_rt_check_copy", none,
                                               pointer, pointer, word);
  }

  std::unique_ptr<llvm::Module> build() {
    for (const PlannedFunction& planned : plan_.functions)
      instrument(*llvm::cast<llvm::Function>(values_[planned.function]),
                 planned.first_block);
    return std::move(module_);
  }

 private:
  void instrument(llvm::Function& function, uint32_t first_block) {
    if (function.hasFnAttribute(llvm::Attribute::Naked)) return;
    function.removeFnAttr(llvm::Attribute::AlwaysInline);
    // Lists first: the checks add instructions and split blocks.
    std::vector<llvm::BasicBlock*> blocks;
    std::vector<llvm::Instruction*> instructions;
    for (llvm::BasicBlock& block : function) {
      blocks.push_back(&block);
      for (llvm::Instruction& instruction : block)
        instructions.push_back(&instruction);
    }
    for (llvm::Instruction* instruction : instructions) check(*instruction);
    check_arguments(function);
    for (size_t i = 0; i < blocks.size(); ++i)
      mark(*blocks[i], first_block + static_cast<uint32_t>(i));
  }

  llvm::Value* address(uint64_t at) {
    return llvm::ConstantExpr::getIntToPtr(builder_.getInt64(at),
                                           builder_.getPtrTy());
  }

  void mark(llvm::BasicBlock& block, uint32_t number) {
    auto at = block.getFirstInsertionPt();
    if (at == block.end()) return;
    while (llvm::isa<llvm::AllocaInst>(*at)) ++at;
    builder_.SetInsertPoint(&block, at);
    // Volatile, so that no pass of the code generator makes them conditional.
    builder_.CreateStore(builder_.getInt8(1), address(HONE_COVER + number),
                         /*isVolatile=*/true);
    llvm::Value* fuel =
        builder_.CreateLoad(builder_.getInt64Ty(), address(HONE_FUEL), true);
    llvm::Value* rest = builder_.CreateSub(fuel, builder_.getInt64(1));
    builder_.CreateStore(rest, address(HONE_FUEL), true);
    llvm::Value* empty = builder_.CreateICmpSLT(rest, builder_.getInt64(0));
    call_if(empty, out_of_fuel_, &*builder_.GetInsertPoint());
  }

  void call_if(llvm::Value* condition, llvm::FunctionCallee callee,
               llvm::Instruction* before) {
    llvm::Instruction* then = llvm::SplitBlockAndInsertIfThen(
        condition, before->getIterator(), /*Unreachable=*/false);
    builder_.SetInsertPoint(then);
    builder_.CreateCall(callee);
    builder_.SetInsertPoint(before);
  }

  void require_not(llvm::Value* broken, llvm::Instruction& before) {
    if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(broken))
      if (constant->isZero()) return;
    call_if(broken, undefined_, &before);
  }

  void check(llvm::Instruction& instruction) {
    using namespace llvm;
    builder_.SetInsertPoint(&instruction);
    if (auto* operation = dyn_cast<BinaryOperator>(&instruction))
      check_operation(*operation);
    else if (auto* load = dyn_cast<LoadInst>(&instruction))
      check_load(*load);
    else if (auto* store = dyn_cast<StoreInst>(&instruction))
      check_access(store->getPointerOperand(), store->getAlign(),
                   store->getValueOperand()->getType(), *store);
    else if (auto* local = dyn_cast<AllocaInst>(&instruction))
      fill_local(*local);
    else if (auto* gep = dyn_cast<GetElementPtrInst>(&instruction))
      check_address(*gep);
    else if (isa<UnreachableInst>(&instruction))
      builder_.CreateCall(undefined_);
    else if (auto* assume = dyn_cast<AssumeInst>(&instruction))
      require_not(builder_.CreateNot(assume->getArgOperand(0)), instruction);
    else if (auto* copying = dyn_cast<MemCpyInst>(&instruction))
      check_copy(*copying);
    else if (auto* revive = dyn_cast<IntrinsicInst>(&instruction))
      if (revive->getIntrinsicID() == Intrinsic::lifetime_start)
        fill_revived(*revive);
  }

  void check_operation(llvm::BinaryOperator& operation) {
    using namespace llvm;
    if (!operation.getType()->isIntegerTy()) return;
    Value* left = operation.getOperand(0);
    Value* right = operation.getOperand(1);
    check_exact(operation);
    builder_.SetInsertPoint(&operation);
    if (operation.isShift()) {
      const unsigned bits = operation.getType()->getIntegerBitWidth();
      if (!isa<ConstantInt>(right))
        require_not(builder_.CreateICmpUGE(
                        right, ConstantInt::get(right->getType(), bits)),
                    operation);
      return;
    }
    auto* flags = dyn_cast<OverflowingBinaryOperator>(&operation);
    if (flags == nullptr) return;
    for (const bool is_signed : {true, false}) {
      if (is_signed ? !flags->hasNoSignedWrap() : !flags->hasNoUnsignedWrap())
        continue;
      Intrinsic::ID id = Intrinsic::not_intrinsic;
      switch (operation.getOpcode()) {
        case Instruction::Add:
          id = is_signed ? Intrinsic::sadd_with_overflow
                         : Intrinsic::uadd_with_overflow;
          break;
        case Instruction::Sub:
          id = is_signed ? Intrinsic::ssub_with_overflow
                         : Intrinsic::usub_with_overflow;
          break;
        case Instruction::Mul:
          // At odd widths this needs a library that may not be there.
          if (operation.getType()->getIntegerBitWidth() > 64) return;
          id = is_signed ? Intrinsic::smul_with_overflow
                         : Intrinsic::umul_with_overflow;
          break;
        default:
          return;
      }
      builder_.SetInsertPoint(&operation);
      Value* both = builder_.CreateBinaryIntrinsic(id, left, right);
      require_not(builder_.CreateExtractValue(both, 1), operation);
    }
  }

  // Distances of pointers are divided `exact`: no remainder is defined.
  void check_exact(llvm::BinaryOperator& operation) {
    using namespace llvm;
    auto* division = dyn_cast<PossiblyExactOperator>(&operation);
    if (division == nullptr || !division->isExact()) return;
    Value* left = operation.getOperand(0);
    Value* right = operation.getOperand(1);
    Value* rest = nullptr;
    switch (operation.getOpcode()) {
      case Instruction::SDiv:
        rest = builder_.CreateSRem(left, right);
        break;
      case Instruction::UDiv:
        rest = builder_.CreateURem(left, right);
        break;
      default:
        return;
    }
    require_not(builder_.CreateIsNotNull(rest), operation);
  }

  void check_load(llvm::LoadInst& load) {
    using namespace llvm;
    check_access(load.getPointerOperand(), load.getAlign(), load.getType(),
                 load);
    const MDNode* range = load.getMetadata(LLVMContext::MD_range);
    if (range == nullptr || range->getNumOperands() != 2) return;
    const auto* low = mdconst::extract<ConstantInt>(range->getOperand(0));
    const auto* high = mdconst::extract<ConstantInt>(range->getOperand(1));
    Instruction& next = *load.getNextNode();
    builder_.SetInsertPoint(&next);
    Value* distance = builder_.CreateSub(
        &load, ConstantInt::get(load.getType(), low->getValue()));
    require_not(
        builder_.CreateICmpUGE(
            distance, ConstantInt::get(load.getType(),
                                       high->getValue() - low->getValue())),
        next);
  }

  void check_alignment(llvm::Value* pointer, llvm::Align alignment,
                       llvm::Instruction& at) {
    using namespace llvm;
    if (alignment.value() == 1) return;
    const Value* base = pointer->stripInBoundsConstantOffsets();
    if (isa<AllocaInst, GlobalValue>(base)) return;
    builder_.SetInsertPoint(&at);
    Value* word = builder_.CreatePtrToInt(pointer, builder_.getInt64Ty());
    Value* low = builder_.CreateAnd(word, alignment.value() - 1);
    require_not(builder_.CreateICmpNE(low, builder_.getInt64(0)), at);
  }

  void check_access(llvm::Value* pointer, llvm::Align alignment,
                    llvm::Type* accessed, llvm::Instruction& at) {
    check_alignment(pointer, alignment, at);
    check_extent(pointer, accessed, at);
  }

  // The type of a variable whose size is known, else null.
  llvm::Type* variable_type(const llvm::Value* variable) const {
    using namespace llvm;
    Type* type = nullptr;
    if (auto* local = dyn_cast<AllocaInst>(variable))
      type = local->isArrayAllocation() ? nullptr : local->getAllocatedType();
    if (auto* global = dyn_cast<GlobalVariable>(variable))
      type = global->isThreadLocal() ? nullptr : global->getValueType();
    const bool has_size =
        type != nullptr && type->isSized() &&
        !module_->getDataLayout().getTypeAllocSize(type).isZero();
    return has_size ? type : nullptr;
  }

  // An access lies within its variable: the end, to which a pointer may point,
  // belongs to whatever the linker puts there.
  void check_extent(llvm::Value* pointer, llvm::Type* accessed,
                    llvm::Instruction& at) {
    using namespace llvm;
    if (isa<AllocaInst, GlobalValue>(pointer->stripInBoundsConstantOffsets()))
      return;
    Value* variable = getUnderlyingObject(pointer);
    Type* type = variable_type(variable);
    if (type == nullptr || accessed->isScalableTy()) return;
    const DataLayout& layout = module_->getDataLayout();
    const uint64_t whole = layout.getTypeAllocSize(type).getFixedValue();
    const uint64_t part = layout.getTypeStoreSize(accessed).getFixedValue();
    if (part > whole) return;
    builder_.SetInsertPoint(&at);
    Type* word = builder_.getInt64Ty();
    Value* distance =
        builder_.CreateSub(builder_.CreatePtrToInt(pointer, word),
                           builder_.CreatePtrToInt(variable, word));
    require_not(
        builder_.CreateICmpUGT(distance, builder_.getInt64(whole - part)), at);
  }

  // An `inbounds` address stays in its object, one past the end included.
  void check_address(llvm::GetElementPtrInst& gep) {
    using namespace llvm;
    if (!gep.isInBounds() || gep.getType()->isVectorTy()) return;
    const DataLayout& layout = module_->getDataLayout();
    Value* base = gep.getPointerOperand()->stripPointerCasts();
    if (gep.hasAllConstantIndices()) {
      // A field of nothing.
      if (isa<AllocaInst, GlobalValue>(base->stripInBoundsConstantOffsets()) ||
          gep.hasAllZeroIndices())
        return;
      builder_.SetInsertPoint(&gep);
      require_not(builder_.CreateIsNull(base), gep);
      return;
    }
    builder_.SetInsertPoint(gep.getNextNode());
    Type* object = variable_type(base);
    if (object == nullptr) {
      builder_.CreateCall(
          check_address_,
          {base, &gep, builder_.getInt32(gep.hasNoUnsignedWrap())});
      return;
    }
    Type* word = builder_.getInt64Ty();
    Value* distance = builder_.CreateSub(builder_.CreatePtrToInt(&gep, word),
                                         builder_.CreatePtrToInt(base, word));
    Instruction& next = *builder_.GetInsertPoint();
    require_not(
        builder_.CreateICmpUGT(
            distance, builder_.getInt64(layout.getTypeAllocSize(object))),
        next);
  }

  void fill(llvm::AllocaInst& local, llvm::Instruction& before) {
    const llvm::DataLayout& layout = module_->getDataLayout();
    if (!local.getAllocatedType()->isSized() ||
        local.getAllocatedType()->isScalableTy())
      return;
    builder_.SetInsertPoint(&before);
    llvm::Value* size = builder_.getInt64(
        layout.getTypeAllocSize(local.getAllocatedType()).getFixedValue());
    if (local.isArrayAllocation())
      size = builder_.CreateMul(
          size, builder_.CreateZExtOrTrunc(local.getArraySize(),
                                           builder_.getInt64Ty()));
    builder_.CreateCall(fill_, {&local, size});
  }

  // An argument's own variable is written at once; no need to fill it.
  static bool is_spilled_argument(const llvm::AllocaInst& local) {
    for (const llvm::User* user : local.users())
      if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(user))
        if (llvm::isa<llvm::Argument>(store->getValueOperand()) &&
            store->getParent()->isEntryBlock())
          return true;
    return false;
  }

  void fill_local(llvm::AllocaInst& local) {
    if (is_spilled_argument(local)) return;
    llvm::Instruction* at = local.getNextNode();
    while (llvm::isa<llvm::AllocaInst>(at)) at = at->getNextNode();
    fill(local, *at);
  }

  void fill_revived(llvm::IntrinsicInst& revive) {
    for (llvm::Value* argument : revive.args())
      if (auto* local = llvm::dyn_cast<llvm::AllocaInst>(argument))
        if (!is_spilled_argument(*local) && local->isStaticAlloca())
          fill(*local, *revive.getNextNode());
  }

  void check_copy(llvm::MemCpyInst& copying) {
    builder_.CreateCall(check_copy_,
                        {copying.getRawDest(), copying.getRawSource(),
                         builder_.CreateZExtOrTrunc(copying.getLength(),
                                                    builder_.getInt64Ty())});
  }

  void check_arguments(llvm::Function& function) {
    for (llvm::Argument& argument : function.args()) {
      if (!argument.getType()->isPointerTy() ||
          !argument.hasNonNullAttr(/*AllowUndefOrPoison=*/true))
        continue;
      auto at = function.getEntryBlock().getFirstInsertionPt();
      while (llvm::isa<llvm::AllocaInst>(*at)) ++at;
      builder_.SetInsertPoint(&*at);
      require_not(builder_.CreateIsNull(&argument), *at);
    }
  }

  const Plan& plan_;
  llvm::ValueToValueMapTy values_;
  std::unique_ptr<llvm::Module> module_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> builder_;
  llvm::FunctionCallee undefined_, out_of_fuel_, fill_, check_copy_,
      check_address_;
};

}  // namespace

std::unique_ptr<llvm::Module> make_reference_module(const Plan& plan,
                                                    llvm::Module& module) {
  return ReferenceBuilder(plan, module).build();
}

}  // namespace hone::verify
