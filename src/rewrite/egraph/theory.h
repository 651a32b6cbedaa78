// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators, rules and start terms in a text file, one a line:
//
//     # The field of fractions.
//     operator + 2
//     operator sqrt 1
//     rule zero-add: (+ ?a 0) => ?a
//     term (+ (sqrt five) 0)
//
// Words that are no operators are literals: integers of the operator `integer`,
// other words of the operator `symbol`. Both are numbered as they come.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rewrite/egraph/pattern.h"
#include "rewrite/egraph/signature.h"

namespace hone::rewrite::egraph {

class Theory {
 public:
  Theory();

  // Reads a whole file's text. The error names the line.
  static Result<Theory> parse(std::string_view text);

  const Signature& signature() const { return signature_; }
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<Pattern>& terms() const { return terms_; }

  OpId integer() const { return integer_; }
  OpId symbol() const { return symbol_; }
  // The word that a literal's payload stands for.
  std::string_view word(uint32_t payload) const { return words_[payload]; }
  // The literal of a word; numbers it if it is new.
  std::optional<Literal> literal(std::string_view word);

  Result<Pattern> parse_term(std::string_view text);

 private:
  Status parse_line(std::string_view line);

  Signature signature_;
  OpId integer_, symbol_;
  std::vector<Rule> rules_;
  std::vector<Pattern> terms_;
  std::map<std::string, uint32_t, std::less<>> payloads_;
  std::vector<std::string> words_;
};

}  // namespace hone::rewrite::egraph
