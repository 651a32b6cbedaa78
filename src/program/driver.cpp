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
// the reader says so only in its own words.
Error explain_unreadable(Error error, const Input& input) {
  const size_t producer = error.message.find("Producer: '");
  if (producer == std::string::npos) return error;
  const std::string_view rest =
      std::string_view(error.message).substr(producer);
  return Error(
      ErrorKind::Unsupported,
      fmt::format("'{}' was written by another LLVM than Hone reads "
                  "({}); expected LLVM 22 or older, such as rustc "
                  "1.95 and clang-22 write",
                  input.path.string(), trim(rest.substr(0, rest.find('\n')))));
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
