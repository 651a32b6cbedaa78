// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/c/print_c_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "codegen/c/print_c.h"

namespace hone::codegen {

using tensor::ElementType;
using tensor::Plan;
using tensor::PlanPlace;
using tensor::PlanStep;
using tensor::PlanTensor;

namespace {

std::string_view c_type(ElementType type) {
  switch (type) {
    case ElementType::I32:
      return "int32_t";
    case ElementType::I64:
      return "int64_t";
    case ElementType::Bool:
    case ElementType::U8:
      return "uint8_t";
    default:
      return "float";
  }
}

std::string shape_text(const PlanTensor& tensor) {
  std::string text = fmt::format("{} {}", c_type(tensor.type), tensor.name);
  for (const int64_t dim : tensor.dims) text += fmt::format("[{}]", dim);
  return text;
}

std::string header_text(const Plan& plan, const CModelOptions& options,
                        bool embeds) {
  std::string tensors;
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    tensors +=
        fmt::format(" *   inputs[{}]   {}\n", i, shape_text(plan.inputs[i]));
  for (size_t i = 0; i < plan.outputs.size(); ++i)
    tensors +=
        fmt::format(" *   outputs[{}]  {}\n", i, shape_text(plan.outputs[i]));
  return fmt::format(
      R"(/* Made by hone compile.
 *
{1} *
 * Tensors are dense and row-major. `memory` has {0}_MEMORY bytes, aligned to 8
 * or more, for one call at a time; what it holds does not matter.{2} */
#ifndef {0}_H
#define {0}_H

enum {{ {0}_MEMORY = {3} }};

void {0}_run({4}const void* const* inputs, void* const* outputs,
             void* memory);

#endif
)",
      options.name, tensors,
      embeds ? ""
             : fmt::format("\n * `weights` is the content of {}.weights, "
                           "aligned to 8 or more.",
                           options.name),
      plan.memory, embeds ? "" : "const void* weights, ");
}

// The bytes as words, so that numbers of 4 bytes need no particular order.
std::string weights_text(const std::string& bytes) {
  std::string text = fmt::format(
      "\nstatic const union {{\n  uint32_t words[{}];\n  int64_t aligned;\n}} "
      "weights = {{{{",
      bytes.size() / 4 + 1);
  for (size_t at = 0; at < bytes.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at,
                std::min<size_t>(4, bytes.size() - at));
    text += fmt::format("{}{}u,", at % 32 == 0 ? "\n    " : " ", word);
  }
  return text + "\n    0}};\n";
}

std::string place_text(const PlanPlace& place) {
  switch (place.space) {
    case PlanPlace::Space::Arena:
      return fmt::format("arena + {}", place.offset);
    case PlanPlace::Space::Weights:
      return fmt::format("constants + {}", place.offset);
    case PlanPlace::Space::Input:
      return fmt::format("(char*)inputs[{}] + {}", place.index, place.offset);
    case PlanPlace::Space::Output:
      return fmt::format("(char*)outputs[{}] + {}", place.index, place.offset);
    case PlanPlace::Space::Slots:
    case PlanPlace::Space::Region:
    case PlanPlace::Space::Value:
      break;  // refused before
  }
  return "";
}

std::string step_text(const PlanStep& step, const std::string& name) {
  std::string places, sizes;
  for (const PlanPlace& place : step.places)
    places += (places.empty() ? "" : ", ") + place_text(place);
  sizes = fmt::format("0, {}", step.tasks);
  for (const int64_t size : step.sizes) sizes += fmt::format(", {}", size);
  return fmt::format(
      "  {{ /* {0} */\n    void* const places[] = {{{1}}};\n"
      "    static const int64_t sizes[] = {{{2}}};\n"
      "    {3}_kernel{4}(places, sizes);\n  }}\n",
      step.node, places, sizes, name, step.kernel);
}

// No end of a comment within one.
std::string comment(std::string text) {
  for (size_t at = 0; (at = text.find("*/", at)) != std::string::npos;)
    text.replace(at, 2, "* /");
  return text;
}

}  // namespace

Result<CModel> print_c_model(const Plan& plan, const CModelOptions& options) {
  if (plan.has_values())
    return Error(ErrorKind::Unsupported,
                 "text, sequences, optionals and called operators need memory "
                 "that grows, which the C form does not have: compile to .so "
                 "or .a");
  if (plan.slots > 0)
    return Error(ErrorKind::Unsupported,
                 "sizes that are known only when the model runs need memory "
                 "that grows, which the C form does not have: give all sizes, "
                 "or compile to .so or .a");
  if (std::ranges::any_of(plan.steps, [](const PlanStep& step) {
        return step.kernel == PlanStep::kJump;
      }))
    return Error(ErrorKind::Unsupported,
                 "branches and loops have no C form yet: compile to .so or .a");
  const bool embeds = plan.weights.size() <= kMostEmbeddedWeights;
  std::vector<NamedKernel> kernels;
  for (size_t i = 0; i < plan.kernels.size(); ++i)
    kernels.push_back(
        {fmt::format("{}_kernel{}", options.name, i), plan.kernels[i]});
  CModel model = {.header = header_text(plan, options, embeds)};
  model.source =
      fmt::format("/* Made by hone compile: {} */\n#include \"{}.h\"\n\n",
                  comment(options.manifest), options.name);
  HONE_ASSIGN_OR_RETURN(const std::string code, print_c_file(kernels));
  model.source += code;
  if (embeds)
    model.source += weights_text(plan.weights);
  else
    model.weights = plan.weights;
  model.source += fmt::format(
      "\nvoid {}_run({}const void* const* inputs, void* const* outputs, void* "
      "memory) {{\n"
      "  char* const arena = memory;\n"
      "  char* const constants = (char*){};\n"
      "  (void)inputs;\n  (void)arena;\n  (void)constants;\n",
      options.name, embeds ? "" : "const void* weights, ",
      embeds ? "&weights" : "weights");
  for (PlanStep step : plan.steps) {
    step.node = comment(step.node);
    model.source += step_text(step, options.name);
  }
  model.source += "}\n";
  return model;
}

}  // namespace hone::codegen
