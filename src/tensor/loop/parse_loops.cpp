// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <limits>

#include "tensor/loop/loop_lexer.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/verify_loops.h"

namespace hone::tensor {

namespace {

constexpr int kDeepest = 64;
constexpr size_t kMostTerms = 64;
constexpr int kMostStatements = 4096;
constexpr int kMostOperations = 1024;
// Factors multiply; products of sizes and tiles stay far below 2^63.
constexpr int64_t kLargest = int64_t{1} << 24;

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<LoopProgram> parse() {
    expect("loops");
    p_.name = name("a name");
    expect("{");
    bool has_tree = false;
    while (!lexer_.failed() && !accept("}")) has_tree |= item();
    if (!lexer_.token().empty()) lexer_.fail("the end of the text");
    if (lexer_.failed()) return lexer_.error();
    if (!has_tree) {
      // The tree is made from nodes, which must be right before that.
      HONE_RETURN_IF_ERROR(verify_loops(p_));
      p_.tree = default_tree(p_);
    }
    HONE_RETURN_IF_ERROR(verify_loops(p_));
    return std::move(p_);
  }

  Result<Index> parse_alone() {
    Index value = index();
    if (!lexer_.token().empty()) lexer_.fail("the end of the index");
    if (lexer_.failed()) return lexer_.error();
    return value;
  }

 private:
  bool accept(std::string_view word) { return lexer_.accept(word); }
  void expect(std::string_view word) { lexer_.expect(word); }
  std::string name(std::string_view what) { return lexer_.take_name(what); }

  int64_t integer() {
    const std::string_view token = lexer_.token();
    int64_t value = 0;
    const auto [end, code] = std::from_chars(token.begin(), token.end(), value);
    if (code != std::errc() || end != token.end() || value > kLargest)
      lexer_.fail(fmt::format("an integer up to {}", kLargest));
    else
      lexer_.advance();
    return value;
  }

  // Nesting of whatever kind, counted together.
  struct Depth {
    Depth(Parser& parser) : parser(parser) {
      if (++parser.depth_ > kDeepest) parser.lexer_.fail("less nesting");
    }
    ~Depth() { --parser.depth_; }
    Parser& parser;
  };

  // Whether it was the tree.
  bool item() {
    if (accept("size")) {
      p_.sizes.push_back({name("a name")});
      expect("=");
      p_.sizes.back().value = integer();
    } else if (accept("fact")) {
      p_.facts.push_back(condition());
    } else if (accept("node")) {
      node();
    } else if (accept("tree")) {
      p_.tree = block();
      return true;
    } else if (!tensor()) {
      lexer_.fail("size, fact, input, output, local, register, node or tree");
    }
    return false;
  }

  bool tensor() {
    using Role = LoopTensor::Role;
    LoopTensor tensor;
    if (accept("input"))
      tensor.role = Role::Input;
    else if (accept("output"))
      tensor.role = Role::Output;
    else if (accept("local"))
      tensor.role = Role::Local;
    else if (accept("register"))
      tensor.role = Role::Register;
    else
      return false;
    Place declared = place();
    tensor.name = std::move(declared.tensor);
    tensor.extents = std::move(declared.at);
    if (accept("i32"))
      tensor.element = Element::I32;
    else if (accept("i64"))
      tensor.element = Element::I64;
    if (accept("in")) tensor.home = name("the name of a loop");
    p_.tensors.push_back(std::move(tensor));
    return true;
  }

  void node() {
    LoopNode node;
    node.name = name("a name");
    expect(":");
    statement(node.target, node.reduction, node.value);
    expect("over");
    do {
      node.domain.push_back({name("a variable"), {}});
      expect("<");
      node.domain.back().extent = index();
    } while (accept(","));
    p_.nodes.push_back(std::move(node));
  }

  std::vector<LoopTree> block() {
    const Depth depth(*this);
    std::vector<LoopTree> body;
    expect("{");
    while (!lexer_.failed() && !accept("}")) body.push_back(tree());
    return body;
  }

  LoopTree tree() {
    if (++statements_ > kMostStatements)
      lexer_.fail(
          fmt::format("at most {} loops and statements", kMostStatements));
    LoopTree tree;
    if (accept("for")) {
      tree.variable = name("a variable");
      expect("<");
      tree.extent = index();
      if (accept("unroll"))
        tree.mark = LoopTree::Mark::Unroll;
      else if (accept("vector"))
        tree.mark = LoopTree::Mark::Vector;
      else if (accept("parallel"))
        tree.mark = LoopTree::Mark::Parallel;
      tree.overlaps = accept("overlaps");
      tree.body = block();
      return tree;
    }
    tree.is_loop = false;
    tree.leaf.name = name("'for', a statement's name or '}'");
    expect(":");
    statement(tree.leaf.target, tree.leaf.reduction, tree.leaf.value);
    if (accept("if")) tree.leaf.guards = conditions();
    return tree;
  }

  void statement(Place& target, LoopReduction& reduction, Scalar& value) {
    target = place();
    if (accept("+="))
      reduction = LoopReduction::Sum;
    else if (accept("max="))
      reduction = LoopReduction::Max;
    else if (accept("min="))
      reduction = LoopReduction::Min;
    else
      expect("=");
    value = sum();
  }

  Place place() {
    Place place;
    place.tensor = name("the name of a tensor");
    place.at = subscript();
    return place;
  }

  std::vector<Index> subscript() {
    std::vector<Index> at;
    expect("[");
    if (accept("]")) return at;
    do {
      at.push_back(index());
    } while (accept(","));
    expect("]");
    return at;
  }

  std::vector<Condition> conditions() {
    std::vector<Condition> all;
    do {
      all.push_back(condition());
    } while (accept("&&"));
    return all;
  }

  Condition condition() {
    Condition condition;
    condition.left = index();
    if (accept("="))
      condition.relation = Condition::Relation::Equal;
    else
      expect("<");
    condition.right = index();
    return condition;
  }

  // --- Indices
  // ----------------------------------------------------------------

  Index index() {
    const Depth depth(*this);
    const bool negative = accept("-");
    Index value = index_product();
    if (negative) value = value * -1;
    while (!lexer_.failed()) {
      if (accept("+"))
        value = value + index_product();
      else if (accept("-"))
        value = value - index_product();
      else
        break;
    }
    return bounded(std::move(value));
  }

  Index bounded(Index value) {
    if (value.terms().size() > kMostTerms)
      lexer_.fail(fmt::format("an index of at most {} terms", kMostTerms));
    for (const Index::Term& term : value.terms())
      if (term.atoms.size() > 8 || term.coefficient > kLargest ||
          term.coefficient < -kLargest)
        lexer_.fail(
            fmt::format("products of at most 8 factors below {}", kLargest));
    return lexer_.failed() ? Index() : value;
  }

  Index index_product() {
    Index value = index_primary();
    while (!lexer_.failed()) {
      if (accept("*"))
        value = value * index_primary();
      else if (accept("/"))
        value = quotient(value, false);
      else if (accept("mod"))
        value = quotient(value, true);
      else
        break;
      value = bounded(std::move(value));
    }
    return value;
  }

  Index quotient(const Index& value, bool rest) {
    const Index by = index_primary();
    if ((by.is_constant() && by.constant() <= 0) ||
        (!by.is_constant() && !by.as_variable())) {
      lexer_.fail("a positive number or a size as divisor");
      return 0;
    }
    return rest ? floor_mod(value, by) : floor_div(value, by);
  }

  Index index_primary() {
    if (accept("(")) {
      Index value = index();
      expect(")");
      return value;
    }
    if (lexer_.is_number()) return integer();
    const std::string word = name("an index");
    if (accept("(")) {
      const Depth depth(*this);
      const Index a = index();
      expect(",");
      const Index b = index();
      expect(")");
      if (word == "min") return min_index(a, b);
      if (word != "max") lexer_.fail("min(…) or max(…)");
      return max_index(a, b);
    }
    if (lexer_.token() == "[") return Index::fetch(word, subscript());
    return Index::variable(word);
  }

  // --- Scalars
  // ----------------------------------------------------------------

  Scalar sum() {
    const Depth depth(*this);
    Scalar value = product();
    while (!lexer_.failed()) {
      if (accept("+"))
        value = binary(KernelOp::Add, std::move(value), product());
      else if (accept("-"))
        value = binary(KernelOp::Sub, std::move(value), product());
      else
        break;
    }
    return value;
  }

  Scalar product() {
    Scalar value = primary();
    while (!lexer_.failed()) {
      if (accept("*"))
        value = binary(KernelOp::Mul, std::move(value), primary());
      else if (accept("/"))
        value = binary(KernelOp::Div, std::move(value), primary());
      else
        break;
    }
    return value;
  }

  // A chain of operators nests as parentheses do.
  Scalar binary(KernelOp op, Scalar a, Scalar b) {
    if (++operations_ > kMostOperations) lexer_.fail("fewer operations");
    std::vector<Scalar> operands;
    operands.push_back(std::move(a));
    operands.push_back(std::move(b));
    return Scalar::apply(op, std::move(operands));
  }

  Scalar primary() {
    if (accept("(")) {
      Scalar value = sum();
      expect(")");
      return value;
    }
    if (accept("-")) return Scalar::of(-number());
    if (lexer_.is_number() || lexer_.token() == "inf")
      return Scalar::of(number());
    const std::string word = name("a number, a tensor or an operation");
    if (lexer_.failed()) return {};
    if (lexer_.token() == "[") return Scalar::load({word, subscript()});
    return call(word);
  }

  double number() {
    if (accept("inf")) return std::numeric_limits<double>::infinity();
    const std::string token(lexer_.token());
    char* end = nullptr;
    const double value = std::strtod(token.c_str(), &end);
    if (!lexer_.is_number() || end != token.c_str() + token.size())
      lexer_.fail("a number");
    else
      lexer_.advance();
    return static_cast<float>(value);
  }

  Scalar call(const std::string& word) {
    Scalar value;
    expect("(");
    if (word == "select") {
      value.kind = Scalar::Kind::Select;
      value.when = conditions();
      expect(",");
    } else {
      operation(word, value);
    }
    do {
      if (lexer_.failed()) return {};
      value.operands.push_back(sum());
    } while (accept(","));
    expect(")");
    const size_t wanted = value.kind == Scalar::Kind::Select ? 2
                          : value.kind == Scalar::Kind::Function
                              ? 1
                              : kernel_op_info(value.op).arity();
    if (!lexer_.failed() && value.operands.size() != wanted)
      lexer_.fail(fmt::format("{} operands of '{}' before this", wanted, word));
    return value;
  }

  void operation(const std::string& word, Scalar& value) {
    for (const VectorFunctionInfo& info : vector_functions())
      if (info.name == word) {
        value.kind = Scalar::Kind::Function;
        value.function = info.function;
        return;
      }
    const KernelOpInfo* const op = find_kernel_op(word);
    value.kind = Scalar::Kind::Apply;
    if (op == nullptr || !is_scalar_op(op->op))
      lexer_.fail(fmt::format("no '{}', but an operation on f32", word));
    else
      value.op = op->op;
  }

  LoopLexer lexer_;
  LoopProgram p_;
  int depth_ = 0;
  int statements_ = 0;
  int operations_ = 0;
};

}  // namespace

Result<LoopProgram> parse_loops(std::string_view text) {
  return Parser(text).parse();
}

Result<Index> parse_index(std::string_view text) {
  return Parser(text).parse_alone();
}

}  // namespace hone::tensor
