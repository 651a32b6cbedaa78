// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/settle.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>

#include <tuple>
#include <vector>

namespace hone::program {

namespace {

class Uses {
 public:
  void settle(llvm::Function& function) {
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& instruction : block)
        for (llvm::Use& use : instruction.operands()) settle(use);
  }

 private:
  void settle(llvm::Use& use) {
    llvm::Value* const value = use.get();
    if (value == nullptr || !value->hasUseList()) return;
    if (auto* const constant = llvm::dyn_cast<llvm::Constant>(value);
        constant != nullptr && constant->getNumOperands() != 0 &&
        !llvm::isa<llvm::GlobalValue>(constant) &&
        seen_.insert(constant).second)
      for (llvm::Use& inner : constant->operands()) settle(inner);
    // A use that is set becomes the first of its list.
    if (!value->hasOneUse()) use.set(value);
  }

  llvm::SmallPtrSet<const llvm::Constant*, 32> seen_;
};

}  // namespace

void settle_uses(llvm::Function& function) { Uses().settle(function); }

void settle_uses(llvm::Module& module) {
  for (llvm::GlobalValue& global : module.global_values())
    global.removeDeadConstantUsers();
  Uses uses;
  for (llvm::Function& function : module) uses.settle(function);
}

void settle_phis(llvm::Function& function) {
  std::vector<unsigned> places(function.getMaxBlockNumber());
  unsigned place = 0;
  for (const llvm::BasicBlock& block : function)
    places[block.getNumber()] = place++;
  // Place and number of each operand, which make the order a total one, then
  // the operand.
  using Incoming =
      std::tuple<unsigned, unsigned, llvm::BasicBlock*, llvm::Value*>;
  llvm::SmallVector<Incoming, 8> incoming;
  for (llvm::BasicBlock& block : function)
    for (llvm::PHINode& phi : block.phis()) {
      incoming.clear();
      for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i) {
        llvm::BasicBlock* const from = phi.getIncomingBlock(i);
        incoming.emplace_back(places[from->getNumber()], i, from,
                              phi.getIncomingValue(i));
      }
      const auto is_before = [](const Incoming& left, const Incoming& right) {
        return std::get<0>(left) != std::get<0>(right)
                   ? std::get<0>(left) < std::get<0>(right)
                   : std::get<1>(left) < std::get<1>(right);
      };
      if (llvm::is_sorted(incoming, is_before)) continue;
      llvm::sort(incoming, is_before);
      for (unsigned i = 0; i < incoming.size(); ++i) {
        phi.setIncomingBlock(i, std::get<2>(incoming[i]));
        phi.setIncomingValue(i, std::get<3>(incoming[i]));
      }
    }
}

Settler::Settler(llvm::PassInstrumentationCallbacks& callbacks) {
  callbacks.registerAfterPassCallback(
      [this](llvm::StringRef pass, llvm::Any unit,
             const llvm::PreservedAnalyses& preserved) {
        if (preserved.areAllPreserved()) return;
        if (const auto* function = llvm::any_cast<const llvm::Function*>(&unit))
          touched_.insert(const_cast<llvm::Function*>(*function));
        else if (llvm::any_cast<const llvm::Loop*>(&unit) == nullptr &&
                 !llvm::isSpecialPass(pass, {"PassManager", "PassAdaptor"}))
          knows_ = false;
      });
}

void Settler::begin() {
  touched_.clear();
  knows_ = true;
}

void Settler::settle(llvm::Module& module, Manners manners) {
  const bool knows = this->knows(manners);
  for (llvm::Function& function : module) {
    if (knows && !touched_.contains(&function)) continue;
    if (manners.orders_phis) settle_phis(function);
    if (knows) settle_uses(function);
  }
  if (!knows) settle_uses(module);
}

}  // namespace hone::program
