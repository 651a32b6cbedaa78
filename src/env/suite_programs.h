// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of test suites that need words of their own: which sources, which
// definitions, which headers their build would have written
// (suite_programs.def).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::env {

struct SuiteProgramInfo {
  std::string_view uri;
  std::string_view folder;
  std::string_view sources;
  std::string_view flags;
  std::string_view headers;
};

// Sorted by URI.
std::span<const SuiteProgramInfo> suite_programs();

// Of "mibench" and "consumer/lame"; nothing where there is no such row.
const SuiteProgramInfo* find_suite_program(std::string_view suite,
                                           std::string_view path);

// A header that is written before the program is compiled.
struct MadeHeader {
  std::string name;
  std::string text;
};

// Of a program that lies in `folder`. NotFound names a source that is missing,
// or a pattern that nothing fits.
Result<std::vector<std::filesystem::path>> sources_of(
    const SuiteProgramInfo& program, const std::filesystem::path& folder);
std::vector<std::string> flags_of(const SuiteProgramInfo& program,
                                  const std::filesystem::path& folder);
Result<std::vector<MadeHeader>> headers_of(const SuiteProgramInfo& program,
                                           const std::filesystem::path& folder);

}  // namespace hone::env
