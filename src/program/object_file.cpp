// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An FDE of .eh_frame is tied to its function by the relocation on its second
// word in an object file:
//
//   offset  size
//        0     4  length of what follows (0: terminator)
//        4     4  distance back to the CIE (0: this is a CIE itself)
//        8     4  the function's address: R_X86_64_PC32 against the symbol of
//                 its section plus its offset there
//
// In a linked image the relocation is gone and the functions' unwind bytes are
// left at zero; only totals are compared there.
#include "program/object_file.h"

#include <fmt/format.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include <map>

#include "base/file.h"

namespace hone::program {

namespace {

Error malformed(std::string_view what, llvm::Error error) {
  return Error(ErrorKind::Malformed,
               fmt::format("{} is no sound ELF object: {}", what,
                           llvm::toString(std::move(error))));
}

// Section index and offset, to the function that begins there.
using Starts = std::map<std::pair<uint64_t, uint64_t>, size_t>;

llvm::Error add_unwind(const llvm::object::ELFObjectFileBase& file,
                       const Starts& starts,
                       std::vector<FunctionSize>& functions) {
  for (const llvm::object::SectionRef& section : file.sections()) {
    auto target = section.getRelocatedSection();
    if (!target) return target.takeError();
    if (*target == file.section_end()) continue;
    auto name = (*target)->getName();
    if (!name) return name.takeError();
    if (*name != ".eh_frame") continue;
    auto contents = (*target)->getContents();
    if (!contents) return contents.takeError();
    for (const llvm::object::ELFRelocationRef relocation :
         section.relocations()) {
      const uint64_t offset = relocation.getOffset();
      if (offset < 8 || offset + 4 > contents->size()) continue;
      const auto word = [&](uint64_t at) {
        return llvm::support::endian::read32le(contents->data() + at);
      };
      // Relocations inside a CIE (the personality) are not at its word 2 with
      // a non-zero word 1.
      if (word(offset - 4) == 0) continue;
      // 32-bit x86 and Arm keep the addend in the relocated word itself.
      int64_t addend = static_cast<int32_t>(word(offset));
      if (llvm::Expected<int64_t> apart = relocation.getAddend())
        addend = *apart;
      else
        llvm::consumeError(apart.takeError());
      const llvm::object::symbol_iterator symbol = relocation.getSymbol();
      if (symbol == file.symbol_end()) continue;
      auto home = symbol->getSection();
      if (!home) return home.takeError();
      if (*home == file.section_end()) continue;
      auto value = symbol->getValue();
      if (!value) return value.takeError();
      const auto found = starts.find(
          {(*home)->getIndex(), *value + static_cast<uint64_t>(addend)});
      if (found != starts.end())
        functions[found->second].unwind = word(offset - 8) + 4;
    }
  }
  return llvm::Error::success();
}

llvm::Error add_functions(const llvm::object::ELFObjectFileBase& file,
                          ObjectSizes& sizes) {
  Starts starts;
  for (const llvm::object::ELFSymbolRef symbol : file.symbols()) {
    if (symbol.getELFType() != llvm::ELF::STT_FUNC) continue;
    auto section = symbol.getSection();
    if (!section) return section.takeError();
    if (*section == file.section_end()) continue;
    auto name = symbol.getName();
    if (!name) return name.takeError();
    auto value = symbol.getValue();
    if (!value) return value.takeError();
    const auto [place, fresh] = starts.emplace(
        std::pair((*section)->getIndex(), *value), sizes.functions.size());
    // Aliases share one body; the first symbol stands for it.
    if (!fresh) continue;
    sizes.functions.push_back(
        {.name = name->str(),
         .code = symbol.getSize(),
         .local = symbol.getBinding() == llvm::ELF::STB_LOCAL});
  }
  if (file.isRelocatableObject())
    if (llvm::Error error = add_unwind(file, starts, sizes.functions))
      return error;
  std::sort(sizes.functions.begin(), sizes.functions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return llvm::Error::success();
}

}  // namespace

uint64_t ObjectSizes::loaded() const {
  uint64_t total = 0;
  for (const SectionSize& section : sections)
    if (!section.nobits) total += section.bytes;
  return total;
}

uint64_t ObjectSizes::text_rodata() const {
  uint64_t total = 0;
  for (const SectionSize& section : sections)
    if (section.name.starts_with(".text") ||
        section.name.starts_with(".rodata"))
      total += section.bytes;
  return total;
}

uint64_t ObjectSizes::nobits() const {
  uint64_t total = 0;
  for (const SectionSize& section : sections)
    if (section.nobits) total += section.bytes;
  return total;
}

Result<ObjectSizes> measure_object(std::string_view bytes,
                                   std::string_view what) {
  auto parsed = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef({bytes.data(), bytes.size()}, "object"));
  if (!parsed) return malformed(what, parsed.takeError());
  const auto& file = llvm::cast<llvm::object::ELFObjectFileBase>(**parsed);
  ObjectSizes sizes;
  for (const llvm::object::ELFSectionRef section : file.sections()) {
    if ((section.getFlags() & llvm::ELF::SHF_ALLOC) == 0) continue;
    auto name = section.getName();
    if (!name) return malformed(what, name.takeError());
    sizes.sections.push_back(
        {.name = name->str(),
         .bytes = section.getSize(),
         .nobits = section.getType() == llvm::ELF::SHT_NOBITS});
  }
  if (llvm::Error error = add_functions(file, sizes))
    return malformed(what, std::move(error));
  return sizes;
}

Result<ObjectSizes> measure_object_file(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(path));
  return measure_object(bytes, fmt::format("'{}'", path.string()));
}

bool same_sections(const ObjectSizes& a, const ObjectSizes& b) {
  return a.sections == b.sections;
}

Json to_json(const ObjectSizes& sizes) {
  Json sections = Json::array();
  for (const SectionSize& section : sizes.sections)
    sections.push_back({section.name, section.bytes, section.nobits});
  Json functions = Json::array();
  for (const FunctionSize& function : sizes.functions)
    functions.push_back({function.name, function.code, function.unwind,
                         function.data, function.local});
  return {{"sections", sections}, {"functions", functions}};
}

Result<ObjectSizes> object_sizes_from_json(const Json& json) {
  const Error malformed(ErrorKind::Malformed, "no sizes of an object");
  if (!json.is_object() || !json.contains("sections") ||
      !json.contains("functions"))
    return malformed;
  ObjectSizes sizes;
  for (const Json& row : json["sections"]) {
    if (!row.is_array() || row.size() != 3 || !row[0].is_string() ||
        !row[1].is_number_unsigned() || !row[2].is_boolean())
      return malformed;
    sizes.sections.push_back({row[0].get<std::string>(), row[1].get<uint64_t>(),
                              row[2].get<bool>()});
  }
  for (const Json& row : json["functions"]) {
    if (!row.is_array() || row.size() != 5 || !row[0].is_string() ||
        !row[1].is_number_unsigned() || !row[2].is_number_unsigned() ||
        !row[3].is_number_unsigned() || !row[4].is_boolean())
      return malformed;
    sizes.functions.push_back({row[0].get<std::string>(),
                               row[1].get<uint64_t>(), row[2].get<uint64_t>(),
                               row[3].get<uint64_t>(), row[4].get<bool>()});
  }
  return sizes;
}

}  // namespace hone::program
