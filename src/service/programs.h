// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which programs a server compiles for its clients: those they upload, those of
// data sets that it makes itself, and files below folders that its owner named.
//
// An upload is known by its content, `upload://HASH.c?flag=-O1`, and stands in
// a file of the server's own. There is room for so many bytes of them; the one
// that was not used for longest is forgotten first.
//
// Flags come from strangers, and clang has flags that load code or read any
// file. Only those pass that neither name a file nor reach a tool behind clang;
// check_flags has the rules.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace hone::service {

struct ProgramLimits {
  uint64_t upload_bytes = uint64_t{16} << 20;  // of one
  uint64_t all_bytes = uint64_t{256} << 20;
  std::vector<std::filesystem::path> folders;  // of file://
};

class Programs {
 public:
  static Result<Programs> make(ProgramLimits limits);
  Programs(Programs&&) noexcept;
  ~Programs();

  // LimitReached, InvalidArgument; the URI under which it is known.
  Result<std::string> upload(std::string_view content, std::string_view kind,
                             std::span<const std::string> flags);

  // What the environment is given for a client's URI; empty stays empty.
  // NotFound for uploads that are not here, InvalidArgument for files and
  // flags that are not allowed.
  Result<std::string> resolve(std::string_view uri);

 private:
  struct State;
  explicit Programs(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// InvalidArgument names the flag and says what is allowed.
Status check_flags(std::span<const std::string> flags,
                   std::span<const std::filesystem::path> folders);

}  // namespace hone::service
