// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "rewrite/rules/rule.h"

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

Answer check_rules(const Options& o) {
  Answer out;
  Json list = Json::array();
  int64_t wrong = 0, applied = 0;
  const auto rules = chosen(o);
  for (const RuleInfo* rule : rules) {
    const rewrite::RuleCheck check = rewrite::check_rule(
        *rule, static_cast<int>(o.samples), static_cast<uint64_t>(o.seed));
    applied += check.applied;
    Json json = {{"name", rule->name}, {"samples", check.applied}};
    if (!check.counterexample.empty()) {
      ++wrong;
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
  out.json = {{"rules", list}, {"wrong", wrong}};
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
      "them by the reference evaluator on random values. (Before a version is "
      "made, every rule is also proved by Z3.) The two sides of a rule are "
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
    return options->what.front() == "list" ? list_rules(*options)
                                           : check_rules(*options);
  };
  return command;
}

}  // namespace hone::cli
