// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/run_model.h"

#include <fmt/format.h>

#include <chrono>

#include "base/file.h"
#include "base/random.h"
#include "tensor/functions/expand.h"
#include "tensor/infer/infer.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/onnx/test_data.h"
#include "tensor/passes/pass.h"
#include "tensor/verify_graph.h"
#include "toolkit/compile_model.h"
#include "toolkit/given_shape.h"
#include "toolkit/model_library.h"
#include "toolkit/run_library.h"

namespace hone::toolkit {

using namespace hone::tensor;

namespace {

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
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("--shape {}: the input is {}; given {}", value.name,
                      to_text(type), to_text(to_shape(shape.dims))));
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

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// Through the same library that `hone compile` writes. Unsupported only where a
// node or type is not compiled.
Result<std::vector<RunValue>> run_compiled(const Graph& graph,
                                           const std::vector<RunValue>& inputs,
                                           const RunModelRequest& request,
                                           RunModelReport& report) {
  std::map<std::string, Type> types;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].is_tensor()) continue;
    const Tensor& x = *inputs[i].tensor;
    types.emplace(graph[graph.inputs[i]].name,
                  Type::of(x.type(), to_shape(x.dims())));
  }
  HONE_ASSIGN_OR_RETURN(const Graph prepared, prepare_graph(graph, types));
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const std::filesystem::path file = folder.path() / "model.so";
  HONE_ASSIGN_OR_RETURN(const CompileModelReport compiled,
                        compile_graph(prepared, {.output = file,
                                                 .cpu = "native",
                                                 .extent = request.check,
                                                 .strict = request.strict}));
  report.called = compiled.model.plans[0].plan.called;
  HONE_ASSIGN_OR_RETURN(
      const ModelLibrary library,
      ModelLibrary::open(file, compiled.symbol, request.threads));
  std::vector<Type> types_of_outputs;
  for (const ValueId id : prepared.outputs)
    types_of_outputs.push_back(prepared[id].type);
  return run_library(library, inputs, types_of_outputs,
                     {request.repeat, &report.seconds});
}

Result<std::vector<RunValue>> compute(const Graph& graph,
                                      std::vector<RunValue> inputs,
                                      const RunModelRequest& request,
                                      RunModelReport& report) {
  if (request.engine != RunEngine::Reference) {
    auto results = run_compiled(graph, inputs, request, report);
    if (results.ok() || request.engine == RunEngine::Compiled ||
        results.error().kind != ErrorKind::Unsupported) {
      report.engine = "compiled code";
      return results;
    }
    report.not_compiled = results.error().message;
  }
  report.engine = "reference interpreter";
  const auto start = std::chrono::steady_clock::now();
  auto results = run_graph(graph, std::move(inputs));
  report.seconds = seconds_since(start);
  return results;
}

}  // namespace

bool RunModelReport::agrees() const {
  for (const ModelOutput& output : outputs)
    if (!output.difference.empty()) return false;
  return true;
}

Result<RunModelReport> run_model(const RunModelRequest& request) {
  HONE_ASSIGN_OR_RETURN(Graph graph, load_graph(request.model));
  if (request.expand_functions) {
    HONE_ASSIGN_OR_RETURN(graph, expand_functions(std::move(graph)));
  }
  if (request.optimize) {
    HONE_ASSIGN_OR_RETURN(graph, optimize_graph(std::move(graph)));
  }
  HONE_RETURN_IF_ERROR(infer_types(graph));
  HONE_RETURN_IF_ERROR(verify_graph(graph));
  TestData data;
  if (request.data) {
    HONE_ASSIGN_OR_RETURN(data, load_test_data(graph, *request.data));
  } else {
    std::vector<GivenShape> shapes;
    for (const std::string& text : request.shapes) {
      HONE_ASSIGN_OR_RETURN(shapes.emplace_back(), parse_shape(text));
      if (std::ranges::find(graph.inputs, graph.find(shapes.back().name)) ==
          graph.inputs.end())
        return no_such_input(graph, shapes.back().name);
    }
    Random random(request.seed);
    for (const ValueId id : graph.inputs) {
      HONE_ASSIGN_OR_RETURN(data.inputs.emplace_back(),
                            random_value(graph[id], shapes, random));
    }
  }
  RunModelReport report = {.nodes = graph.nodes.size(),
                           .compared = request.data.has_value()};
  HONE_ASSIGN_OR_RETURN(
      const std::vector<RunValue> results,
      compute(graph, std::move(data.inputs), request, report));
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
