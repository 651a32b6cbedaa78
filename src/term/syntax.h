// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both text forms are read into: a term in postfix order, before sorts.
//
// `x + 3 < y` and `( < ( + x 3 ) y )` both become  x 3 + y <.
// Let is  VALUE bind-x BODY let;  a in [b, c]  is  a b c within.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "term/op.h"
#include "term/parse.h"

namespace hone::term {

enum class PieceKind : uint8_t { Number, Boolean, Name, Apply, Bind, Within };

struct Piece {
  PieceKind kind;
  // Of Apply. Of Within: how the upper end is compared, Le or Lt.
  Op op = Op::Constant;
  std::string_view text;  // of Number, Name, Bind
  uint32_t offset = 0;    // into the text, for messages
};

using Pieces = std::vector<Piece>;

Result<Pieces> read_prefix(std::string_view text, const ParseLimits& limits);
Result<Pieces> read_infix(std::string_view text, const ParseLimits& limits);

enum class TokenKind : uint8_t { End, Number, Name, Symbol, Strange };

struct Token {
  TokenKind kind;
  std::string_view text;
  uint32_t offset;
};

// Words that are no names.
bool is_reserved(std::string_view word);

class Lexer {
 public:
  // With signed numbers, "-3" is one token.
  Lexer(std::string_view text, bool signed_numbers)
      : text_(text), signed_numbers_(signed_numbers) {
    advance();
  }
  const Token& peek() const { return token_; }
  bool peek(std::string_view symbol) const {
    return token_.kind != TokenKind::End && token_.text == symbol;
  }
  Token next() {
    const Token token = token_;
    advance();
    return token;
  }

 private:
  void advance();
  std::string_view text_;
  size_t at_ = 0;
  bool signed_numbers_;
  Token token_{};
};

// "line:column: message", both from 1.
Error error_at(std::string_view text, size_t offset, ErrorKind kind,
               std::string_view message);
// "expected WHAT, found TOKEN".
Error expected(std::string_view text, const Token& found,
               std::string_view what);

}  // namespace hone::term
