// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "python/bind.h"
#include "python/errors.h"
#include "toolkit/compile_model.h"
#include "toolkit/model_library.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using Input = nb::ndarray<nb::ro, nb::device::cpu>;
using Output = nb::ndarray<nb::device::cpu>;
// (name, element type, sizes)
using Tensor = std::tuple<std::string, std::string, std::vector<int64_t>>;

std::vector<Tensor> describe(const std::vector<tensor::PlanTensor>& tensors) {
  std::vector<Tensor> result;
  for (const tensor::PlanTensor& t : tensors)
    result.emplace_back(t.name, std::string(tensor::element_name(t.type)),
                        t.dims);
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
                               const std::string& cpu, const std::string& check,
                               int threads) {
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

  void run(const std::vector<Input>& inputs,
           const std::vector<Output>& outputs) const {
    std::vector<toolkit::StridedTensor> in, out;
    for (const Input& x : inputs)
      in.push_back({const_cast<void*>(x.data()), x.stride_ptr()});
    for (const Output& y : outputs) out.push_back({y.data(), y.stride_ptr()});
    auto status = [&] {
      const nb::gil_scoped_release release;
      return library_.run(in, out);
    }();
    unwrap(std::move(status));
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
           "Arrays in the model's order; they are used where they stand.");
  module.def(
      "compile_model",
      [](const std::string& path, const nb::object& content,
         std::vector<std::string> shapes, const std::string& cpu,
         const std::string& check, int threads) {
        return unwrap(Model::compile(path, content, std::move(shapes), cpu,
                                     check, threads));
      },
      nb::arg("path"), nb::arg("content").none(), nb::arg("shapes"),
      nb::arg("cpu"), nb::arg("check"), nb::arg("threads"));
}

}  // namespace hone::python
