// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From S-expressions to terms: symbols and their scopes, macros, and what
// division by zero means. Commands are in read.cpp, terms in read_term.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "term/smtlib/sexpr.h"
#include "term/smtlib/smtlib.h"

namespace hone::term {

// A constant is a macro without parameters.
struct Macro {
  std::vector<Term> parameters;
  Term body;
};

class ScriptReader {
 public:
  ScriptReader(Context& context, std::string_view text,
               const ParseLimits& limits, const Sexprs& all)
      : context_(context), text_(text), limits_(limits), all_(all) {}

  Result<SmtScript> read() {
    for (uint32_t at = 0; at < all_.size() && !ended_; at = all_[at].end)
      HONE_RETURN_IF_ERROR(command(at));
    return std::move(script_);
  }

 private:
  using Parts = std::vector<uint32_t>;

  Error error(uint32_t at, ErrorKind kind, std::string_view message) const;
  Error expected_at(uint32_t at, std::string_view what) const;
  bool is_symbol(uint32_t at, std::string_view text) const {
    return all_[at].kind == Sexpr::Kind::Symbol && all_[at].text == text;
  }
  Status count_is(uint32_t list, const Parts& parts, size_t wanted) const;

  Status command(uint32_t at);
  Status declare(const Parts& parts, uint32_t sort_at);
  Status define(const Parts& parts);
  Status change_level(uint32_t at, const Parts& parts, bool up);
  Result<Sort> sort(uint32_t at) const;
  Result<std::string> symbol(uint32_t at) const;
  Result<int64_t> numeral(uint32_t at, int64_t most) const;
  Term fresh(std::string_view wanted, Sort sort);

  Result<Term> term(uint32_t at);
  Status check_depth(uint32_t at, Term term);
  Result<Term> let(uint32_t at, const Parts& parts);
  Result<Term> annotated(uint32_t at, const Parts& parts);
  Result<Term> divisible(uint32_t at, const Parts& parts);
  Result<Term> apply(uint32_t at, const Parts& parts);
  Result<Term> call(uint32_t at, const Macro& macro,
                    const std::vector<Term>& args);
  Result<Term> built_in(uint32_t at, std::string_view name,
                        const std::vector<Term>& args);
  Result<Term> chain(uint32_t at, std::string_view name, Op op,
                     const std::vector<Term>& args);
  Term fold(Op op, const std::vector<Term>& args);
  Result<Term> divide(uint32_t at, Op op, Term a, Term b);
  Status demand(uint32_t at, std::string_view name,
                const std::vector<Term>& args, Sort sort) const;
  const Macro* find(std::string_view name) const;

  Context& context_;
  std::string_view text_;
  const ParseLimits& limits_;
  const Sexprs& all_;
  SmtScript script_;
  bool ended_ = false;
  // Innermost last. Symbols are looked up from the end.
  std::map<std::string, std::vector<Macro>, std::less<>> symbols_;
  std::vector<std::string> defined_;  // in their order
  std::vector<std::pair<std::string, Term>> declared_;
  struct Level {
    size_t defined;
    size_t declared;
  };
  std::vector<Level> levels_;
  // Division by zero: the constants of dividends seen so far.
  struct ByZero {
    Op op;
    Term dividend;
    Term value;
  };
  std::vector<ByZero> by_zero_;
  bool in_function_ = false;     // with parameters
  std::vector<int32_t> depths_;  // of terms
};

}  // namespace hone::term
