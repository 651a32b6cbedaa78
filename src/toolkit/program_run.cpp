// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/program_run.h"

#include "base/file.h"
#include "base/text.h"
#include "toolkit/check.h"

namespace hone::toolkit {

namespace {

constexpr double kProgramCpuSeconds = 60;

}  // namespace

Result<verify::CommandOutcome> run_program(const program::Toolchain& tools,
                                           const program::BuildMode& mode,
                                           const ProgramRun& run) {
  HONE_ASSIGN_OR_RETURN(const TempDir empty, TempDir::make());
  std::string link = shell_quote(tools.clangxx);
  link += mode.pie ? " -pie" : " -no-pie";
  link += " \"$HONE_OBJECT\" -o hone-program";
  for (const std::string& flag : program::library_flags(mode))
    link += " " + shell_quote(flag);
  for (const std::string& flag : run.link_flags)
    link += " " + shell_quote(flag);
  return verify::run_command_check(
      {.command =
           link + " -lm && " + run.settings + " ./hone-program < /dev/null",
       .project = empty.path(),
       .limits = {.cpu_seconds = kProgramCpuSeconds,
                  .wall_seconds = 10 * kProgramCpuSeconds},
       .may_leave_group = false,
       .stop = run.stop},
      {.object = run.object});
}

}  // namespace hone::toolkit
