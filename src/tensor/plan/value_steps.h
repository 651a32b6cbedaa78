// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps on values that are no plain tensors: sequences, optionals, tensors of a
// number of dimensions that only the run says. Such a value is *boxed*: it has
// a number, under which the runtime keeps it (runtime/model/values.h). Text of
// a known number of dimensions is a tensor of the texts' numbers, which every
// kernel that moves or compares integers works on; only callers pass it boxed.
//
// A called operator is a C function (runtime/model/hone_operator.h).
#pragma once

#include <string>
#include <vector>

#include "tensor/plan/planner.h"

namespace hone::tensor {

// hone_type of runtime/model/hone_model.h.
int64_t runtime_type(ElementType type);
constexpr int64_t kRuntimeValue = 16;  // HONE_VALUE

// The number's buffer; a tensor gets one here.
Result<int> boxed(Planner& planner, ValueId id);
// Value number `buffer` becomes `id`, a tensor: its open sizes are the value's.
Status define_from_value(Planner& planner, ValueId id, int buffer);
// A tensor as value steps see it. `id` gets memory where it is written; sizes
// that are not known yet are those that the step writes.
struct TensorForm {
  Stored stored;
  std::vector<int64_t> numbers;
};
Result<TensorForm> form_of_input(Planner& planner, ValueId id);
TensorForm form_of_output(Planner& planner, ValueId id);
// Its numbers alone.
std::vector<int64_t> written_form(const Planner& planner, ValueId id);
// Behind the step that wrote it.
Status define_written(Planner& planner, ValueId id, const TensorForm& form);
// `from`, a value or a tensor, becomes the boxed `to`, which has its number.
Status copy_boxed(Planner& planner, ValueId from, const Stored& to);

// Whether a node is one on values, or one that is called.
bool works_on_values(const Planner& planner, const Node& node);
Status lower_values(Planner& planner, int node);
// Whether nodes of that operator may be calls; on text alone where `is_text`.
bool can_be_called(Op op, bool is_text);
Status lower_called(Planner& planner, int node);

// --- Attributes of a call
// ----------------------------------------------------- As runtime/model/call.c
// reads them.
class CallAttributes {
 public:
  // `node` is for messages.
  explicit CallAttributes(std::string_view node);
  void add(std::string_view name, const std::vector<int64_t>& ints);
  void add(std::string_view name, const std::vector<float>& floats);
  void add(std::string_view name, const std::vector<std::string>& texts);
  void add(std::string_view name, const Literal& constant);
  std::string bytes() const;

 private:
  void begin(std::string_view name, int64_t kind, size_t count);
  void add_bytes(std::string_view bytes);
  std::vector<int64_t> words_;
  int64_t count_ = 0;
};

}  // namespace hone::tensor
