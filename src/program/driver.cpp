// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/driver.h"

#include <fmt/format.h>

#include "base/subprocess.h"
#include "base/text.h"

namespace hone::program {

namespace {

const std::string& driver_of(const Toolchain& tools, const Input& input) {
  return input.kind == InputKind::Cxx ? tools.clangxx : tools.clang;
}

// A module of a newer LLVM is the likeliest reason for unreadable bitcode, and
// the reader says so only in its own words: "(Producer: 'LLVM23.1.0' Reader:
// 'LLVM 22.1.8')".
Error explain_unreadable(Error error, const Input& input) {
  const std::string_view said = error.message;
  const size_t producer = said.find("Producer: '");
  const size_t reader = said.find("Reader: '");
  if (producer == std::string_view::npos || reader == std::string_view::npos)
    return error;
  // "23.1.0" of both, which are written with and without a blank.
  const auto version = [&](size_t at) {
    const size_t begin = said.find_first_of("0123456789", at);
    return said.substr(begin, said.find('\'', begin) - begin);
  };
  if (version(producer) == version(reader))
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is damaged: {}", input.path.string(),
                             trim(said.substr(said.find(": ") + 2))));
  return Error(
      ErrorKind::Unsupported,
      fmt::format(
          "'{}' was written by another LLVM than Hone reads "
          "({}); expected LLVM 22 or older, such as rustc "
          "1.95 and clang-22 write",
          input.path.string(),
          trim(said.substr(producer, said.find('\n', producer) - producer))));
}

Status compile(const Toolchain& tools, const Input& input,
               std::span<const std::string> flags,
               std::vector<std::string> more, const std::filesystem::path& to,
               std::stop_token stop) {
  Command command{.argv = {driver_of(tools, input)}, .stop = stop};
  command.argv.insert(command.argv.end(), flags.begin(), flags.end());
  command.argv.insert(command.argv.end(), more.begin(), more.end());
  command.argv.insert(command.argv.end(),
                      {"-c", input.path.string(), "-o", to.string()});
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run_checked(command));
  (void)ran;
  return {};
}

}  // namespace

Status write_bitcode(const Toolchain& tools, const Input& input,
                     const BuildMode& mode, const std::filesystem::path& to,
                     std::stop_token stop) {
  if (input.is_source())
    return compile(tools, input, mode.flags,
                   {"-Xclang", "-disable-llvm-passes", "-emit-llvm"}, to, stop);
  Result<ProcessResult> ran =
      run_checked({.argv = {tools.opt, "-passes=verify", input.path.string(),
                            "-o", to.string()},
                   .limits = {.cpu_seconds = 120},
                   .stop = stop});
  if (ran.ok()) return {};
  return explain_unreadable(std::move(ran).error(), input);
}

Status write_stock_object(const Toolchain& tools, const Input& input,
                          const BuildMode& mode,
                          const std::filesystem::path& to,
                          std::stop_token stop) {
  const auto& flags = input.is_source() ? mode.flags : mode.codegen_flags;
  return compile(tools, input, flags, {"-Wno-unused-command-line-argument"}, to,
                 stop);
}

Status link_bitcode(const Toolchain& tools,
                    std::span<const std::filesystem::path> from,
                    const std::filesystem::path& to, std::stop_token stop) {
  Command command{.argv = {tools.llvm_link}, .stop = stop};
  for (const std::filesystem::path& path : from)
    command.argv.push_back(path.string());
  command.argv.insert(command.argv.end(), {"-o", to.string()});
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run_checked(command));
  (void)ran;
  return {};
}

}  // namespace hone::program
