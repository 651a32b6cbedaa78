// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::rewrite::egraph {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

class Parser {
 public:
  Parser(std::string_view text, const Signature& signature,
         const LiteralReader& literals, std::vector<std::string>& variables,
         bool closed)
      : text_(text),
        signature_(signature),
        literals_(literals),
        variables_(variables),
        closed_(closed) {}

  Result<Pattern> parse() {
    HONE_ASSIGN_OR_RETURN(pattern_.root, parse_node(0));
    skip_space();
    if (at_ != text_.size()) return error("expected the end of the term");
    return std::move(pattern_);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  Error error(std::string_view what) const {
    return Error(ErrorKind::Malformed, fmt::format("{} at column {} of \"{}\"",
                                                   what, at_ + 1, text_));
  }

  std::string_view word() {
    const size_t begin = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '(' &&
           text_[at_] != ')') {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  Result<uint32_t> parse_node(int depth) {
    if (depth > kMaxDepth) return error("expected a term less deep");
    skip_space();
    if (at_ < text_.size() && text_[at_] == '(') return parse_apply(depth);
    const size_t begin = at_;
    const std::string_view leaf = word();
    if (leaf.empty()) return error("expected a term");
    if (leaf[0] == '?') return parse_variable(leaf);
    if (const auto op = signature_.find(leaf, 0)) {
      return pattern_.add({.kind = PatternNode::Kind::Apply, .op = *op});
    }
    if (const auto literal = literals_(leaf)) {
      return pattern_.add({.kind = PatternNode::Kind::Literal,
                           .op = literal->op,
                           .value = literal->payload});
    }
    at_ = begin;
    return error(fmt::format("expected a literal, found \"{}\"", leaf));
  }

  Result<uint32_t> parse_variable(std::string_view name) {
    auto known = std::find(variables_.begin(), variables_.end(), name);
    if (known == variables_.end()) {
      if (closed_) {
        return error(fmt::format("the left side does not bind {}", name));
      }
      known = variables_.insert(variables_.end(), std::string(name));
    }
    return pattern_.add(
        {.kind = PatternNode::Kind::Variable,
         .value = static_cast<uint32_t>(known - variables_.begin())});
  }

  Result<uint32_t> parse_apply(int depth) {
    ++at_;  // (
    skip_space();
    const std::string_view name = word();
    PatternNode node{.kind = PatternNode::Kind::Apply};
    for (;;) {
      skip_space();
      if (at_ == text_.size()) return error("expected ')'");
      if (text_[at_] == ')') break;
      HONE_ASSIGN_OR_RETURN(const uint32_t argument, parse_node(depth + 1));
      node.arguments.push_back(argument);
    }
    const auto arity = static_cast<uint32_t>(node.arguments.size());
    const auto op = signature_.find(name, arity);
    if (!op) {
      return error(
          fmt::format("expected an operator, found \"{}\" of {}", name, arity));
    }
    ++at_;  // )
    node.op = *op;
    return pattern_.add(std::move(node));
  }

  std::string_view text_;
  const Signature& signature_;
  const LiteralReader& literals_;
  std::vector<std::string>& variables_;
  bool closed_;
  size_t at_ = 0;
  Pattern pattern_;
};

}  // namespace

uint32_t Pattern::add(PatternNode node) {
  const auto known = std::find(nodes.begin(), nodes.end(), node);
  const auto number = static_cast<uint32_t>(known - nodes.begin());
  if (known == nodes.end()) nodes.push_back(std::move(node));
  return number;
}

Result<Pattern> parse_pattern(std::string_view text, const Signature& signature,
                              const LiteralReader& literals,
                              std::vector<std::string>& variables,
                              bool closed) {
  return Parser(text, signature, literals, variables, closed).parse();
}

Result<Rule> parse_rule(std::string_view name, std::string_view text,
                        const Signature& signature,
                        const LiteralReader& literals) {
  const size_t arrow = text.find("=>");
  if (arrow == std::string_view::npos) {
    return Error(ErrorKind::Malformed,
                 fmt::format("rule {}: expected LEFT => RIGHT, found \"{}\"",
                             name, text));
  }
  const std::string context = fmt::format("rule {}", name);
  Rule rule{.name = std::string(name)};
  auto left = parse_pattern(text.substr(0, arrow), signature, literals,
                            rule.variables, /*closed=*/false);
  if (!left) return std::move(left).error().in(context);
  std::string_view rest = text.substr(arrow + 2);
  if (const size_t at = rest.find(" if "); at != std::string_view::npos) {
    auto condition = parse_pattern(rest.substr(at + 4), signature, literals,
                                   rule.variables, /*closed=*/true);
    if (!condition) return std::move(condition).error().in(context);
    rule.condition = *std::move(condition);
    rest = rest.substr(0, at);
  }
  auto right = parse_pattern(rest, signature, literals, rule.variables,
                             /*closed=*/true);
  if (!right) return std::move(right).error().in(context);
  rule.left = *std::move(left);
  rule.right = *std::move(right);
  if (rule.left.nodes[rule.left.root].kind == PatternNode::Kind::Variable) {
    return Error(
        ErrorKind::Malformed,
        fmt::format("{}: the left side must have an operator", context));
  }
  return rule;
}

}  // namespace hone::rewrite::egraph
