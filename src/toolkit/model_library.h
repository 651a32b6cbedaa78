// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiled model, loaded from its shared library and run through the same C
// interface as by anybody else.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

// The caller's memory; without strides, which count elements, it is dense.
struct StridedTensor {
  void* data = nullptr;
  const int64_t* strides = nullptr;
  // Where the model leaves sizes open: the caller's of an input; those of an
  // output are written, which may have `bytes`.
  int64_t* dims = nullptr;
  size_t bytes = 0;
};

class ModelLibrary {
 public:
  struct Tensor {
    std::string name;
    int type = 0;               // hone_type
    std::vector<int64_t> dims;  // -1: known only when the model runs
    bool is_value = false;      // `data` points to a hone_value
    bool is_open() const;       // whether one of them is
    // Of known sizes.
    int64_t elements() const;
    int64_t bytes() const;
  };

  // `symbol` is the program's, NAME_program. NotFound where the library has
  // none; Unsupported where this processor cannot run it, LimitReached where
  // the system has not as many threads.
  static Result<ModelLibrary> open(const std::filesystem::path& library,
                                   const std::string& symbol, int threads);
  ModelLibrary(ModelLibrary&&) noexcept;
  ~ModelLibrary();

  const std::vector<Tensor>& inputs() const;
  const std::vector<Tensor>& outputs() const;

  // Dense tensors, one pointer each.
  Status run(std::span<const void* const> inputs,
             std::span<void* const> outputs) const;
  // Outputs that are values are filled in (see ValueMemory).
  // LimitReached where an output needs more than its bytes; its dims are
  // written.
  Status run(std::span<const StridedTensor> inputs,
             std::span<const StridedTensor> outputs) const;

 private:
  struct State;
  explicit ModelLibrary(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::toolkit
