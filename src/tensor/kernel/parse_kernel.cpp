// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "tensor/kernel/kernel_text.h"
#include "tensor/kernel/verify_kernel.h"

namespace hone::tensor {

namespace {

using Kind = KernelStatement::Kind;
using IndexKind = KernelIndex::Kind;

constexpr int kDeepest = 64;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

// One pass, one token of lookahead. The first error stops everything: after
// it, take() gives the end of the text and further errors are not recorded.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  Result<VectorKernel> parse() {
    expect("kernel");
    k_.name = take_name("a name");
    expect("lanes");
    k_.lanes = static_cast<int>(take_integer());
    parameters();
    k_.body = block(0);
    if (!token_.empty()) fail("the end of the text");
    if (error_) return *std::move(error_);
    HONE_RETURN_IF_ERROR(verify_kernel(k_));
    return std::move(k_);
  }

 private:
  // --- Tokens ---------------------------------------------------------------

  void advance() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        if (c == '\n') ++line_;
        ++at_;
      } else {
        break;
      }
    }
    token_ = text_.substr(at_, token_length());
    at_ += token_.size();
  }

  size_t token_length() const {
    if (at_ >= text_.size()) return 0;
    const char c = text_[at_];
    size_t end = at_ + 1;
    if (is_name_start(c) || c == '%' || c == '$') {
      while (end < text_.size() && is_name(text_[end])) ++end;
    } else if (is_digit(c)) {
      while (end < text_.size() && is_number(end)) ++end;
    } else if (c == '.' && end < text_.size() && text_[end] == '.') {
      ++end;
    }
    return end - at_;
  }

  // 1, 1.5, 1e-07; but 0 .. n has its dots apart or doubled.
  bool is_number(size_t at) const {
    const char c = text_[at];
    if (is_name(c)) return true;
    if (c == '.') return at + 1 >= text_.size() || text_[at + 1] != '.';
    return (c == '-' || c == '+') && text_[at - 1] == 'e';
  }

  void fail(std::string_view expected) {
    if (!error_)
      error_ =
          Error(ErrorKind::Malformed,
                fmt::format(
                    "line {}: expected {}, found {}", line_, expected,
                    token_.empty() ? "the end" : fmt::format("'{}'", token_)));
    at_ = text_.size();
    token_ = {};
  }

  bool accept(std::string_view word) {
    if (token_ != word) return false;
    advance();
    return true;
  }

  void expect(std::string_view word) {
    if (!accept(word)) fail(fmt::format("'{}'", word));
  }

  std::string take_name(std::string_view what) {
    if (token_.empty() || !is_name_start(token_[0])) {
      fail(what);
      return "";
    }
    std::string name(token_);
    advance();
    return name;
  }

  int64_t take_integer() {
    int64_t value = 0;
    const auto [end, code] =
        std::from_chars(token_.begin(), token_.end(), value);
    if (token_.empty() || code != std::errc() || end != token_.end()) {
      fail("an integer");
      return 0;
    }
    advance();
    return value;
  }

  double take_number() {
    const double sign = accept("-") ? -1 : 1;
    if (accept("inf")) return sign * INFINITY;
    if (accept("nan")) return NAN;
    const std::string text(token_);
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || !is_digit(text[0]) || *end != 0) {
      fail("a number");
      return 0;
    }
    advance();
    return sign * value;
  }

  // --- Names ----------------------------------------------------------------

  template <typename Range, typename Name>
  static int find(const Range& range, std::string_view wanted, Name name) {
    for (size_t i = 0; i < range.size(); ++i)
      if (name(range[i]) == wanted) return static_cast<int>(i);
    return -1;
  }

  PointerId find_pointer(std::string_view name) const {
    return find(k_.pointers, name,
                [](const KernelPointer& p) { return p.name; });
  }

  VariableId find_variable(std::string_view name) const {
    return find(k_.variables, name, [](const std::string& v) { return v; });
  }

  VariableId new_variable() {
    const std::string name = take_name("the name of a variable");
    if (find_variable(name) >= 0 || find_pointer(name) >= 0) {
      fail("a name that is not taken yet");
      return 0;
    }
    k_.variables.push_back(name);
    return static_cast<VariableId>(k_.variables.size() - 1);
  }

  // A register that is read must exist; verify_kernel says whether it has a
  // value there.
  RegisterId take_register() {
    const std::string_view token = token_;
    if (token.size() < 2 || (token[0] != '%' && token[0] != '$')) {
      fail("a register");
      return 0;
    }
    for (size_t i = 0; i < k_.registers.size(); ++i)
      if (k_.registers[i].name == token.substr(1) &&
          k_.registers[i].type.vector == (token[0] == '%')) {
        advance();
        return static_cast<RegisterId>(i);
      }
    fail("a register that was written before");
    return 0;
  }

  RegisterId result_register(std::string_view token, Lane lane) {
    const bool vector = token[0] == '%';
    const std::string_view name = token.substr(1);
    for (size_t i = 0; i < k_.registers.size(); ++i)
      if (k_.registers[i].name == name && k_.registers[i].type.vector == vector)
        return static_cast<RegisterId>(i);
    k_.registers.push_back(
        {std::string(name), {.lane = lane, .vector = vector}});
    return static_cast<RegisterId>(k_.registers.size() - 1);
  }

  // --- Indices --------------------------------------------------------------

  IndexId intern(KernelIndex node) {
    if (error_) return 0;
    k_.indices.push_back(node);
    return static_cast<IndexId>(k_.indices.size() - 1);
  }

  IndexId constant_index(int64_t value) { return intern({.constant = value}); }

  IndexId sum() {
    IndexId left = product();
    for (;;) {
      const IndexKind kind = token_ == "+" ? IndexKind::Add : IndexKind::Sub;
      if (!accept("+") && !accept("-")) return left;
      const IndexId right = product();
      left = intern({.kind = kind, .left = left, .right = right});
    }
  }

  IndexId product() {
    IndexId left = atom();
    for (;;) {
      const IndexKind kind = token_ == "*"   ? IndexKind::Mul
                             : token_ == "/" ? IndexKind::Div
                                             : IndexKind::Mod;
      if (!accept("*") && !accept("/") && !accept("mod")) return left;
      const IndexId right = atom();
      left = intern({.kind = kind, .left = left, .right = right});
    }
  }

  IndexId atom() {
    if (++depth_ > kDeepest) fail("at most 64 nested expressions");
    const IndexId id = plain_atom();
    --depth_;
    return id;
  }

  IndexId plain_atom() {
    if (accept("(")) {
      const IndexId id = sum();
      expect(")");
      return id;
    }
    if (accept("-")) return constant_index(-take_integer());
    if (!token_.empty() && is_digit(token_[0]))
      return constant_index(take_integer());
    if (token_ == "min" || token_ == "max") {
      const IndexKind kind = token_ == "min" ? IndexKind::Min : IndexKind::Max;
      advance();
      expect("(");
      const IndexId left = sum();
      expect(",");
      const IndexId right = sum();
      expect(")");
      return intern({.kind = kind, .left = left, .right = right});
    }
    const VariableId variable = find_variable(token_);
    if (variable < 0) {
      fail("a variable or a number");
      return 0;
    }
    advance();
    return intern({.kind = IndexKind::Variable, .variable = variable});
  }

  // --- Statements -----------------------------------------------------------

  void parameters() {
    expect("(");
    while (!error_ && !accept(")")) {
      if (!k_.pointers.empty() || k_.sizes > 0) expect(",");
      const std::string_view name = token_;
      const VariableId variable = new_variable();
      if (error_) return;
      if (const auto element = find_element(token_)) {
        advance();
        if (k_.sizes > 0) return fail("pointers before sizes");
        k_.variables.pop_back();
        k_.pointers.push_back({std::string(name), *element});
      }
      if (variable < static_cast<int>(k_.variables.size())) ++k_.sizes;
    }
  }

  std::vector<KernelStatement> block(int depth) {
    std::vector<KernelStatement> body;
    if (depth > kDeepest) fail("at most 64 nested blocks");
    expect("{");
    while (!error_ && !accept("}")) {
      if (token_.empty()) fail("'}'");
      body.push_back(statement(depth));
    }
    return body;
  }

  void place(KernelStatement& s) {
    s.pointer = find_pointer(token_);
    if (s.pointer < 0) return fail("the name of a pointer");
    advance();
    expect("[");
    s.index = sum();
    expect("]");
  }

  void access(KernelStatement& s) {
    if (accept("stride")) s.stride = sum();
    if (accept("lanes")) s.lanes = sum();
  }

  KernelStatement statement(int depth) {
    KernelStatement s;
    if (accept("store")) {
      s.kind = Kind::Store;
      place(s);
      expect(",");
      s.operands.push_back(take_register());
      access(s);
    } else if (accept("let")) {
      const VariableId variable = new_variable();
      expect("=");
      s.index = sum();
      s.variable = variable;
    } else if (accept("fetch")) {
      s.kind = Kind::Fetch;
      s.variable = new_variable();
      expect("=");
      place(s);
    } else if (accept("take")) {
      s.kind = Kind::Take;
      s.variable = new_variable();
      expect("=");
      s.operands.push_back(take_register());
    } else if (accept("for")) {
      s.kind = Kind::For;
      s.variable = new_variable();
      expect("=");
      s.index = sum();
      expect("..");
      s.limit = sum();
      expect("step");
      s.step = take_integer();
      s.body = block(depth + 1);
    } else if (accept("if")) {
      s.kind = Kind::If;
      s.index = sum();
      expect("<");
      s.limit = sum();
      s.body = block(depth + 1);
      if (accept("else")) s.otherwise = block(depth + 1);
    } else {
      assignment(s);
    }
    return s;
  }

  void assignment(KernelStatement& s) {
    const std::string_view target = token_;
    if (target.size() < 2 || (target[0] != '%' && target[0] != '$'))
      return fail("a statement");
    advance();
    expect("=");
    Lane lane = Lane::F32;
    if (accept("constant")) {
      s.kind = Kind::Constant;
      if (accept("i32")) lane = Lane::I32;
      if (accept("f64")) lane = Lane::F64;
      s.number = take_number();
    } else if (accept("iota")) {
      s.kind = Kind::Iota;
      lane = Lane::I32;
    } else if (token_ == "index" || token_ == "wide_index") {
      s.kind = Kind::Index;
      lane = token_ == "index" ? Lane::I32 : Lane::I64;
      advance();
      s.index = sum();
    } else if (token_ == "load" || token_ == "broadcast" || token_ == "wide") {
      const bool wide = token_ == "wide";
      s.kind = token_ == "broadcast" ? Kind::Broadcast : Kind::Load;
      advance();
      place(s);
      if (error_) return;
      if (s.kind == Kind::Load) access(s);
      const Element element = k_.pointers[s.pointer].element;
      lane = wide ? wide_lane_of(element) : lane_of(element);
    } else {
      lane = apply(s);
    }
    if (!error_) s.result = result_register(target, lane);
  }

  Lane apply(KernelStatement& s) {
    const KernelOpInfo* const info = find_kernel_op(token_);
    if (info == nullptr) {
      fail("an operation");
      return Lane::F32;
    }
    advance();
    s.kind = Kind::Apply;
    s.op = info->op;
    for (size_t i = 0; i < info->arity() && !error_; ++i) {
      if (i > 0) expect(",");
      s.operands.push_back(take_register());
    }
    if (error_ || s.operands.empty()) return Lane::F32;
    return result_type(info->op, k_.registers[s.operands.back()].type).lane;
  }

  std::string_view text_;
  std::string_view token_;
  size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  std::optional<Error> error_;
  VectorKernel k_;
};

}  // namespace

Result<VectorKernel> parse_kernel(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace hone::tensor
