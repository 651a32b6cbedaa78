// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machine code in this process, for tests, benches and tuning. A compiled model
// is a shared library and does not need it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::codegen {

using KernelFunction = void (*)(void* const* pointers, const int64_t* sizes);

class Jit {
 public:
  // Loads relocatable objects made for this machine. Their code lives as long
  // as the Jit.
  // `known` are functions of this process that the code calls.
  static Result<Jit> load(std::span<const std::string> objects,
                          const std::map<std::string, const void*>& known = {});
  static Result<Jit> load(const std::string& object) {
    return load(std::span(&object, 1));
  }
  Jit(Jit&&) noexcept;
  Jit& operator=(Jit&&) noexcept;
  ~Jit();

  // NotFound where the object defines no such function.
  Result<KernelFunction> find(std::string_view symbol);

 private:
  struct State;
  explicit Jit(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::codegen
