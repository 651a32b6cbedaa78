// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the bytes of two files made from one source differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "program/object_file.h"

namespace hone::toolkit {

// What a section is for. Bss occupies memory and is not stored.
enum class Category { Text, Rodata, Data, Unwind, Bss };

std::string_view category_name(Category category);
Category category_of(const program::SectionSize& section);

struct SizeChange {
  std::string name;
  uint64_t stock = 0;
  uint64_t result = 0;

  int64_t saved() const {
    return static_cast<int64_t>(stock) - static_cast<int64_t>(result);
  }
};

// One for each category, in the order of the enum.
std::vector<SizeChange> changes_by_category(const program::ObjectSizes& stock,
                                            const program::ObjectSizes& result);

// Sections of equal name are summed (there may be hundreds of .text.f); most
// saved first, those that grew last; unchanged ones are left out.
std::vector<SizeChange> changes_by_section(const program::ObjectSizes& stock,
                                           const program::ObjectSizes& result);
// Code and unwind entry of each function; the same order.
std::vector<SizeChange> changes_by_function(const program::ObjectSizes& stock,
                                            const program::ObjectSizes& result);

Json to_json(const std::vector<SizeChange>& changes);

}  // namespace hone::toolkit
