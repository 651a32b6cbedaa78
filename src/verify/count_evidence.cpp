// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which functions the counted inputs reached, and what that is worth.
#include <fmt/format.h>

#include "verify/checker_state.h"

namespace hone::verify {

DifferentialChecker::State::Coverage DifferentialChecker::State::sum_coverage()
    const {
  const size_t count = plan.functions.size();
  Coverage coverage;
  coverage.inputs.assign(count, 0);
  coverage.reached_by.resize(count);
  coverage.blocks.assign(plan.block_count, false);
  for (const auto& [key, expected] : expectations) {
    ++coverage.inputs[key.first];
    const std::vector<uint64_t>& bits = expected.run().cover;
    const auto has = [&](uint32_t block) {
      return block / 64 < bits.size() && (bits[block / 64] >> block % 64 & 1);
    };
    for (uint32_t i = 0; i < count; ++i)
      if (i != key.first && has(plan.functions[i].first_block))
        ++coverage.reached_by[i][key.first];
    for (uint32_t block = 0; block < plan.block_count; ++block)
      if (has(block)) coverage.blocks[block] = true;
  }
  return coverage;
}

// An alias is the same code under another name: it is tested via the one that
// the original gives it to.
void DifferentialChecker::State::judge(uint32_t id, bool is_alias,
                                       const Coverage& coverage,
                                       FunctionVerdict& verdict) const {
  const PlannedFunction& planned = plan.functions[id];
  const int inputs = coverage.inputs[id];
  verdict.blocks = static_cast<int>(planned.block_count);
  for (uint32_t block = 0; block < planned.block_count; ++block)
    verdict.blocks_run += coverage.blocks[planned.first_block + block];
  uint32_t best = id;
  int most = 0;
  for (const auto& [caller, times] : coverage.reached_by[id])
    if (times > most) best = caller, most = times;
  if (is_alias && inputs >= kLeastInputs) best = id, most = inputs;
  if (!is_alias && inputs >= kLeastInputs) {
    verdict.evidence = Evidence::Tested;
    verdict.inputs = inputs;
  } else if (most > 0) {
    verdict.evidence = Evidence::TestedVia;
    verdict.inputs = most;
    verdict.via = plan.functions[best].name;
  } else {
    verdict.inputs = inputs;
    verdict.reason = planned.reason;
    if (verdict.reason.empty() && inputs > 0)
      verdict.reason = fmt::format("only {} inputs were defined", inputs);
    if (verdict.reason.empty() && reasons.contains(id))
      verdict.reason = reasons.at(id);
    if (verdict.reason.empty())
      verdict.reason = "it is not in the linked image";
  }
}

void DifferentialChecker::State::count_inputs() {
  std::map<std::string, uint32_t> ids;
  for (uint32_t i = 0; i < plan.functions.size(); ++i)
    ids[plan.functions[i].name] = i;
  std::map<std::string, std::string> aliases;
  for (const llvm::GlobalAlias& alias : module->aliases())
    if (const llvm::GlobalObject* object = alias.getAliaseeObject())
      aliases[symbol_name(alias.getName())] = symbol_name(object->getName());
  const Coverage coverage = sum_coverage();
  for (const ObjectFunction& function : stock.functions) {
    FunctionVerdict verdict{.name = function.name, .bytes = function.bytes};
    auto found = ids.find(function.name);
    const bool is_alias = found == ids.end() && aliases.contains(function.name);
    if (is_alias) found = ids.find(aliases.at(function.name));
    if (!baseline.unavailable_reason.empty())
      verdict.reason = baseline.unavailable_reason;
    else if (found == ids.end())
      verdict.reason = "the original has no function of this name";
    else
      judge(found->second, is_alias, coverage, verdict);
    baseline.functions.push_back(std::move(verdict));
  }
}

}  // namespace hone::verify
