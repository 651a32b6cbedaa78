// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/smtlib/sexpr.h"

#include <fmt/format.h>

#include "term/syntax.h"

namespace hone::term {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool ends_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == ';' || c == '|' ||
         c == '"';
}

Sexpr::Kind kind_of(std::string_view word) {
  if (word[0] == ':') return Sexpr::Kind::Keyword;
  if (!is_digit(word[0]))
    return word[0] == '#' ? Sexpr::Kind::Other : Sexpr::Kind::Symbol;
  for (const char c : word)
    if (!is_digit(c)) return Sexpr::Kind::Other;
  return Sexpr::Kind::Numeral;
}

}  // namespace

Result<Sexprs> Sexprs::read(std::string_view text, const ParseLimits& limits) {
  Sexprs all;
  std::vector<uint32_t> open;
  size_t at = 0;
  const auto error = [&](size_t offset, ErrorKind kind,
                         std::string_view message) {
    return error_at(text, offset, kind, message);
  };
  for (;;) {
    while (at < text.size() && (is_blank(text[at]) || text[at] == ';')) {
      if (text[at] == ';') at = std::min(text.find('\n', at), text.size() - 1);
      ++at;
    }
    if (at >= text.size()) break;
    const auto offset = static_cast<uint32_t>(at);
    const char c = text[at];
    if (c == ')') {
      if (open.empty())
        return error(at, ErrorKind::Malformed, "a ')' that closes nothing");
      all.nodes_[open.back()].end = all.size();
      open.pop_back();
      ++at;
      continue;
    }
    if (all.nodes_.size() >= static_cast<size_t>(limits.nodes))
      return error(at, ErrorKind::LimitReached,
                   fmt::format("more than {} nodes", limits.nodes));
    Sexpr node{
        .kind = Sexpr::Kind::List, .offset = offset, .end = all.size() + 1};
    if (c == '(') {
      if (open.size() >= static_cast<size_t>(limits.depth))
        return error(at, ErrorKind::LimitReached,
                     fmt::format("nested deeper than {}", limits.depth));
      open.push_back(all.size());
      ++at;
    } else if (c == '|' || c == '"') {
      size_t close = text.find(c, at + 1);
      // A doubled quote stands for one within a string.
      while (c == '"' && close != std::string_view::npos &&
             close + 1 < text.size() && text[close + 1] == '"')
        close = text.find(c, close + 2);
      if (close == std::string_view::npos)
        return error(at, ErrorKind::Malformed,
                     fmt::format("expected another {} behind this one", c));
      node.kind = c == '|' ? Sexpr::Kind::Symbol : Sexpr::Kind::Other;
      node.text = text.substr(at + 1, close - at - 1);
      at = close + 1;
    } else {
      while (at < text.size() && !ends_word(text[at])) ++at;
      node.text = text.substr(offset, at - offset);
      node.kind = kind_of(node.text);
    }
    all.nodes_.push_back(node);
  }
  if (!open.empty())
    return error(all.nodes_[open.back()].offset, ErrorKind::Malformed,
                 "a '(' that nothing closes");
  return all;
}

std::vector<uint32_t> Sexprs::parts(uint32_t list) const {
  std::vector<uint32_t> parts;
  for (uint32_t at = list + 1; at < nodes_[list].end; at = nodes_[at].end)
    parts.push_back(at);
  return parts;
}

}  // namespace hone::term
