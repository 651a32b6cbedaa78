// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/run_model.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/random.h"
#include "base/text.h"
#include "tensor/infer/infer.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/onnx/import.h"
#include "tensor/onnx/test_data.h"
#include "tensor/verify_graph.h"

namespace hone::toolkit {

using namespace hone::tensor;

namespace {

struct GivenShape {
  std::string name;
  Dims dims;
};

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

// Numbers in [-1, 1), small natural numbers, or Booleans.
Result<RunValue> random_value(const Value& value,
                              const std::vector<GivenShape>& shapes,
                              Random& random) {
  const Type& type = value.type;
  Dims dims;
  bool is_open = !type.shape;
  for (size_t i = 0; type.shape && i < type.shape->size(); ++i) {
    const Dim& dim = (*type.shape)[i];
    dims.push_back(dim.is_constant() ? dim.value() : -1);
    is_open |= !dim.is_constant();
  }
  for (const GivenShape& shape : shapes) {
    if (shape.name != value.name) continue;
    if (!compatible(Type::of(type.element.value_or(ElementType::F32),
                             to_shape(shape.dims)),
                    type))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("--shape {}: the input is {}", value.name,
                               to_text(type)));
    dims = shape.dims;
    is_open = false;
  }
  if (!type.is_tensor() || !type.element || *type.element == ElementType::Str ||
      is_complex(*type.element))
    return Error(ErrorKind::Unsupported,
                 fmt::format("input '{}' is {}: random values are made for "
                             "tensors of numbers only; give --data",
                             value.name, to_text(type)));
  if (is_open)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("input '{}' is {}: give its sizes by --shape "
                             "'{}=…', or values by --data",
                             value.name, to_text(type), value.name));
  const std::optional<int64_t> count = count_elements(dims);
  if (!count || *count > RunLimits().elements)
    return Error(
        ErrorKind::LimitReached,
        fmt::format("input '{}' would have too many elements", value.name));
  Tensor tensor(*type.element, dims);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (is_float(*type.element))
      tensor.data<double>()[i] = narrow(*type.element, 2 * random.unit() - 1);
    else
      tensor.data<int64_t>()[i] =
          narrow(*type.element, static_cast<int64_t>(random.below(2)));
  }
  return RunValue(std::move(tensor));
}

std::string element_text(const Tensor& x, int64_t i) {
  if (x.type() == ElementType::Str) return x.data<std::string>()[i];
  if (is_complex(x.type())) {
    const auto value = x.data<std::complex<double>>()[i];
    return fmt::format("{}+{}i", value.real(), value.imag());
  }
  if (x.type() == ElementType::F32)
    return fmt::format("{}", static_cast<float>(x.number(i)));
  if (is_float(x.type())) return fmt::format("{}", x.number(i));
  return fmt::format("{}", x.integer_at(i));
}

ModelOutput describe_output(const Value& value, const RunValue& result) {
  constexpr int64_t kShown = 8;
  ModelOutput output = {.name = value.name, .type = to_text(value.type)};
  if (!result.is_tensor()) {
    output.type = fmt::format(
        "{} of {} items",
        result.kind == RunValue::Kind::Sequence ? "sequence" : "optional",
        result.items.size());
    return output;
  }
  const Tensor& x = *result.tensor;
  output.type = to_text(Type::of(x.type(), to_shape(x.dims())));
  for (int64_t i = 0; i < std::min(kShown, x.size()); ++i)
    output.first.push_back(element_text(x, i));
  return output;
}

}  // namespace

bool RunModelReport::agrees() const {
  for (const ModelOutput& output : outputs)
    if (!output.difference.empty()) return false;
  return true;
}

Result<RunModelReport> run_model(const RunModelRequest& request) {
  HONE_ASSIGN_OR_RETURN(Imported imported, import_onnx(request.model));
  HONE_RETURN_IF_ERROR(infer_types(imported.graph));
  HONE_RETURN_IF_ERROR(verify_graph(imported.graph));
  const Graph& graph = imported.graph;
  TestData data;
  if (request.data) {
    HONE_ASSIGN_OR_RETURN(data, load_test_data(graph, *request.data));
  } else {
    std::vector<GivenShape> shapes;
    for (const std::string& text : request.shapes) {
      HONE_ASSIGN_OR_RETURN(shapes.emplace_back(), parse_shape(text));
      if (graph.find(shapes.back().name) == kNone)
        return Error(ErrorKind::NotFound,
                     fmt::format("--shape {}: the model has no such input",
                                 shapes.back().name));
    }
    Random random(request.seed);
    for (const ValueId id : graph.inputs) {
      HONE_ASSIGN_OR_RETURN(data.inputs.emplace_back(),
                            random_value(graph[id], shapes, random));
    }
  }
  RunModelReport report = {.engine = "reference interpreter",
                           .nodes = graph.nodes.size(),
                           .compared = request.data.has_value()};
  const auto start = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(const std::vector<RunValue> results,
                        run_graph(graph, std::move(data.inputs)));
  report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  for (size_t i = 0; i < results.size(); ++i) {
    const Value& value = graph[graph.outputs[i]];
    report.outputs.push_back(describe_output(value, results[i]));
    if (results[i].is_tensor() &&
        !compatible(Type::of(results[i].tensor->type(),
                             to_shape(results[i].tensor->dims())),
                    value.type))
      return Error(ErrorKind::Internal,
                   fmt::format("output '{}' was inferred to be {}, and is {}",
                               value.name, to_text(value.type),
                               report.outputs.back().type));
    if (!report.compared) continue;
    if (const auto difference = find_difference(
            results[i], data.outputs[i],
            {.relative = request.relative, .absolute = request.absolute}))
      report.outputs.back().difference =
          difference->elements > 1
              ? fmt::format("{} ({} elements differ)", difference->text,
                            difference->elements)
              : difference->text;
  }
  return report;
}

}  // namespace hone::toolkit
