// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "term/syntax.h"

namespace hone::term {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// How many characters the symbol at the front has; 0 where there is none.
size_t symbol_size(std::string_view rest) {
  const char second = rest.size() > 1 ? rest[1] : '\0';
  switch (rest[0]) {
    case '<':
    case '>':
    case '=':
    case '!':
      return second == '=' ? 2 : 1;
    case '&':
      return second == '&' ? 2 : 0;
    case '|':
      return second == '|' ? 2 : 0;
    case '(':
    case ')':
    case '[':
    case ']':
    case ',':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

bool is_reserved(std::string_view word) {
  static constexpr std::string_view kWords[] = {"false", "in",     "let", "max",
                                                "min",   "select", "true"};
  return std::find(std::begin(kWords), std::end(kWords), word) !=
         std::end(kWords);
}

void Lexer::advance() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  const auto begin = static_cast<uint32_t>(at_);
  if (at_ == text_.size()) {
    token_ = {TokenKind::End, "", begin};
    return;
  }
  const char c = text_[at_];
  const auto take = [&](auto&& accepts) {
    do ++at_;
    while (at_ < text_.size() && accepts(text_[at_]));
  };
  TokenKind kind = TokenKind::Symbol;
  if (is_digit(c) || (signed_numbers_ && c == '-' && at_ + 1 < text_.size() &&
                      is_digit(text_[at_ + 1]))) {
    kind = TokenKind::Number;
    take(is_digit);
  } else if (is_letter(c)) {
    kind = TokenKind::Name;
    take([](char d) { return is_letter(d) || is_digit(d) || d == '.'; });
  } else {
    const size_t size = symbol_size(text_.substr(at_));
    if (size == 0) kind = TokenKind::Strange;
    at_ += std::max<size_t>(size, 1);
  }
  token_ = {kind, text_.substr(begin, at_ - begin), begin};
}

Error error_at(std::string_view text, size_t offset, ErrorKind kind,
               std::string_view message) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column =
      start == std::string_view::npos ? offset + 1 : offset - start;
  return {kind, fmt::format("{}:{}: {}", line, column, message)};
}

Error expected(std::string_view text, const Token& found,
               std::string_view what) {
  if (found.kind == TokenKind::End)
    return error_at(text, found.offset, ErrorKind::Malformed,
                    fmt::format("expected {}, found the end", what));
  // A byte that is no printable ASCII would garble the message.
  if (found.kind == TokenKind::Strange &&
      (found.text[0] < ' ' || found.text[0] > '~'))
    return error_at(text, found.offset, ErrorKind::Malformed,
                    fmt::format("expected {}, found the byte 0x{:02x}", what,
                                static_cast<unsigned char>(found.text[0])));
  return error_at(
      text, found.offset, ErrorKind::Malformed,
      fmt::format("expected {}, found '{}'", what, found.text.substr(0, 40)));
}

}  // namespace hone::term
