// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/test_data.h"

#include <fmt/format.h>

#include "base/file.h"
#include "tensor/onnx/proto.h"
#include "tensor/onnx/tensor_import.h"

namespace hone::tensor {

namespace {

Result<RunValue> to_value(const proto::TestValue& from) {
  using Kind = proto::TestValue::Kind;
  if (from.kind == Kind::Tensor) {
    TensorSource source;
    HONE_ASSIGN_OR_RETURN(const Literal literal,
                          import_tensor(from.tensor, source));
    return RunValue(Tensor::from(literal));
  }
  std::vector<RunValue> items;
  for (const proto::TestValue& item : from.items) {
    HONE_ASSIGN_OR_RETURN(items.emplace_back(), to_value(item));
  }
  return from.kind == Kind::Sequence ? RunValue::sequence(std::move(items))
                                     : RunValue::optional(std::move(items));
}

Result<RunValue> load_value(const std::filesystem::path& file,
                            const Type& type) {
  using Kind = proto::TestValue::Kind;
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(file));
  Result<proto::TestValue> parsed =
      proto::parse_test_value(bytes, type.is_sequence()   ? Kind::Sequence
                                     : type.is_optional() ? Kind::Optional
                                                          : Kind::Tensor);
  if (!parsed) return std::move(parsed).error().in(file.string());
  Result<RunValue> value = to_value(*parsed);
  if (!value) return std::move(value).error().in(file.string());
  return value;
}

Result<std::vector<RunValue>> load_values(const Graph& graph,
                                          const std::vector<ValueId>& ids,
                                          const std::filesystem::path& folder,
                                          std::string_view stem) {
  std::vector<RunValue> values;
  for (size_t i = 0; i < ids.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(values.emplace_back(),
                          load_value(folder / fmt::format("{}_{}.pb", stem, i),
                                     graph[ids[i]].type));
  }
  return values;
}

}  // namespace

Result<TestData> load_test_data(const Graph& graph,
                                const std::filesystem::path& folder) {
  TestData data;
  HONE_ASSIGN_OR_RETURN(data.inputs,
                        load_values(graph, graph.inputs, folder, "input"));
  HONE_ASSIGN_OR_RETURN(data.outputs,
                        load_values(graph, graph.outputs, folder, "output"));
  return data;
}

Result<RunValue> load_tensor_file(const std::filesystem::path& file) {
  return load_value(file, Type());
}

}  // namespace hone::tensor
