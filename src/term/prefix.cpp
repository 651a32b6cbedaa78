// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The prefix form, read with a stack of open brackets instead of recursion.
#include <fmt/format.h>

#include "term/syntax.h"

namespace hone::term {
namespace {

struct Open {
  Op op;
  int operands = 0;
  uint32_t offset = 0;
  std::string_view name;  // of a let
};

Error too_long(std::string_view text, size_t offset,
               const ParseLimits& limits) {
  return error_at(text, offset, ErrorKind::LimitReached,
                  fmt::format("more than {} nodes", limits.nodes));
}

}  // namespace

Result<Pieces> read_prefix(std::string_view text, const ParseLimits& limits) {
  Lexer lexer(text, true);
  Pieces pieces;
  pieces.reserve(32);
  std::vector<Open> open;
  open.reserve(16);
  do {
    const Token token = lexer.next();
    if (pieces.size() > static_cast<size_t>(limits.nodes))
      return too_long(text, token.offset, limits);
    if (token.text == "(") {
      const Token head = lexer.next();
      const auto op = op_named(head.text);
      if (!op || head.kind == TokenKind::Number)
        return expected(text, head, "an operator after '('");
      if (open.size() >= static_cast<size_t>(limits.depth))
        return error_at(text, token.offset, ErrorKind::LimitReached,
                        fmt::format("nested deeper than {}", limits.depth));
      open.push_back({*op, 0, token.offset, {}});
      if (*op == Op::Let) {
        const Token name = lexer.next();
        if (name.kind != TokenKind::Name || is_reserved(name.text))
          return expected(text, name, "a name after 'let'");
        open.back().name = name.text;
        open.back().operands = 1;
      }
      continue;
    }
    if (token.kind == TokenKind::Number) {
      pieces.push_back(
          {PieceKind::Number, Op::Constant, token.text, token.offset});
    } else if (token.text == "true" || token.text == "false") {
      pieces.push_back(
          {PieceKind::Boolean, Op::Constant, token.text, token.offset});
    } else if (token.kind == TokenKind::Name && !is_reserved(token.text)) {
      pieces.push_back(
          {PieceKind::Name, Op::Variable, token.text, token.offset});
    } else {
      return expected(text, token, "a number, a name or '('");
    }
    // The operand is complete, and with it perhaps the bracket around it.
    while (!open.empty()) {
      Open& top = open.back();
      if (++top.operands < arity(top.op)) {
        if (top.op == Op::Let)
          pieces.push_back({PieceKind::Bind, Op::Let, top.name, top.offset});
        break;
      }
      if (!lexer.peek(")"))
        return expected(
            text, lexer.peek(),
            fmt::format("')' after {} of '{}'",
                        arity(top.op) == 1 ? "the operand" : "the last operand",
                        name(top.op)));
      lexer.next();
      pieces.push_back({PieceKind::Apply, top.op, {}, top.offset});
      open.pop_back();
    }
  } while (!open.empty());
  if (lexer.peek().kind != TokenKind::End)
    return expected(text, lexer.peek(), "the end");
  return pieces;
}

}  // namespace hone::term
