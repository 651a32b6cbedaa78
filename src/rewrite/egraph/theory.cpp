// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/theory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hone::rewrite::egraph {

namespace {

// The word before the first space or colon; `rest` is what follows.
std::string_view take_word(std::string_view& rest) {
  const auto trim = [&] {
    while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  };
  trim();
  const size_t end = std::min(rest.find_first_of(" :"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  if (!rest.empty() && rest[0] == ':') rest.remove_prefix(1);
  trim();
  return word;
}

bool is_integer(std::string_view word) {
  const size_t sign = word[0] == '-' ? 1 : 0;
  return word.size() > sign &&
         std::all_of(word.begin() + sign, word.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Theory::Theory() {
  integer_ = signature_.add_literal("integer");
  symbol_ = signature_.add_literal("symbol");
}

Result<Theory> Theory::parse(std::string_view text) {
  Theory theory;
  int number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (auto status = theory.parse_line(line); !status) {
      return std::move(status).error().in(fmt::format("line {}", number));
    }
  }
  return theory;
}

std::optional<Literal> Theory::literal(std::string_view word) {
  if (word.empty()) return std::nullopt;
  auto known = payloads_.find(word);
  if (known == payloads_.end()) {
    const auto payload = static_cast<uint32_t>(words_.size());
    known = payloads_.emplace(std::string(word), payload).first;
    words_.emplace_back(word);
  }
  return Literal{is_integer(word) ? integer_ : symbol_, known->second};
}

Result<Pattern> Theory::parse_term(std::string_view text) {
  std::vector<std::string> none;
  return parse_pattern(
      text, signature_, [this](std::string_view word) { return literal(word); },
      none, /*closed=*/true);
}

Status Theory::parse_line(std::string_view line) {
  std::string_view rest = line;
  const std::string_view what = take_word(rest);
  if (what.empty() || what[0] == '#') return {};
  if (what == "operator") {
    const std::string_view name = take_word(rest);
    uint32_t arity = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), arity);
    if (name.empty() || error != std::errc() ||
        end != rest.data() + rest.size() || arity > 8) {
      return Error(ErrorKind::Malformed,
                   fmt::format("expected `operator NAME ARITY` with an arity "
                               "of at most 8, found \"{}\"",
                               line));
    }
    if (signature_.find(name, arity)) {
      return Error(ErrorKind::Conflict,
                   fmt::format("operator {} of {} stands twice", name, arity));
    }
    signature_.add(name, arity);
    return {};
  }
  if (what == "rule") {
    const std::string_view name = take_word(rest);
    HONE_ASSIGN_OR_RETURN(Rule rule, parse_rule(name, rest, signature_,
                                                [this](std::string_view word) {
                                                  return literal(word);
                                                }));
    rules_.push_back(std::move(rule));
    return {};
  }
  if (what == "term") {
    HONE_ASSIGN_OR_RETURN(Pattern term, parse_term(rest));
    terms_.push_back(std::move(term));
    return {};
  }
  return Error(
      ErrorKind::Malformed,
      fmt::format("expected operator, rule, term or #, found \"{}\"", what));
}

}  // namespace hone::rewrite::egraph
