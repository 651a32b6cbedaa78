// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

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

struct PipelineEdit {
  std::string_view from;
  std::string_view to;
};

constexpr PipelineEdit kEdits[] = {
#define HONE_PIPELINE_EDIT(from, to) {from, to},
#include "search/order.def"
};

struct OrderedVariant {
  bool on_recipe;
  std::string_view attributes;
  std::string_view late_pipeline;
  std::string_view options;
};

constexpr OrderedVariant kVariants[] = {
#define HONE_VARIANT(on_recipe, attributes, late_pipeline, options) \
  {on_recipe, attributes, late_pipeline, options},
#include "search/order.def"
};

constexpr std::string_view kSlowInLoops[] = {
#define HONE_SLOW_IN_LOOPS(setting) setting,
#include "search/order.def"
};

constexpr std::string_view kSlowInInterpreters[] = {
#define HONE_SLOW_IN_INTERPRETERS(option) option,
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

void unset_option(std::vector<std::string>& options, std::string_view option) {
  std::erase_if(options, [&](const std::string& other) {
    return option_name(other) == option_name(option);
  });
}

void set_option(std::vector<std::string>& options, const std::string& option) {
  unset_option(options, option);
  options.push_back(option);
  std::sort(options.begin(), options.end());
}

bool is_listed(std::span<const std::string_view> list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool is_slow_in_loops(const Variant& variant) {
  const auto is_slow = [](const std::string& setting) {
    return is_listed(kSlowInLoops, setting);
  };
  return std::any_of(variant.codegen_options.begin(),
                     variant.codegen_options.end(), is_slow) ||
         std::any_of(variant.attributes.begin(), variant.attributes.end(),
                     [&](const auto& attribute) {
                       return is_slow(attribute.first + "=" + attribute.second);
                     });
}

}  // namespace

std::string replace_all(std::string text, std::string_view from,
                        std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

namespace {

bool is_unsafe(const program::FunctionFacts& function, std::string_view name,
               std::string_view value) {
  const std::string setting = fmt::format("{}={}", name, value);
  return std::find(function.unsafe_attributes.begin(),
                   function.unsafe_attributes.end(),
                   setting) != function.unsafe_attributes.end();
}

program::Recipe make_fixed_recipe(const Space& space,
                                  const env::Evaluation& stock,
                                  std::string_view stock_pipeline_text) {
  program::Recipe recipe;
  std::string pipeline(stock_pipeline_text);
  for (const PipelineEdit& edit : kEdits)
    pipeline = replace_all(std::move(pipeline), edit.from, edit.to);
  recipe.stages = {{pipeline}};
  for (const KnobChoice& choice : space.knobs)
    if (choice.in_recipe) recipe = with_knob(std::move(recipe), choice);
  for (const program::FunctionFacts& function : stock.functions) {
    const bool tiny = function.instructions < kTinyFunction;
    const auto [name, value] = tiny ? std::pair("codegen", "optsize")
                                    : std::pair("frame-pointer", "non-leaf");
    if (!is_unsafe(function, name, value))
      recipe.attributes[function.name][name] = value;
  }
  return recipe;
}

}  // namespace

void add_passes(Space& space, program::Tier tier) {
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
}

Result<Space> make_space(const env::Subject& subject,
                         const env::Evaluation& stock, program::Tier tier,
                         std::string_view stock_pipeline_text) {
  Space space;
  HONE_ASSIGN_OR_RETURN(space.stock_pipeline,
                        program::parse_pipeline(stock_pipeline_text));
  const bool is_x86 = subject.mode.triple.starts_with("x86_64");
  for (const OrderedVariant& row : kVariants) {
    Variant variant{.attributes = parse_attributes(row.attributes),
                    .on_recipe = row.on_recipe,
                    .late_pipeline = std::string(row.late_pipeline),
                    .codegen_options = split_blank(row.options)};
    variant.slow_in_loops = is_slow_in_loops(variant);
    // CPUs to tune for have x86's names, and so have some options.
    const bool names_x86 = variant.attributes.contains("tune-cpu") ||
                           row.options.find("-x86-") != std::string_view::npos;
    if (!is_x86 && names_x86) continue;
    if (subject.can_splice) {
      space.variants.push_back(variant);
      continue;
    }
    // What remains of it without splicing, once.
    Variant plain{.attributes = variant.attributes, .on_recipe = true};
    plain.slow_in_loops = is_slow_in_loops(plain);
    const bool known = std::any_of(
        space.variants.begin(), space.variants.end(),
        [&](const Variant& v) { return v.attributes == plain.attributes; });
    if (!known) space.variants.push_back(plain);
  }
  const bool is_interpreter = std::any_of(
      stock.functions.begin(), stock.functions.end(),
      [](const auto& function) { return function.has_indirect_branch; });
  for (const OrderedKnob& row : kKnobs) {
    if (is_interpreter && is_listed(kSlowInInterpreters, row.option)) continue;
    const program::KnobInfo* knob = program::find_knob(row.knob);
    HONE_CHECK(knob != nullptr);
    if (knob->tier == program::Tier::Experimental &&
        tier == program::Tier::Stable)
      continue;
    if (subject.unsafe_knobs.contains(std::string(row.knob))) continue;
    space.knobs.push_back(
        {.knob = std::string(row.knob),
         .option = std::string(row.option),
         .for_passes = knob->stage != program::KnobStage::Codegen,
         .for_codegen = knob->stage != program::KnobStage::Pass,
         .in_recipe = row.in_recipe});
  }
  add_passes(space, tier);
  space.fixed = make_fixed_recipe(space, stock, stock_pipeline_text);
  return space;
}

program::Recipe without_knob(program::Recipe recipe, std::string_view option) {
  unset_option(recipe.pass_options, option);
  unset_option(recipe.codegen_options, option);
  return recipe;
}

program::Recipe with_knob(program::Recipe recipe, const KnobChoice& choice) {
  if (choice.for_passes) set_option(recipe.pass_options, choice.option);
  if (choice.for_codegen) set_option(recipe.codegen_options, choice.option);
  return recipe;
}

program::Alternative alternative_of(const Variant& variant, const Space& space,
                                    const env::Evaluation& state) {
  program::Alternative alternative{.late_pipeline = variant.late_pipeline};
  if (variant.on_recipe)
    alternative.codegen_options = space.fixed.codegen_options;
  for (const std::string& option : variant.codegen_options) {
    if (option.starts_with('!'))
      unset_option(alternative.codegen_options, option.substr(1));
    else
      set_option(alternative.codegen_options, option);
  }
  for (const program::FunctionFacts& function : state.functions) {
    program::Attributes attributes = variant.attributes;
    std::erase_if(attributes, [&](const auto& setting) {
      return is_unsafe(function, setting.first, setting.second);
    });
    if (!attributes.empty())
      alternative.attributes.emplace(function.name, std::move(attributes));
  }
  return alternative;
}

program::Recipe with_variant(program::Recipe recipe, const Variant& variant,
                             const Space& space, const env::Evaluation& state) {
  return program::recipe_of(recipe, alternative_of(variant, space, state));
}

}  // namespace hone::search
