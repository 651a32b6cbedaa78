// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/module_action.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "program/attribute_table.h"
#include "program/knob_table.h"

namespace hone::env {

namespace {

constexpr std::string_view kKnob = "knob:";

Result<ModuleAction> parse_knob(std::string_view text,
                                const ActionContext& context) {
  const size_t equals = std::min(text.find('='), text.size());
  const program::KnobInfo* knob = program::find_knob(text.substr(0, equals));
  const std::string_view value =
      equals == text.size() ? std::string_view() : text.substr(equals + 1);
  if (knob == nullptr || knob->stage != program::KnobStage::Codegen ||
      std::find(knob->values.begin(), knob->values.end(), value) ==
          knob->values.end())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no option of the code generator with a "
                             "value of the table; see docs/reference/knobs.md",
                             text));
  const auto unsafe = context.unsafe_knobs.find(std::string(knob->name));
  if (unsafe != context.unsafe_knobs.end())
    return Error(
        ErrorKind::Unsupported,
        fmt::format("'{}' is not safe here: {}", knob->name, unsafe->second));
  return ModuleAction{.kind = ModuleAction::Kind::Knob,
                      .name = std::string(knob->name),
                      .value = std::string(value)};
}

// "main" or, for "#3", the fourth function; empty where there are fewer.
std::string function_named(std::string_view text,
                           const ActionContext& context) {
  if (!text.starts_with('#')) return std::string(text);
  size_t index = 0;
  const auto [end, error] =
      std::from_chars(text.data() + 1, text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size())
    return std::string(text);
  return index < context.functions.size() ? context.functions[index] : "";
}

// Of the benchmark, or made by a pass since.
Status check_function(const std::string& name, const ActionContext& context,
                      const program::Module& module) {
  const std::vector<std::string>& known = context.functions;
  if (name.empty() || std::ranges::find(known, name) != known.end()) return {};
  for (const program::FunctionFacts& facts : module.functions())
    if (facts.name == name) return {};
  return Error(ErrorKind::InvalidArgument,
               fmt::format("no function '{}' has a body here{}", name,
                           did_you_mean(name, known)));
}

Result<bool> set_attribute(const ModuleAction& action,
                           program::Module& module) {
  const std::string setting = action.name + "=" + action.value;
  for (const program::FunctionFacts& facts : module.functions()) {
    if (facts.name != action.function) continue;
    if (std::find(facts.unsafe_attributes.begin(),
                  facts.unsafe_attributes.end(),
                  setting) != facts.unsafe_attributes.end())
      return Error(
          ErrorKind::Unsupported,
          fmt::format("'{}' is not safe for {}", setting, action.function));
    const Hash128 before = module.hash();
    HONE_RETURN_IF_ERROR(module.set_attributes(
        {{action.function, {{action.name, action.value}}}}));
    return module.hash() != before;
  }
  return false;
}

}  // namespace

ActionContext read_context(const program::Module& unoptimised) {
  ActionContext context{.unsafe_knobs = unoptimised.unsafe_knobs()};
  for (const program::FunctionFacts& facts : unoptimised.functions())
    context.functions.push_back(facts.name);
  return context;
}

Result<ModuleAction> parse_module_action(std::string_view text,
                                         const ActionContext& context) {
  using Kind = ModuleAction::Kind;
  // An episode's line has blanks between its actions.
  if (text.find_first_of(" \t\r\n") != std::string_view::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no action: it has a blank; a function "
                             "can be named by its number, @#0",
                             text));
  if (text.starts_with(kKnob))
    return parse_knob(text.substr(kKnob.size()), context);
  if (!text.starts_with('@'))
    return ModuleAction{.kind = Kind::Pipeline, .name = std::string(text)};
  // Names of functions may hold colons; what follows one holds none.
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no action; expected @FUNCTION:PIPELINE "
                             "or @FUNCTION:ATTRIBUTE=VALUE",
                             text));
  ModuleAction action{
      .kind = Kind::OnFunction,
      .function = function_named(text.substr(1, colon - 1), context),
      .name = std::string(text.substr(colon + 1))};
  const size_t equals = action.name.find('=');
  if (equals == std::string::npos || action.name.find('(') < equals ||
      action.name.find('<') < equals)
    return action;
  action.kind = Kind::Attribute;
  action.value = action.name.substr(equals + 1);
  action.name.resize(equals);
  if (program::find_attribute(action.name, action.value) == nullptr)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("no attribute '{}={}'; see "
                             "docs/reference/attributes.md",
                             action.name, action.value));
  return action;
}

Result<bool> apply(const ModuleAction& action, const ActionContext& context,
                   program::Module& module, program::PassRunner& runner) {
  HONE_RETURN_IF_ERROR(check_function(action.function, context, module));
  switch (action.kind) {
    case ModuleAction::Kind::Pipeline:
      return runner.step(module, action.name);
    case ModuleAction::Kind::OnFunction:
      return runner.step_on(module, action.function, action.name);
    case ModuleAction::Kind::Attribute:
      return set_attribute(action, module);
    case ModuleAction::Kind::Knob:
      return false;
  }
  return false;
}

std::string option_of(const ModuleAction& knob) {
  return program::option_text(*program::find_knob(knob.name), knob.value);
}

}  // namespace hone::env
