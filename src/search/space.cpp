// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/space.h"

#include <algorithm>

#include "base/text.h"
#include "program/knob_table.h"
#include "program/pass_table.h"

namespace hone::search {

namespace {

struct OrderedKnob {
  std::string_view knob;
  std::string_view option;
  bool in_recipe;
};

struct OrderedVariant {
  std::string_view attributes;
  std::string_view late_pipeline;
  std::string_view options;
};

constexpr OrderedVariant kVariants[] = {
#define HONE_VARIANT(attributes, late_pipeline, options) \
  {attributes, late_pipeline, options},
#include "search/order.def"
};

constexpr OrderedKnob kKnobs[] = {
#define HONE_KNOB_CHOICE(knob, option, in_recipe) {knob, option, in_recipe},
#include "search/order.def"
};

program::Attributes parse_attributes(std::string_view text) {
  program::Attributes attributes;
  if (text.empty()) return attributes;
  for (const std::string& setting : split(text, ';')) {
    const size_t equals = setting.find('=');
    attributes[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return attributes;
}

// "-tail-merge-size" of "-tail-merge-size=2".
std::string_view option_name(std::string_view option) {
  return option.substr(0, option.find('='));
}

void set_option(std::vector<std::string>& options, const std::string& option) {
  std::erase_if(options, [&](const std::string& other) {
    return option_name(other) == option_name(option);
  });
  options.push_back(option);
  std::sort(options.begin(), options.end());
}

}  // namespace

Result<Space> make_space(const env::Subject& subject, program::Tier tier,
                         std::string_view stock_pipeline_text) {
  Space space;
  HONE_ASSIGN_OR_RETURN(space.stock_pipeline,
                        program::parse_pipeline(stock_pipeline_text));
  const bool is_x86 = subject.mode.triple.starts_with("x86_64");
  for (const OrderedVariant& row : kVariants) {
    const Variant variant{.attributes = parse_attributes(row.attributes),
                          .late_pipeline = std::string(row.late_pipeline),
                          .codegen_options = split_blank(row.options)};
    // CPUs to tune for have x86's names, and so have some options.
    const bool names_x86 = variant.attributes.contains("tune-cpu") ||
                           row.options.find("-x86-") != std::string_view::npos;
    if ((is_x86 || !names_x86) &&
        (subject.can_splice || variant.attributes_only()))
      space.variants.push_back(variant);
  }
  for (const OrderedKnob& row : kKnobs) {
    const program::KnobInfo* knob = program::find_knob(row.knob);
    HONE_CHECK(knob != nullptr);
    if (knob->tier == program::Tier::Experimental &&
        tier == program::Tier::Stable)
      continue;
    if (subject.unsafe_knobs.contains(std::string(row.knob))) continue;
    space.knobs.push_back(
        {.knob = std::string(row.knob),
         .option = std::string(row.option),
         .for_passes = knob->stage == program::KnobStage::Pass,
         .in_recipe = row.in_recipe});
  }
  for (const program::PassInfo& pass : program::passes()) {
    if (pass.tier == program::Tier::Experimental &&
        tier == program::Tier::Stable)
      continue;
    for (const std::string_view parameters : pass.parameters)
      if (tier == program::Tier::Experimental ||
          program::tier_of(pass, parameters) == program::Tier::Stable)
        space.passes.push_back({.name = std::string(pass.name),
                                .parameters = std::string(parameters),
                                .has_parameters = !parameters.empty(),
                                .is_adaptor = false,
                                .children = {}});
  }
  return space;
}

program::Recipe with_knob(program::Recipe recipe, const KnobChoice& choice) {
  set_option(choice.for_passes ? recipe.pass_options : recipe.codegen_options,
             choice.option);
  return recipe;
}

program::Alternative alternative_of(const Variant& variant,
                                    const env::Evaluation& state) {
  program::Alternative alternative{
      .late_pipeline = variant.late_pipeline,
      .codegen_options = variant.codegen_options};
  for (const program::FunctionFacts& function : state.functions) {
    program::Attributes attributes = variant.attributes;
    for (const std::string& unsafe : function.unsafe_attributes) {
      const size_t equals = unsafe.find('=');
      const auto found = attributes.find(unsafe.substr(0, equals));
      if (found != attributes.end() &&
          found->second == unsafe.substr(equals + 1))
        attributes.erase(found);
    }
    if (!attributes.empty())
      alternative.attributes.emplace(function.name, std::move(attributes));
  }
  return alternative;
}

program::Recipe with_variant(program::Recipe recipe, const Variant& variant,
                             const env::Evaluation& state) {
  const program::Alternative alternative = alternative_of(variant, state);
  program::Recipe changed = program::recipe_of(recipe, alternative);
  // Options of the base that the variant does not name stay.
  changed.codegen_options = recipe.codegen_options;
  for (const std::string& option : variant.codegen_options)
    set_option(changed.codegen_options, option);
  return changed;
}

}  // namespace hone::search
