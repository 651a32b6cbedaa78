// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values of the interpreter as C programs pass them (hone_value of
// runtime/model/hone_model.h), and back.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "runtime/model/hone_model.h"
#include "tensor/interpreter/kernel.h"
#include "tensor/type.h"

namespace hone::toolkit {

class ValueMemory {
 public:
  ValueMemory() = default;
  ValueMemory(ValueMemory&&) = default;
  ValueMemory& operator=(ValueMemory&&) = default;
  ~ValueMemory();

  // Lives as long as this.
  hone_value* add(const tensor::RunValue& value);
  // For a model to fill in; what it holds is given back.
  hone_value* add_result();
  // Gives back what results hold.
  void clear_results();

 private:
  hone_value convert(const tensor::RunValue& value);

  std::deque<std::vector<hone_value>> values_;
  std::deque<std::vector<std::byte>> bytes_;
  std::deque<std::vector<int64_t>> dims_;
  std::deque<std::vector<hone_text>> texts_;
  std::deque<std::string> words_;
  std::deque<hone_value> results_;
};

// `type` says what the C form does not: Booleans, floats of 8 bits, optionals.
// InvalidArgument where it is another value.
Result<tensor::RunValue> run_value_of(const hone_value& value,
                                      const tensor::Type& type);

// The element type of a hone_type that has one only.
tensor::ElementType element_of_c(int type);

}  // namespace hone::toolkit
