// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/module_copy.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace hone::program {

namespace {

using Attachments = llvm::SmallVector<std::pair<unsigned, llvm::MDNode*>, 4>;

// Operands a phi node has memory for; its blocks lie behind it.
unsigned room_of(const llvm::PHINode& phi) {
  const auto* const blocks =
      reinterpret_cast<const llvm::Use*>(phi.block_begin());
  return static_cast<unsigned>(blocks - phi.op_begin());
}

// Without operands.
llvm::PHINode* make_phi(const llvm::PHINode& like, unsigned room) {
  llvm::PHINode* const made = llvm::PHINode::Create(like.getType(), room);
  made->copyIRFlags(&like);
  made->copyMetadata(like);
  return made;
}

// Of a copy that LLVM made.
void copy_room(const llvm::PHINode& phi, llvm::ValueToValueMapTy& copies) {
  auto* const copy = llvm::cast<llvm::PHINode>(copies.lookup(&phi));
  if (room_of(phi) == room_of(*copy)) return;
  llvm::PHINode* const roomy = make_phi(*copy, room_of(phi));
  for (unsigned i = 0; i < copy->getNumIncomingValues(); ++i)
    roomy->addIncoming(copy->getIncomingValue(i), copy->getIncomingBlock(i));
  roomy->insertBefore(copy->getIterator());
  copy->replaceAllUsesWith(roomy);  // in `copies` too
  copy->eraseFromParent();
}

}  // namespace

class ModuleCopier {
 public:
  ModuleCopier(const llvm::Module& original, Copies& copies)
      : original_(original),
        copies_(copies),
        mapper_(copies.by_llvm_),
        copy_(std::make_unique<llvm::Module>(original.getModuleIdentifier(),
                                             original.getContext())) {}

  std::unique_ptr<llvm::Module> run() && {
    copy_->setSourceFileName(original_.getSourceFileName());
    copy_->setDataLayout(original_.getDataLayout());
    copy_->setTargetTriple(original_.getTargetTriple());
    copy_->setModuleInlineAsm(original_.getModuleInlineAsm());
    declare_globals();
    // Before anything is mapped that may hold a block's address.
    for (const llvm::Function& function : original_) make_blocks(function);
    for (const llvm::GlobalVariable& variable : original_.globals())
      define(variable);
    for (const llvm::Function& function : original_) define(function);
    for (const llvm::GlobalAlias& alias : original_.aliases())
      copy_of(alias).setAliasee(mapper_.mapConstant(*alias.getAliasee()));
    for (const llvm::GlobalIFunc& ifunc : original_.ifuncs())
      copy_of(ifunc).setResolver(mapper_.mapConstant(*ifunc.getResolver()));
    for (const llvm::NamedMDNode& named : original_.named_metadata()) {
      auto* const same = copy_->getOrInsertNamedMetadata(named.getName());
      for (const llvm::MDNode* const node : named.operands())
        same->addOperand(mapper_.mapMDNode(*node));
    }
    return std::move(copy_);
  }

 private:
  template <typename Global>
  Global& copy_of(const Global& global) {
    return *llvm::cast<Global>(copies_.by_llvm_.lookup(&global));
  }

  template <typename Global>
  void enter(const Global& original, Global* copy) {
    copy->copyAttributesFrom(&original);
    copies_.by_llvm_[&original] = copy;
  }

  void declare_globals() {
    for (const llvm::GlobalVariable& one : original_.globals())
      enter(one, new llvm::GlobalVariable(
                     *copy_, one.getValueType(), one.isConstant(),
                     one.getLinkage(), nullptr, one.getName(), nullptr,
                     one.getThreadLocalMode(), one.getAddressSpace()));
    for (const llvm::Function& one : original_)
      enter(one, llvm::Function::Create(one.getFunctionType(), one.getLinkage(),
                                        one.getAddressSpace(), one.getName(),
                                        copy_.get()));
    for (const llvm::GlobalAlias& one : original_.aliases())
      enter(one, llvm::GlobalAlias::create(
                     one.getValueType(), one.getAddressSpace(),
                     one.getLinkage(), one.getName(), copy_.get()));
    for (const llvm::GlobalIFunc& one : original_.ifuncs())
      enter(one, llvm::GlobalIFunc::create(
                     one.getValueType(), one.getAddressSpace(),
                     one.getLinkage(), one.getName(), nullptr, copy_.get()));
  }

  void make_blocks(const llvm::Function& function) {
    llvm::Function& copy = copy_of(function);
    for (const llvm::BasicBlock& block : function) {
      auto* const same =
          llvm::BasicBlock::Create(copy.getContext(), block.getName(), &copy);
      copies_.by_us_[&block] = same;
      if (block.hasAddressTaken()) copies_.by_llvm_[&block] = same;
    }
  }

  void define_object(const llvm::GlobalObject& original,
                     llvm::GlobalObject& copy) {
    Attachments attachments;
    original.getAllMetadata(attachments);
    for (const auto& [kind, node] : attachments)
      copy.addMetadata(kind, *mapper_.mapMDNode(*node));
    if (const llvm::Comdat* const comdat = original.getComdat()) {
      llvm::Comdat* const same = copy_->getOrInsertComdat(comdat->getName());
      same->setSelectionKind(comdat->getSelectionKind());
      copy.setComdat(same);
    }
  }

  void define(const llvm::GlobalVariable& variable) {
    llvm::GlobalVariable& copy = copy_of(variable);
    if (variable.hasInitializer())
      copy.setInitializer(mapper_.mapConstant(*variable.getInitializer()));
    define_object(variable, copy);
  }

  void define(const llvm::Function& function) {
    llvm::Function& copy = copy_of(function);
    define_object(function, copy);
    // copyAttributesFrom() took the original module's.
    if (function.hasPersonalityFn())
      copy.setPersonalityFn(mapper_.mapConstant(*function.getPersonalityFn()));
    if (function.hasPrefixData())
      copy.setPrefixData(mapper_.mapConstant(*function.getPrefixData()));
    if (function.hasPrologueData())
      copy.setPrologueData(mapper_.mapConstant(*function.getPrologueData()));
    for (unsigned i = 0; i < function.arg_size(); ++i) {
      copy.getArg(i)->setName(function.getArg(i)->getName());
      copies_.by_us_[function.getArg(i)] = copy.getArg(i);
    }
    // All of a function's instructions exist before one refers to another.
    auto block = copy.begin();
    for (const llvm::BasicBlock& original : function) {
      for (const llvm::Instruction& instruction : original)
        add(instruction, *block);
      ++block;
    }
    auto at = llvm::inst_begin(copy);
    for (const llvm::Instruction& instruction : llvm::instructions(function))
      connect(instruction, *at++);
  }

  void add(const llvm::Instruction& original, llvm::BasicBlock& block) {
    const auto* const phi = llvm::dyn_cast<llvm::PHINode>(&original);
    llvm::Instruction* const copy =
        phi == nullptr ? original.clone() : make_phi(*phi, room_of(*phi));
    if (original.hasName()) copy->setName(original.getName());
    copy->insertInto(&block, block.end());
    copies_.by_us_[&original] = copy;
  }

  void connect(const llvm::Instruction& original, llvm::Instruction& copy) {
    if (const auto* const phi = llvm::dyn_cast<llvm::PHINode>(&original)) {
      auto& same = llvm::cast<llvm::PHINode>(copy);
      for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i)
        same.addIncoming(map(phi->getIncomingValue(i)),
                         map(phi->getIncomingBlock(i)));
    } else {
      for (llvm::Use& use : copy.operands()) use.set(map(use.get()));
    }
    if (!copy.hasMetadataOtherThanDebugLoc()) return;
    Attachments attachments;
    copy.getAllMetadataOtherThanDebugLoc(attachments);
    for (const auto& [kind, node] : attachments)
      if (llvm::MDNode* const same = map(node); same != node)
        copy.setMetadata(kind, same);
  }

  llvm::Value* map(llvm::Value* value) {
    if (llvm::isa<llvm::ConstantData>(value)) return value;
    if (llvm::Value* const copy = copies_.by_us_.lookup(value)) return copy;
    const auto* const wrapped = llvm::dyn_cast<llvm::MetadataAsValue>(value);
    if (wrapped != nullptr)
      if (auto* const local =
              llvm::dyn_cast<llvm::LocalAsMetadata>(wrapped->getMetadata()))
        return llvm::MetadataAsValue::get(
            value->getContext(),
            llvm::LocalAsMetadata::get(map(local->getValue())));
    return mapper_.mapValue(*value);
  }

  llvm::BasicBlock* map(llvm::BasicBlock* block) {
    return llvm::cast<llvm::BasicBlock>(copies_.by_us_.lookup(block));
  }

  // Many instructions share few nodes.
  llvm::MDNode* map(llvm::MDNode* node) {
    llvm::MDNode*& same = nodes_[node];
    if (same == nullptr) same = mapper_.mapMDNode(*node);
    return same;
  }

  const llvm::Module& original_;
  Copies& copies_;
  llvm::ValueMapper mapper_;
  std::unique_ptr<llvm::Module> copy_;
  llvm::DenseMap<const llvm::MDNode*, llvm::MDNode*> nodes_;
};

std::unique_ptr<llvm::Module> copy_module(const llvm::Module& original,
                                          Copies& copies) {
  // Which names all of it; without it no instruction has a place in a source.
  if (original.getNamedMetadata("llvm.dbg.cu") == nullptr)
    return ModuleCopier(original, copies).run();
  std::unique_ptr<llvm::Module> copy =
      llvm::CloneModule(original, copies.by_llvm_);
  for (const llvm::Function& function : original)
    for (const llvm::BasicBlock& block : function)
      for (const llvm::PHINode& phi : block.phis())
        copy_room(phi, copies.by_llvm_);
  return copy;
}

}  // namespace hone::program
