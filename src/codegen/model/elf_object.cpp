// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/elf_object.h"

#include <elf.h>
#include <fmt/format.h>

#include <cstring>

namespace hone::codegen {

namespace {

template <typename T>
void append(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void align(std::string& to, size_t bytes) {
  to.resize((to.size() + bytes - 1) / bytes * bytes);
}

}  // namespace

// The file: header | data | symbols | their names | section names | sections.
//
// Sections: 0 null, 1 .rodata.weights, 2 .symtab, 3 .strtab, 4 .shstrtab,
// 5 .note.GNU-stack, which is empty and says that the stack is not executable.
Result<DataObject> write_data_object(std::string_view symbol,
                                     std::string_view bytes,
                                     std::string_view triple) {
  const bool arm = triple.starts_with("aarch64");
  if (!arm && !triple.starts_with("x86_64"))
    return Error(ErrorKind::Unsupported,
                 fmt::format("weights cannot be written for '{}'", triple));
  const std::string_view section_names(
      "\0.rodata.weights\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack\0", 59);
  const std::string names = '\0' + std::string(symbol) + '\0';

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = arm ? EM_AARCH64 : EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 6;
  header.e_shstrndx = 4;

  std::string head, file;
  append(head, header);
  align(head, 64);
  const uint64_t before = head.size() + bytes.size();
  const auto offset = [&] { return before + file.size(); };
  Elf64_Shdr sections[6] = {};
  sections[1] = {.sh_name = 1,
                 .sh_type = SHT_PROGBITS,
                 .sh_flags = SHF_ALLOC,
                 .sh_offset = head.size(),
                 .sh_size = bytes.size(),
                 .sh_addralign = 64};
  file.resize((8 - before % 8) % 8);
  sections[2] = {.sh_name = 17,
                 .sh_type = SHT_SYMTAB,
                 .sh_offset = offset(),
                 .sh_size = 2 * sizeof(Elf64_Sym),
                 .sh_link = 3,
                 .sh_info = 1,
                 .sh_addralign = 8,
                 .sh_entsize = sizeof(Elf64_Sym)};
  append(file, Elf64_Sym{});
  append(file, Elf64_Sym{.st_name = 1,
                         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
                         .st_other = STV_HIDDEN,
                         .st_shndx = 1,
                         .st_size = bytes.size()});
  sections[3] = {.sh_name = 25,
                 .sh_type = SHT_STRTAB,
                 .sh_offset = offset(),
                 .sh_size = names.size(),
                 .sh_addralign = 1};
  file += names;
  sections[4] = {.sh_name = 33,
                 .sh_type = SHT_STRTAB,
                 .sh_offset = offset(),
                 .sh_size = section_names.size(),
                 .sh_addralign = 1};
  file += section_names;
  sections[5] = {.sh_name = 43,
                 .sh_type = SHT_PROGBITS,
                 .sh_offset = offset(),
                 .sh_addralign = 1};
  file.resize(file.size() + (8 - offset() % 8) % 8);
  header.e_shoff = offset();
  for (const Elf64_Shdr& section : sections) append(file, section);
  std::memcpy(head.data(), &header, sizeof(header));
  return DataObject{std::string(symbol), std::move(head), std::move(file)};
}

}  // namespace hone::codegen
