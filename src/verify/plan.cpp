// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/plan.h"

#include <fmt/format.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <cstring>

#include "verify/harness/abi.h"
#include "verify/library_calls.h"
#include "verify/plan_types.h"
#include "verify/stack_extents.h"
#include "verify/type_facts.h"

namespace hone::verify {

namespace {

constexpr uint32_t kSlotBytes = 4096;
constexpr uint32_t kResultBytes = 512;
constexpr uint64_t kMostGlobalBytes = 1 << 28;

uint32_t align_up(uint64_t value, uint64_t alignment) {
  return static_cast<uint32_t>((value + alignment - 1) / alignment * alignment);
}

Result<CallShape> shape_of(llvm::FunctionType* type,
                           const llvm::DataLayout& layout) {
  CallShape shape;
  for (llvm::Type* argument : type->params()) {
    if (!argument->isSized() || argument->isScalableTy())
      return Error(ErrorKind::Unsupported, "an argument has no fixed size");
    shape.offsets.push_back(shape.bytes);
    shape.bytes +=
        align_up(std::max<uint64_t>(layout.getTypeAllocSize(argument), 1), 16);
  }
  llvm::Type* result = type->getReturnType();
  const bool has_result = !result->isVoidTy();
  if (has_result && (!result->isSized() || result->isScalableTy()))
    return Error(ErrorKind::Unsupported, "the result has no fixed size");
  if (shape.bytes > kSlotBytes ||
      (has_result && layout.getTypeAllocSize(result) > kResultBytes))
    return Error(ErrorKind::Unsupported, "its arguments are too large");
  return shape;
}

// Conventions that only a compiler can keep.
std::string unsupported_attribute(const llvm::Function& function) {
  for (const llvm::Argument& argument : function.args())
    for (const auto& [kind, name] :
         {std::pair(llvm::Attribute::InAlloca, "inalloca"),
          std::pair(llvm::Attribute::Preallocated, "preallocated"),
          std::pair(llvm::Attribute::SwiftError, "swifterror"),
          std::pair(llvm::Attribute::SwiftAsync, "swiftasync")})
      if (argument.hasAttribute(kind))
        return fmt::format("its argument {} is {}", argument.getArgNo(), name);
  if (function.hasFnAttribute(llvm::Attribute::Naked)) return "it is naked";
  return {};
}

class Planner {
 public:
  Planner(llvm::Module& module, uint64_t seed)
      : module_(module),
        layout_(module.getDataLayout()),
        facts_(TypeFacts::infer(module)),
        extents_(module),
        types_(module, facts_),
        seed_(seed) {}

  Result<Plan> make() {
    plan_functions();
    plan_externals();
    plan_globals();
    // Types are found while types are laid out; signatures among them become
    // externals of their own.
    for (size_t done = 0;;) {
      types_.lay_out();
      if (done == types_.signatures().size()) break;
      while (done < types_.signatures().size())
        add_responder(types_.signatures()[done++]);
    }
    types_.place_zones();
    collect_text();
    write();
    return std::move(plan_);
  }

 private:
  void plan_functions() {
    for (llvm::Function& function : module_) {
      if (function.isDeclaration() || function.hasAvailableExternallyLinkage())
        continue;
      PlannedFunction planned{.function = &function,
                              .name = symbol_name(function.getName())};
      planned.is_local = function.hasLocalLinkage();
      planned.first_block = plan_.block_count;
      planned.block_count = static_cast<uint32_t>(function.size());
      plan_.block_count += planned.block_count;
      plan_function(function, planned);
      plan_.functions.push_back(std::move(planned));
    }
  }

  void plan_function(llvm::Function& function, PlannedFunction& planned) {
    hone_function entry = {};
    entry.name = add_name(planned.name);
    entry.driver = -1;
    entry.entry_block = planned.first_block;
    if (planned.is_local) entry.flags |= HONE_LOCAL;
    planned.reason = unsupported_attribute(function);
    Result<CallShape> shape = shape_of(function.getFunctionType(), layout_);
    if (!shape) planned.reason = shape.error().message;
    const bool reachable =
        !planned.is_local || function.hasAddressTaken(nullptr, true);
    if (!reachable) planned.reason = "it is local and was not reached";
    if (planned.reason.empty()) {
      planned.driver = plan_.driver_count++;
      planned.shape = *std::move(shape);
      entry.driver = planned.driver;
      if (planned.name == "main" && function.arg_size() >= 2)
        entry.flags |= HONE_MAIN;
      std::vector<hone_leaf> leaves;
      for (llvm::Argument& argument : function.args())
        add_argument(function, argument, planned.shape, leaves);
      entry.first_argument = types_.add_leaves(leaves);
      entry.argument_count = static_cast<uint32_t>(leaves.size());
      leaves.clear();
      if (!function.getReturnType()->isVoidTy())
        types_.flatten_value(function.getReturnType(), 0, -1, leaves);
      entry.first_result = types_.add_leaves(leaves);
      entry.result_count = static_cast<uint32_t>(leaves.size());
    }
    functions_.push_back(entry);
  }

  void add_argument(llvm::Function& function, llvm::Argument& argument,
                    const CallShape& shape, std::vector<hone_leaf>& leaves) {
    const unsigned number = argument.getArgNo();
    llvm::Type* pointee = argument.getParamByValType();
    if (pointee == nullptr) pointee = argument.getParamStructRetType();
    const size_t first = leaves.size();
    types_.flatten_value(argument.getType(), shape.offsets[number],
                         facts_.value_node(&argument), leaves);
    if (!argument.getType()->isPointerTy()) return;
    uint32_t flags = 0;
    if (argument.hasNonNullAttr(/*AllowUndefOrPoison=*/true))
      flags |= HONE_NONNULL;
    if (argument.hasNoAliasAttr()) flags |= HONE_UNSHARED;
    if (pointee != nullptr)
      flags |= HONE_NONNULL | HONE_UNSHARED | HONE_REQUIRED;
    leaves[first].domain =
        types_.pointer_domain(facts_.value_node(&argument), pointee, flags);
  }

  void plan_externals() {
    // Signature 0 is that of a function that nothing is known about.
    auto& context = module_.getContext();
    add_responder(
        llvm::FunctionType::get(llvm::Type::getInt64Ty(context), false));
    for (llvm::Function& function : module_) {
      if (function.isIntrinsic() || (!function.isDeclaration() &&
                                     !function.hasAvailableExternallyLinkage()))
        continue;
      const std::string name = symbol_name(function.getName());
      if (library_kind(name) != LibraryKind::Unknown) continue;
      Result<CallShape> shape = shape_of(function.getFunctionType(), layout_);
      if (!shape) continue;
      PlannedExternal planned{.function = &function,
                              .signature = function.getFunctionType(),
                              .name = name,
                              .shape = *std::move(shape)};
      planned.is_hidden = !function.hasDefaultVisibility();
      hone_external entry = {};
      if (function.doesNotReturn()) entry.flags |= HONE_NORETURN;
      if (function.onlyReadsMemory()) entry.flags |= HONE_PURE;
      if (function.arg_size() > 0 &&
          function.getArg(0)->hasAttribute(llvm::Attribute::Returned))
        entry.flags |= HONE_RETURNS_ARGUMENT;
      add_external(planned, entry, facts_.result_node(&function));
    }
  }

  void add_responder(llvm::FunctionType* type) {
    plan_.responders.push_back(static_cast<uint32_t>(plan_.externals.size()));
    Result<CallShape> shape = shape_of(type, layout_);
    PlannedExternal planned{
        .function = nullptr,
        .signature = type,
        .name = fmt::format("(*)#{}", plan_.responders.size())};
    if (shape)
      planned.shape = *std::move(shape);
    else
      planned.signature = plan_.externals.front().signature;
    hone_external entry = {};
    entry.flags = HONE_INDIRECT;
    add_external(planned, entry,
                 facts_.indirect_result_node(planned.signature));
  }

  void add_external(const PlannedExternal& planned, hone_external entry,
                    int result_node) {
    entry.name = add_name(planned.name);
    std::vector<hone_leaf> leaves;
    for (unsigned i = 0; i < planned.signature->getNumParams(); ++i) {
      const size_t first = leaves.size();
      llvm::Type* type = planned.signature->getParamType(i);
      types_.flatten_value(type, planned.shape.offsets[i], -1, leaves);
      for (size_t j = first; j < leaves.size(); ++j) leaves[j].count = 0;
      if (!type->isPointerTy() || planned.function == nullptr) continue;
      describe_window(*planned.function, i, leaves[first]);
    }
    entry.first_argument = types_.add_leaves(leaves);
    entry.argument_count = static_cast<uint32_t>(leaves.size());
    leaves.clear();
    llvm::Type* result = planned.signature->getReturnType();
    if (!result->isVoidTy())
      types_.flatten_value(result, 0, result_node, leaves);
    const llvm::Function* function = planned.function;
    if (function != nullptr && result->isPointerTy()) {
      uint32_t flags = 0;
      if (function->hasRetAttribute(llvm::Attribute::NonNull))
        flags |= HONE_NONNULL;
      if (function->hasRetAttribute(llvm::Attribute::NoAlias))
        flags |= HONE_UNSHARED;
      leaves[0].domain = types_.pointer_domain(result_node, nullptr, flags);
    }
    entry.first_result = types_.add_leaves(leaves);
    entry.result_count = static_cast<uint32_t>(leaves.size());
    plan_.externals.push_back(planned);
    externals_.push_back(entry);
  }

  // The bytes of the caller's stack that are sure to belong to the argument.
  void describe_window(const llvm::Function& function, unsigned number,
                       hone_leaf& leaf) {
    const StackExtent least = extents_.of_argument(function, number);
    if (least.bytes == 0 || least.bytes == StackExtent::kNoStack) return;
    leaf.count = static_cast<uint32_t>(std::min<uint64_t>(least.bytes, 4096));
    llvm::Type* type = least.type != nullptr
                           ? least.type
                           : llvm::Type::getInt8Ty(module_.getContext());
    leaf.stride = types_.type_id(type, -1);
    const llvm::Argument* argument = function.getArg(number);
    if (argument->onlyReadsMemory()) {
      // Not written to: marked by the flag that no window needs otherwise.
      leaf.domain = types_.pointer_domain(-1, nullptr, HONE_UNSHARED);
    }
  }

  void plan_globals() {
    for (llvm::GlobalVariable& variable : module_.globals()) {
      if (variable.getName().starts_with("llvm.") || variable.isThreadLocal())
        continue;
      PlannedGlobal planned{.variable = &variable,
                            .name = symbol_name(variable.getName())};
      planned.is_undefined =
          variable.isDeclaration() || variable.hasAvailableExternallyLinkage();
      if (planned.is_undefined &&
          library_kind(planned.name) != LibraryKind::Unknown)
        continue;
      planned.is_hidden = !variable.hasDefaultVisibility();
      planned.is_local = variable.hasLocalLinkage();
      llvm::Type* type = variable.getValueType();
      uint64_t size = type->isSized() ? layout_.getTypeAllocSize(type) : 0;
      if (planned.is_undefined) size = std::max<uint64_t>(size, 4096);
      if (size > kMostGlobalBytes) continue;
      planned.size = static_cast<uint32_t>(size);
      hone_global entry = {};
      entry.name = add_name(planned.name);
      entry.size = planned.size;
      const int node = facts_.value_node(&variable);
      entry.type = type->isSized()
                       ? types_.type_id(type, facts_.facts(node).content)
                       : 0;
      if (planned.is_local) entry.flags |= HONE_GLOBAL_LOCAL;
      if (variable.isConstant()) entry.flags |= HONE_GLOBAL_CONSTANT;
      if (planned.is_undefined) entry.flags |= HONE_GLOBAL_UNDEFINED;
      plan_.globals.push_back(std::move(planned));
      globals_.push_back(entry);
    }
  }

  // Strings and characters that parsers of this module may look for.
  void collect_text() {
    for (const llvm::GlobalVariable& variable : module_.globals()) {
      if (!variable.hasInitializer() || words_.size() >= 512) continue;
      const auto* data =
          llvm::dyn_cast<llvm::ConstantDataArray>(variable.getInitializer());
      if (data == nullptr || !data->isCString()) continue;
      const llvm::StringRef text = data->getAsCString();
      const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
        return c >= ' ' && c < 127 && c != '%';
      });
      if (printable && !text.empty() && text.size() <= 24)
        words_.push_back(add_name(text.str()));
    }
    std::set<char> letters;
    for (const llvm::Function& function : module_)
      for (const llvm::BasicBlock& block : function)
        for (const llvm::Instruction& instruction : block) {
          if (!llvm::isa<llvm::ICmpInst, llvm::SwitchInst>(instruction))
            continue;
          for (const llvm::Value* operand : instruction.operand_values()) {
            const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(operand);
            if (constant != nullptr && constant->getValue().uge(9) &&
                constant->getValue().ult(127))
              letters.insert(static_cast<char>(constant->getZExtValue()));
          }
        }
    letters.erase('%');
    letters_.assign(letters.begin(), letters.end());
  }

  uint32_t add_name(std::string_view name) {
    const auto offset = static_cast<uint32_t>(names_.size());
    names_.append(name);
    names_ += '\0';
    return offset;
  }

  template <typename T>
  void add_table(const std::vector<T>& table, uint32_t& offset,
                 uint32_t& count) {
    plan_.bytes.resize(align_up(plan_.bytes.size(), 16));
    offset = static_cast<uint32_t>(plan_.bytes.size());
    count = static_cast<uint32_t>(table.size());
    plan_.bytes.append(reinterpret_cast<const char*>(table.data()),
                       table.size() * sizeof(T));
  }

  void write() {
    hone_plan head = {};
    head.seed = seed_;
    head.block_count = plan_.block_count;
    plan_.bytes.assign(sizeof head, '\0');
    add_table(types_.types(), head.types, head.type_count);
    add_table(types_.leaves(), head.leaves, head.leaf_count);
    add_table(types_.domains(), head.domains, head.domain_count);
    add_table(types_.values(), head.values, head.value_count);
    add_table(types_.targets(), head.targets, head.target_count);
    add_table(functions_, head.functions, head.function_count);
    add_table(externals_, head.externals, head.external_count);
    add_table(globals_, head.globals, head.global_count);
    add_table(words_, head.words, head.word_count);
    add_table(letters_, head.letters, head.letter_count);
    head.names = static_cast<uint32_t>(plan_.bytes.size());
    head.name_bytes = static_cast<uint32_t>(names_.size());
    plan_.bytes += names_;
    std::memcpy(plan_.bytes.data(), &head, sizeof head);
  }

  llvm::Module& module_;
  const llvm::DataLayout& layout_;
  TypeFacts facts_;
  StackExtents extents_;
  PlanTypes types_;
  uint64_t seed_;
  Plan plan_;
  std::string names_;
  std::vector<hone_function> functions_;
  std::vector<hone_external> externals_;
  std::vector<hone_global> globals_;
  std::vector<uint32_t> words_;
  std::vector<char> letters_;
};

}  // namespace

std::string symbol_name(std::string_view ir_name) {
  if (ir_name.starts_with('\1')) ir_name.remove_prefix(1);
  return std::string(ir_name);
}

Result<Plan> make_plan(llvm::Module& module, uint64_t seed) {
  return Planner(module, seed).make();
}

}  // namespace hone::verify
