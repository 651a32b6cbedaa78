// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "base/file.h"
#include "base/text.h"
#include "cli/shared_flags.h"
#include "cli/table.h"
#include "toolkit/drawing.h"

namespace hone::cli {

namespace {

constexpr size_t kBarWidth = 20;
constexpr auto kTick = std::chrono::milliseconds(100);

}  // namespace

void add_expression_flags(FlagSet& flags, ExpressionOptions& options,
                          std::string_view sentence) {
  flags.arguments = {{.name = "EXPR",
                      .sentence = std::string(sentence),
                      .target = &options.expressions,
                      .least = 0,
                      .most = SIZE_MAX}};
  flags.flags = {
      {.name = "assume",
       .value = "EXPR",
       .sentence = "Takes this for granted; may be given several times.",
       .target = &options.assumptions},
      {.name = "file",
       .value = "FILE",
       .sentence = "Also those of a file: one a line, or the column Expression "
                   "of a table with commas.",
       .target = &options.file,
       .completes = Completes::Files},
      jobs_flag(options.jobs)};
  flags.flags.back().sentence = "Works on N expressions at a time.";
}

Result<std::vector<std::string>> all_expressions(
    const ExpressionOptions& options, std::string_view example) {
  std::vector<std::string> expressions = options.expressions;
  if (!options.file.empty()) {
    HONE_ASSIGN_OR_RETURN(const std::string content, read_file(options.file));
    for (std::string& e : toolkit::expressions_in(content))
      expressions.push_back(std::move(e));
  }
  if (expressions.empty())
    return Error(
        ErrorKind::InvalidArgument,
        options.file.empty()
            ? fmt::format("expected an expression or --file, as in: {}",
                          example)
            : fmt::format("no expression stands in {}", options.file));
  return expressions;
}

int batch_jobs(const ExpressionOptions& options) {
  return job_count(options.jobs);
}

term::Width WidthOptions::width() const {
  if (bits == 0) return {};
  return {overflow == "wrap" ? term::Overflow::Wrap : term::Overflow::Error,
          static_cast<int>(std::min<int64_t>(bits, INT_MAX))};
}

void add_width_flags(FlagSet& flags, WidthOptions& options) {
  flags.flags.push_back(
      {.name = "width",
       .value = "BITS",
       .sentence = "Takes integers for signed ones of so many bits, up to "
                   "1024.",
       .target = &options.bits,
       .default_text = "unbounded",
       .least = 1});
  flags.flags.push_back(
      {.name = "overflow",
       .value = "WHAT",
       .sentence = "With --width: results wrap, or there are none that do not "
                   "fit (error).",
       .target = &options.overflow,
       .choices = {"wrap", "error"}});
}

Flag proof_flag(ExpressionOptions& options) {
  return {.name = "proof",
          .value = "FILE",
          .sentence = "Writes the proofs there, each of them replayed before.",
          .target = &options.proof,
          .completes = Completes::Files};
}

void note_left(const Console& console, size_t left, size_t count) {
  console.note(fmt::format("interrupted: {} of {} expressions are answered",
                           count - left, count));
}

Error error_of(Error error, size_t index, size_t count) {
  return count == 1
             ? std::move(error)
             : std::move(error).in(fmt::format("expression {}", index + 1));
}

BatchProgress::BatchProgress(const Console& console, size_t total)
    : console_(console),
      total_(total),
      draws_(console.err_is_terminal() && !console.quiet()) {}

BatchProgress::~BatchProgress() {
  if (draws_) console_.redraw("");
}

void BatchProgress::show(size_t done) {
  if (!draws_) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  const auto now = std::chrono::steady_clock::now();
  if (!lock || now < next_) return;
  next_ = now + kTick;
  const double share = static_cast<double>(done) / static_cast<double>(total_);
  console_.redraw(
      fmt::format("▕{}▏ {}/{}", bar(share, kBarWidth), done, total_));
}

std::string values_text(std::span<const toolkit::NamedValue> values) {
  std::vector<std::string> parts;
  for (const toolkit::NamedValue& v : values)
    parts.push_back(fmt::format("{} = {}", v.name, v.value));
  return join(parts, ", ");
}

Json values_json(std::span<const toolkit::NamedValue> values) {
  Json json = Json::object();
  for (const toolkit::NamedValue& v : values) json[v.name] = v.value;
  return json;
}

Status write_drawing(const std::string& file, const ExpressionOptions& options,
                     std::span<const std::string> expressions) {
  if (file.empty()) return {};
  if (expressions.size() != 1)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("--dot draws one expression, found {}",
                             expressions.size()));
  HONE_ASSIGN_OR_RETURN(
      const std::string drawing,
      toolkit::draw_egraph(options.assumptions, expressions[0]));
  return write_file(file, drawing);
}

}  // namespace hone::cli
