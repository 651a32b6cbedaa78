// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/generate_program.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"

namespace hone::env {

namespace {

enum class Kind { Narrow, Wide, Real };  // u32, u64, double

constexpr std::string_view kTypes[] = {"u32", "u64", "double"};
constexpr Kind kKinds[] = {Kind::Narrow, Kind::Narrow, Kind::Wide, Kind::Real};

std::string_view type_of(Kind kind) { return kTypes[static_cast<int>(kind)]; }

struct Variable {
  std::string name;
  Kind kind = Kind::Narrow;
  bool is_written = true;  // counters of loops are not
};

struct Array {
  std::string name;
  Kind kind = Kind::Narrow;
  unsigned size = 8;  // a power of two
};

struct Function {
  std::string name;
  Kind result = Kind::Narrow;
  std::vector<Kind> parameters;
  double work = 0;  // estimated operations of a call
};

// Estimated operations of one call of a function; a program makes a few calls.
constexpr double kMostWork = 200'000;

constexpr std::string_view kPrologue = R"c(typedef unsigned int u32;
typedef unsigned long long u64;
int printf(const char *, ...);
unsigned long long strtoull(const char *, char **, int);
#pragma STDC FP_CONTRACT OFF

static u64 checksum = 0x9e3779b97f4a7c15ull;
static void mix(u64 value) {
  checksum = (checksum ^ value) * 0x100000001b3ull;
  checksum ^= checksum >> 29;
}
static u64 whole(double value) {
  if (!(value > -1e15 && value < 1e15)) return 0x5eedull;
  return (u64)(long long)value;
}

)c";

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::string program(uint64_t seed) {
    text_ = fmt::format("// generator://hone/{}\n", seed);
    text_ += kPrologue;
    const uint64_t arrays = 2 + random_.below(4);
    for (uint64_t i = 0; i < arrays; ++i) {
      globals_.push_back({.name = fmt::format("table{}", i),
                          .kind = pick(kKinds),
                          .size = 8u << random_.below(4)});
      text_ += fmt::format("static {} {}[{}];\n", type_of(globals_[i].kind),
                           globals_[i].name, globals_[i].size);
    }
    text_ += "\n";
    const uint64_t functions = 3 + random_.below(8);
    for (uint64_t i = 0; i < functions; ++i) write_function(i);
    write_main();
    return std::move(text_);
  }

 private:
  // --- Text

  void line(std::string_view words) {
    text_.append(static_cast<size_t>(2 * depth_), ' ');
    text_ += words;
    text_ += '\n';
  }

  template <typename T, size_t N>
  const T& pick(const T (&table)[N]) {
    return table[random_.below(N)];
  }

  std::string fresh(std::string_view prefix) {
    return fmt::format("{}{}", prefix, next_name_++);
  }

  // --- Expressions

  std::string constant(Kind kind) {
    if (kind == Kind::Real)
      return fmt::format("{:.1f}",
                         static_cast<double>(random_.below(1000)) / 10);
    static constexpr uint64_t kBounds[] = {4, 16, 256, 65536, 4294967296};
    return fmt::format("{}{}", random_.below(pick(kBounds)),
                       kind == Kind::Wide ? "ull" : "u");
  }

  // The element of any array of that kind, or "" where there is none.
  std::string element(Kind kind, int depth) {
    std::vector<const Array*> fitting;
    for (const auto* list : {&globals_, &locals_})
      for (const Array& array : *list)
        if (array.kind == kind) fitting.push_back(&array);
    if (fitting.empty()) return "";
    const Array& array = *random_.pick(fitting);
    work_ += 2 * repeated_;
    return fmt::format("{}[({}) & {}u]", array.name,
                       expression(Kind::Narrow, depth - 1), array.size - 1);
  }

  std::string leaf(Kind kind, int depth) {
    std::vector<const Variable*> fitting;
    for (const Variable& variable : variables_)
      if (variable.kind == kind) fitting.push_back(&variable);
    if (depth > 0 && random_.chance(0.3)) {
      std::string found = element(kind, depth);
      if (!found.empty()) return found;
    }
    if (fitting.empty() || random_.chance(0.25)) return constant(kind);
    return random_.pick(fitting)->name;
  }

  std::string converted(Kind kind, int depth) {
    if (kind == Kind::Real)
      return fmt::format("(double)(int)({} & 65535u)",
                         expression(Kind::Narrow, depth - 1));
    if (random_.chance(0.3))
      return fmt::format("({})whole({})", type_of(kind),
                         expression(Kind::Real, depth - 1));
    return fmt::format(
        "({})({})", type_of(kind),
        expression(kind == Kind::Wide ? Kind::Narrow : Kind::Wide, depth - 1));
  }

  std::string arithmetic(Kind kind, int depth) {
    std::string left = expression(kind, depth - 1);
    std::string right = expression(kind, depth - 1);
    if (kind == Kind::Real) {
      static constexpr std::string_view kOperators[] = {"+", "-", "*", "/"};
      return fmt::format("({} {} {})", left, pick(kOperators), right);
    }
    static constexpr std::string_view kOperators[] = {
        "+", "-", "*", "&", "|", "^", "/", "%", "<<", ">>"};
    const std::string_view operation = pick(kOperators);
    if (operation == "/" || operation == "%") right += " | 1u";
    if (operation == "<<" || operation == ">>")
      right += kind == Kind::Wide ? " & 63u" : " & 31u";
    return fmt::format("({} {} ({}))", left, operation, right);
  }

  std::string comparison(int depth) {
    static constexpr std::string_view kOperators[] = {
        "<", ">", "<=", ">=", "==", "!="};
    const Kind kind = pick(kKinds);
    std::string left = expression(kind, depth - 1);
    const std::string_view operation = pick(kOperators);
    // As signed numbers now and then: the conversion wraps.
    const std::string_view sign =
        kind == Kind::Narrow && random_.chance(0.4) ? "(int)" : "";
    return fmt::format("{0}{1} {2} {0}{3}", sign, left, operation,
                       expression(kind, depth - 1));
  }

  std::string call(Kind kind, int depth) {
    std::vector<const Function*> fitting;
    for (const Function& function : functions_)
      if (function.result == kind &&
          work_ + function.work * repeated_ < kMostWork)
        fitting.push_back(&function);
    if (fitting.empty()) return leaf(kind, depth - 1);
    const Function& callee = *random_.pick(fitting);
    work_ += callee.work * repeated_;
    std::string words = callee.name + "(";
    for (size_t i = 0; i < callee.parameters.size(); ++i)
      words += (i == 0 ? "" : ", ") + expression(callee.parameters[i], 1);
    // In a statement of its own: C does not say which operand comes first, and
    // calls write what other operands read.
    std::string result = fresh("c");
    line(fmt::format("const {} {} = {});", type_of(kind), result, words));
    return result;
  }

  std::string expression(Kind kind, int depth) {
    work_ += repeated_;
    if (depth <= 0) return leaf(kind, 0);
    const uint64_t draw = random_.below(20);
    if (draw < 5) return leaf(kind, depth);
    if (draw < 14) return arithmetic(kind, depth);
    if (draw < 16) return converted(kind, depth);
    if (draw < 18) {
      const std::string condition = comparison(depth);
      const std::string yes = expression(kind, depth - 1);
      return fmt::format("({} ? {} : {})", condition, yes,
                         expression(kind, depth - 1));
    }
    return call(kind, depth);
  }

  // --- Statements

  void declare() {
    const Kind kind = pick(kKinds);
    const std::string value = expression(kind, 3);
    variables_.push_back({.name = fresh("v"), .kind = kind});
    line(fmt::format("{} {} = {};", type_of(kind), variables_.back().name,
                     value));
  }

  void assign() {
    std::vector<Variable*> fitting;
    for (Variable& variable : variables_)
      if (variable.is_written) fitting.push_back(&variable);
    if (fitting.empty()) return declare();
    const Variable& target = *random_.pick(fitting);
    static constexpr std::string_view kOperators[] = {"=", "=",
                                                      "+=", "-=", "*="};
    const std::string_view operation = pick(kOperators);
    line(fmt::format("{} {} {};", target.name, operation,
                     expression(target.kind, 3)));
  }

  void store() {
    const Kind kind = pick(kKinds);
    const std::string target = element(kind, 2);
    if (target.empty()) return assign();
    line(fmt::format("{} = {};", target, expression(kind, 3)));
  }

  void branch(int budget) {
    line(fmt::format("if ({}) {{", comparison(2)));
    block(budget);
    if (random_.chance(0.5)) {
      line("} else {");
      block(budget);
    }
    line("}");
  }

  void choose(int budget) {
    const uint64_t cases = 3 + random_.below(6);
    line(fmt::format("switch (({}) % {}u) {{", expression(Kind::Narrow, 2),
                     cases + 1));
    for (uint64_t i = 0; i < cases; ++i) {
      line(fmt::format("case {}u: {{", i));
      block(budget);
      line(random_.chance(0.8) ? "} break;" : "}  // and on to the next");
    }
    line("default: {");
    block(budget);
    line("} break;");
    line("}");
  }

  void loop(int budget) {
    const uint64_t trips = 2 + random_.below(30);
    if (work_ + repeated_ * static_cast<double>(trips) * 20 > kMostWork)
      return assign();
    const std::string counter = fresh("i");
    const size_t known = variables_.size();
    const double outer = repeated_;
    repeated_ *= static_cast<double>(trips);
    const bool is_while = random_.chance(0.3);
    const bool is_down = random_.chance(0.3);
    const uint64_t step = 1 + random_.below(3);
    if (is_while) {
      line(fmt::format("u32 {} = {}u;", counter, trips));
      line(fmt::format("while ({}-- > 0u) {{", counter));
    } else if (is_down) {
      line(fmt::format("for (u32 {0} = {1}u; {0} > 0u; --{0}) {{", counter,
                       trips));
    } else {
      line(fmt::format("for (u32 {0} = 0u; {0} < {1}u; {0} += {2}u) {{",
                       counter, trips * step, step));
    }
    variables_.push_back(
        {.name = counter, .kind = Kind::Narrow, .is_written = false});
    block(budget);
    ++depth_;
    if (random_.chance(0.3)) line(fmt::format("if ({}) break;", comparison(2)));
    --depth_;
    line("}");
    variables_.resize(known);
    repeated_ = outer;
  }

  void statement(int budget) {
    const uint64_t draw = random_.below(20);
    if (budget > 0 && draw < 4) return loop(budget - 1);
    if (budget > 0 && draw < 7) return branch(budget - 1);
    if (budget > 0 && draw < 8) return choose(budget - 1);
    if (draw < 11) return declare();
    if (draw < 14) return store();
    if (draw < 15)
      return line(fmt::format("mix({});", expression(Kind::Wide, 3)));
    assign();
  }

  void block(int budget) {
    const size_t known = variables_.size();
    ++depth_;
    const uint64_t statements = 1 + random_.below(4);
    for (uint64_t i = 0; i < statements; ++i) statement(budget);
    --depth_;
    variables_.resize(known);
  }

  // --- Functions

  void write_function(uint64_t number) {
    Function function{.name = fmt::format("work{}", number),
                      .result = pick(kKinds)};
    variables_.clear();
    locals_.clear();
    next_name_ = 0;
    work_ = 0;
    repeated_ = 1;
    const uint64_t parameters = 1 + random_.below(4);
    std::string header =
        fmt::format("static {} {}(", type_of(function.result), function.name);
    for (uint64_t i = 0; i < parameters; ++i) {
      function.parameters.push_back(pick(kKinds));
      variables_.push_back(
          {.name = fresh("p"), .kind = function.parameters.back()});
      header +=
          fmt::format("{}{} {}", i == 0 ? "" : ", ",
                      type_of(function.parameters[i]), variables_[i].name);
    }
    line(header + ") {");
    depth_ = 1;
    if (random_.chance(0.5)) {
      const Array local{.name = "local",
                        .kind = pick(kKinds),
                        .size = 4u << random_.below(3)};
      line(fmt::format("{} {}[{}] = {{0}};", type_of(local.kind), local.name,
                       local.size));
      locals_.push_back(local);
    }
    const uint64_t statements = 3 + random_.below(7);
    for (uint64_t i = 0; i < statements; ++i) statement(3);
    line(fmt::format("return {};", expression(function.result, 3)));
    depth_ = 0;
    line("}\n");
    function.work = work_ + 5;
    functions_.push_back(std::move(function));
  }

  void write_main() {
    line("int main(int argc, char **argv) {");
    depth_ = 1;
    line("u64 input = argc > 1 ? strtoull(argv[1], 0, 10) : 1ull;");
    for (const Array& array : globals_) {
      line(fmt::format("for (u32 i = 0u; i < {}u; ++i) {{", array.size));
      line(
          "  input = input * 6364136223846793005ull + 1442695040888963407ull;");
      line(fmt::format("  {}[i] = ({})({}(input >> 33));", array.name,
                       type_of(array.kind),
                       array.kind == Kind::Real ? "(double)(int)" : ""));
      line("}");
    }
    for (const Function& function : functions_) {
      std::string call = function.name + "(";
      for (size_t i = 0; i < function.parameters.size(); ++i)
        call += fmt::format("{}({})((input >> {}) & 1023u)", i == 0 ? "" : ", ",
                            type_of(function.parameters[i]), 5 * i + 7);
      call += ")";
      line(function.result == Kind::Real ? fmt::format("mix(whole({}));", call)
                                         : fmt::format("mix({});", call));
    }
    for (const Array& array : globals_)
      line(fmt::format("for (u32 i = 0u; i < {}u; ++i) mix({}({}[i]));",
                       array.size, array.kind == Kind::Real ? "whole" : "",
                       array.name));
    line("printf(\"%016llx\\n\", checksum);");
    line("return 0;");
    depth_ = 0;
    line("}");
  }

  Random random_;
  std::string text_;
  int depth_ = 0;
  int next_name_ = 0;
  std::vector<Array> globals_;
  std::vector<Array> locals_;
  std::vector<Function> functions_;
  std::vector<Variable> variables_;  // in scope
  double work_ = 0;                  // of the function so far
  double repeated_ = 1;              // how often the statement at hand runs
};

}  // namespace

std::string generate_program(uint64_t seed) {
  return Writer(seed).program(seed);
}

}  // namespace hone::env
