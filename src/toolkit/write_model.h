// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A built model as files: a shared library, a static one with headers, or C.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "codegen/model/build_model.h"

namespace hone::toolkit {

struct ModelFiles {
  std::filesystem::path path;     // ends with .so, .a or .c
  std::string symbol;             // NAME_program
  std::string name;               // NAME
  std::string manifest;           // of the C form; the others carry it already
  std::string weights_file = {};  // as of the model's options
};

// The bytes of the output, without headers. All files are whole, or none is
// there.
Result<uint64_t> write_model(const codegen::BuiltModel& model,
                             const ModelFiles& files);

}  // namespace hone::toolkit
