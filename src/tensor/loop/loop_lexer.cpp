// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/loop_lexer.h"

#include <fmt/format.h>

namespace hone::tensor {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool LoopLexer::is_name() const {
  return !token_.empty() && is_letter(token_[0]);
}

bool LoopLexer::is_number() const {
  return !token_.empty() && is_digit(token_[0]);
}

size_t LoopLexer::length() const {
  if (at_ >= text_.size()) return 0;
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view sign : {"max=", "min=", "+=", "&&"})
    if (rest.starts_with(sign)) return sign.size();
  size_t end = 1;
  if (is_letter(rest[0])) {
    while (end < rest.size() && (is_letter(rest[end]) || is_digit(rest[end])))
      ++end;
  } else if (is_digit(rest[0])) {
    // 12, 0.5, 1e-07
    while (end < rest.size() &&
           (is_letter(rest[end]) || is_digit(rest[end]) || rest[end] == '.' ||
            ((rest[end] == '-' || rest[end] == '+') && rest[end - 1] == 'e')))
      ++end;
  }
  return end;
}

void LoopLexer::advance() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (c == '\n') ++line_;
      ++at_;
    } else {
      break;
    }
  }
  token_ = text_.substr(at_, length());
  at_ += token_.size();
}

bool LoopLexer::accept(std::string_view word) {
  if (token_ != word) return false;
  advance();
  return true;
}

void LoopLexer::expect(std::string_view word) {
  if (!accept(word)) fail(fmt::format("'{}'", word));
}

std::string LoopLexer::take_name(std::string_view what) {
  if (!is_name()) {
    fail(what);
    return "";
  }
  std::string name(token_);
  advance();
  return name;
}

void LoopLexer::fail(std::string_view expected) {
  if (!error_)
    error_ = Error(
        ErrorKind::Malformed,
        fmt::format("line {}: expected {}, found {}", line_, expected,
                    token_.empty() ? "the end" : fmt::format("'{}'", token_)));
  at_ = text_.size();
  token_ = {};
}

}  // namespace hone::tensor
