// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/driver_module.h"

#include <fmt/format.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Module.h>

namespace hone::verify {

namespace {

// Attributes that decide where an argument or result travels. Those that
// promise something about its value are left out: inputs may break them.
llvm::AttributeSet convention(llvm::LLVMContext& context,
                              llvm::AttributeSet all) {
  llvm::AttrBuilder kept(context);
  for (const auto kind :
       {llvm::Attribute::ZExt, llvm::Attribute::SExt, llvm::Attribute::InReg,
        llvm::Attribute::ByVal, llvm::Attribute::StructRet,
        llvm::Attribute::ByRef, llvm::Attribute::Nest,
        llvm::Attribute::SwiftSelf, llvm::Attribute::StackAlignment})
    if (all.hasAttribute(kind)) kept.addAttribute(all.getAttribute(kind));
  if (all.hasAttribute(llvm::Attribute::ByVal) &&
      all.hasAttribute(llvm::Attribute::Alignment))
    kept.addAttribute(all.getAttribute(llvm::Attribute::Alignment));
  return llvm::AttributeSet::get(context, kept);
}

class DriverBuilder {
 public:
  DriverBuilder(const Plan& plan, llvm::Module& source, DriverPart part)
      : plan_(plan),
        source_(source),
        part_(part),
        context_(source.getContext()),
        module_(std::make_unique<llvm::Module>("driver", context_)),
        builder_(context_),
        pointer_(llvm::PointerType::get(context_, 0)) {
    module_->setDataLayout(source.getDataLayout());
    module_->setTargetTriple(source.getTargetTriple());
    module_->setPICLevel(llvm::PICLevel::BigPIC);
  }

  std::unique_ptr<llvm::Module> build() {
    if (part_ == DriverPart::Companion) {
      for (uint32_t i = 0; i < plan_.externals.size(); ++i)
        if (plan_.externals[i].is_hidden) make_interceptor(i);
      for (const PlannedGlobal& global : plan_.globals)
        if (global.is_hidden) make_storage(global);
      return std::move(module_);
    }
    std::vector<llvm::Constant*> drivers(plan_.driver_count), responders,
        storage;
    for (const PlannedFunction& function : plan_.functions)
      if (function.driver >= 0)
        drivers[function.driver] = make_driver(function);
    for (uint32_t i = 0; i < plan_.externals.size(); ++i)
      if (plan_.externals[i].function != nullptr &&
          !plan_.externals[i].is_hidden)
        make_interceptor(i);
    for (const uint32_t external : plan_.responders)
      responders.push_back(make_interceptor(external));
    for (const PlannedGlobal& global : plan_.globals)
      storage.push_back(global.is_undefined && !global.is_hidden
                            ? make_storage(global)
                            : llvm::ConstantPointerNull::get(
                                  llvm::cast<llvm::PointerType>(pointer_)));
    make_table("hone_drivers", drivers);
    make_table("hone_responders", responders);
    make_table("hone_storage", storage);
    return std::move(module_);
  }

 private:
  llvm::Function* make_function(llvm::FunctionType* type, llvm::Twine name,
                                const llvm::Function* like) {
    auto* function = llvm::Function::Create(
        type, llvm::GlobalValue::ExternalLinkage, name, *module_);
    function->addFnAttr("frame-pointer", "none");
    if (like != nullptr)
      for (const char* key : {"target-cpu", "target-features"})
        if (like->hasFnAttribute(key))
          function->addFnAttr(like->getFnAttribute(key));
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "", function));
    return function;
  }

  llvm::Value* slot(llvm::Value* base, uint32_t offset) {
    return builder_.CreateConstGEP1_32(builder_.getInt8Ty(), base, offset);
  }

  llvm::Constant* make_driver(const PlannedFunction& planned) {
    const llvm::Function& callee = *planned.function;
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(),
                                         {pointer_, pointer_, pointer_}, false);
    llvm::Function* driver = make_function(
        type, fmt::format("hone_driver_{}", planned.driver), &callee);
    driver->setVisibility(llvm::GlobalValue::HiddenVisibility);
    driver->setUWTableKind(llvm::UWTableKind::Async);
    std::vector<llvm::Value*> arguments;
    for (unsigned i = 0; i < callee.arg_size(); ++i)
      arguments.push_back(builder_.CreateAlignedLoad(
          callee.getFunctionType()->getParamType(i),
          slot(driver->getArg(1), planned.shape.offsets[i]), llvm::Align(16)));
    llvm::CallInst* call = builder_.CreateCall(callee.getFunctionType(),
                                               driver->getArg(0), arguments);
    call->setCallingConv(callee.getCallingConv());
    call->setTailCallKind(llvm::CallInst::TCK_NoTail);
    call->setAttributes(call_attributes(callee));
    if (!call->getType()->isVoidTy())
      builder_.CreateAlignedStore(call, driver->getArg(2), llvm::Align(16));
    builder_.CreateRetVoid();
    return driver;
  }

  llvm::AttributeList call_attributes(const llvm::Function& callee) {
    const llvm::AttributeList all = callee.getAttributes();
    std::vector<llvm::AttributeSet> arguments;
    for (unsigned i = 0; i < callee.arg_size(); ++i)
      arguments.push_back(convention(context_, all.getParamAttrs(i)));
    return llvm::AttributeList::get(context_, llvm::AttributeSet(),
                                    convention(context_, all.getRetAttrs()),
                                    arguments);
  }

  // Records the call, then leaves junk in every register that a callee may
  // change, since some callee will.
  llvm::Constant* make_interceptor(uint32_t id) {
    const PlannedExternal& planned = plan_.externals[id];
    const bool indirect = planned.function == nullptr;
    const std::string name = indirect ? fmt::format("hone_responder_{}", id)
                                      : "\1__wrap_" + planned.name;
    llvm::Function* function =
        make_function(planned.signature, name, planned.function);
    if (indirect || planned.is_hidden)
      function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    if (!indirect)
      function->setAttributes(
          call_attributes(*planned.function)
              .addFnAttributes(
                  context_,
                  llvm::AttrBuilder(context_,
                                    function->getAttributes().getFnAttrs())));
    auto* bytes = llvm::ArrayType::get(
        builder_.getInt8Ty(), std::max<uint32_t>(planned.shape.bytes, 16));
    llvm::AllocaInst* slots = builder_.CreateAlloca(bytes);
    slots->setAlignment(llvm::Align(16));
    llvm::Type* result_type = planned.signature->getReturnType();
    const bool has_result = !result_type->isVoidTy();
    llvm::AllocaInst* result =
        builder_.CreateAlloca(has_result ? result_type : builder_.getInt64Ty());
    result->setAlignment(llvm::Align(16));
    for (unsigned i = 0; i < planned.signature->getNumParams(); ++i)
      builder_.CreateAlignedStore(function->getArg(i),
                                  slot(slots, planned.shape.offsets[i]),
                                  llvm::Align(16));
    const llvm::FunctionCallee receive = module_->getOrInsertFunction(
        indirect ? "hone_rt_indirect" : "hone_rt_external",
        builder_.getVoidTy(), builder_.getInt32Ty(), pointer_, pointer_);
    builder_.CreateCall(receive, {builder_.getInt32(id), slots, result});
    leave_junk();
    if (has_result)
      builder_.CreateRet(
          builder_.CreateAlignedLoad(result_type, result, llvm::Align(16)));
    else
      builder_.CreateRetVoid();
    return function;
  }

  void leave_junk() {
    if (source_.getTargetTriple().isX86_64())
      leave_junk_of_x86_64();
    else if (source_.getTargetTriple().isAArch64())
      leave_junk_of_aarch64();
  }

  void leave_junk_of_x86_64() {
    std::string code, clobbers = "~{dirflag},~{fpsr},~{flags}";
    for (const char* name :
         {"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"}) {
      code += fmt::format("movabs $$0x0bad0bad0bad0bad, %{}\n", name);
      clobbers += fmt::format(",~{{{}}}", name);
    }
    for (int i = 0; i < 16; ++i) {
      code += fmt::format("pcmpeqd %xmm{}, %xmm{}\n", i, i);
      clobbers += fmt::format(",~{{xmm{}}}", i);
    }
    add_assembly(code, clobbers);
  }

  // x18 belongs to the platform; of v8 to v15 the callee keeps the lower half.
  void leave_junk_of_aarch64() {
    std::string code, clobbers = "~{nzcv}";
    for (int i = 0; i < 18; ++i) {
      code += fmt::format("mov x{}, #0x0bad0000\n", i);
      clobbers += fmt::format(",~{{x{}}}", i);
    }
    for (int i = 0; i < 32; ++i) {
      if (i >= 8 && i < 16) continue;
      code += fmt::format("movi v{}.16b, #255\n", i);
      clobbers += fmt::format(",~{{v{}}}", i);
    }
    add_assembly(code, clobbers);
  }

  void add_assembly(const std::string& code, const std::string& clobbers) {
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), false);
    builder_.CreateCall(llvm::InlineAsm::get(type, code, clobbers,
                                             /*hasSideEffects=*/true));
  }

  llvm::Constant* make_storage(const PlannedGlobal& planned) {
    if (!planned.is_undefined) return nullptr;
    auto* bytes = llvm::ArrayType::get(builder_.getInt8Ty(), planned.size);
    auto* variable = new llvm::GlobalVariable(
        *module_, bytes, false, llvm::GlobalValue::ExternalLinkage,
        llvm::ConstantAggregateZero::get(bytes), "\1__wrap_" + planned.name);
    variable->setAlignment(llvm::Align(16));
    if (planned.is_hidden)
      variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return variable;
  }

  void make_table(const char* name, std::vector<llvm::Constant*> entries) {
    if (entries.empty())
      entries.push_back(llvm::ConstantPointerNull::get(
          llvm::cast<llvm::PointerType>(pointer_)));
    auto* type = llvm::ArrayType::get(pointer_, entries.size());
    auto* table = new llvm::GlobalVariable(
        *module_, type, true, llvm::GlobalValue::ExternalLinkage,
        llvm::ConstantArray::get(type, entries), name);
    table->setVisibility(llvm::GlobalValue::HiddenVisibility);
  }

  const Plan& plan_;
  llvm::Module& source_;
  DriverPart part_;
  llvm::LLVMContext& context_;
  std::unique_ptr<llvm::Module> module_;
  llvm::IRBuilder<> builder_;
  llvm::Type* pointer_;
};

}  // namespace

std::unique_ptr<llvm::Module> make_driver_module(const Plan& plan,
                                                 llvm::Module& module,
                                                 DriverPart part) {
  return DriverBuilder(plan, module, part).build();
}

}  // namespace hone::verify
