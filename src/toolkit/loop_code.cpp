// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/loop_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace hone::toolkit {

using tensor::Element;
using tensor::LoopData;
using tensor::LoopProgram;
using tensor::LoopTensor;

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kFence = 256;
constexpr unsigned char kFenceByte = 0xa5;

}  // namespace

LoopMemory::LoopMemory(const LoopProgram& program,
                       const tensor::LoweredLoops& lowered,
                       const LoopData& inputs) {
  for (const std::string& name : lowered.tensors) {
    const LoopTensor& tensor = *program.find_tensor(name);
    Array& array = arrays_[name];
    const auto count = static_cast<size_t>(elements_of(program, tensor));
    array.size = count * static_cast<size_t>(element_bytes(tensor.element));
    array.bytes.assign(array.size + 2 * kPage + 2 * kFence, kFenceByte);
    const auto address = reinterpret_cast<uintptr_t>(array.bytes.data());
    array.begin = (address + kFence + kPage - 1) / kPage * kPage - address;
    unsigned char* const data = array.bytes.data() + array.begin;
    if (tensor.role != LoopTensor::Role::Input) {
      const std::vector<float> nothing(count, NAN);
      std::memcpy(data, nothing.data(), array.size);
    } else if (tensor.element == Element::F32) {
      std::memcpy(data, inputs.floats.at(name).data(), array.size);
    } else {
      const std::vector<int64_t>& values = inputs.integers.at(name);
      for (size_t i = 0; i < count; ++i) {
        if (tensor.element == Element::I64) {
          std::memcpy(data + 8 * i, &values[i], 8);
        } else {
          const auto narrow = static_cast<int32_t>(values[i]);
          std::memcpy(data + 4 * i, &narrow, 4);
        }
      }
    }
    pointers_.push_back(data);
  }
}

std::vector<float> LoopMemory::floats(const std::string& tensor) const {
  const Array& array = arrays_.at(tensor);
  std::vector<float> values(array.size / 4);
  std::memcpy(values.data(), array.bytes.data() + array.begin, array.size);
  return values;
}

bool LoopMemory::is_intact() const {
  return std::ranges::all_of(arrays_, [](const auto& named) {
    const Array& array = named.second;
    const auto stands = [&](size_t from, size_t to) {
      return std::all_of(
          array.bytes.begin() + static_cast<std::ptrdiff_t>(from),
          array.bytes.begin() + static_cast<std::ptrdiff_t>(to),
          [](unsigned char c) { return c == kFenceByte; });
    };
    return stands(0, array.begin) &&
           stands(array.begin + array.size, array.bytes.size());
  });
}

void LoopCode::run(const LoopProgram& program, LoopMemory& memory) const {
  const std::vector<int64_t> sizes =
      kernel_sizes(program, lowered, 0, value_of(program, lowered.tasks));
  function(memory.pointers().data(), sizes.data());
}

Result<LoopCode> compile_loops(const LoopProgram& program) {
  const auto start = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(tensor::LoweredLoops lowered, lower_loops(program));
  HONE_ASSIGN_OR_RETURN(const codegen::CpuTarget target,
                        codegen::find_target("native"));
  HONE_ASSIGN_OR_RETURN(
      const codegen::MachineCode code,
      codegen::compile_kernels({{"loops", lowered.kernel}}, target));
  HONE_ASSIGN_OR_RETURN(codegen::Jit jit, codegen::Jit::load(code.object));
  HONE_ASSIGN_OR_RETURN(const auto function, jit.find("loops"));
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  return LoopCode{std::move(lowered), std::move(jit), function,
                  code.spills.empty() ? 0 : code.spills.begin()->second,
                  taken.count()};
}

std::string difference(const LoopProgram& program, const LoopData& got,
                       const LoopData& wanted, double tolerance) {
  for (const LoopTensor& tensor : program.tensors) {
    if (tensor.role != LoopTensor::Role::Output) continue;
    const std::vector<float>& a = got.floats.at(tensor.name);
    const std::vector<float>& b = wanted.floats.at(tensor.name);
    for (size_t i = 0; i < b.size(); ++i) {
      const bool same =
          a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])) ||
          std::fabs(a[i] - b[i]) <= tolerance * (1 + std::fabs(b[i]));
      if (!same)
        return fmt::format("element {} of '{}' is {}, wanted {}", i,
                           tensor.name, a[i], b[i]);
    }
  }
  return "";
}

}  // namespace hone::toolkit
