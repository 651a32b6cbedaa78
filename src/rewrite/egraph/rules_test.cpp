// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every rule of the tables is proved by Z3.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <z3.h>

#include <set>

#include "rewrite/egraph/term_rules.h"

namespace hone::rewrite::egraph {
namespace {

// A pattern as SMT-LIB, and the sorts that its variables must have.
class Writer {
 public:
  Writer(const TermLanguage& language, const Rule& rule)
      : language_(language), rule_(rule) {
    sorts_.assign(rule.variables.size(), term::Sort::Int);
  }

  std::string write(const Pattern& pattern) {
    std::vector<std::string> made;
    for (const PatternNode& node : pattern.nodes) {
      made.push_back(write(pattern, node, made));
    }
    note(pattern, pattern.root, is_boolean(pattern.nodes[pattern.root]));
    return made[pattern.root];
  }
  std::string declarations() const {
    std::string text;
    for (size_t v = 0; v < sorts_.size(); ++v) {
      text +=
          fmt::format("(declare-const {} {})\n", rule_.variables[v].substr(1),
                      sorts_[v] == term::Sort::Bool ? "Bool" : "Int");
    }
    return text;
  }
  bool is_boolean(const PatternNode& node) const {
    if (node.kind != PatternNode::Kind::Variable) {
      return language_.is_boolean(node.op);
    }
    return sorts_[node.value] == term::Sort::Bool;
  }

 private:
  void note(const Pattern& pattern, uint32_t number, bool boolean) {
    const PatternNode& node = pattern.nodes[number];
    if (node.kind == PatternNode::Kind::Variable && boolean) {
      sorts_[node.value] = term::Sort::Bool;
    }
  }

  std::string write(const Pattern& pattern, const PatternNode& node,
                    const std::vector<std::string>& made) {
    if (node.kind == PatternNode::Kind::Variable) {
      return rule_.variables[node.value].substr(1);
    }
    if (node.kind == PatternNode::Kind::Literal) {
      if (node.op == language_.boolean()) return node.value ? "true" : "false";
      const int64_t value = TermLanguage::value_of(node.value);
      return value < 0 ? fmt::format("(- {})", -value)
                       : fmt::format("{}", value);
    }
    const std::string& name = language_.signature()[node.op].name;
    const bool bools =
        std::set<std::string>{"&&", "||", "!", "iff", "xor", "choose"}.contains(
            name);
    std::string text;
    for (size_t i = 0; i < node.arguments.size(); ++i) {
      note(pattern, node.arguments[i], bools || (i == 0 && name == "select"));
      text += " " + made[node.arguments[i]];
    }
    return "(" + smt_name(name) + text + ")";
  }

  static std::string smt_name(const std::string& name) {
    if (name == "/") return "ediv";
    if (name == "%") return "emod";
    if (name == "min") return "minimum";
    if (name == "max") return "maximum";
    if (name == "==" || name == "iff") return "=";
    if (name == "!=" || name == "xor") return "distinct";
    if (name == "&&") return "and";
    if (name == "||") return "or";
    if (name == "!") return "not";
    if (name == "select" || name == "choose") return "ite";
    return name;
  }

  const TermLanguage& language_;
  const Rule& rule_;
  std::vector<term::Sort> sorts_;
};

constexpr std::string_view kPrelude =
    "(define-fun ediv ((a Int) (b Int)) Int (ite (= b 0) 0 (div a b)))\n"
    "(define-fun emod ((a Int) (b Int)) Int (ite (= b 0) 0 (mod a b)))\n"
    "(define-fun minimum ((a Int) (b Int)) Int (ite (< a b) a b))\n"
    "(define-fun maximum ((a Int) (b Int)) Int (ite (< a b) b a))\n";

// "unsat", "sat" or "unknown".
std::string check(const std::string& query) {
  Z3_config config = Z3_mk_config();
  Z3_context context = Z3_mk_context(config);
  std::string answer = Z3_eval_smtlib2_string(context, query.c_str());
  Z3_del_context(context);
  Z3_del_config(config);
  return answer.substr(0, answer.find('\n'));
}

// Declarations and the condition; the negated rule.
struct Query {
  std::string known, goal;
};

Query parts_of(const TermLanguage& language, const Rule& rule) {
  Writer writer(language, rule);
  const std::string left = writer.write(rule.left);
  const std::string right = writer.write(rule.right);
  std::string condition;
  if (rule.condition) {
    condition = fmt::format("(assert {})\n", writer.write(*rule.condition));
  }
  return {"(set-option :rlimit 3000000)\n" + std::string(kPrelude) +
              writer.declarations() + condition,
          fmt::format("(assert (not (= {} {})))\n", left, right)};
}

std::string query_of(const TermLanguage& language, const Rule& rule) {
  const Query parts = parts_of(language, rule);
  return parts.known + parts.goal;
}

constexpr std::string_view kNames[] = {
#define HONE_REWRITE(name, text, hint) name,
#include "rewrite/egraph/rules_arithmetic.def"
#include "rewrite/egraph/rules_comparison.def"
#include "rewrite/egraph/rules_division.def"
#include "rewrite/egraph/rules_logic.def"
#include "rewrite/egraph/rules_minimum.def"
#undef HONE_REWRITE
};

TEST(TermRules, EveryRuleIsProvedByZ3) {
  const TermLanguage language;
  const auto rules = parse_term_rules(language);
  ASSERT_EQ(rules.size(), std::size(kNames));
  for (size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(rules[i].name, kNames[i]);
    std::string query = query_of(language, rules[i]);
    if (const std::string hint(term_rules()[i].hint); !hint.empty()) {
      const Query parts = parts_of(language, rules[i]);
      EXPECT_EQ(check(parts.known + "(assert (not " + hint + "))(check-sat)"),
                "unsat")
          << rules[i].name << ": the hint";
      query = parts.known + "(assert " + hint + ")\n" + parts.goal;
    }
    EXPECT_EQ(check(query + "(check-sat)"), "unsat") << rules[i].name << "\n"
                                                     << query;
  }
}

TEST(TermRules, AFalseRuleIsNotProved) {
  const TermLanguage language;
  const auto rule =
      parse_rule("false", "(/ (* ?a ?b) ?b) => ?a", language.signature(),
                 [&](std::string_view word) { return language.read(word); });
  ASSERT_TRUE(rule.ok());
  EXPECT_EQ(check(query_of(language, *rule) + "(check-sat)"), "sat");
}

}  // namespace
}  // namespace hone::rewrite::egraph
