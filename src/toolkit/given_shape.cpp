// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/given_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace hone::toolkit {

Result<GivenShape> parse_shape(std::string_view text) {
  const size_t equal = text.rfind('=');
  GivenShape shape;
  if (equal != std::string_view::npos) {
    shape.name = std::string(text.substr(0, equal));
    const std::string_view list = text.substr(equal + 1);
    bool ok = true;
    if (!list.empty())
      for (const std::string& item : split(list, ',')) {
        int64_t value = -1;
        const auto [end, error] =
            std::from_chars(item.data(), item.data() + item.size(), value);
        ok &= error == std::errc() && end == item.data() + item.size() &&
              value >= 0;
        shape.dims.push_back(value);
      }
    if (ok) return shape;
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("--shape '{}': expected NAME=SIZES, for example "
                           "--shape x=1,3,224,224",
                           text));
}

Result<std::map<std::string, tensor::Type>> given_types(
    const tensor::Graph& graph, std::span<const std::string> shapes) {
  std::map<std::string, tensor::Type> types;
  for (const std::string& text : shapes) {
    HONE_ASSIGN_OR_RETURN(const GivenShape shape, parse_shape(text));
    const auto input = std::ranges::find_if(
        graph.inputs,
        [&](tensor::ValueId id) { return graph[id].name == shape.name; });
    if (input == graph.inputs.end()) return no_such_input(graph, shape.name);
    const tensor::Type& declared = graph[*input].type;
    tensor::Type type = declared;
    type.shape = tensor::to_shape(shape.dims);
    if (!tensor::compatible(type, declared))
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("--shape {}: the input is {}; given {}", shape.name,
                      tensor::to_text(declared), tensor::to_text(*type.shape)));
    types.emplace(shape.name, std::move(type));
  }
  return types;
}

Error no_such_input(const tensor::Graph& graph, std::string_view name) {
  std::string inputs;
  for (const tensor::ValueId id : graph.inputs)
    inputs += (inputs.empty() ? "" : ", ") + graph[id].name;
  return Error(ErrorKind::NotFound,
               fmt::format("--shape {}: the model has no such input; it has {}",
                           name, inputs.empty() ? "none" : inputs));
}

Error with_open_inputs(Error error, const tensor::Graph& graph) {
  std::string open;
  for (const tensor::ValueId id : graph.inputs) {
    const tensor::Type& type = graph[id].type;
    if (type.is_tensor() && !type.is_static())
      open += fmt::format("{}{} {}", open.empty() ? "" : ", ", graph[id].name,
                          tensor::to_text(type));
  }
  if (error.kind == ErrorKind::Unsupported && !open.empty())
    error.message += fmt::format(
        "\nthe model leaves sizes open ({}); with numbers, by --shape "
        "'NAME=SIZES;…', more can be compiled",
        open);
  return error;
}

}  // namespace hone::toolkit
