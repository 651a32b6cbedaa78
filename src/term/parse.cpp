// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From postfix pieces to terms: sorts of names, and their errors.
#include "term/parse.h"

#include <fmt/format.h>

#include "term/syntax.h"

namespace hone::term {
namespace {

// An operand on the stack. A name that no use has given a sort yet has no term.
struct Entry {
  Term term;
  std::string_view name;
  uint32_t offset;
  int depth;
};

class Resolver {
 public:
  Resolver(Context& context, std::string_view text, const ParseLimits& limits)
      : context_(context), text_(text), limits_(limits) {
    stack_.reserve(16);
  }

  Result<Term> resolve(const Pieces& pieces,
                       std::optional<Sort> expected = {}) {
    for (const Piece& piece : pieces) {
      switch (piece.kind) {
        case PieceKind::Number:
          HONE_RETURN_IF_ERROR(number(piece));
          break;
        case PieceKind::Boolean:
          push(context_.boolean(piece.text == "true"), piece.offset, 1);
          break;
        case PieceKind::Name: {
          const auto known = context_.find_variable(piece.text);
          stack_.push_back(
              {known.value_or(Term{}), piece.text, piece.offset, 1});
          break;
        }
        case PieceKind::Bind:
          HONE_RETURN_IF_ERROR(bind(piece));
          break;
        case PieceKind::Apply:
          HONE_RETURN_IF_ERROR(apply(piece));
          break;
        case PieceKind::Within:
          HONE_RETURN_IF_ERROR(within(piece));
          break;
      }
    }
    Entry& whole = stack_.back();
    settle(whole, expected.value_or(Sort::Int));
    const Sort found = context_.sort(whole.term);
    if (expected && found != *expected)
      return error_at(text_, 0, ErrorKind::Malformed,
                      fmt::format("expected a term of sort {}, found {}",
                                  sort_name(*expected), sort_name(found)));
    return whole.term;
  }

 private:
  void push(Term term, uint32_t offset, int depth) {
    stack_.push_back({term, {}, offset, depth});
  }

  Status number(const Piece& piece) {
    if (piece.text.size() > static_cast<size_t>(limits_.digits))
      return error_at(
          text_, piece.offset, ErrorKind::LimitReached,
          fmt::format("a number of more than {} digits", limits_.digits));
    if (piece.text.size() < 18) {
      int64_t value = 0;
      const bool negative = piece.text[0] == '-';
      for (const char c : piece.text.substr(negative))
        value = value * 10 + (c - '0');
      push(context_.integer(negative ? -value : value), piece.offset, 1);
    } else {
      push(context_.integer(*Integer::parse(piece.text)), piece.offset, 1);
    }
    return {};
  }

  // Gives a name without a sort this one, unless another of its occurrences
  // has been given one meanwhile.
  void settle(Entry& entry, Sort sort) {
    if (entry.term.valid()) return;
    const auto known = context_.find_variable(entry.name);
    entry.term = known ? *known : context_.variable(entry.name, sort);
  }

  Status demand(Entry& entry, Sort sort, Op op) {
    settle(entry, sort);
    const Sort found = context_.sort(entry.term);
    if (found == sort) return {};
    if (sort == Sort::Bool && context_.is_word(entry.term)) {
      const int64_t word = context_.word(entry.term);
      if (word == 0 || word == 1) {
        entry.term = context_.boolean(word == 1);
        return {};
      }
    }
    return error_at(
        text_, entry.offset, ErrorKind::Malformed,
        fmt::format("'{}' takes {} here, found {}{}{}", name(op),
                    sort_name(sort), sort_name(found),
                    entry.name.empty() ? "" : " ", entry.name.substr(0, 40)));
  }

  // Two operands of one sort, which one of them decides.
  Status demand_same(Entry& a, Entry& b, Op op) {
    if (!a.term.valid() && !b.term.valid()) settle(a, Sort::Int);
    if (!a.term.valid()) return demand(a, context_.sort(b.term), op);
    settle(b, context_.sort(a.term));
    const Sort sort = context_.sort(a.term);
    if (sort == context_.sort(b.term)) return {};
    return sort == Sort::Bool ? demand(b, sort, op) : demand(a, Sort::Bool, op);
  }

  Status bind(const Piece& piece) {
    settle(stack_.back(), Sort::Int);
    const Sort sort = context_.sort(stack_.back().term);
    const auto known = context_.find_variable(piece.text);
    if (known && context_.sort(*known) != sort)
      return error_at(
          text_, piece.offset, ErrorKind::Malformed,
          fmt::format("'{}' is {} elsewhere and {} here; use another name",
                      piece.text, sort_name(context_.sort(*known)),
                      sort_name(sort)));
    push(known ? *known : context_.variable(piece.text, sort), piece.offset, 1);
    return {};
  }

  // b <= a && a <= c of a, b, c.
  Status within(const Piece& piece) {
    Entry* args = stack_.data() + stack_.size() - 3;
    int depth = 0;
    for (int i = 0; i < 3; ++i) {
      HONE_RETURN_IF_ERROR(demand(args[i], Sort::Int, Op::Le));
      depth = std::max(depth, args[i].depth);
    }
    if (depth + 2 > limits_.depth)
      return error_at(text_, piece.offset, ErrorKind::LimitReached,
                      fmt::format("nested deeper than {}", limits_.depth));
    const Term low = context_.make(Op::Le, args[1].term, args[0].term);
    const Term high = context_.make(piece.op, args[0].term, args[2].term);
    stack_.resize(stack_.size() - 3);
    push(context_.make(Op::And, low, high), piece.offset, depth + 2);
    return {};
  }

  Status apply(const Piece& piece) {
    const int count = arity(piece.op);
    Entry* args = stack_.data() + stack_.size() - count;
    switch (info(piece.op).operands) {
      case Operands::Bools:
        for (int i = 0; i < count; ++i)
          HONE_RETURN_IF_ERROR(demand(args[i], Sort::Bool, piece.op));
        break;
      case Operands::Ints:
        for (int i = 0; i < count; ++i)
          HONE_RETURN_IF_ERROR(demand(args[i], Sort::Int, piece.op));
        break;
      case Operands::Same:
        HONE_RETURN_IF_ERROR(demand_same(args[0], args[1], piece.op));
        break;
      case Operands::Select:
        HONE_RETURN_IF_ERROR(demand(args[0], Sort::Bool, piece.op));
        HONE_RETURN_IF_ERROR(demand_same(args[1], args[2], piece.op));
        break;
      case Operands::Let:
        settle(args[2], Sort::Int);
        std::swap(args[0], args[1]);  // the name first
        break;
      case Operands::Leaf:
        break;
    }
    int depth = 0;
    for (int i = 0; i < count; ++i) depth = std::max(depth, args[i].depth);
    if (++depth > limits_.depth)
      return error_at(text_, piece.offset, ErrorKind::LimitReached,
                      fmt::format("nested deeper than {}", limits_.depth));
    const Term term =
        count == 1 ? context_.make(piece.op, args[0].term)
        : count == 2
            ? context_.make(piece.op, args[0].term, args[1].term)
            : context_.make(piece.op, args[0].term, args[1].term, args[2].term);
    stack_.resize(stack_.size() - static_cast<size_t>(count));
    push(term, piece.offset, depth);
    return {};
  }

  Context& context_;
  std::string_view text_;
  const ParseLimits& limits_;
  std::vector<Entry> stack_;
};

// A bracket and what may stand behind it in the prefix form.
bool looks_prefix(std::string_view text) {
  Lexer lexer(text, true);
  if (!lexer.peek("(")) return false;
  lexer.next();
  return op_named(lexer.peek().text).has_value();
}

}  // namespace

Result<Term> parse_prefix(Context& context, std::string_view text,
                          const ParseLimits& limits) {
  HONE_ASSIGN_OR_RETURN(const Pieces pieces, read_prefix(text, limits));
  return Resolver(context, text, limits).resolve(pieces);
}

Result<Term> parse_infix(Context& context, std::string_view text,
                         const ParseLimits& limits) {
  HONE_ASSIGN_OR_RETURN(const Pieces pieces, read_infix(text, limits));
  return Resolver(context, text, limits).resolve(pieces);
}

Result<Term> parse(Context& context, std::string_view text,
                   const ParseLimits& limits, std::optional<Sort> expected) {
  const bool prefix = looks_prefix(text);
  Result<Pieces> pieces =
      prefix ? read_prefix(text, limits) : read_infix(text, limits);
  if (prefix && !pieces) {
    // `(-x) + 1` begins like the prefix form too. No text is right in both
    // forms with two meanings, so the second try decides nothing twice.
    Result<Pieces> infix = read_infix(text, limits);
    if (!infix) return std::move(pieces).error();
    pieces = std::move(infix);
  }
  if (!pieces) return std::move(pieces).error();
  return Resolver(context, text, limits).resolve(*pieces, expected);
}

}  // namespace hone::term
