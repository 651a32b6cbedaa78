// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/input.h"

#include <fmt/format.h>

#include <fstream>

namespace hone::program {

namespace {

// Raw bitcode, and the wrapper that Apple's tools put around it.
bool is_bitcode(std::string_view first_bytes) {
  return first_bytes.starts_with("BC\xC0\xDE") ||
         first_bytes.starts_with("\xDE\xC0\x17\x0B");
}

}  // namespace

std::string_view input_kind_name(InputKind kind) {
  switch (kind) {
    case InputKind::C:
      return "c";
    case InputKind::Cxx:
      return "c++";
    case InputKind::Assembly:
      return "ll";
    case InputKind::Bitcode:
      return "bc";
  }
  return "";
}

Result<Input> classify_input(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' does not exist", path.string()));
  if (std::filesystem::is_directory(status))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is a folder; expected a C, C++, .ll or .bc "
                             "file",
                             path.string()));
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return Error(ErrorKind::Io, fmt::format("cannot read '{}'", path.string()));
  char bytes[4] = {};
  stream.read(bytes, sizeof bytes);
  const std::string_view first(bytes, static_cast<size_t>(stream.gcount()));
  if (is_bitcode(first)) return Input{path, InputKind::Bitcode};
  const std::string extension = path.extension().string();
  if (extension == ".c") return Input{path, InputKind::C};
  for (const std::string_view cxx : {".cc", ".cpp", ".cxx", ".c++", ".C"})
    if (extension == cxx) return Input{path, InputKind::Cxx};
  if (extension == ".ll") return Input{path, InputKind::Assembly};
  if (extension == ".bc")
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no LLVM bitcode: it does not begin with "
                             "the bytes 'BC' 0xC0DE",
                             path.string()));
  return Error(ErrorKind::Unsupported,
               fmt::format("cannot tell what '{}' is; expected a file named "
                           ".c, .cc, .cpp, .cxx, .ll or .bc",
                           path.string()));
}

}  // namespace hone::program
