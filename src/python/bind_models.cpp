// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "python/bind.h"
#include "python/errors.h"
#include "toolkit/compile_model.h"
#include "toolkit/custom_operator.h"
#include "toolkit/model_library.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

using Input = nb::ndarray<nb::ro, nb::device::cpu>;
using Output = nb::ndarray<nb::device::cpu>;
// (name, element type, sizes; -1 where the model leaves one open)
using Tensor = std::tuple<std::string, std::string, std::vector<int64_t>>;

std::vector<Tensor> describe(const std::vector<tensor::PlanTensor>& tensors) {
  std::vector<Tensor> result;
  for (const tensor::PlanTensor& t : tensors) {
    std::vector<int64_t> dims = t.dims;
    for (int64_t& dim : dims)
      if (tensor::is_slot(dim)) dim = -1;
    result.emplace_back(t.name, std::string(tensor::element_name(t.type)),
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

  // The sizes of the outputs where one of them needs a larger array, and
  // nothing was written; else nothing.
  std::vector<std::vector<int64_t>> run(
      const std::vector<Input>& inputs,
      const std::vector<Output>& outputs) const {
    std::vector<toolkit::StridedTensor> in, out;
    std::vector<std::vector<int64_t>> dims;
    const auto add = [&](const auto& array, const Tensor& tensor, void* data,
                         auto& list) {
      const std::vector<int64_t>& declared = std::get<2>(tensor);
      const bool open = std::ranges::find(declared, -1) != declared.end();
      std::vector<int64_t>& own = dims.emplace_back();
      for (size_t d = 0; d < array.ndim(); ++d)
        own.push_back(static_cast<int64_t>(array.shape(d)));
      own.resize(std::max(own.size(), declared.size()));
      list.push_back({.data = data,
                      .strides = open ? nullptr : array.stride_ptr(),
                      .dims = own.data(),
                      .bytes = array.nbytes()});
    };
    for (size_t i = 0; i < inputs.size(); ++i)
      add(inputs[i], inputs_.at(i), const_cast<void*>(inputs[i].data()), in);
    for (size_t i = 0; i < outputs.size(); ++i)
      add(outputs[i], outputs_.at(i), outputs[i].data(), out);
    auto status = [&] {
      const nb::gil_scoped_release release;
      return library_.run(in, out);
    }();
    if (!status.ok() && status.error().kind == ErrorKind::LimitReached) {
      dims.erase(dims.begin(),
                 dims.begin() + static_cast<ptrdiff_t>(inputs.size()));
      return dims;
    }
    unwrap(std::move(status));
    // Arrays that were larger than needed.
    for (size_t i = 0; i < outputs.size(); ++i)
      for (size_t d = 0; d < outputs[i].ndim(); ++d)
        if (dims[inputs.size() + i][d] !=
            static_cast<int64_t>(outputs[i].shape(d)))
          return {dims.begin() + static_cast<ptrdiff_t>(inputs.size()),
                  dims.end()};
    return {};
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
           "the outputs' sizes where the arrays have others.");
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
