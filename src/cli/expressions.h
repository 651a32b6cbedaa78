// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the commands about expressions share: where these come from, how far a
// batch of them is, and how values of variables are shown.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "toolkit/batch.h"
#include "toolkit/prove.h"

namespace hone::cli {

struct ExpressionOptions {
  std::vector<std::string> expressions;
  std::vector<std::string> assumptions;
  std::string file;
  int64_t jobs = 0;
  std::string proof;  // where proofs go
};

int batch_jobs(const ExpressionOptions& options);

// The argument EXPR…, and --assume, --file and --jobs; `sentence` says what is
// done to an expression, as "What to decide.".
void add_expression_flags(FlagSet& flags, ExpressionOptions& options,
                          std::string_view sentence);

// From the command line and from --file. InvalidArgument where there are none;
// the message shows the example.
Result<std::vector<std::string>> all_expressions(
    const ExpressionOptions& options, std::string_view example);

// --width and --overflow.
struct WidthOptions {
  int64_t bits = 0;  // unbounded
  std::string overflow = "wrap";
  term::Width width() const;
};
void add_width_flags(FlagSet& flags, WidthOptions& options);

// --proof, for commands whose answers have proofs.
Flag proof_flag(ExpressionOptions& options);

// Shown on a terminal while it lives.
class BatchProgress {
 public:
  BatchProgress(const Console& console, size_t total);
  ~BatchProgress();
  // From any thread.
  void show(size_t done);

 private:
  const Console& console_;
  const size_t total_;
  const bool draws_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
};

// What was answered of a batch. After the first Ctrl-C no expression is begun;
// those that were answered are kept, and the command goes on with these.
template <typename A>
struct Answered {
  std::vector<std::string> expressions;
  std::vector<A> answers;
  size_t left = 0;  // not begun

  // Of the command, where what is answered would make it `code`.
  int exit_code(int code) const { return left > 0 && code == 0 ? 3 : code; }
};

// The error of one of several expressions.
Error error_of(Error error, size_t index, size_t count);
// Says on stderr what an interrupt left.
void note_left(const Console& console, size_t left, size_t count);

// Asks about every expression of the options, --jobs at a time; the error of
// the first one that has one.
template <typename A>
Result<Answered<A>> ask_each(
    const ExpressionOptions& options, const Console& console,
    std::string_view example,
    const std::function<Result<A>(const std::string&)>& work) {
  HONE_ASSIGN_OR_RETURN(std::vector<std::string> expressions,
                        all_expressions(options, example));
  std::vector<Result<A>> answers;
  {
    BatchProgress progress(console, expressions.size());
    answers = toolkit::answer_all<A>(
        expressions, batch_jobs(options), work,
        [&](size_t done) { progress.show(done); }, stop_on_interrupt());
  }
  Answered<A> answered;
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (answers[i].ok()) {
      answered.expressions.push_back(std::move(expressions[i]));
      answered.answers.push_back(std::move(*answers[i]));
    } else if (answers[i].error().kind == ErrorKind::Interrupted) {
      ++answered.left;
    } else {
      return error_of(std::move(answers[i]).error(), i, expressions.size());
    }
  }
  if (answered.left > 0) note_left(console, answered.left, expressions.size());
  return answered;
}

// "a = 1, b = 2"
std::string values_text(std::span<const toolkit::NamedValue> values);
Json values_json(std::span<const toolkit::NamedValue> values);

// Writes the e-graph of the only expression.
Status write_drawing(const std::string& file, const ExpressionOptions& options,
                     std::span<const std::string> expressions);

}  // namespace hone::cli
