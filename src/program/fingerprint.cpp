// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/fingerprint.h"

#include <llvm/IR/DebugProgramInstruction.h>
#include <llvm/IR/GlobalAlias.h>
#include <llvm/IR/GlobalIFunc.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Metadata.h>

#include <cstring>

namespace hone::program {

namespace {

class Fingerprint {
 public:
  uint64_t value() const { return sum_; }

  // Multilinear hashing (Wegman and Carter 1981; Lemire and Kaser 2014): no
  // product waits for another one, and one word that differs always tells,
  // because factors are odd.
  void add(uint64_t word) {
    place_ += 0x9e3779b97f4a7c15U;
    sum_ += (word ^ place_) * (place_ | 1);
  }
  void add(const void* pointer) { add(reinterpret_cast<uintptr_t>(pointer)); }

  // Type, first use, flags, and what a subclass keeps in the common bits: an
  // alignment, a predicate, a calling convention.
  void add_head(const llvm::Value& value) {
    static_assert(sizeof(llvm::Value) % sizeof(uint64_t) == 0);
    uint64_t words[sizeof(llvm::Value) / sizeof(uint64_t)];
    std::memcpy(words, static_cast<const void*>(&value), sizeof(words));
    for (const uint64_t word : words) add(word);
  }

  void add_uses(const llvm::Value& value) {
    for (const llvm::Use& use : value.uses()) add(&use);
  }

  void add_metadata(
      llvm::ArrayRef<std::pair<unsigned, llvm::MDNode*>> attachments) {
    for (const auto& [kind, node] : attachments) {
      add(kind);
      add(node);
    }
  }

  void add(const llvm::GlobalValue& global) {
    add(&global);
    // Not its head, which says whether a declaration's arguments exist yet.
    add_uses(global);
    add(uint64_t{global.getLinkage()} | uint64_t{global.getVisibility()} << 8 |
        static_cast<uint64_t>(global.getUnnamedAddr()) << 16 |
        uint64_t{global.getThreadLocalMode()} << 24 |
        uint64_t{global.isDSOLocal()} << 32 |
        uint64_t{global.getDLLStorageClass()} << 40);
    for (const llvm::Use& use : global.operands()) add(use.get());
    if (const auto* object = llvm::dyn_cast<llvm::GlobalObject>(&global)) {
      add(object->getComdat());
      llvm::SmallVector<std::pair<unsigned, llvm::MDNode*>, 4> attachments;
      object->getAllMetadata(attachments);
      add_metadata(attachments);
    }
    if (const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(&global)) {
      add(uint64_t{variable->isConstant()});
      add(llvm::encode(variable->getAlign()));
      add(variable->getAttributesAsList(0).getRawPointer());
    }
  }

  void add(const llvm::Instruction& instruction) {
    add(&instruction);
    add_head(instruction);
    for (const llvm::Use& use : instruction.operands()) {
      add(use.get());
      add(use.getNext());
    }
    add(instruction.getDebugLoc().getAsMDNode());
    if (instruction.hasMetadataOtherThanDebugLoc()) {
      llvm::SmallVector<std::pair<unsigned, llvm::MDNode*>, 4> attachments;
      instruction.getAllMetadataOtherThanDebugLoc(attachments);
      add_metadata(attachments);
    }
    for (const llvm::DbgRecord& record : instruction.getDbgRecordRange())
      add(record);
    add_class(instruction);
  }

  void add(const llvm::DbgRecord& record) {
    add(&record);
    add(record.getDebugLoc().getAsMDNode());
    const auto* variable = llvm::dyn_cast<llvm::DbgVariableRecord>(&record);
    if (variable == nullptr) return;
    add(variable->getRawLocation());
    add(variable->getRawExpression());
    add(variable->getRawVariable());
  }

 private:
  // What only one class of instructions has.
  void add_class(const llvm::Instruction& instruction) {
    if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) {
      add(call->getAttributes().getRawPointer());
      add(call->getFunctionType());
    } else if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
      for (const llvm::BasicBlock* block : phi->blocks()) add(block);
    } else if (const auto* gep =
                   llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction)) {
      add(gep->getSourceElementType());
    } else if (const auto* local =
                   llvm::dyn_cast<llvm::AllocaInst>(&instruction)) {
      add(local->getAllocatedType());
    } else if (const auto* shuffle =
                   llvm::dyn_cast<llvm::ShuffleVectorInst>(&instruction)) {
      for (const int element : shuffle->getShuffleMask())
        add(static_cast<uint64_t>(element));
    } else if (const auto* insert =
                   llvm::dyn_cast<llvm::InsertValueInst>(&instruction)) {
      for (const unsigned index : insert->indices()) add(uint64_t{index});
    } else if (const auto* extract =
                   llvm::dyn_cast<llvm::ExtractValueInst>(&instruction)) {
      for (const unsigned index : extract->indices()) add(uint64_t{index});
    }
  }

  uint64_t sum_ = 0;
  uint64_t place_ = 0;
};

}  // namespace

uint64_t fingerprint(const llvm::Module& module) {
  Fingerprint result;
  for (const llvm::GlobalValue& global : module.global_values())
    result.add(global);
  for (const llvm::NamedMDNode& node : module.named_metadata()) {
    result.add(&node);
    for (const llvm::MDNode* operand : node.operands()) result.add(operand);
  }
  for (const llvm::Function& function : module) {
    result.add(llvm::encode(function.getAlign()));
    result.add(uint64_t{function.getCallingConv()});
    result.add(function.getAttributes().getRawPointer());
    if (function.isDeclaration()) continue;
    for (const llvm::Argument& argument : function.args())
      result.add_head(argument);
    for (const llvm::BasicBlock& block : function) {
      // Nor this head, which says whether its instructions are numbered.
      result.add(&block);
      for (const llvm::Instruction& instruction : block)
        result.add(instruction);
    }
  }
  return result.value();
}

}  // namespace hone::program
