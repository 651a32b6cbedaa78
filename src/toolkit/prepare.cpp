// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/prepare.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/subprocess.h"
#include "base/text.h"
#include "env/session.h"
#include "program/driver.h"

namespace hone::toolkit {

namespace {

namespace fs = std::filesystem;

// What the protocol adds to the user's flags.
std::vector<std::string> protocol_flags(program::Protocol protocol,
                                        std::vector<std::string> flags) {
  if (protocol == program::Protocol::ProductNounwind)
    flags.insert(flags.end(),
                 {"-fno-asynchronous-unwind-tables", "-fno-unwind-tables"});
  return flags;
}

Result<std::string> stock_pipeline(const program::Toolchain& tools,
                                   std::string_view level) {
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult said,
      run_checked(
          {.argv = {tools.opt, fmt::format("-passes=default<{}>", level),
                    "-print-pipeline-passes", "-disable-output",
                    "/dev/null"}}));
  std::string_view text = trim(said.out);
  // opt adds its own verifier at the end.
  constexpr std::string_view kVerify = ",verify";
  if (text.ends_with(kVerify)) text.remove_suffix(kVerify.size());
  return std::string(text);
}

Status join_objects(const program::Toolchain& tools,
                    std::span<const fs::path> objects, const fs::path& to) {
  Command command{.argv = {tools.lld, "-r", "-o", to.string()}};
  for (const fs::path& object : objects)
    command.argv.push_back(object.string());
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run_checked(command));
  (void)ran;
  return {};
}

bool has_debug_info(const program::BuildMode& mode) { return mode.debug; }

}  // namespace

Result<Prepared> prepare(const program::Toolchain& tools,
                         const std::vector<fs::path>& paths,
                         std::vector<std::string> flags,
                         program::Protocol protocol, std::string level,
                         std::stop_token stop) {
  if (paths.empty())
    return Error(ErrorKind::InvalidArgument,
                 "no input; expected at least one C, C++, .ll or .bc file");
  HONE_ASSIGN_OR_RETURN(TempDir folder, TempDir::make());
  Prepared prepared{.folder = std::move(folder)};
  const bool paper = protocol == program::Protocol::Paper;
  const std::string flag = "-" + (paper ? "O1" : level);
  std::vector<fs::path> bitcodes;
  std::vector<fs::path> objects;
  for (const fs::path& path : paths) {
    HONE_ASSIGN_OR_RETURN(program::Input input, program::classify_input(path));
    HONE_ASSIGN_OR_RETURN(
        program::BuildMode mode,
        program::read_build_mode(tools, input, protocol_flags(protocol, flags),
                                 flag));
    const std::string stem =
        (prepared.folder.path() / std::to_string(objects.size())).string();
    bitcodes.emplace_back(stem + ".bc");
    HONE_RETURN_IF_ERROR(
        program::write_bitcode(tools, input, mode, bitcodes.back(), stop));
    objects.emplace_back(stem + ".o");
    HONE_RETURN_IF_ERROR(
        program::write_stock_object(tools, input, mode, objects.back(), stop));
    // The first input speaks for the language of a link.
    if (prepared.inputs.empty() || input.kind == program::InputKind::Cxx)
      prepared.subject.mode = std::move(mode);
    prepared.inputs.push_back(std::move(input));
  }
  prepared.subject.bitcode = bitcodes.front();
  prepared.stock_object = objects.front();
  if (paths.size() > 1) {
    prepared.subject.bitcode = prepared.folder.path() / "linked.bc";
    HONE_RETURN_IF_ERROR(
        program::link_bitcode(tools, bitcodes, prepared.subject.bitcode, stop));
    prepared.stock_object = prepared.folder.path() / "joined.o";
    HONE_RETURN_IF_ERROR(join_objects(tools, objects, prepared.stock_object));
  }
  HONE_ASSIGN_OR_RETURN(prepared.stock,
                        program::measure_object_file(prepared.stock_object));
  HONE_ASSIGN_OR_RETURN(const std::string bytes,
                        read_file(prepared.subject.bitcode));
  prepared.subject.input = hash_bytes(bytes);
  prepared.subject.protocol = protocol;
  prepared.subject.level = paper ? "Oz" : level;
  prepared.subject.can_splice =
      !paper && !has_debug_info(prepared.subject.mode);
  HONE_RETURN_IF_ERROR(env::describe_subject(prepared.subject));
  HONE_ASSIGN_OR_RETURN(prepared.pipeline,
                        stock_pipeline(tools, prepared.subject.level));
  return prepared;
}

Status link_program(const program::Toolchain& tools,
                    const program::Input& input, const program::BuildMode& mode,
                    const fs::path& object, const fs::path& to) {
  Command command{.argv = {input.kind == program::InputKind::Cxx
                               ? tools.clangxx
                               : tools.clang}};
  command.argv.insert(command.argv.end(), mode.flags.begin(), mode.flags.end());
  command.argv.insert(command.argv.end(),
                      {"-Wno-unused-command-line-argument", "-s",
                       object.string(), "-o", to.string(), "-lm"});
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run_checked(command));
  (void)ran;
  return {};
}

std::optional<program::ObjectSizes> measure_image(
    const program::Toolchain& tools, const program::Input& input,
    const program::BuildMode& mode, const fs::path& object) {
  Result<TempDir> folder = TempDir::make();
  if (!folder.ok()) return std::nullopt;
  const fs::path image = folder->path() / "image";
  if (!link_program(tools, input, mode, object, image).ok())
    return std::nullopt;
  Result<program::ObjectSizes> sizes = program::measure_object_file(image);
  if (!sizes.ok()) return std::nullopt;
  return *std::move(sizes);
}

}  // namespace hone::toolkit
