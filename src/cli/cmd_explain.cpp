// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/shared_flags.h"
#include "cli/table.h"
#include "toolkit/explain.h"
#include "toolkit/recipe_file.h"
#include "toolkit/size_change.h"

namespace hone::cli {

namespace fs = std::filesystem;

namespace {

using toolkit::Explanation;
using toolkit::SizeChange;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> clang_flags;
  std::string recipe;
  std::string trace;
  std::string store;
  int64_t jobs = 0;
  int64_t top = 10;
};

std::string bytes_text(uint64_t bytes) {
  return with_thousands(static_cast<int64_t>(bytes));
}

// The first `top` changes, and one row for what the rest adds up to.
std::string changes_table(std::string_view title,
                          const std::vector<SizeChange>& changes, size_t top,
                          const Console& console) {
  if (changes.empty()) return "";
  Table table({Align::Left, Align::Right, Align::Right, Align::Right});
  table.add({std::string(title), "stock", "result", "saved"});
  int64_t rest = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    const SizeChange& change = changes[i];
    if (i >= top) {
      rest += change.saved();
      continue;
    }
    table.add({change.name, bytes_text(change.stock), bytes_text(change.result),
               console.out_styled(change.saved() > 0 ? Style::Good : Style::Bad,
                                  with_thousands(change.saved()))});
  }
  if (changes.size() > top)
    table.add({fmt::format("{} others", changes.size() - top), "", "",
               with_thousands(rest)});
  return table.text(2) + "\n";
}

std::string where_bytes_went(const program::ObjectSizes& stock,
                             const program::ObjectSizes& result, size_t top,
                             const Console& console) {
  return changes_table("section", toolkit::changes_by_section(stock, result),
                       top, console) +
         changes_table("function", toolkit::changes_by_function(stock, result),
                       top, console);
}

std::string parts_table(const Explanation& explanation,
                        const Console& console) {
  if (explanation.parts.empty()) return "  the recipe is stock's\n\n";
  Table table({Align::Right, Align::Left, Align::Left, Align::Left});
  table.add({"lost without", "", ""});
  size_t worthless = 0;
  for (const toolkit::PartWorth& part : explanation.parts) {
    if (part.lost == 0 && part.failure.empty()) {
      ++worthless;
      continue;
    }
    const std::string lost =
        part.failure.empty()
            ? console.out_styled(part.lost > 0 ? Style::Good : Style::Dim,
                                 with_thousands(part.lost))
            : "fails";
    std::string text = part.text;
    if (part.functions.size() == 1)
      text = part.functions.front() + ": " + text;
    else if (!part.functions.empty())
      text = fmt::format("{} functions: {}", part.functions.size(), text);
    table.add({lost, part.kind, text});
  }
  if (worthless > 0)
    table.add(
        {"0", "each of", fmt::format("{} more; --json names them", worthless)});
  return table.text(2) + "\n";
}

std::string headline(std::string_view name, int64_t stock, int64_t result,
                     std::string_view unit, const Console& console) {
  return fmt::format("{}\n  {} → {} {} ({})\n\n",
                     console.out_styled(Style::Bold, name),
                     with_thousands(stock), with_thousands(result), unit,
                     percent_change(static_cast<uint64_t>(stock),
                                    static_cast<uint64_t>(result)));
}

bool is_object(const fs::path& path) {
  const Result<std::string> bytes = read_file(path);
  return bytes.ok() && bytes->starts_with(
                           "\x7f"
                           "ELF");
}

Result<Answer> compare_objects(const Options& o, const Console& console) {
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes stock,
                        program::measure_object_file(o.files[0]));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes result,
                        program::measure_object_file(o.files[1]));
  const auto from = static_cast<int64_t>(stock.loaded());
  const auto to = static_cast<int64_t>(result.loaded());
  return Answer{
      .text =
          headline(fmt::format("{} and {}", o.files[0], o.files[1]), from, to,
                   "loaded bytes", console) +
          where_bytes_went(stock, result, static_cast<size_t>(o.top), console),
      .json = {{"stock_cost", from},
               {"result_cost", to},
               {"sections",
                toolkit::to_json(toolkit::changes_by_section(stock, result))},
               {"functions", toolkit::to_json(toolkit::changes_by_function(
                                 stock, result))}}};
}

// Flags without the level that stands at their end.
std::vector<std::string> flags_of(const program::BuildMode& mode) {
  std::vector<std::string> flags = mode.flags;
  if (!flags.empty() && flags.back().starts_with("-O")) flags.pop_back();
  return flags;
}

struct Task {
  std::string name;
  toolkit::ExplainRequest request;
};

// The recipe of the last improvement in a trace; the files and flags are the
// user's.
Result<std::vector<Task>> tasks_of_trace(const Options& o) {
  HONE_ASSIGN_OR_RETURN(const std::string text, read_file(o.trace));
  Task task{.name = join(o.files, " ")};
  bool found = false;
  size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const std::string what = fmt::format("'{}', line {}", o.trace, number);
    HONE_ASSIGN_OR_RETURN(const Json json, parse_json(line, what));
    Result<bool> improved = json_boolean(json, "improved");
    if (!improved.ok()) return std::move(improved).error().in(what);
    if (!*improved) continue;
    Result<program::Recipe> recipe =
        program::recipe_from_json(json.value("recipe", Json::object()));
    if (!recipe.ok()) return std::move(recipe).error().in(what);
    task.request.recipe = *std::move(recipe);
    found = true;
  }
  if (!found)
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' has no improvement to explain", o.trace));
  if (o.files.empty())
    return Error(ErrorKind::InvalidArgument,
                 "--trace needs the files that were optimised");
  task.request.inputs.assign(o.files.begin(), o.files.end());
  task.request.flags = o.clang_flags;
  return std::vector<Task>{std::move(task)};
}

// Paths in a recipe file are as they were given, in a folder that is usually
// the file's own.
fs::path resolved(const std::string& path, const fs::path& recipe_file) {
  std::error_code error;
  if (fs::exists(path, error)) return path;
  return recipe_file.parent_path() / path;
}

Result<std::vector<Task>> tasks_of_recipes(const Options& o,
                                           const std::string& file) {
  HONE_ASSIGN_OR_RETURN(const toolkit::RecipeFile recipes,
                        toolkit::load_recipe_file(file));
  std::vector<Task> tasks;
  std::vector<std::string> paths;
  for (const toolkit::RecipeEntry& entry : recipes.entries) {
    paths.push_back(entry.path);
    const std::string all = join(o.files, " ");
    if (!o.files.empty() && entry.path != all &&
        std::find(o.files.begin(), o.files.end(), entry.path) == o.files.end())
      continue;
    Task task{.name = entry.path};
    for (const std::string& path : split_blank(entry.path))
      task.request.inputs.push_back(resolved(path, file));
    task.request.flags = flags_of(entry.mode);
    task.request.protocol = entry.protocol;
    task.request.recipe = entry.recipe;
    if (!entry.mode.flags.empty() &&
        entry.mode.flags.back().starts_with("-O") &&
        entry.protocol != program::Protocol::Paper)
      task.request.level = entry.mode.flags.back().substr(1);
    tasks.push_back(std::move(task));
  }
  if (tasks.empty())
    return Error(
        ErrorKind::NotFound,
        fmt::format("'{}' has no recipe for '{}'{}", file, join(o.files, " "),
                    did_you_mean(join(o.files, " "), paths)));
  return tasks;
}

Result<std::vector<Task>> find_tasks(Options o) {
  if (!o.trace.empty()) return tasks_of_trace(o);
  std::string file = o.recipe;
  // `hone explain hone.recipe` names it as the file.
  if (file.empty() && o.files.size() == 1 &&
      toolkit::load_recipe_file(o.files.front()).ok()) {
    file = o.files.front();
    o.files.clear();
  }
  if (file.empty()) file = toolkit::find_recipe_file(".").string();
  if (file.empty())
    return Error(ErrorKind::NotFound,
                 "there is no hone.recipe here or above; hone opt --recipe "
                 "hone.recipe writes one");
  return tasks_of_recipes(o, file);
}

Result<Answer> run_explain(const Options& o, const Console& console) {
  if (o.files.size() == 2 && is_object(o.files[0]) && is_object(o.files[1]))
    return compare_objects(o, console);
  HONE_ASSIGN_OR_RETURN(std::vector<Task> tasks, find_tasks(o));
  HONE_ASSIGN_OR_RETURN(std::optional<store::Store> store,
                        open_store(o.store, console));
  const std::stop_token stop = stop_on_interrupt();
  Answer answer{.json = {{"inputs", Json::array()}}};
  for (Task& task : tasks) {
    task.request.jobs = job_count(o.jobs);
    task.request.store = store ? &*store : nullptr;
    task.request.stop = stop;
    console.note(fmt::format("compiling {} without each part", task.name));
    Result<Explanation> explained = toolkit::explain(task.request);
    if (!explained.ok()) return std::move(explained).error().in(task.name);
    const bool counts_bytes =
        explained->objective == env::Objective::LoadedBytes;
    answer.text +=
        headline(task.name, explained->stock_cost, explained->result_cost,
                 counts_bytes ? "loaded bytes" : "IR instructions", console) +
        parts_table(*explained, console);
    if (counts_bytes)
      answer.text += where_bytes_went(explained->stock, explained->result,
                                      static_cast<size_t>(o.top), console);
    Json json = {{"input", task.name}};
    json.update(toolkit::to_json(*explained));
    answer.json["inputs"].push_back(std::move(json));
  }
  return answer;
}

}  // namespace

Subcommand make_explain() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Takes the recipes of a recipe file, or the best one of a trace, and "
      "compiles each input without each part of its recipe in turn: the pass "
      "options, the changes of passes, the code generator's options, and the "
      "functions that are compiled in a way of their own. Then shows the bytes "
      "of stock and result by section and by function. The parts work "
      "together, so that their worths need not add up.\n"
      "Of two object files, only the bytes are compared.";
  command.flags.arguments = {
      {.name = "FILE",
       .sentence = "A recipe file; or inputs named in one, all of them by "
                   "default; or two object files.",
       .target = &o.files,
       .least = 0,
       .most = SIZE_MAX,
       .completes = Completes::Files}};
  command.flags.rest = &o.clang_flags;
  command.flags.rest_name = "CLANG FLAGS";
  command.flags.rest_sentence =
      "With --trace: the flags that hone opt was given.";
  command.flags.flags = {
      {.name = "recipe",
       .value = "FILE",
       .sentence = "The recipe file.",
       .target = &o.recipe,
       .default_text = "hone.recipe here or above",
       .completes = Completes::Files},
      {.name = "trace",
       .value = "FILE",
       .sentence = "Takes the best recipe of a trace instead.",
       .target = &o.trace,
       .completes = Completes::Files},
      {.name = "top",
       .value = "N",
       .sentence = "Shows N sections and functions.",
       .target = &o.top,
       .least = 1},
      jobs_flag(o.jobs),
      store_flag(o.store),
  };
  command.examples = {
      {"hone explain hone.recipe", "Explains everything in it."},
      {"hone explain deflate.c --trace run.jsonl -- -DNDEBUG",
       "Explains the best recipe of a search."},
      {"hone explain stock.o result.o", "Compares two files."}};
  command.run = [options](Console& console) {
    return run_explain(*options, console);
  };
  return command;
}

}  // namespace hone::cli
