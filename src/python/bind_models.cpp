// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "python/bind.h"
#include "python/errors.h"
#include "python/model_values.h"
#include "toolkit/compile_model.h"
#include "toolkit/custom_operator.h"
#include "toolkit/model_library.h"
#include "toolkit/value_memory.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using Input = nb::ndarray<nb::ro, nb::device::cpu>;
using Output = nb::ndarray<nb::device::cpu>;
using Dims = std::vector<int64_t>;
// (name, containers from the outermost in, element type, sizes; -1 where the
// model leaves one open, nothing where it leaves the number of them open)
using Tensor = std::tuple<std::string, std::vector<std::string>, std::string,
                          std::optional<Dims>>;

Tensor describe_value(const std::string& name, const tensor::Type& type) {
  std::vector<std::string> containers;
  for (const tensor::Wrap wrap : type.wraps)
    containers.emplace_back(wrap == tensor::Wrap::Sequence ? "sequence"
                                                           : "optional");
  std::optional<Dims> dims;
  if (type.shape) {
    dims.emplace();
    for (const tensor::Dim& dim : *type.shape)
      dims->push_back(dim.is_constant() ? dim.constant() : -1);
  }
  return {name, containers,
          type.element ? std::string(tensor::element_name(*type.element)) : "",
          dims};
}

std::vector<Tensor> describe(const std::vector<tensor::PlanTensor>& tensors) {
  std::vector<Tensor> result;
  for (const tensor::PlanTensor& t : tensors) {
    if (t.value) {
      result.push_back(describe_value(t.name, *t.value));
      continue;
    }
    Dims dims = t.dims;
    for (int64_t& dim : dims)
      if (tensor::is_slot(dim)) dim = -1;
    result.emplace_back(t.name, std::vector<std::string>(),
                        std::string(tensor::element_name(t.type)),
                        std::move(dims));
  }
  return result;
}

toolkit::CheckExtent extent_of(const std::string& name) {
  return name == "none"   ? toolkit::CheckExtent::None
         : name == "full" ? toolkit::CheckExtent::Full
                          : toolkit::CheckExtent::Sampled;
}

// A library in a folder that is gone when it has been loaded.
class Model {
 public:
  static Result<Model> compile(const std::string& path, const nb::object& bytes,
                               std::vector<std::string> shapes,
                               const std::vector<std::string>& operators,
                               const std::string& cpu, const std::string& check,
                               int threads) {
    HONE_RETURN_IF_ERROR(toolkit::add_custom_operators(operators));
    HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
    std::filesystem::path model = path;
    if (nb::isinstance<nb::bytes>(bytes)) {
      const auto content = nb::cast<nb::bytes>(bytes);
      model = folder.path() / "model.onnx";
      HONE_RETURN_IF_ERROR(
          write_file(model, std::string_view(content.c_str(), content.size())));
    }
    const nb::gil_scoped_release release;
    const std::filesystem::path file = folder.path() / "model.so";
    HONE_ASSIGN_OR_RETURN(const toolkit::CompileModelReport report,
                          toolkit::compile_model({.model = model,
                                                  .output = file,
                                                  .cpu = cpu,
                                                  .shapes = std::move(shapes),
                                                  .extent = extent_of(check)}));
    HONE_ASSIGN_OR_RETURN(
        toolkit::ModelLibrary library,
        toolkit::ModelLibrary::open(file, report.symbol, threads));
    const tensor::Plan& plan = report.model.plans[0].plan;
    return Model(std::move(library), describe(plan.inputs),
                 describe(plan.outputs));
  }

  // Arrays, and for values what model_values.h says; None stands for an output
  // that is one. The sizes of the outputs where one of them needs a larger
  // array, and nothing was written, or where an array was larger; else nothing.
  // With the outputs' values.
  std::tuple<std::vector<Dims>, std::vector<nb::object>> run(
      const std::vector<nb::object>& inputs,
      const std::vector<nb::object>& outputs) const {
    if (inputs.size() != inputs_.size() || outputs.size() != outputs_.size())
      throw nb::type_error("not as many tensors as the model has");
    std::vector<toolkit::StridedTensor> in, out;
    TakenValues taken;
    toolkit::ValueMemory given;
    std::vector<Dims> dims;
    const auto add = [&](const auto& array, const Tensor& tensor, void* data,
                         auto& list) {
      const Dims& declared = *std::get<3>(tensor);
      const bool open = std::ranges::find(declared, -1) != declared.end();
      Dims& own = dims.emplace_back();
      for (size_t d = 0; d < array.ndim(); ++d)
        own.push_back(static_cast<int64_t>(array.shape(d)));
      own.resize(std::max(own.size(), declared.size()));
      list.push_back({.data = data,
                      .strides = open ? nullptr : array.stride_ptr(),
                      .dims = own.data(),
                      .bytes = array.nbytes()});
    };
    // They own the strides.
    std::deque<Input> read;
    std::deque<Output> written;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (library_.inputs()[i].is_value) {
        in.push_back({.data = taken.take(inputs[i])});
        dims.emplace_back();
        continue;
      }
      const Input& array = read.emplace_back(nb::cast<Input>(inputs[i]));
      add(array, inputs_[i], const_cast<void*>(array.data()), in);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (library_.outputs()[i].is_value) {
        out.push_back({.data = given.add_result()});
        dims.emplace_back();
        continue;
      }
      const Output& array = written.emplace_back(nb::cast<Output>(outputs[i]));
      add(array, outputs_[i], array.data(), out);
    }
    auto status = [&] {
      const nb::gil_scoped_release release;
      return library_.run(in, out);
    }();
    dims.erase(dims.begin(),
               dims.begin() + static_cast<ptrdiff_t>(inputs.size()));
    if (!status.ok() && status.error().kind == ErrorKind::LimitReached)
      return {dims, {}};
    unwrap(std::move(status));
    bool is_larger = false;
    std::vector<nb::object> values;
    for (size_t i = 0, array = 0; i < outputs.size(); ++i) {
      const bool is_array = !library_.outputs()[i].is_value;
      values.push_back(
          is_array ? nb::none()
                   : give_value(*static_cast<hone_value*>(out[i].data)));
      if (!is_array) continue;
      const Output& own = written[array++];
      for (size_t d = 0; d < own.ndim(); ++d)
        is_larger |= dims[i][d] != static_cast<int64_t>(own.shape(d));
    }
    if (!is_larger) dims.clear();
    return {dims, values};
  }

  const std::vector<Tensor>& inputs() const { return inputs_; }
  const std::vector<Tensor>& outputs() const { return outputs_; }

 private:
  Model(toolkit::ModelLibrary library, std::vector<Tensor> inputs,
        std::vector<Tensor> outputs)
      : library_(std::move(library)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {}

  toolkit::ModelLibrary library_;
  std::vector<Tensor> inputs_, outputs_;
};

}  // namespace

void bind_models(nb::module_& module) {
  nb::class_<Model>(module, "CompiledModel")
      .def_prop_ro("inputs", &Model::inputs)
      .def_prop_ro("outputs", &Model::outputs)
      .def("run", &Model::run, nb::arg("inputs"), nb::arg("outputs"),
           "Arrays in the model's order; they are used where they stand. Gives "
           "the outputs' sizes where the arrays have others, and the values of "
           "outputs that are no plain tensors.");
  module.def(
      "compile_model",
      [](const std::string& path, const nb::object& content,
         std::vector<std::string> shapes,
         const std::vector<std::string>& operators, const std::string& cpu,
         const std::string& check, int threads) {
        return unwrap(Model::compile(path, content, std::move(shapes),
                                     operators, cpu, check, threads));
      },
      nb::arg("path"), nb::arg("content").none(), nb::arg("shapes"),
      nb::arg("operators"), nb::arg("cpu"), nb::arg("check"),
      nb::arg("threads"));
}

}  // namespace hone::python
