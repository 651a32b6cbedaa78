// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the commands about expressions share: where these come from, how far a
// batch of them is, and how values of variables are shown.
#pragma once

#include <chrono>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"
#include "toolkit/prove.h"

namespace hone::cli {

struct ExpressionOptions {
  std::vector<std::string> expressions;
  std::vector<std::string> assumptions;
  std::string file;
  int64_t jobs = 0;
};

// The argument EXPR…, and --assume, --file and --jobs; `sentence` says what is
// done to an expression, as "What to decide.".
void add_expression_flags(FlagSet& flags, ExpressionOptions& options,
                          std::string_view sentence);

// From the command line and from --file. InvalidArgument where there are none;
// the message shows the example.
Result<std::vector<std::string>> all_expressions(
    const ExpressionOptions& options, std::string_view example);

// The error of one of several expressions.
Error error_of(Error error, size_t index, size_t count);

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

// "a = 1, b = 2"
std::string values_text(std::span<const toolkit::NamedValue> values);
Json values_json(std::span<const toolkit::NamedValue> values);

// Writes the e-graph of the only expression.
Status write_drawing(const std::string& file, const ExpressionOptions& options,
                     std::span<const std::string> expressions);

}  // namespace hone::cli
