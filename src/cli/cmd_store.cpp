// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "env/evaluation.h"
#include "program/toolchain.h"
#include "store/store.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> action;
  std::vector<std::string> file;
  std::string store;
};

Result<Answer> show_info(store::Store& store) {
  HONE_ASSIGN_OR_RETURN(const store::Info info, store.info());
  return Answer{.text = fmt::format(
                    "{}\n  {} evaluations of {} inputs, {} of them to be "
                    "tried again\n  {} bytes\n",
                    info.path.string(), with_thousands(info.rows),
                    with_thousands(info.inputs), with_thousands(info.not_final),
                    with_thousands(info.file_bytes)),
                .json = {{"path", info.path.string()},
                         {"evaluations", info.rows},
                         {"inputs", info.inputs},
                         {"not_final", info.not_final},
                         {"file_bytes", info.file_bytes}}};
}

Answer count_answer(std::string_view what, int64_t count) {
  return {
      .text = fmt::format("{} {} evaluations\n", what, with_thousands(count)),
      .json = {{std::string(what), count}}};
}

Result<Answer> run_store(const Options& o) {
  const std::string& action = o.action.front();
  const bool needs_file = action == "export" || action == "import";
  if (needs_file && o.file.empty())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("hone store {} needs a FILE", action));
  if (!needs_file && !o.file.empty())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("hone store {} takes no FILE; --store names the "
                             "store",
                             action));
  HONE_ASSIGN_OR_RETURN(
      store::Store store,
      store::Store::open(o.store.empty() ? store::Store::default_path()
                                         : std::filesystem::path(o.store)));
  if (action == "export") {
    HONE_ASSIGN_OR_RETURN(const int64_t count,
                          store::export_rows(store, o.file.front()));
    return count_answer("exported", count);
  }
  if (action == "import") {
    HONE_ASSIGN_OR_RETURN(const int64_t count,
                          store::import_rows(store, o.file.front()));
    return count_answer("imported", count);
  }
  if (action == "gc") {
    HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                          program::find_toolchain());
    HONE_ASSIGN_OR_RETURN(
        const int64_t count,
        store.collect_garbage(tools.version, env::kMetricVersion));
    return count_answer("removed", count);
  }
  return show_info(store);
}

}  // namespace

Subcommand make_store() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Every compile that a search makes is kept, so that it is never made "
      "again. gc removes what another compiler version has measured. Several "
      "processes may use a store at once.";
  command.flags.arguments = {
      {.name = "ACTION",
       .sentence = "What to do.",
       .target = &options->action,
       .choices = {"export", "gc", "import", "info"}},
      {.name = "FILE",
       .sentence = "Of export and import: JSON, one evaluation a line.",
       .target = &options->file,
       .least = 0,
       .completes = Completes::Files}};
  command.flags.flags = {{.name = "store",
                          .value = "FILE",
                          .sentence = "The store.",
                          .target = &options->store,
                          .default_text = "hone/hone.db in $XDG_DATA_HOME",
                          .completes = Completes::Files}};
  command.examples = {{"hone store info", "Says how much is known."},
                      {"hone store export all.jsonl",
                       "Writes everything, to be imported elsewhere."}};
  command.run = [options](Console&) { return run_store(*options); };
  return command;
}

}  // namespace hone::cli
