// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/model_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>

#include "runtime/model/hone_model.h"

namespace hone::toolkit {

struct ModelLibrary::State {
  void* library = nullptr;
  hone_model* model = nullptr;
  decltype(&hone_model_open) open = nullptr;
  decltype(&hone_model_run) run = nullptr;
  decltype(&hone_model_shape) shape = nullptr;
  decltype(&hone_model_close) close = nullptr;
  decltype(&hone_status_text) status_text = nullptr;
  decltype(&hone_model_message) message = nullptr;
  std::vector<Tensor> inputs, outputs;

  ~State() {
    if (model != nullptr) close(model);
    if (library != nullptr) dlclose(library);
  }
};

namespace {

// Of hone_program (runtime/model/program.h): how many shapes are inputs.
struct ProgramHead {
  int64_t format;
  const hone_shape* shapes;
  int64_t inputs, outputs;
};

ModelLibrary::Tensor describe(const hone_shape& shape) {
  return {shape.name,
          shape.type,
          {shape.dims, shape.dims + shape.rank},
          shape.type == HONE_VALUE};
}

}  // namespace

bool ModelLibrary::Tensor::is_open() const {
  return std::ranges::any_of(dims, [](int64_t dim) { return dim < 0; });
}

int64_t ModelLibrary::Tensor::elements() const {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

int64_t ModelLibrary::Tensor::bytes() const {
  // hone_type, in bits.
  const int64_t bits[] = {32, 32, 64, 8, 64, 8, 16, 16, 32,
                          64, 16, 16, 8, 4,  2, 64, 0};
  return (elements() * bits[type] + 7) / 8;
}

ModelLibrary::ModelLibrary(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
ModelLibrary::ModelLibrary(ModelLibrary&&) noexcept = default;
ModelLibrary::~ModelLibrary() = default;

const std::vector<ModelLibrary::Tensor>& ModelLibrary::inputs() const {
  return state_->inputs;
}

const std::vector<ModelLibrary::Tensor>& ModelLibrary::outputs() const {
  return state_->outputs;
}

Result<ModelLibrary> ModelLibrary::open(const std::filesystem::path& library,
                                        const std::string& symbol,
                                        int threads) {
  auto state = std::make_unique<State>();
  state->library = dlopen(std::filesystem::absolute(library).c_str(), RTLD_NOW);
  if (state->library == nullptr)
    return Error(ErrorKind::Io, fmt::format("'{}' cannot be loaded: {}",
                                            library.string(), dlerror()));
  bool complete = true;
  const auto find = [&]<typename F>(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(state->library, name));
    complete = complete && function != nullptr;
  };
  const hone_program* program = nullptr;
  find(program, symbol.c_str());
  find(state->open, "hone_model_open");
  find(state->run, "hone_model_run");
  find(state->shape, "hone_model_shape");
  find(state->close, "hone_model_close");
  find(state->status_text, "hone_status_text");
  find(state->message, "hone_model_message");
  if (!complete)
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' is no compiled model with the program '{}'",
                             library.string(), symbol));
  const hone_options options = {.threads = threads};
  const hone_status status = state->open(program, &options, &state->model);
  if (status != HONE_OK)
    return Error(
        status == HONE_NO_THREADS || status == HONE_NO_MEMORY
            ? ErrorKind::LimitReached
            : ErrorKind::Unsupported,
        fmt::format("'{}': {}", library.string(), state->status_text(status)));
  const auto* const head = reinterpret_cast<const ProgramHead*>(program);
  for (size_t i = 0; const hone_shape* shape = state->shape(state->model, i);
       ++i)
    (i < static_cast<size_t>(head->inputs) ? state->inputs : state->outputs)
        .push_back(describe(*shape));
  return ModelLibrary(std::move(state));
}

Status ModelLibrary::run(std::span<const void* const> inputs,
                         std::span<void* const> outputs) const {
  std::vector<StridedTensor> in, out;
  for (const void* input : inputs) in.push_back({const_cast<void*>(input)});
  for (void* output : outputs) out.push_back({output});
  return run(in, out);
}

Status ModelLibrary::run(std::span<const StridedTensor> inputs,
                         std::span<const StridedTensor> outputs) const {
  std::vector<hone_tensor> in, out;
  for (const StridedTensor& x : inputs)
    in.push_back({x.data, x.strides, x.dims, x.bytes});
  for (const StridedTensor& y : outputs)
    out.push_back({y.data, y.strides, y.dims, y.bytes});
  const hone_status status =
      state_->run(state_->model, in.data(), in.size(), out.data(), out.size());
  if (status == HONE_OK) return {};
  return Error(status == HONE_TOO_SMALL ? ErrorKind::LimitReached
                                        : ErrorKind::InvalidArgument,
               status == HONE_OPERATOR_FAILED
                   ? fmt::format("{}: {}", state_->status_text(status),
                                 state_->message(state_->model))
                   : state_->status_text(status));
}

}  // namespace hone::toolkit
