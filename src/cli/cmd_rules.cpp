// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "rewrite/rules/rule.h"
#include "term/smtlib/smtlib.h"
#include "toolkit/z3.h"

namespace hone::cli {

namespace {

using rewrite::RuleInfo;

constexpr int kNo = 1;

struct Options {
  std::vector<std::string> what;
  std::string family = "all";
  int64_t samples = 2000;
  int64_t seed = 1;
};

constexpr std::string_view kFamilies[] = {"all",       "bound",   "comparison",
                                          "logic",     "minimum", "quotient",
                                          "remainder", "sum"};

std::vector<const RuleInfo*> chosen(const Options& o) {
  std::vector<const RuleInfo*> chosen;
  for (const RuleInfo& rule : rewrite::rules())
    if (o.family == "all" || rule.family == o.family) chosen.push_back(&rule);
  return chosen;
}

Answer list_rules(const Options& o) {
  Answer out;
  Json list = Json::array();
  for (const RuleInfo* rule : chosen(o)) {
    out.text +=
        fmt::format("{}: {} -> {}", rule->name, rule->left, rule->right);
    if (rule->condition != "true")
      out.text += fmt::format("  where {}", rule->condition);
    out.text += "\n";
    list.push_back({{"name", rule->name},
                    {"family", rule->family},
                    {"left", rule->left},
                    {"right", rule->right},
                    {"condition", rule->condition}});
  }
  out.json = {{"rules", list}};
  return out;
}

// Whether Z3 finds no values under which the sides differ, of each rule.
Result<std::vector<std::optional<bool>>> ask_z3(
    std::span<const RuleInfo* const> rules) {
  std::vector<std::string> scripts;
  for (const RuleInfo* rule : rules) {
    term::Context terms;
    HONE_ASSIGN_OR_RETURN(const rewrite::RuleTerms parsed,
                          rewrite::parse_rule(terms, *rule));
    const term::Term equal =
        terms.make(term::Op::Eq, parsed.left, parsed.right);
    scripts.push_back(
        term::print_smtlib(terms, std::span(&parsed.condition, 1), equal));
  }
  return toolkit::ask_z3_all(scripts);
}

Result<Answer> check_rules(const Options& o) {
  Answer out;
  Json list = Json::array();
  int64_t wrong = 0, applied = 0;
  const auto rules = chosen(o);
  const bool with_z3 = toolkit::has_z3();
  std::vector<std::optional<bool>> proved(rules.size());
  if (with_z3) {
    HONE_ASSIGN_OR_RETURN(proved, ask_z3(rules));
  }
  int64_t by_z3 = 0;
  for (size_t i = 0; i < rules.size(); ++i) {
    const RuleInfo* rule = rules[i];
    const rewrite::RuleCheck check = rewrite::check_rule(
        *rule, static_cast<int>(o.samples), static_cast<uint64_t>(o.seed));
    applied += check.applied;
    Json json = {{"name", rule->name}, {"samples", check.applied}};
    if (with_z3)
      json["z3"] = !proved[i] ? "open" : *proved[i] ? "proved" : "refuted";
    by_z3 += proved[i] == true;
    const bool refuted = proved[i] == false;
    wrong += refuted || !check.counterexample.empty();
    if (refuted) out.text += fmt::format("{} is refuted by z3\n", rule->name);
    if (!check.counterexample.empty()) {
      json["counterexample"] = check.counterexample;
      out.text += fmt::format("{} does not hold where {}\n", rule->name,
                              check.counterexample);
    }
    list.push_back(std::move(json));
  }
  out.text += fmt::format(
      "{} rules, {} of them wrong; {} samples met their "
      "conditions\n",
      rules.size(), wrong, with_thousands(applied));
  out.text += with_z3 ? fmt::format(
                            "z3 proves {} of them again, without their "
                            "hints\n",
                            by_z3)
                      : "no z3 is installed to prove them again\n";
  out.json = {{"rules", list}, {"wrong", wrong}};
  if (with_z3) out.json["proved_by_z3"] = by_z3;
  out.exit_code = wrong > 0 ? kNo : 0;
  return out;
}

}  // namespace

Subcommand make_rules() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Lists the rules that hone simplify and hone prove rewrite by, or checks "
      "them by the reference evaluator on random values, and by Z3 where the "
      "program z3 is installed. (Before a version is made, every rule is "
      "proved "
      "by Z3, with hints where it needs some.) The two sides of a rule are "
      "equal wherever its condition holds; c0, c1, … stand for numbers, p, q "
      "and r for what is true or false, other names for integers.";
  command.flags.arguments = {{.name = "ACTION",
                              .sentence = "What to do.",
                              .target = &o.what,
                              .choices = {"check", "list"}}};
  command.flags.flags = {
      {.name = "family",
       .value = "NAME",
       .sentence = "Only the rules of one table.",
       .target = &o.family,
       .choices = {std::begin(kFamilies), std::end(kFamilies)}},
      {.name = "samples",
       .value = "N",
       .sentence = "How many values to draw for each rule.",
       .target = &o.samples,
       .least = 1},
      {.name = "seed",
       .value = "N",
       .sentence = "Where the random numbers begin.",
       .target = &o.seed}};
  command.examples = {
      {"hone rules list --family quotient", "Lists the rules of division."},
      {"hone rules check", "Tries every rule on random values."}};
  command.run = [options](Console&) -> Result<Answer> {
    if (options->what.front() == "list") return list_rules(*options);
    return check_rules(*options);
  };
  return command;
}

}  // namespace hone::cli
