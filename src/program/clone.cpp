// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Module::clone(): a copy that no pass can tell from the original.
//
// LLVM's CloneModule copies everything but two things that decisions depend on,
// and what a sequence of actions makes would depend on where along the way
// somebody took a copy. (program/module_copy.cpp does its work, faster.)
//
// One is the order in which a value lists its uses; passes walk these lists.
// Here they are put into the original's order:
//
//   original   %a: use in %c, use in %b        clone   %a': use in %b', in %c'
//   for each use of %a, from the last to the first: set the same operand of the
//   copied user to %a' again. A use that is set becomes the first of its list.
//
// Lists that are in order already, most of them, are only looked at. Values of
// metadata are no uses, and ConstantData has no lists. Constants without
// globals and inline assembly belong to the context: their lists hold the uses
// of all modules, of which those of one keep their order.
//
// The other is the room that a phi node has for further operands. Where there
// is none, a new operand moves them all, which sets their uses again; LLVM's
// copies have none. copy_module() gives them as much.
//
// Where it fails: a dead constant expression, which still counts as a user of
// its global in the original, does not exist in the clone.
#include <llvm/ADT/SetVector.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "program/module.h"
#include "program/module_copy.h"
#include "program/module_state.h"

namespace hone::program {

namespace {

class UseOrder {
 public:
  explicit UseOrder(const Copies& copies) : copies_(copies) {}

  void copy(const llvm::Value& value) {
    if (!value.hasUseList() || value.use_empty() || value.hasOneUse()) return;
    llvm::Value* const copy = copies_.lookup(&value);
    if (copy == nullptr || copy == &value) return;
    wanted_.clear();
    auto at = copy->use_begin();
    bool in_order = true;
    for (const llvm::Use& use : value.uses()) {
      llvm::Use* const same = copy_of(use);
      if (same == nullptr || same->get() != copy) continue;
      wanted_.push_back(same);
      if (at == copy->use_end() || &*at != same)
        in_order = false;
      else
        ++at;
    }
    if (in_order) return;
    for (auto use = wanted_.rbegin(); use != wanted_.rend(); ++use)
      (*use)->set(copy);
  }

  // Of values that belong to the context.
  void copy_shared(const llvm::Instruction& user) {
    for (const llvm::Use& use : user.operands()) {
      const llvm::Value* const value = use.get();
      if (!value->hasUseList() || value->hasOneUse()) continue;
      if (!llvm::isa<llvm::InlineAsm>(value) &&
          (!llvm::isa<llvm::Constant>(value) ||
           llvm::isa<llvm::GlobalValue, llvm::BlockAddress>(value)))
        continue;
      const llvm::Value* const copy = copies_.lookup(value);
      if (copy == nullptr || copy == value) shared_.insert(value);
    }
  }

  void settle_shared() {
    for (const llvm::Value* const value : shared_) {
      wanted_.clear();
      for (const llvm::Use& use : value->uses())
        if (llvm::Use* const same = copy_of(use); same != nullptr)
          wanted_.push_back(same);
      for (auto use = wanted_.rbegin(); use != wanted_.rend(); ++use)
        (*use)->set(const_cast<llvm::Value*>(value));
    }
  }

  void copy_constants(const llvm::Value& value) {
    for (const llvm::Use& use : value.uses())
      if (const auto* constant = llvm::dyn_cast<llvm::Constant>(use.getUser());
          constant != nullptr && !llvm::isa<llvm::GlobalValue>(constant)) {
        copy(*constant);
        copy_constants(*constant);
      }
  }

 private:
  llvm::Use* copy_of(const llvm::Use& use) {
    const llvm::Value* const user = use.getUser();
    if (user != last_user_) {
      last_user_ = user;
      last_copy_ = llvm::cast_or_null<llvm::User>(copies_.lookup(user));
    }
    if (last_copy_ == nullptr || last_copy_ == user) return nullptr;
    return &last_copy_->getOperandUse(use.getOperandNo());
  }

  const Copies& copies_;
  llvm::SetVector<const llvm::Value*> shared_;
  std::vector<llvm::Use*> wanted_;
  const llvm::Value* last_user_ = nullptr;
  llvm::User* last_copy_ = nullptr;
};

}  // namespace

Module Module::clone_by_llvm() const {
  auto state = std::make_unique<State>();
  state->context = state_->context;
  state->module = llvm::CloneModule(*state_->module);
  return Module(std::move(state));
}

Module Module::clone() const {
  const llvm::Module& original = *state_->module;
  Copies copies;
  auto state = std::make_unique<State>();
  state->context = state_->context;
  state->module = copy_module(original, copies);
  UseOrder order(copies);
  for (const llvm::GlobalValue& global : original.global_values()) {
    order.copy(global);
    order.copy_constants(global);
  }
  for (const llvm::Function& function : original) {
    for (const llvm::Argument& argument : function.args()) order.copy(argument);
    for (const llvm::BasicBlock& block : function) {
      order.copy(block);
      for (const llvm::Instruction& instruction : block) {
        order.copy(instruction);
        order.copy_shared(instruction);
      }
    }
  }
  order.settle_shared();
  return Module(std::move(state));
}

}  // namespace hone::program
