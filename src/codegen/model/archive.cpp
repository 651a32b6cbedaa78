// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/archive.h"

#include <elf.h>
#include <fmt/format.h>

#include <cstring>

namespace hone::codegen {

namespace {

constexpr std::string_view kMagic = "!<arch>\n";
constexpr uint64_t kHead = 60;

// The record of `Table` number `index` at `offset`; nothing where the file ends
// before.
template <typename Record>
bool read_record(std::string_view object, uint64_t offset, uint64_t index,
                 Record& record) {
  if (offset > object.size() ||
      index >= (object.size() - offset) / sizeof(Record))
    return false;
  std::memcpy(&record, object.data() + offset + index * sizeof(Record),
              sizeof(Record));
  return true;
}

uint64_t even(uint64_t bytes) { return bytes + bytes % 2; }

uint64_t size_of(const ArchiveMember& member) {
  uint64_t bytes = 0;
  for (const std::string_view part : member.parts) bytes += part.size();
  return bytes;
}

// Name, date, owner, group, mode, bytes.
std::string member_head(std::string_view name, uint64_t bytes) {
  return fmt::format("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", name, 0, 0, 0, 644,
                     bytes);
}

std::string big_endian(uint64_t number, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t i = 0; i < bytes; ++i)
    text[bytes - 1 - i] = static_cast<char>(number >> 8 * i);
  return text;
}

// How many symbols, the place of each one's member, their names. Places take
// `width` bytes: 8 in files over 4 GB.
std::string index_of(std::span<const ArchiveMember> members, size_t width) {
  uint64_t count = 0, names = 0;
  for (const ArchiveMember& member : members)
    for (const std::string& symbol : member.symbols) {
      ++count;
      names += symbol.size() + 1;
    }
  uint64_t at = kMagic.size() + kHead + even(width * (count + 1) + names);
  std::string index = big_endian(count, width);
  for (const ArchiveMember& member : members) {
    for (size_t i = 0; i < member.symbols.size(); ++i)
      index += big_endian(at, width);
    at += kHead + even(size_of(member));
  }
  for (const ArchiveMember& member : members)
    for (const std::string& symbol : member.symbols) index += symbol + '\0';
  if (index.size() % 2 != 0) index += '\0';
  return index;
}

}  // namespace

Result<std::vector<std::string>> defined_symbols(std::string_view object) {
  const Error malformed(ErrorKind::Malformed,
                        "expected a relocatable ELF file of 64 bits");
  Elf64_Ehdr header;
  if (!read_record(object, 0, 0, header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_REL)
    return malformed;
  std::vector<std::string> symbols;
  for (size_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr table, names;
    if (!read_record(object, header.e_shoff, i, table)) return malformed;
    if (table.sh_type != SHT_SYMTAB) continue;
    if (!read_record(object, header.e_shoff, table.sh_link, names))
      return malformed;
    for (uint64_t k = 0; k < table.sh_size / sizeof(Elf64_Sym); ++k) {
      Elf64_Sym symbol;
      if (!read_record(object, table.sh_offset, k, symbol)) return malformed;
      const unsigned bind = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF ||
          (bind != STB_GLOBAL && bind != STB_WEAK))
        continue;
      const uint64_t name = names.sh_offset + symbol.st_name;
      if (name >= object.size()) return malformed;
      const size_t end = object.find('\0', name);
      if (end == std::string_view::npos) return malformed;
      symbols.emplace_back(object.substr(name, end - name));
    }
  }
  return symbols;
}

Status write_archive(FileWriter& file, std::span<const ArchiveMember> members) {
  uint64_t bytes = 0;
  for (const ArchiveMember& member : members) bytes += size_of(member);
  const bool wide = bytes > UINT32_MAX - (1 << 20);
  const std::string index = index_of(members, wide ? 8 : 4);
  HONE_RETURN_IF_ERROR(file.append(kMagic));
  HONE_RETURN_IF_ERROR(
      file.append(member_head(wide ? "/SYM64/" : "/", index.size())));
  HONE_RETURN_IF_ERROR(file.append(index));
  for (const ArchiveMember& member : members) {
    HONE_CHECK(member.name.size() <= 15);
    const uint64_t size = size_of(member);
    HONE_RETURN_IF_ERROR(file.append(member_head(member.name + '/', size)));
    for (const std::string_view part : member.parts)
      HONE_RETURN_IF_ERROR(file.append(part));
    if (size % 2 != 0) HONE_RETURN_IF_ERROR(file.append("\n"));
  }
  return {};
}

}  // namespace hone::codegen
