// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/elf_file.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFObjectFile.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"

namespace hone::verify {

namespace {

using Elf = llvm::object::ELF64LEObjectFile;

struct Opened {
  std::string bytes;
  std::unique_ptr<llvm::object::ObjectFile> file;
  const Elf* elf = nullptr;
};

Result<Opened> open_elf(const std::filesystem::path& path) {
  Opened opened;
  HONE_ASSIGN_OR_RETURN(opened.bytes, read_file(path));
  auto made = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(opened.bytes, path.native()));
  if (!made) {
    llvm::consumeError(made.takeError());
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no object file; expected ELF made by "
                             "clang -c",
                             path.string()));
  }
  opened.file = std::move(*made);
  opened.elf = llvm::dyn_cast<Elf>(opened.file.get());
  if (opened.elf == nullptr)
    return Error(
        ErrorKind::Unsupported,
        fmt::format("'{}' is no 64-bit little-endian ELF file", path.string()));
  return opened;
}

template <typename T>
T value_or(llvm::Expected<T> expected, T otherwise) {
  if (expected) return *expected;
  llvm::consumeError(expected.takeError());
  return otherwise;
}

uint64_t load(llvm::StringRef bytes, uint64_t at, unsigned size) {
  uint64_t value = 0;
  if (at + size <= bytes.size()) std::memcpy(&value, bytes.data() + at, size);
  return value;
}

std::vector<ElfSymbol> read_symbols(const Elf& elf) {
  std::vector<ElfSymbol> symbols;
  for (const llvm::object::ELFSymbolRef symbol : elf.symbols()) {
    ElfSymbol entry;
    entry.name = value_or(symbol.getName(), llvm::StringRef()).str();
    entry.address = value_or(symbol.getAddress(), uint64_t{0});
    entry.size = symbol.getSize();
    const uint8_t type = symbol.getELFType();
    entry.is_function =
        type == llvm::ELF::STT_FUNC || type == llvm::ELF::STT_GNU_IFUNC;
    entry.is_local = symbol.getBinding() == llvm::ELF::STB_LOCAL;
    const uint32_t flags = value_or(symbol.getFlags(), 0u);
    entry.is_defined = !(flags & llvm::object::SymbolRef::SF_Undefined);
    if (entry.name.empty() || type == llvm::ELF::STT_FILE ||
        type == llvm::ELF::STT_SECTION)
      continue;
    symbols.push_back(std::move(entry));
  }
  return symbols;
}

// Bytes of each function's entry in .eh_frame, by (section, offset) of its
// start. An entry that describes code starts with length, CIE pointer and a
// relocated address.
std::map<std::pair<uint64_t, uint64_t>, uint64_t> unwind_bytes(const Elf& elf) {
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> bytes;
  for (const llvm::object::SectionRef& relocated : elf.sections()) {
    auto target = relocated.getRelocatedSection();
    if (!target) {
      llvm::consumeError(target.takeError());
      continue;
    }
    if (*target == elf.section_end()) continue;
    if (value_or((*target)->getName(), llvm::StringRef()) != ".eh_frame")
      continue;
    const llvm::StringRef frame =
        value_or((*target)->getContents(), llvm::StringRef());
    for (const llvm::object::ELFRelocationRef entry : relocated.relocations()) {
      const uint64_t at = entry.getOffset();
      if (at < 8 || load(frame, at - 4, 4) == 0) continue;
      const auto symbol = entry.getSymbol();
      if (symbol == elf.symbol_end()) continue;
      const auto section = value_or(symbol->getSection(), elf.section_end());
      if (section == elf.section_end()) continue;
      const uint64_t start =
          value_or(symbol->getValue(), uint64_t{0}) +
          static_cast<uint64_t>(value_or(entry.getAddend(), int64_t{0}));
      // A personality or data pointer is not at the place of a start address.
      const uint64_t length = load(frame, at - 8, 4);
      if (length == 0 || at - 8 + 4 + length > frame.size()) continue;
      bytes[{section->getIndex(), start}] = length + 4;
    }
  }
  return bytes;
}

}  // namespace

Result<ObjectFile> read_object(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(const Opened opened, open_elf(path));
  const Elf& elf = *opened.elf;
  if (!elf.isRelocatableObject())
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is linked already; expected an object "
                             "file made by clang -c",
                             path.string()));
  ObjectFile object;
  object.is_x86_64 = elf.getArch() == llvm::Triple::x86_64;
  const auto unwind = unwind_bytes(elf);
  std::map<std::string, ObjectFunction> functions;
  for (const llvm::object::ELFSymbolRef symbol : elf.symbols()) {
    const std::string name =
        value_or(symbol.getName(), llvm::StringRef()).str();
    const uint32_t flags = value_or(symbol.getFlags(), 0u);
    if (name.empty()) continue;
    if (flags & llvm::object::SymbolRef::SF_Undefined) {
      object.undefined.insert(name);
      continue;
    }
    const bool is_local = symbol.getBinding() == llvm::ELF::STB_LOCAL;
    if (!is_local) object.defined.insert(name);
    if (symbol.getBinding() == llvm::ELF::STB_WEAK) object.weak.insert(name);
    const uint8_t type = symbol.getELFType();
    if (type != llvm::ELF::STT_FUNC && type != llvm::ELF::STT_GNU_IFUNC)
      continue;
    const auto section = value_or(symbol.getSection(), elf.section_end());
    ObjectFunction function{name, symbol.getSize(), is_local};
    if (section != elf.section_end()) {
      const auto found = unwind.find(
          {section->getIndex(), value_or(symbol.getValue(), uint64_t{0})});
      if (found != unwind.end()) function.bytes += found->second;
    }
    functions.try_emplace(name, function);
  }
  for (auto& [name, function] : functions)
    object.functions.push_back(std::move(function));
  return object;
}

namespace {

struct Segment {
  uint64_t address = 0;
  llvm::StringRef bytes;
  bool is_code = false;
};

std::vector<Segment> read_segments(const Elf& elf) {
  std::vector<Segment> segments;
  for (const llvm::object::SectionRef& section : elf.sections()) {
    const llvm::object::ELFSectionRef part(section);
    if (!(part.getFlags() & llvm::ELF::SHF_ALLOC) || section.isBSS()) continue;
    segments.push_back({section.getAddress(),
                        value_or(section.getContents(), llvm::StringRef()),
                        (part.getFlags() & llvm::ELF::SHF_EXECINSTR) != 0});
  }
  return segments;
}

// lea reg, [rip + disp32] and, where addresses fit 32 bits, immediates. Bytes
// that look like it by chance name the start of a function once in 2^32.
void find_taken_in_code(const Segment& segment,
                        const std::set<uint64_t>& starts,
                        std::set<uint64_t>& taken) {
  const llvm::StringRef bytes = segment.bytes;
  for (uint64_t at = 0; at + 4 <= bytes.size(); ++at) {
    const uint64_t absolute = load(bytes, at, 4);
    if (starts.contains(absolute)) taken.insert(absolute);
    if (at + 7 > bytes.size()) continue;
    const auto rex = static_cast<uint8_t>(bytes[at]);
    if ((rex != 0x48 && rex != 0x4c) ||
        static_cast<uint8_t>(bytes[at + 1]) != 0x8d ||
        (static_cast<uint8_t>(bytes[at + 2]) & 0xc7) != 0x05)
      continue;
    const auto distance = static_cast<int32_t>(load(bytes, at + 3, 4));
    const uint64_t address =
        segment.address + at + 7 + static_cast<uint64_t>(int64_t{distance});
    if (starts.contains(address)) taken.insert(address);
  }
}

void find_taken_in_data(const Segment& segment,
                        const std::set<uint64_t>& starts,
                        std::set<uint64_t>& taken) {
  for (uint64_t at = 0; at + 8 <= segment.bytes.size(); at += 8) {
    const uint64_t word = load(segment.bytes, at, 8);
    if (starts.contains(word)) taken.insert(word);
  }
}

}  // namespace

Result<LinkedImage> read_image(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(const Opened opened, open_elf(path));
  const Elf& elf = *opened.elf;
  LinkedImage image;
  image.symbols = read_symbols(elf);
  std::set<uint64_t> starts;
  for (const ElfSymbol& symbol : image.symbols)
    if (symbol.is_function && symbol.is_defined) starts.insert(symbol.address);
  for (const Segment& segment : read_segments(elf)) {
    if (segment.is_code) find_taken_in_code(segment, starts, image.taken);
    find_taken_in_data(segment, starts, image.taken);
  }
  // Position-independent images keep addresses in their relocations.
  for (const llvm::object::SectionRef& section :
       opened.file->dynamic_relocation_sections())
    for (const llvm::object::ELFRelocationRef entry : section.relocations()) {
      const int64_t addend = value_or(entry.getAddend(), int64_t{0});
      if (starts.contains(static_cast<uint64_t>(addend)))
        image.taken.insert(static_cast<uint64_t>(addend));
    }
  return image;
}

}  // namespace hone::verify
