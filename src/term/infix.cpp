// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The infix form, by precedence climbing (Pratt, "Top down operator
// precedence", POPL 1973).
#include <fmt/format.h>

#include "term/syntax.h"

namespace hone::term {
namespace {

class Reader {
 public:
  Reader(std::string_view text, const ParseLimits& limits)
      : text_(text), limits_(limits), lexer_(text, false) {
    pieces_.reserve(32);
  }

  Result<Pieces> read() {
    HONE_RETURN_IF_ERROR(expression(1));
    if (lexer_.peek().kind != TokenKind::End)
      return expected(text_, lexer_.peek(), "an operator or the end");
    return std::move(pieces_);
  }

 private:
  // Everything that binds at least as tightly as `floor`.
  Status expression(int floor) {
    if (++depth_ > limits_.depth)
      return error_at(text_, lexer_.peek().offset, ErrorKind::LimitReached,
                      fmt::format("nested deeper than {}", limits_.depth));
    HONE_RETURN_IF_ERROR(operand());
    for (;;) {
      if (floor <= info(Op::Le).precedence && at_interval()) {
        HONE_RETURN_IF_ERROR(interval());
        continue;
      }
      if (lexer_.peek().kind != TokenKind::Symbol) break;
      const auto op = op_named(lexer_.peek().text);
      if (!op || arity(*op) != 2 || info(*op).precedence < floor) break;
      const Token token = lexer_.next();
      HONE_RETURN_IF_ERROR(expression(info(*op).precedence + 1));
      HONE_RETURN_IF_ERROR(put({PieceKind::Apply, *op, {}, token.offset}));
    }
    --depth_;
    return {};
  }

  // `in` and a bracket; `in` alone is a let's.
  bool at_interval() const {
    if (!lexer_.peek("in")) return false;
    Lexer ahead = lexer_;
    ahead.next();
    return ahead.peek("[");
  }

  // in [a, b] or in [a, b), behind an operand.
  Status interval() {
    const Token in = lexer_.next();
    lexer_.next();
    HONE_RETURN_IF_ERROR(expression(1));
    HONE_RETURN_IF_ERROR(eat(","));
    HONE_RETURN_IF_ERROR(expression(1));
    const Token end = lexer_.next();
    if (end.text != "]" && end.text != ")")
      return expected(text_, end, "']' or ')'");
    return put(
        {PieceKind::Within, end.text == "]" ? Op::Le : Op::Lt, {}, in.offset});
  }

  Status operand() {
    const Token token = lexer_.next();
    if (token.text == "(") {
      HONE_RETURN_IF_ERROR(expression(1));
      return eat(")");
    }
    if (token.text == "!") {
      HONE_RETURN_IF_ERROR(expression(info(Op::Not).precedence));
      return put({PieceKind::Apply, Op::Not, {}, token.offset});
    }
    if (token.text == "-") return negative(token);
    if (token.kind == TokenKind::Number)
      return put({PieceKind::Number, Op::Constant, token.text, token.offset});
    if (token.text == "true" || token.text == "false")
      return put({PieceKind::Boolean, Op::Constant, token.text, token.offset});
    if (token.text == "let") return let(token);
    if (token.kind == TokenKind::Name && token.text != "in") {
      if (!is_reserved(token.text))
        return put({PieceKind::Name, Op::Variable, token.text, token.offset});
      return call(token);
    }
    return expected(text_, token, "a number, a name or '('");
  }

  // A sign right before a number belongs to it.
  Status negative(const Token& sign) {
    const Token& number = lexer_.peek();
    if (number.kind == TokenKind::Number && number.offset == sign.offset + 1) {
      const Token token = lexer_.next();
      return put({PieceKind::Number, Op::Constant,
                  text_.substr(sign.offset, token.text.size() + 1),
                  sign.offset});
    }
    HONE_RETURN_IF_ERROR(
        put({PieceKind::Number, Op::Constant, "0", sign.offset}));
    HONE_RETURN_IF_ERROR(expression(info(Op::Not).precedence));
    return put({PieceKind::Apply, Op::Sub, {}, sign.offset});
  }

  Status call(const Token& function) {
    const Op op = *op_named(function.text);
    HONE_RETURN_IF_ERROR(eat("("));
    for (int i = 0; i < arity(op); ++i) {
      if (i > 0) HONE_RETURN_IF_ERROR(eat(","));
      HONE_RETURN_IF_ERROR(expression(1));
    }
    HONE_RETURN_IF_ERROR(eat(")"));
    return put({PieceKind::Apply, op, {}, function.offset});
  }

  Status let(const Token& start) {
    const Token bound = lexer_.next();
    if (bound.kind != TokenKind::Name || is_reserved(bound.text))
      return expected(text_, bound, "a name after 'let'");
    HONE_RETURN_IF_ERROR(eat("="));
    HONE_RETURN_IF_ERROR(expression(1));
    HONE_RETURN_IF_ERROR(eat("in"));
    HONE_RETURN_IF_ERROR(
        put({PieceKind::Bind, Op::Let, bound.text, bound.offset}));
    HONE_RETURN_IF_ERROR(expression(1));
    return put({PieceKind::Apply, Op::Let, {}, start.offset});
  }

  Status eat(std::string_view symbol) {
    if (!lexer_.peek(symbol))
      return expected(text_, lexer_.peek(), fmt::format("'{}'", symbol));
    lexer_.next();
    return {};
  }

  Status put(const Piece& piece) {
    if (pieces_.size() >= static_cast<size_t>(limits_.nodes))
      return error_at(text_, piece.offset, ErrorKind::LimitReached,
                      fmt::format("more than {} nodes", limits_.nodes));
    pieces_.push_back(piece);
    return {};
  }

  std::string_view text_;
  const ParseLimits& limits_;
  Lexer lexer_;
  Pieces pieces_;
  int depth_ = 0;
};

}  // namespace

Result<Pieces> read_infix(std::string_view text, const ParseLimits& limits) {
  return Reader(text, limits).read();
}

}  // namespace hone::term
