// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/run_library.h"

#include <algorithm>
#include <chrono>

#include "toolkit/value_memory.h"

namespace hone::toolkit {

using namespace hone::tensor;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

Result<std::vector<RunValue>> run_library(const ModelLibrary& library,
                                          const std::vector<RunValue>& inputs,
                                          const std::vector<Type>& outputs,
                                          const LibraryTiming& timing) {
  std::vector<Literal> literals;
  std::vector<std::vector<std::byte>> storage;
  std::vector<StridedTensor> in, out;
  ValueMemory values;
  std::vector<std::vector<int64_t>> dims;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool is_value = library.inputs()[i].is_value;
    literals.push_back(is_value ? Literal() : inputs[i].tensor->to_literal());
    dims.push_back(is_value ? Dims() : inputs[i].tensor->dims());
  }
  for (const ModelLibrary::Tensor& tensor : library.outputs())
    dims.push_back(tensor.dims);
  for (const Literal& literal : literals) {
    // Aligned, unlike a literal's bytes.
    storage.emplace_back(literal.bytes().begin(), literal.bytes().end());
    storage.back().resize(storage.back().size() + 1);
    const size_t i = in.size();
    in.push_back({.data = library.inputs()[i].is_value
                              ? values.add(inputs[i])
                              : static_cast<void*>(storage.back().data()),
                  .dims = dims[i].data()});
  }
  for (const ModelLibrary::Tensor& tensor : library.outputs()) {
    storage.emplace_back(tensor.is_open() ? 1 : tensor.bytes() + 1);
    out.push_back({.data = tensor.is_value
                               ? values.add_result()
                               : static_cast<void*>(storage.back().data()),
                   .dims = dims[in.size() + out.size()].data()});
  }
  // An output of a size that only the run says: asked for, then given room.
  const auto sized = [&](size_t i) {
    ModelLibrary::Tensor tensor = library.outputs()[i];
    tensor.dims = dims[in.size() + i];
    return tensor;
  };
  const auto run = [&]() -> Status {
    const Status first = library.run(in, out);
    if (first.ok() || first.error().kind != ErrorKind::LimitReached)
      return first;
    for (size_t i = 0; i < out.size(); ++i) {
      if (!library.outputs()[i].is_open()) continue;
      out[i].bytes = sized(i).bytes();
      storage[in.size() + i].resize(out[i].bytes + 1);
      out[i].data = storage[in.size() + i].data();
    }
    values.clear_results();
    return library.run(in, out);
  };
  HONE_RETURN_IF_ERROR(run());
  std::vector<double> seconds;
  for (int64_t i = 0; i < timing.repeat; ++i) {
    values.clear_results();
    const auto start = std::chrono::steady_clock::now();
    HONE_RETURN_IF_ERROR(library.run(in, out));
    seconds.push_back(seconds_since(start));
  }
  std::ranges::sort(seconds);
  if (timing.seconds != nullptr) *timing.seconds = seconds[seconds.size() / 2];
  std::vector<RunValue> results;
  for (size_t i = 0; i < out.size(); ++i) {
    const Type& type = outputs[i];
    if (library.outputs()[i].is_value) {
      HONE_ASSIGN_OR_RETURN(
          results.emplace_back(),
          run_value_of(*static_cast<const hone_value*>(out[i].data), type));
      continue;
    }
    std::vector<std::byte>& bytes = storage[inputs.size() + i];
    bytes.resize(sized(i).bytes());
    HONE_ASSIGN_OR_RETURN(
        const Literal literal,
        Literal::own(type.element.value(), sized(i).dims, std::move(bytes)));
    results.emplace_back(Tensor::from(literal));
  }
  return results;
}

}  // namespace hone::toolkit
