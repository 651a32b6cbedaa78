// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/SourceMgr.h>

#include "program/module.h"

namespace hone::program {

namespace {

void keep_first(const llvm::SMDiagnostic& diagnostic, void* said) {
  auto& text = *static_cast<std::string*>(said);
  if (!text.empty()) return;
  text = fmt::format("line {}: {}", diagnostic.getLineNo(),
                     diagnostic.getMessage().str());
}

}  // namespace

Result<std::string> assemble(std::string_view assembly, const BuildMode& mode) {
  initialize_targets();
  const llvm::Triple triple(mode.triple);
  std::string message;
  const llvm::Target* target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr) return Error(ErrorKind::Unsupported, message);
  const llvm::MCTargetOptions options;
  const std::unique_ptr<llvm::MCRegisterInfo> registers(
      target->createMCRegInfo(triple));
  const std::unique_ptr<llvm::MCAsmInfo> syntax(
      target->createMCAsmInfo(*registers, triple, options));
  const std::unique_ptr<llvm::MCInstrInfo> instructions(
      target->createMCInstrInfo());
  const std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, mode.cpu, ""));
  llvm::SourceMgr sources;
  std::string said;
  sources.setDiagHandler(keep_first, &said);
  sources.AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy(
          llvm::StringRef(assembly.data(), assembly.size()), "assembly"),
      llvm::SMLoc());
  llvm::MCContext context(triple, syntax.get(), registers.get(),
                          subtarget.get(), &sources, &options);
  const std::unique_ptr<llvm::MCObjectFileInfo> sections(
      target->createMCObjectFileInfo(context,
                                     mode.relocation == Relocation::Pic,
                                     mode.code_model == "large"));
  context.setObjectFileInfo(sections.get());
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  std::unique_ptr<llvm::MCAsmBackend> backend(
      target->createMCAsmBackend(*subtarget, *registers, options));
  std::unique_ptr<llvm::MCObjectWriter> writer =
      backend->createObjectWriter(stream);
  const std::unique_ptr<llvm::MCStreamer> streamer(
      target->createMCObjectStreamer(
          triple, context, std::move(backend), std::move(writer),
          std::unique_ptr<llvm::MCCodeEmitter>(
              target->createMCCodeEmitter(*instructions, context)),
          *subtarget));
  const std::unique_ptr<llvm::MCAsmParser> parser(
      llvm::createMCAsmParser(sources, context, *streamer, *syntax));
  const std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
      target->createMCAsmParser(*subtarget, *parser, *instructions, options));
  parser->setTargetParser(*target_parser);
  if (parser->Run(/*NoInitialTextSection=*/false) || !said.empty())
    return Error(ErrorKind::Malformed,
                 fmt::format("the assembly is not accepted: {}", said));
  return std::string(bytes.str());
}

}  // namespace hone::program
