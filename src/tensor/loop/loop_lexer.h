// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of loop programs and scripts, one at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::tensor {

// The first error stops everything: after it the text has ended, and further
// errors are not recorded.
class LoopLexer {
 public:
  explicit LoopLexer(std::string_view text) : text_(text) { advance(); }

  // Empty at the end. A name, a number, or a sign of one to four characters.
  std::string_view token() const { return token_; }
  bool is_name() const;
  bool is_number() const;
  // The line of the token, from 1.
  int line() const { return line_; }

  void advance();
  bool accept(std::string_view word);
  void expect(std::string_view word);
  std::string take_name(std::string_view what);

  void fail(std::string_view expected);
  bool failed() const { return error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  size_t length() const;

  std::string_view text_;
  std::string_view token_;
  size_t at_ = 0;
  int line_ = 1;
  std::optional<Error> error_;
};

}  // namespace hone::tensor
