// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/stack_extents.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>

namespace hone::verify {

namespace {

constexpr unsigned kMostSteps = 64;

StackExtent least(const StackExtent& a, const StackExtent& b) {
  return b.bytes < a.bytes ? b : a;
}

// A variable of pointer type that is only loaded and stored.
bool is_plain_slot(const llvm::AllocaInst& local) {
  if (!local.getAllocatedType()->isPointerTy()) return false;
  for (const llvm::User* user : local.users()) {
    if (llvm::isa<llvm::LoadInst>(user)) continue;
    const auto* store = llvm::dyn_cast<llvm::StoreInst>(user);
    if (store != nullptr && store->getPointerOperand() == &local) continue;
    const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (call != nullptr && call->isLifetimeStartOrEnd()) continue;
    return false;
  }
  return true;
}

}  // namespace

StackExtents::StackExtents(llvm::Module& module)
    : layout_(module.getDataLayout()) {
  for (const llvm::Function& function : module)
    for (const llvm::Instruction& instruction : llvm::instructions(function)) {
      const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
      if (store == nullptr ||
          !store->getValueOperand()->getType()->isPointerTy())
        continue;
      const llvm::Value* stored =
          store->getValueOperand()->stripInBoundsOffsets();
      const auto* slot =
          llvm::dyn_cast<llvm::AllocaInst>(store->getPointerOperand());
      if (llvm::isa<llvm::AllocaInst>(stored) &&
          (slot == nullptr || !is_plain_slot(*slot)))
        stores_addresses_ = true;
    }
  for (const llvm::Function& function : module)
    if (function.isDeclaration() && !function.isIntrinsic())
      for (unsigned i = 0; i < function.arg_size(); ++i)
        if (function.getArg(i)->getType()->isPointerTy())
          (void)of_argument(function, i);
  before_.swap(known_);
  known_.clear();
}

StackExtent StackExtents::before(const llvm::Value* value) const {
  const auto found = before_.find(value);
  return found == before_.end() ? StackExtent{} : found->second;
}

StackExtent StackExtents::of_argument(const llvm::Function& function,
                                      unsigned number) {
  StackExtent extent;
  for (const llvm::User* user : function.users()) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (call == nullptr || call->getCalledFunction() != &function ||
        number >= call->arg_size())
      continue;
    extent = least(extent, of_value(call->getArgOperand(number), 0));
  }
  return extent;
}

StackExtent StackExtents::of_parameter(const llvm::Argument& argument,
                                       unsigned depth) {
  const auto [found, is_new] = known_.try_emplace(&argument, before(&argument));
  if (!is_new) return found->second;
  StackExtent extent;
  for (const llvm::User* user : argument.getParent()->users()) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (call == nullptr || argument.getArgNo() >= call->arg_size()) continue;
    if (call->getCalledFunction() != argument.getParent()) continue;
    extent = least(
        extent, of_value(call->getArgOperand(argument.getArgNo()), depth + 1));
  }
  if (argument.hasByValAttr()) extent = {0, nullptr};
  known_[&argument] = extent;
  return extent;
}

StackExtent StackExtents::of_slot(const llvm::AllocaInst& slot,
                                  unsigned depth) {
  const auto [found, is_new] = known_.try_emplace(&slot, before(&slot));
  if (!is_new) return found->second;
  StackExtent extent;
  for (const llvm::User* user : slot.users())
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(user))
      extent = least(extent, of_value(store->getValueOperand(), depth + 1));
  known_[&slot] = extent;
  return extent;
}

StackExtent StackExtents::of_value(const llvm::Value* value, unsigned depth) {
  using namespace llvm;
  const StackExtent unknown{0, nullptr};
  if (depth > kMostSteps) return unknown;
  if (isa<ConstantData, GlobalValue>(value)) return {};
  APInt offset(layout_.getIndexTypeSizeInBits(value->getType()), 0);
  const Value* base = value->stripAndAccumulateConstantOffsets(
      layout_, offset, /*AllowNonInbounds=*/true);
  if (const auto* local = dyn_cast<AllocaInst>(base)) {
    if (local->isArrayAllocation()) return unknown;
    const uint64_t size = layout_.getTypeAllocSize(local->getAllocatedType());
    if (offset.isNegative() || offset.uge(size)) return unknown;
    const uint64_t start = offset.getZExtValue();
    return {size - start, start == 0 ? local->getAllocatedType() : nullptr};
  }
  StackExtent extent;
  if (const auto* argument = dyn_cast<Argument>(base)) {
    extent = of_parameter(*argument, depth);
  } else if (const auto* load = dyn_cast<LoadInst>(base)) {
    const auto* slot = dyn_cast<AllocaInst>(load->getPointerOperand());
    if (slot == nullptr || !is_plain_slot(*slot))
      return stores_addresses_ ? unknown : StackExtent{};
    extent = of_slot(*slot, depth);
  } else if (isa<PHINode, SelectInst>(base)) {
    for (const Value* operand : cast<User>(base)->operand_values())
      if (operand->getType()->isPointerTy())
        extent = least(extent, of_value(operand, depth + 1));
  } else if (isa<CallBase, Constant>(base)) {
    return {};
  } else {
    // An index that varies, or an integer: somewhere in an object.
    const Value* object = base->stripInBoundsOffsets();
    if (const auto* gep = dyn_cast<GEPOperator>(base))
      object = gep->getPointerOperand();
    if (object == base) return unknown;
    return of_value(object, depth + 1).bytes == StackExtent::kNoStack
               ? StackExtent{}
               : unknown;
  }
  if (extent.bytes == StackExtent::kNoStack || offset.isZero()) return extent;
  if (offset.isNegative() || offset.uge(extent.bytes)) return unknown;
  return {extent.bytes - offset.getZExtValue(), nullptr};
}

}  // namespace hone::verify
