// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/toolchain.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/subprocess.h"
#include "base/text.h"

namespace hone::program {

namespace {

constexpr std::string_view kMajor = "22";

Result<std::string> find_program(std::string_view name,
                                 std::string_view package) {
  const char* own = std::getenv("HONE_LLVM_BIN");
  if (own != nullptr && *own != '\0') {
    const auto path = std::filesystem::path(own) / name;
    if (::access(path.c_str(), X_OK) == 0) return path.string();
    return Error(ErrorKind::NotFound,
                 fmt::format("HONE_LLVM_BIN is '{}', which holds no '{}'; set "
                             "it to the bin folder of LLVM {}, or unset it",
                             own, name, kMajor));
  }
  const char* path_list = std::getenv("PATH");
  for (const std::string& folder :
       split(path_list != nullptr ? path_list : "/usr/bin:/bin", ':')) {
    const auto path =
        std::filesystem::path(folder) / fmt::format("{}-{}", name, kMajor);
    if (::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return Error(ErrorKind::NotFound,
               fmt::format("'{}-{}' is not in PATH; install the package {} or "
                           "set HONE_LLVM_BIN",
                           name, kMajor, package));
}

Result<Toolchain> look() {
  Toolchain tools;
  HONE_ASSIGN_OR_RETURN(tools.clang, find_program("clang", "clang-22"));
  HONE_ASSIGN_OR_RETURN(tools.clangxx, find_program("clang++", "clang-22"));
  HONE_ASSIGN_OR_RETURN(tools.lld, find_lld());
  HONE_ASSIGN_OR_RETURN(tools.llvm_link, find_program("llvm-link", "llvm-22"));
  HONE_ASSIGN_OR_RETURN(tools.llvm_reduce,
                        find_program("llvm-reduce", "llvm-22"));
  HONE_ASSIGN_OR_RETURN(tools.opt, find_program("opt", "llvm-22"));
  HONE_ASSIGN_OR_RETURN(const ProcessResult said,
                        run_checked({.argv = {tools.clang, "--version"}}));
  tools.version = said.out.substr(0, said.out.find('\n'));
  if (tools.version.find(fmt::format("version {}.", kMajor)) ==
      std::string::npos)
    return Error(ErrorKind::Unsupported,
                 fmt::format("'{}' is \"{}\"; expected version {}", tools.clang,
                             tools.version, kMajor));
  return tools;
}

}  // namespace

Result<std::string> find_lld() { return find_program("ld.lld", "lld-22"); }

Result<Toolchain> find_toolchain() {
  static const Result<Toolchain> found = look();
  return found;
}

}  // namespace hone::program
