// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Static libraries: objects behind each other, and an index of what they
// define, as System V's ar has it. Written here and not by llvm-ar because
// starting that takes longer than compiling a small model, and because the
// weights need not be in memory at once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace hone::codegen {

struct ArchiveMember {
  std::string name;                     // at most 15 bytes
  std::vector<std::string_view> parts;  // of an object, one behind the other
  std::vector<std::string> symbols;     // that it defines
};

// The global symbols that a relocatable ELF file (64 bits, little endian)
// defines. Malformed where it is none.
Result<std::vector<std::string>> defined_symbols(std::string_view object);

// The same members give the same bytes: no dates, no owners.
Status write_archive(FileWriter& file, std::span<const ArchiveMember> members);

}  // namespace hone::codegen
