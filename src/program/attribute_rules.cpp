// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/attribute_rules.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Metadata.h>

#include <array>

namespace hone::program {

namespace {

using Reason = std::optional<std::string>;

bool names_rbp(llvm::StringRef text) { return text.contains_insensitive("bp"); }

bool has_register_intrinsic_of_rbp(const llvm::CallBase& call) {
  const llvm::Intrinsic::ID id = call.getIntrinsicID();
  if (id != llvm::Intrinsic::read_register &&
      id != llvm::Intrinsic::read_volatile_register &&
      id != llvm::Intrinsic::write_register)
    return false;
  const auto* metadata =
      llvm::cast<llvm::MetadataAsValue>(call.getArgOperand(0));
  const auto* node = llvm::cast<llvm::MDNode>(metadata->getMetadata());
  const auto* name = llvm::dyn_cast<llvm::MDString>(node->getOperand(0));
  return name == nullptr || names_rbp(name->getString());
}

Reason why_not_frame_register(const llvm::Function& function) {
  switch (function.getCallingConv()) {
    case llvm::CallingConv::GHC:
    case llvm::CallingConv::HiPE:
      return "passes arguments in rbp";
    default:
      break;
  }
  for (const llvm::Instruction& instruction : llvm::instructions(function)) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr) continue;
    if (has_register_intrinsic_of_rbp(*call)) return "reads or writes rbp";
    const auto* assembly =
        llvm::dyn_cast<llvm::InlineAsm>(call->getCalledOperand());
    if (assembly != nullptr && (names_rbp(assembly->getAsmString()) ||
                                names_rbp(assembly->getConstraintString())))
      return "has inline assembly that names rbp";
  }
  return {};
}

// How much of a frame pointer each value of the attribute keeps.
size_t frame_pointer_rank(std::string_view value) {
  constexpr std::array<std::string_view, 5> kRanks = {
      "none", "reserved", "non-leaf-no-reserve", "non-leaf", "all"};
  for (size_t rank = 0; rank < kRanks.size(); ++rank)
    if (value == kRanks[rank]) return rank;
  return value.empty() ? 0 : kRanks.size();
}

Reason why_not_frame_pointer(const llvm::Function& function,
                             const std::string& value) {
  const std::string now =
      function.getFnAttribute("frame-pointer").getValueAsString().str();
  if (frame_pointer_rank(value) < frame_pointer_rank(now))
    return "was compiled with frame-pointer=" + now;
  if (value == "none") return {};
  return why_not_frame_register(function);
}

Reason why_not_codegen(const llvm::Function& function) {
  if (function.hasFnAttribute(llvm::Attribute::OptimizeNone))
    return "is marked optnone";
  if (function.hasFnAttribute(llvm::Attribute::OptimizeForDebugging))
    return "is marked optdebug";
  return {};
}

Reason why_not_inline(const llvm::Function& function,
                      const std::string& value) {
  if (value == "never" &&
      function.hasFnAttribute(llvm::Attribute::AlwaysInline))
    return "is marked alwaysinline";
  if ((value == "hint" || value == "always") &&
      function.hasFnAttribute(llvm::Attribute::NoInline))
    return "is marked noinline";
  return {};
}

Reason why_not_without_tail_calls(const llvm::Function& function) {
  switch (function.getCallingConv()) {
    case llvm::CallingConv::Tail:
    case llvm::CallingConv::SwiftTail:
      return "promises tail calls by its calling convention";
    default:
      break;
  }
  bool has_tail_call = false;
  for (const llvm::Instruction& instruction : llvm::instructions(function)) {
    const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    if (call == nullptr) continue;
    if (call->isMustTailCall()) return "holds a musttail call";
    has_tail_call |= call->isTailCall() && call->getIntrinsicID() == 0;
  }
  if (has_tail_call && !function.doesNotRecurse())
    return "may recurse through its tail calls without a bound";
  return {};
}

}  // namespace

std::optional<std::string> why_unsafe(const llvm::Function& function,
                                      const AttributeSetting& setting) {
  if (find_attribute(setting.name, setting.value) == nullptr)
    return "cannot be given the unknown " + setting.name + "=" + setting.value;
  if (function.isDeclaration()) return "has no body here";
  if (setting.name == "frame-pointer")
    return why_not_frame_pointer(function, setting.value);
  if (setting.name == "codegen") return why_not_codegen(function);
  if (setting.name == "inline") return why_not_inline(function, setting.value);
  if (setting.name == "heat" && function.hasFnAttribute(llvm::Attribute::Hot))
    return "is marked hot";
  if (setting.name == "tail-calls") return why_not_without_tail_calls(function);
  return {};
}

}  // namespace hone::program
