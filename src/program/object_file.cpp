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
#include <llvm/Object/ELF.h>
#include <llvm/Support/Endian.h>

#include <map>
#include <optional>

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

// One file through LLVM's low-level reader, which returns errors; the
// ObjectFile interface aborts on some damaged files.
template <typename Elf>
class Measuring {
 public:
  explicit Measuring(const llvm::object::ELFFile<Elf>& file) : file_(file) {}

  llvm::Expected<ObjectSizes> measure() {
    auto sections = file_.sections();
    if (!sections) return sections.takeError();
    sections_ = *sections;
    for (const Section& section : sections_) {
      if ((section.sh_flags & llvm::ELF::SHF_ALLOC) == 0) continue;
      auto name = file_.getSectionName(section);
      if (!name) return name.takeError();
      sizes_.sections.push_back(
          {.name = name->str(),
           .bytes = section.sh_size,
           .nobits = section.sh_type == llvm::ELF::SHT_NOBITS});
    }
    for (const Section& section : sections_) {
      if (section.sh_type != llvm::ELF::SHT_SYMTAB_SHNDX) continue;
      auto indices = file_.getSHNDXTable(section, sections_);
      if (!indices) return indices.takeError();
      large_indices_ = *indices;
    }
    for (const Section& section : sections_)
      if (section.sh_type == llvm::ELF::SHT_SYMTAB)
        if (llvm::Error error = add_functions(section)) return std::move(error);
    if (file_.getHeader().e_type == llvm::ELF::ET_REL)
      for (const Section& section : sections_)
        if (llvm::Error error = add_unwind(section)) return std::move(error);
    std::sort(sizes_.functions.begin(), sizes_.functions.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return std::move(sizes_);
  }

 private:
  using Section = typename Elf::Shdr;
  using Symbol = typename Elf::Sym;

  // Bit 0 of a function's address tells Thumb and MIPS16 code from other code.
  uint64_t address_of(const Symbol& symbol) const {
    const auto machine = file_.getHeader().e_machine;
    const bool marked =
        symbol.getType() == llvm::ELF::STT_FUNC &&
        (machine == llvm::ELF::EM_ARM || machine == llvm::ELF::EM_MIPS);
    return symbol.st_value & ~uint64_t{marked};
  }

  // The section of a symbol; from 65280 sections on, its index stands apart.
  uint64_t home_of(llvm::ArrayRef<Symbol> symbols, size_t index) const {
    const uint64_t home = symbols[index].st_shndx;
    if (home != llvm::ELF::SHN_XINDEX) return home;
    return index < large_indices_.size() ? large_indices_[index] : 0;
  }

  llvm::Error add_functions(const Section& table) {
    auto symbols = file_.symbols(&table);
    if (!symbols) return symbols.takeError();
    auto names = file_.getStringTableForSymtab(table);
    if (!names) return names.takeError();
    for (size_t i = 0; i < symbols->size(); ++i) {
      const Symbol& symbol = (*symbols)[i];
      if (symbol.getType() != llvm::ELF::STT_FUNC || !symbol.isDefined())
        continue;
      auto name = symbol.getName(*names);
      if (!name) return name.takeError();
      const auto [place, fresh] =
          starts_.emplace(std::pair(home_of(*symbols, i), address_of(symbol)),
                          sizes_.functions.size());
      // Aliases share one body; the first symbol stands for it.
      if (!fresh) continue;
      sizes_.functions.push_back(
          {.name = name->str(),
           .code = symbol.st_size,
           .local = symbol.getBinding() == llvm::ELF::STB_LOCAL});
    }
    return llvm::Error::success();
  }

  llvm::Error add_unwind(const Section& table) {
    const bool has_addends = table.sh_type == llvm::ELF::SHT_RELA;
    if (!has_addends && table.sh_type != llvm::ELF::SHT_REL)
      return llvm::Error::success();
    auto frames = file_.getSection(table.sh_info);
    if (!frames) return frames.takeError();
    auto name = file_.getSectionName(**frames);
    if (!name) return name.takeError();
    if (*name != ".eh_frame") return llvm::Error::success();
    auto contents = file_.getSectionContents(**frames);
    if (!contents) return contents.takeError();
    auto home = file_.getSection(table.sh_link);
    if (!home) return home.takeError();
    auto symbols = file_.symbols(*home);
    if (!symbols) return symbols.takeError();
    if (has_addends) {
      auto relocations = file_.relas(table);
      if (!relocations) return relocations.takeError();
      for (const auto& relocation : *relocations)
        add_frame(*contents, *symbols, relocation.r_offset,
                  relocation.getSymbol(file_.isMips64EL()),
                  relocation.r_addend);
      return llvm::Error::success();
    }
    auto relocations = file_.rels(table);
    if (!relocations) return relocations.takeError();
    for (const auto& relocation : *relocations)
      add_frame(*contents, *symbols, relocation.r_offset,
                relocation.getSymbol(file_.isMips64EL()), std::nullopt);
    return llvm::Error::success();
  }

  void add_frame(llvm::ArrayRef<uint8_t> frames, llvm::ArrayRef<Symbol> symbols,
                 uint64_t offset, uint32_t symbol,
                 std::optional<int64_t> addend) {
    if (offset < 8 || offset + 4 > frames.size() || symbol >= symbols.size())
      return;
    const auto word = [&](uint64_t at) {
      return llvm::support::endian::read<uint32_t>(frames.data() + at,
                                                   Elf::Endianness);
    };
    // Relocations inside a CIE (the personality) are not at its word 2 with a
    // non-zero word 1.
    if (word(offset - 4) == 0) return;
    // 32-bit x86 and Arm keep the addend in the relocated word itself.
    const int64_t added = addend.value_or(static_cast<int32_t>(word(offset)));
    const auto found = starts_.find(
        {home_of(symbols, symbol),
         address_of(symbols[symbol]) + static_cast<uint64_t>(added)});
    if (found != starts_.end())
      sizes_.functions[found->second].unwind = word(offset - 8) + uint64_t{4};
  }

  const llvm::object::ELFFile<Elf>& file_;
  llvm::ArrayRef<Section> sections_;
  llvm::ArrayRef<typename Elf::Word> large_indices_;
  Starts starts_;
  ObjectSizes sizes_;
};

template <typename Elf>
Result<ObjectSizes> measure_as(llvm::StringRef bytes, std::string_view what) {
  auto file = llvm::object::ELFFile<Elf>::create(bytes);
  if (!file) return malformed(what, file.takeError());
  llvm::Expected<ObjectSizes> sizes = Measuring<Elf>(*file).measure();
  if (!sizes) return malformed(what, sizes.takeError());
  return *std::move(sizes);
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
  const llvm::StringRef elf(bytes.data(), bytes.size());
  const bool is_elf = elf.starts_with(llvm::StringRef(llvm::ELF::ElfMagic, 4));
  if (!is_elf || elf.size() < llvm::ELF::EI_NIDENT)
    return Error(ErrorKind::Malformed,
                 fmt::format("{} is no sound ELF object: it does not begin as "
                             "one",
                             what));
  const auto [bits, order] = llvm::object::getElfArchType(elf);
  const bool little = order == llvm::ELF::ELFDATA2LSB;
  if (bits == llvm::ELF::ELFCLASS64)
    return little ? measure_as<llvm::object::ELF64LE>(elf, what)
                  : measure_as<llvm::object::ELF64BE>(elf, what);
  return little ? measure_as<llvm::object::ELF32LE>(elf, what)
                : measure_as<llvm::object::ELF32BE>(elf, what);
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
