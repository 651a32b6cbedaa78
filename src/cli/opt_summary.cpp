// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/opt_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/evidence.h"
#include "cli/table.h"
#include "toolkit/recipe_parts.h"
#include "toolkit/size_change.h"

namespace hone::cli {

namespace {

using program::Recipe;
using toolkit::OptimizeReport;
using toolkit::SizeChange;

constexpr size_t kBarWidth = 16;
constexpr size_t kTextWidth = 68;

std::string bytes_text(uint64_t bytes) {
  return with_thousands(static_cast<int64_t>(bytes));
}

std::string change_text(const Console& console, uint64_t from, uint64_t to) {
  const Style style = to < from   ? Style::Good
                      : to > from ? Style::Bad
                                  : Style::Plain;
  return console.out_styled(style, percent_change(from, to));
}

// Each part's own share of what the file lost.
std::string saved_bar(int64_t saved, int64_t most) {
  if (saved <= 0 || most <= 0) return "";
  return bar(static_cast<double>(saved) / static_cast<double>(most), kBarWidth);
}

std::string size_table(const OptimizeReport& report, const Console& console) {
  Table table(
      {Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.add({"bytes", "stock", "result", "change"});
  const auto row = [&](std::string_view name, uint64_t from, uint64_t to,
                       std::string drawn = "") {
    table.add({std::string(name), bytes_text(from), bytes_text(to),
               change_text(console, from, to), std::move(drawn)});
  };
  row("loaded", report.stock.loaded(), report.result.loaded());
  const std::vector<SizeChange> parts =
      toolkit::changes_by_category(report.stock, report.result);
  int64_t most = 0;
  for (const SizeChange& part : parts) most = std::max(most, part.saved());
  for (const SizeChange& part : parts)
    if (part.stock + part.result > 0)
      row("  " + part.name, part.stock, part.result,
          saved_bar(part.saved(), most));
  row("text+rodata", report.stock.text_rodata(), report.result.text_rodata());
  if (report.stock_image && report.result_image)
    row("linked, stripped", report.stock_image->loaded,
        report.result_image->loaded);
  return table.text(2);
}

std::string instruction_table(const OptimizeReport& report,
                              const Console& console) {
  const auto from = static_cast<uint64_t>(report.stock_instructions);
  const auto to = static_cast<uint64_t>(report.result_instructions);
  return fmt::format("  IR instructions  {} → {}  {}\n", bytes_text(from),
                     bytes_text(to), change_text(console, from, to));
}

// As many words as fit, and how many there are besides.
std::string first_words(const std::vector<std::string>& words, size_t width) {
  const std::string whole = join(words, " ");
  if (whole.size() <= width) return whole;
  constexpr size_t kRoomForCount = 19;
  std::string line;
  size_t shown = 0;
  for (const std::string& word : words) {
    if (line.size() + word.size() + kRoomForCount > width) continue;
    line += word + " ";
    ++shown;
  }
  return fmt::format("{}and {} more options", line, words.size() - shown);
}

// The ways that many functions are compiled in are worth their words; those of
// single functions are counted.
std::string groups_text(const std::vector<toolkit::FunctionGroup>& groups,
                        std::string_view when, size_t width) {
  std::string text;
  size_t others = 0;
  for (const toolkit::FunctionGroup& group : groups) {
    const std::string words =
        fmt::format("{}{}{}: {}", text.empty() ? "" : "; ",
                    functions_text(group.functions.size()), when, group.text);
    if (text_width(text) + text_width(words) <= width)
      text += words;
    else
      others += group.functions.size();
  }
  if (others > 0)
    text += fmt::format("{}{}{} in ways of their own", text.empty() ? "" : "; ",
                        functions_text(others), when);
  return text;
}

std::string times_line(const toolkit::RunTimes& times) {
  return fmt::format(
      "{:.3f} s → {:.3f} s, ratio {:.3f} (95 %: {:.3f} to {:.3f}){}",
      times.stock_seconds, times.candidate_seconds, times.ratio, times.low,
      times.high, times.distinguishable ? "" : "; no difference can be told");
}

std::string cost_line(const OptimizeReport& report) {
  std::string text = fmt::format("{} compiles", report.compiles);
  if (report.from_store > 0)
    text += fmt::format(", {} of them from the store", report.from_store);
  if (report.failed > 0) text += fmt::format(", {} failed", report.failed);
  text += fmt::format(", {:.1f} s", report.seconds);
  if (report.stop_reason == StopReason::Interrupted)
    text += "; stopped by the user";
  else if (report.stop_reason == StopReason::Time)
    text += "; stopped by the time limit";
  return text;
}

}  // namespace

std::vector<std::string> recipe_lines(const Recipe& recipe, size_t width) {
  std::vector<std::string> lines;
  std::vector<std::string> options = recipe.pass_options;
  options.insert(options.end(), recipe.codegen_options.begin(),
                 recipe.codegen_options.end());
  if (!options.empty()) lines.push_back(first_words(options, width));
  const bool is_stock = recipe.stages.size() == 1 &&
                        recipe.stages.front().pipeline.starts_with("default<");
  std::string passes = is_stock ? "" : "passes in an order of their own";
  const std::string early =
      groups_text(toolkit::early_groups(recipe), " before the passes", width);
  if (!passes.empty() && !early.empty()) passes += "; ";
  passes += early;
  if (!passes.empty()) lines.push_back(passes);
  const std::string functions =
      groups_text(toolkit::function_groups(recipe), "", width);
  if (!functions.empty()) lines.push_back(functions);
  return lines;
}

std::string opt_summary(const OptimizeReport& report, const Console& console) {
  std::string text =
      console.out_styled(Style::Bold, report.input) +
      (report.improved ? ""
                       : ": nothing better than stock; the result is the "
                         "stock file") +
      "\n";
  text += report.objective == env::Objective::Instructions
              ? instruction_table(report, console)
              : size_table(report, console);
  Table facts({Align::Left, Align::Left});
  if (!report.functions.empty())
    facts.add({"checked", evidence_line(report.functions)});
  if (report.times) facts.add({"run time", times_line(*report.times)});
  if (report.improved) {
    std::string_view label = "won by";
    for (const std::string& line : recipe_lines(report.recipe, kTextWidth)) {
      facts.add({std::string(label), line});
      label = "";
    }
  }
  if (!report.search_failure.empty())
    facts.add({"no search", report.search_failure});
  for (const toolkit::RejectedCandidate& rejected : report.rejected)
    facts.add(
        {"rejected", fmt::format("a result of {} bytes: {}",
                                 bytes_text(rejected.loaded), rejected.why)});
  facts.add({"cost", cost_line(report)});
  return text + facts.text(2);
}

}  // namespace hone::cli
