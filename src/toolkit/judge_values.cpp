// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/judge_values.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/subprocess.h"
#include "tensor/onnx/test_data.h"

namespace hone::toolkit {

using tensor::ElementType;
using tensor::Graph;
using tensor::Node;
using tensor::RunValue;
using tensor::Tensor;
using tensor::ValueId;

namespace {

// Reads a job, adds outputs to the model, and writes their values.
constexpr std::string_view kScript = R"(
import json
import sys

try:
    import numpy as np
    import onnx
    import onnx.numpy_helper
    import onnxruntime
except ImportError as error:
    sys.exit(f"{error}: --python names a Python with onnx and onnxruntime")

job = json.load(open(sys.argv[1]))
model = onnx.load(job["model"])
weights = {w.name for w in model.graph.initializer}
inputs = [i for i in model.graph.input if i.name not in weights]
del model.graph.input[:]
model.graph.input.extend(inputs)
made = {name for node in model.graph.node for name in node.output}
names = [name for name in job["names"] if name in made]
known = {o.name for o in model.graph.output}
model.graph.output.extend(
    onnx.ValueInfoProto(name=name) for name in names if name not in known
)
session = onnxruntime.InferenceSession(
    model.SerializeToString(), providers=["CPUExecutionProvider"]
)
feeds = {
    i["name"]: np.fromfile(i["file"], i["type"]).reshape(i["dims"])
    for i in job["inputs"]
}
for index, array in enumerate(session.run(names, feeds)):
    with open(f"{job['folder']}/value_{index}.pb", "wb") as file:
        file.write(onnx.numpy_helper.from_array(array).SerializeToString())
json.dump(names, open(job["folder"] + "/names.json", "w"))
)";

Result<std::string> numpy_type(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return std::string("float32");
    case ElementType::I32:
      return std::string("int32");
    case ElementType::I64:
      return std::string("int64");
    case ElementType::U8:
      return std::string("uint8");
    case ElementType::Bool:
      return std::string("bool");
    default:
      return Error(ErrorKind::Unsupported,
                   fmt::format("inputs of {} are not handed to ONNX Runtime",
                               element_name(type)));
  }
}

}  // namespace

Result<NamedValues> values_by_interpreter(Graph graph,
                                          const std::vector<Tensor>& inputs,
                                          const std::set<std::string>& names) {
  graph.outputs.clear();
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.outputs)
      if (id != tensor::kNone && names.contains(graph[id].name))
        graph.outputs.push_back(id);
  std::vector<RunValue> given;
  for (const Tensor& input : inputs) given.emplace_back(input);
  HONE_ASSIGN_OR_RETURN(std::vector<RunValue> results,
                        run_graph(graph, std::move(given)));
  NamedValues values;
  for (size_t i = 0; i < results.size(); ++i)
    values.emplace(graph[graph.outputs[i]].name, std::move(results[i]));
  return values;
}

Result<NamedValues> values_by_onnxruntime(const std::filesystem::path& model,
                                          const std::string& python,
                                          const Graph& graph,
                                          const std::vector<Tensor>& inputs,
                                          const std::set<std::string>& names) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  Json job = {{"model", std::filesystem::absolute(model).string()},
              {"folder", folder.path().string()},
              {"names", names},
              {"inputs", Json::array()}};
  for (size_t i = 0; i < inputs.size(); ++i) {
    const tensor::Literal literal = inputs[i].to_literal();
    const auto bytes = literal.bytes();
    const std::filesystem::path file =
        folder.path() / fmt::format("input_{}.bin", i);
    HONE_RETURN_IF_ERROR(write_file(
        file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    HONE_ASSIGN_OR_RETURN(const std::string type, numpy_type(inputs[i].type()));
    job["inputs"].push_back({{"name", graph[graph.inputs[i]].name},
                             {"file", file.string()},
                             {"type", type},
                             {"dims", inputs[i].dims()}});
  }
  const auto job_file = folder.path() / "job.json";
  const auto script = folder.path() / "judge.py";
  HONE_RETURN_IF_ERROR(write_file(job_file, job.dump()));
  HONE_RETURN_IF_ERROR(write_file(script, kScript));
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult done,
      run_checked({.argv = {python, script.string(), job_file.string()}}));
  (void)done;
  HONE_ASSIGN_OR_RETURN(const std::string text,
                        read_file(folder.path() / "names.json"));
  const Json found = Json::parse(text, nullptr, false);
  NamedValues values;
  for (size_t i = 0; found.is_array() && i < found.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(RunValue value,
                          tensor::load_tensor_file(
                              folder.path() / fmt::format("value_{}.pb", i)));
    values.emplace(found[i].get<std::string>(), std::move(value));
  }
  return values;
}

}  // namespace hone::toolkit
