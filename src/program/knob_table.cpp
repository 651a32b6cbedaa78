// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/knob_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::program {

namespace {

KnobInfo make_info(std::string_view name, std::string_view option,
                   std::string_view values, KnobStage stage, Tier tier,
                   std::string_view rule, std::string_view effect,
                   std::string_view sentence) {
  KnobInfo info{.name = name,
                .option = option,
                .values = {},
                .experimental_values = {},
                .stage = stage,
                .tier = tier,
                .rule = rule,
                .effect = effect,
                .sentence = sentence};
  for (size_t begin = 0;;) {
    const size_t end = values.find('|', begin);
    std::string_view value = values.substr(begin, end - begin);
    if (value.starts_with('?')) {
      value.remove_prefix(1);
      info.experimental_values.push_back(value);
    }
    info.values.push_back(value);
    if (end == std::string_view::npos) return info;
    begin = end + 1;
  }
}

}  // namespace

std::string_view knob_stage_name(KnobStage stage) {
  switch (stage) {
    case KnobStage::Pass:
      return "pass";
    case KnobStage::Codegen:
      return "codegen";
    case KnobStage::Both:
      return "both";
  }
  return "";
}

std::span<const KnobInfo> knobs() {
  static const std::vector<KnobInfo> table = {
#define HONE_KNOB(identifier, name, option, values, stage, tier, rule, effect, \
                  sentence)                                                    \
  make_info(name, option, values, KnobStage::stage, Tier::tier, #rule, effect, \
            sentence),
#include "program/knobs.def"
#undef HONE_KNOB
  };
  return table;
}

const KnobInfo* find_knob(std::string_view name) {
  for (const KnobInfo& knob : knobs())
    if (knob.name == name) return &knob;
  return nullptr;
}

Tier tier_of_value(const KnobInfo& knob, std::string_view value) {
  const auto& risky = knob.experimental_values;
  return std::find(risky.begin(), risky.end(), value) == risky.end()
             ? knob.tier
             : Tier::Experimental;
}

std::string option_text(const KnobInfo& knob, std::string_view value) {
  return value.empty() ? std::string(knob.option)
                       : fmt::format("{}={}", knob.option, value);
}

}  // namespace hone::program
