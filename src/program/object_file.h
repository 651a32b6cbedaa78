// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sizes of an ELF object or linked image, section by section and function
// by function.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace hone::program {

struct SectionSize {
  std::string name;
  uint64_t bytes = 0;
  // SHT_NOBITS (.bss): occupies memory, is not stored.
  bool nobits = false;

  bool operator==(const SectionSize&) const = default;
};

struct FunctionSize {
  std::string name;
  uint64_t code = 0;    // the symbol's size
  uint64_t unwind = 0;  // its FDE in .eh_frame; objects only
  // Its jump tables, constants and landing pads, which no symbol covers; known
  // where the object came from assembly.
  uint64_t data = 0;
  bool local = false;

  uint64_t bytes() const { return code + unwind + data; }
};

// Only sections with SHF_ALLOC are kept.
struct ObjectSizes {
  std::vector<SectionSize> sections;
  std::vector<FunctionSize> functions;  // in the order of their names

  // The objective of the product protocols: every stored byte of every
  // SHF_ALLOC section.
  uint64_t loaded() const;
  // The literature's: .text* and .rodata* alone.
  uint64_t text_rodata() const;
  uint64_t nobits() const;
};

// Malformed names what is wrong with the file; `what` is how to call it.
Result<ObjectSizes> measure_object(std::string_view bytes,
                                   std::string_view what);
Result<ObjectSizes> measure_object_file(const std::filesystem::path& path);

// Whether two objects have the same sections with the same sizes.
bool same_sections(const ObjectSizes& a, const ObjectSizes& b);

Json to_json(const ObjectSizes& sizes);
Result<ObjectSizes> object_sizes_from_json(const Json& json);

}  // namespace hone::program
