// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/knob_rules.h"

#include <fmt/format.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/TargetParser/Triple.h>

#include <array>

#include "base/result.h"

namespace hone::program {

namespace {

using Reason = std::optional<std::string>;

std::string name_of(const llvm::Function& function) {
  return function.getName().str();
}

// Rules about registers and calls were worked out for x86-64 ELF alone.
Reason why_not_target(const llvm::Module& module) {
  const llvm::Triple& triple = module.getTargetTriple();
  if (triple.getArch() == llvm::Triple::x86_64 && triple.isOSBinFormatELF())
    return {};
  return fmt::format("nothing is known about the target '{}'", triple.str());
}

bool is_called_directly(const llvm::Function& function) {
  for (const llvm::User* user : function.users()) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (call != nullptr && call->getCalledOperand() == &function) return true;
  }
  return false;
}

// Attributes of functions that run instructions the allocator never saw.
constexpr std::array<std::string_view, 7> kPatchedIn = {
    "fentry-call",
    "function-instrument",
    "patchable-function",
    "patchable-function-entry",
    "patchable-function-prefix",
    "split-stack",
    "xray-instruction-threshold",
};

Reason always(const llvm::Module&, const ModuleFlags&) { return {}; }

Reason unproven(const llvm::Module&, const ModuleFlags&) { return {}; }

Reason exact_callees(const llvm::Module& module, const ModuleFlags& flags) {
  if (Reason reason = why_not_target(module)) return reason;
  for (const llvm::Function& function : module) {
    if (function.isDeclaration() || !is_called_directly(function)) continue;
    if (flags.pic && !flags.pie && !function.isDSOLocal())
      return fmt::format("'{}' can be preempted in position-independent code",
                         name_of(function));
    if (function.hasFnAttribute(llvm::Attribute::Naked))
      return fmt::format("'{}' is naked", name_of(function));
    for (const std::string_view attribute : kPatchedIn)
      if (function.hasFnAttribute(attribute))
        return fmt::format("'{}' has the attribute '{}'", name_of(function),
                           attribute);
  }
  return {};
}

Reason why_keep_whole(const llvm::Function& function,
                      const ModuleFlags& flags) {
  if (function.isDeclaration() || function.hasFnAttribute("nooutline"))
    return {};
  if (function.hasSection())
    return fmt::format("'{}' lies in the section '{}'", name_of(function),
                       function.getSection().str());
  if (function.hasFnAttribute("implicit-section-name"))
    return fmt::format("'{}' lies in a section of its own", name_of(function));
  if (function.hasFnAttribute(llvm::Attribute::FnRetThunkExtern) ||
      !flags.return_thunk.empty())
    return fmt::format("'{}' returns through a thunk", name_of(function));
  return {};
}

Reason why_no_outlining_at_all(const llvm::Module& module,
                               const ModuleFlags& flags) {
  if (Reason reason = why_not_target(module)) return reason;
  if (flags.large_code) return "the code model is large";
  for (const llvm::Function& function : module) {
    const llvm::StringRef features =
        function.getFnAttribute("target-features").getValueAsString();
    const bool has_thunks = features.contains("+lvi-cfi") ||
                            features.contains("+seses") ||
                            (features.contains("+retpoline-indirect") &&
                             !features.contains("+retpoline-external-thunk"));
    if (has_thunks ||
        function.hasFnAttribute(llvm::Attribute::SpeculativeLoadHardening))
      return fmt::format("'{}' is hardened in a way that outlining crashes on",
                         name_of(function));
  }
  return {};
}

Reason outlinable(const llvm::Module& module, const ModuleFlags& flags) {
  if (Reason reason = why_no_outlining_at_all(module, flags)) return reason;
  for (const llvm::Function& function : module)
    if (Reason reason = why_keep_whole(function, flags)) return reason;
  return {};
}

struct Rule {
  std::string_view name;
  Reason (*why_unsafe)(const llvm::Module&, const ModuleFlags&);
};

constexpr std::array<Rule, 4> kRules = {{
    {"always", always},
    {"exact_callees", exact_callees},
    {"outlinable", outlinable},
    {"unproven", unproven},
}};

const Rule* find_rule(std::string_view name) {
  for (const Rule& rule : kRules)
    if (rule.name == name) return &rule;
  return nullptr;
}

}  // namespace

ModuleFlags read_module_flags(const llvm::Module& module) {
  ModuleFlags flags;
  flags.pic = module.getPICLevel() != llvm::PICLevel::NotPIC;
  flags.pie = module.getPIELevel() != llvm::PIELevel::Default;
  flags.large_code = module.getCodeModel() == llvm::CodeModel::Large;
  return flags;
}

std::optional<std::string> why_unsafe(const KnobInfo& knob,
                                      const llvm::Module& module,
                                      const ModuleFlags& flags) {
  const Rule* rule = find_rule(knob.rule);
  HONE_CHECK(rule != nullptr);
  return rule->why_unsafe(module, flags);
}

std::vector<const llvm::Function*> functions_to_keep_whole(
    const llvm::Module& module, const ModuleFlags& flags) {
  std::vector<const llvm::Function*> functions;
  if (why_no_outlining_at_all(module, flags)) return functions;
  for (const llvm::Function& function : module)
    if (why_keep_whole(function, flags)) functions.push_back(&function);
  return functions;
}

bool is_knob_rule(std::string_view name) { return find_rule(name) != nullptr; }

}  // namespace hone::program
