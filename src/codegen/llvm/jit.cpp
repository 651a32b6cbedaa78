// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only source that includes ORC's headers, which are slow to compile.
#include "codegen/llvm/jit.h"

#include <fmt/format.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>

namespace hone::codegen {

struct Jit::State {
  std::unique_ptr<llvm::orc::LLJIT> engine;
};

Jit::Jit(std::unique_ptr<State> state) : state_(std::move(state)) {}
Jit::Jit(Jit&&) noexcept = default;
Jit& Jit::operator=(Jit&&) noexcept = default;
Jit::~Jit() = default;

namespace {

Error loading_failed(llvm::Error error) {
  return Error(ErrorKind::ToolFailed,
               fmt::format("code could not be loaded: {}",
                           llvm::toString(std::move(error))));
}

}  // namespace

Result<Jit> Jit::load(std::span<const std::string> objects,
                      const std::map<std::string, const void*>& known) {
  // A static, not std::call_once, whose thread-local variables no library can
  // be loaded with late: Ray's workers load the Python module after others.
  [[maybe_unused]] static const bool done = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  auto engine = llvm::orc::LLJITBuilder().create();
  if (!engine) return loading_failed(engine.takeError());
  llvm::orc::SymbolMap symbols;
  for (const auto& [name, address] : known)
    symbols[(*engine)->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (!symbols.empty())
    if (auto error = (*engine)->getMainJITDylib().define(
            llvm::orc::absoluteSymbols(std::move(symbols))))
      return loading_failed(std::move(error));
  for (const std::string& object : objects) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(object, "kernels");
    if (auto error = (*engine)->addObjectFile(std::move(buffer)))
      return loading_failed(std::move(error));
  }
  auto state = std::make_unique<State>();
  state->engine = std::move(*engine);
  return Jit(std::move(state));
}

Result<KernelFunction> Jit::find(std::string_view symbol) {
  auto address =
      state_->engine->lookup(llvm::StringRef(symbol.data(), symbol.size()));
  if (!address) {
    llvm::consumeError(address.takeError());
    return Error(ErrorKind::NotFound,
                 fmt::format("no kernel '{}' in this code", symbol));
  }
  return address->toPtr<KernelFunction>();
}

}  // namespace hone::codegen
