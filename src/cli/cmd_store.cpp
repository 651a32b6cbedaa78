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
  return Answer{
      .text = fmt::format(
          "{}\n  {} evaluations of {} inputs, {} of them to be "
          "tried again\n  {} steps of environments, from {} "
          "beginnings\n  {} bytes\n",
          info.place, with_thousands(info.rows), with_thousands(info.inputs),
          with_thousands(info.not_final), with_thousands(info.steps),
          with_thousands(info.episodes), with_thousands(info.file_bytes)),
      .json = {{"path", info.place},
               {"evaluations", info.rows},
               {"inputs", info.inputs},
               {"not_final", info.not_final},
               {"steps", info.steps},
               {"beginnings", info.episodes},
               {"file_bytes", info.file_bytes}}};
}

Answer counts_answer(std::string_view what, const store::RowCounts& counts) {
  return {.text = fmt::format("{} {} evaluations and {} steps\n", what,
                              with_thousands(counts.evaluations),
                              with_thousands(counts.steps)),
          .json = {{std::string(what), counts.evaluations},
                   {"steps", counts.steps}}};
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
      store::Store::open(o.store.empty() ? store::Store::default_path().string()
                                         : o.store));
  if (action == "export") {
    HONE_ASSIGN_OR_RETURN(const store::RowCounts counts,
                          store::export_rows(store, o.file.front()));
    return counts_answer("exported", counts);
  }
  if (action == "import") {
    HONE_ASSIGN_OR_RETURN(const store::RowCounts counts,
                          store::import_rows(store, o.file.front()));
    return counts_answer("imported", counts);
  }
  if (action == "gc") {
    HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                          program::find_toolchain());
    HONE_ASSIGN_OR_RETURN(
        const int64_t count,
        store.collect_garbage(tools.version, env::kMetricVersion));
    return Answer{
        .text = fmt::format("removed {} rows\n", with_thousands(count)),
        .json = {{"removed", count}}};
  }
  return show_info(store);
}

}  // namespace

Subcommand make_store() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Every compile that a search makes is kept, so that it is never made "
      "again, and so are the steps of environments that are logged. gc removes "
      "what another compiler version has measured. Several processes may use "
      "a store at once; several machines one on PostgreSQL.";
  command.flags.arguments = {
      {.name = "ACTION",
       .sentence = "What to do.",
       .target = &options->action,
       .choices = {"export", "gc", "import", "info"}},
      {.name = "FILE",
       .sentence = "Of export and import: JSON, a row a line.",
       .target = &options->file,
       .least = 0,
       .completes = Completes::Files}};
  command.flags.flags = {{.name = "store",
                          .value = "FILE",
                          .sentence = "The store: a file, or "
                                      "postgresql://USER@HOST/DATABASE.",
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
