// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "env/repro.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> folder;
  bool reduce = false;
  double seconds = 600;
};

constexpr double kReplayCpuSeconds = 120;

Result<Answer> run_repro(const Options& o, const Console& console) {
  const std::string& folder = o.folder.front();
  if (!o.reduce) {
    HONE_ASSIGN_OR_RETURN(const env::ReplayResult replayed,
                          env::replay_repro(folder, kReplayCpuSeconds));
    return Answer{
        .text = fmt::format(
            "{}: {}\n",
            replayed.failed_again ? "fails again" : "does not fail any more",
            replayed.description),
        .json = {{"failed_again", replayed.failed_again},
                 {"description", replayed.description}},
        .exit_code = replayed.failed_again ? 0 : 1};
  }
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  console.note("reducing; this runs the failing command many times");
  HONE_ASSIGN_OR_RETURN(const env::ReduceResult reduced,
                        env::reduce_repro(tools, folder, o.seconds));
  return Answer{
      .text = fmt::format("{} → {} bytes of bitcode: {}\n",
                          with_thousands(static_cast<int64_t>(reduced.before)),
                          with_thousands(static_cast<int64_t>(reduced.after)),
                          reduced.reduced.string()),
      .json = {{"reduced", reduced.reduced.string()},
               {"before", reduced.before},
               {"after", reduced.after}}};
}

}  // namespace

Subcommand make_repro() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Where a compile crashes during a search, Hone keeps what is needed to "
      "see it again: the module, a script of opt and clang commands, and what "
      "was printed. This runs the script in an empty folder and says how it "
      "ended; exit code 1 means that it did not fail.";
  command.flags.arguments = {{.name = "FOLDER",
                              .sentence = "A bundle that hone opt has written.",
                              .target = &options->folder,
                              .completes = Completes::Folders}};
  command.flags.flags = {
      {.name = "reduce",
       .sentence = "Shrinks the module with llvm-reduce, to reduced.bc in the "
                   "folder.",
       .target = &options->reduce},
      {.name = "seconds",
       .value = "S",
       .sentence = "Ends a reduction after S seconds.",
       .target = &options->seconds,
       .least = 1}};
  command.run = [options](Console& console) {
    return run_repro(*options, console);
  };
  return command;
}

}  // namespace hone::cli
