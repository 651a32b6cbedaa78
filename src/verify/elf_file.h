// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the checker reads from objects and linked images.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"

namespace hone::verify {

struct ElfSymbol {
  std::string name;
  uint64_t address = 0;
  uint64_t size = 0;
  bool is_function = false;
  bool is_local = false;
  bool is_defined = false;
};

struct ObjectFunction {
  std::string name;
  uint64_t bytes = 0;  // code and unwind entry
  bool is_local = false;
};

struct ObjectFile {
  std::vector<ObjectFunction> functions;  // each symbol once, by name
  std::set<std::string> defined;
  std::set<std::string> weak;  // of those that are defined
  std::set<std::string> undefined;
  bool is_x86_64 = false;
};

Result<ObjectFile> read_object(const std::filesystem::path& path);

struct LinkedImage {
  std::vector<ElfSymbol> symbols;
  // Addresses of functions that the image takes other than to call them: in
  // its data, or by an instruction. Only such local functions are known to
  // keep the platform's calling convention.
  std::set<uint64_t> taken;
};

Result<LinkedImage> read_image(const std::filesystem::path& path);

}  // namespace hone::verify
