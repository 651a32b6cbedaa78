// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A relocatable ELF file around bytes: how weights get into a model without
// passing through a compiler.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::codegen {

// A file around `bytes`, which are not copied: they may be most of the memory.
struct DataObject {
  std::string symbol;
  std::string head;  // before the bytes
  std::string tail;  // behind them
};

// One read-only section, aligned to 64 bytes, that the hidden symbol names.
// Unsupported where the triple is neither x86-64 nor AArch64 (64-bit, little
// endian).
Result<DataObject> write_data_object(std::string_view symbol,
                                     std::string_view bytes,
                                     std::string_view triple);

}  // namespace hone::codegen
