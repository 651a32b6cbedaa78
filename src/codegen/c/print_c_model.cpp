// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/c/print_c_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "codegen/c/print_c.h"
#include "codegen/c/print_c_run.h"
#include "tensor/plan/planner.h"

namespace hone::codegen {

using tensor::ElementType;
using tensor::Plan;
using tensor::PlanTensor;

namespace {

std::string_view c_type(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return "float";
    case ElementType::F64:
      return "double";
    case ElementType::I8:
      return "int8_t";
    case ElementType::I16:
      return "int16_t";
    case ElementType::I32:
      return "int32_t";
    case ElementType::I64:
      return "int64_t";
    case ElementType::U32:
      return "uint32_t";
    case ElementType::U64:
      return "uint64_t";
    case ElementType::BF16:
    case ElementType::F16:
    case ElementType::U16:
      return "uint16_t";
    default:
      return "uint8_t";
  }
}

// Where the element is not the C type itself.
std::string kind_text(ElementType type) {
  switch (type) {
    case ElementType::F32:
    case ElementType::F64:
    case ElementType::I8:
    case ElementType::I16:
    case ElementType::I32:
    case ElementType::I64:
    case ElementType::U8:
    case ElementType::U16:
    case ElementType::U32:
    case ElementType::U64:
      return "";
    default:
      return fmt::format(" of {}, {} bits each", element_name(type),
                         tensor::stored_bits(type));
  }
}

// Slots that are sizes of inputs get letters there; others are "?".
std::string shape_text(const PlanTensor& tensor) {
  std::string text = fmt::format("{} {}", c_type(tensor.type), tensor.name);
  for (const int64_t dim : tensor.dims)
    text += tensor::is_slot(dim) ? fmt::format("[s{}]", tensor::slot_of(dim))
                                 : fmt::format("[{}]", dim);
  return comment(text + kind_text(tensor.type));
}

std::string parameters_text(const Plan& plan, bool embeds) {
  std::string text = embeds ? "" : "const void* weights, ";
  if (!is_open(plan))
    return text +
           "const void* const* inputs, void* const* outputs, void* memory";
  return text +
         "const void* const* inputs, const int64_t* const* input_sizes, "
         "void* const* outputs, int64_t* const* output_sizes, "
         "const int64_t* output_bytes, void* memory, int64_t memory_bytes";
}

constexpr std::string_view kOpenNote = R"(
 *
 * Sizes that are written s0, s1, ... are known only now: equal ones must be
 * equal. input_sizes[i] are those of inputs[i], output_sizes[i] gets those of
 * outputs[i], which has room for output_bytes[i] bytes. `memory_bytes` is at
 * least @_MEMORY; what is made of open sizes stands behind that.)";

std::string header_text(const Plan& plan, const CModelOptions& options,
                        bool embeds) {
  std::string tensors;
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    tensors +=
        fmt::format(" *   inputs[{}]   {}\n", i, shape_text(plan.inputs[i]));
  for (size_t i = 0; i < plan.outputs.size(); ++i)
    tensors +=
        fmt::format(" *   outputs[{}]  {}\n", i, shape_text(plan.outputs[i]));
  std::string note;
  if (is_open(plan)) {
    note = kOpenNote;
    note.replace(note.find('@'), 1, options.name);
  }
  if (!embeds)
    note += fmt::format(
        "\n * `weights` is the content of {}.weights, aligned to 8 or more.",
        options.name);
  return fmt::format(
      R"(/* Made by hone compile.
 *
{1} *
 * Tensors are dense and row-major. `memory` has {0}_MEMORY bytes, aligned to 8
 * or more, for one call at a time; what it holds does not matter.{2}
 *
 * Gives {0}_DONE, or why there is no result. */
#ifndef {0}_H
#define {0}_H

#include <stdint.h>

#define {0}_MEMORY {3}

enum {{
  {0}_DONE = 0,
  {0}_WRONG_SIZES = 1, /* they contradict each other or the model */
  {0}_NO_MEMORY = 2,   /* memory_bytes are too few */
  {0}_TOO_SMALL = 3    /* so is an output; all output_sizes are right */
}};

int {0}_run({4});

#endif
)",
      options.name, tensors, note, plan.memory, parameters_text(plan, embeds));
}

// The bytes as words, so that numbers of 4 bytes need no particular order.
std::string weights_text(const std::string& bytes) {
  std::string text = fmt::format(
      "\nstatic const union {{\n  uint32_t words[{}];\n  int64_t aligned;\n}} "
      "weights = {{{{",
      (bytes.size() + 3) / 4 + 1);
  for (size_t at = 0; at < bytes.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at,
                std::min<size_t>(4, bytes.size() - at));
    text += fmt::format("{}{}u,", at % 32 == 0 ? "\n    " : " ", word);
  }
  return text + "\n    0}};\n";
}

}  // namespace

CModel print_c_model(const Plan& plan, const CModelOptions& options) {
  const bool embeds = plan.weights.size() <= kMostEmbeddedWeights;
  std::vector<NamedKernel> kernels;
  for (size_t i = 0; i < plan.kernels.size(); ++i)
    kernels.push_back(
        {fmt::format("{}_kernel{}", options.name, i), plan.kernels[i]});
  CModel model = {.header = header_text(plan, options, embeds)};
  model.source =
      fmt::format("/* Made by hone compile: {} */\n#include \"{}.h\"\n\n",
                  comment(options.manifest), options.name);
  model.source += print_c_file(kernels);
  if (plan.slots > 0) model.source += open_preamble();
  if (embeds)
    model.source += weights_text(plan.weights);
  else
    model.weights = plan.weights;
  model.source += print_c_run(plan, options.name, parameters_text(plan, embeds),
                              embeds ? "&weights" : "weights");
  return model;
}

}  // namespace hone::codegen
