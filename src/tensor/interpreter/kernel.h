// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an operator's reference code sees: a Call, with the node, the values of
// its inputs and room for its outputs. The code of a family of operators is
// one file of this folder and one table of rows.
//
// Where elements of an output do not depend on each other they are made by
// Call::fill, which computes all of them, or only those that somebody asked
// for (see evaluate_elements in interpreter.h).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"
#include "tensor/interpreter/tensor.h"

namespace hone::tensor {

// A value at run time: a tensor, a sequence, or an optional (no item, or one).
struct RunValue {
  enum class Kind : uint8_t { Tensor, Sequence, Optional };

  Kind kind = Kind::Tensor;
  std::shared_ptr<const Tensor> tensor;  // of Kind::Tensor
  std::vector<RunValue> items;           // of the others
  // What the tensors of an empty sequence or optional would have been.
  Type type;

  RunValue() = default;
  RunValue(Tensor t)  // NOLINT: a tensor is a value
      : tensor(std::make_shared<const Tensor>(std::move(t))) {}
  static RunValue sequence(std::vector<RunValue> items, Type item_type = {});
  static RunValue optional(std::vector<RunValue> items, Type item_type = {});

  bool is_tensor() const { return kind == Kind::Tensor; }
};

struct RunLimits {
  int64_t elements = int64_t{1} << 28;    // of one tensor
  int64_t iterations = int64_t{1} << 24;  // of all loops of a run
};

// Runs a body on values for its inputs, with the captures of the node's place.
using RunBody = std::function<Result<std::vector<RunValue>>(
    const Graph& body, std::vector<RunValue> inputs)>;

class Call {
 public:
  Call(const Node& node, std::vector<const RunValue*> inputs,
       const RunLimits& limits)
      : node_(node),
        inputs_(std::move(inputs)),
        outputs_(node.outputs.size()),
        limits_(limits) {}

  const Node& node() const { return node_; }
  Op op() const { return node_.op; }
  int64_t integer(std::string_view name) const { return node_.integer(name); }
  float number(std::string_view name) const { return node_.number(name); }
  std::string text(std::string_view name) const { return node_.text(name); }
  Dims integers(std::string_view name) const { return node_.integers(name); }
  bool has_attribute(std::string_view name) const { return node_.has(name); }

  size_t inputs() const { return inputs_.size(); }
  bool has(size_t i) const { return i < inputs_.size() && inputs_[i]; }
  // Inputs that are there; as tensors only where the interpreter has checked
  // it, which it does for every family but `sequence` and `control`.
  const Tensor& in(size_t i) const { return *inputs_[i]->tensor; }
  const RunValue& value(size_t i) const { return *inputs_[i]; }
  const RunLimits& limits() const { return limits_; }

  size_t outputs() const { return outputs_.size(); }
  bool wants(size_t i) const { return node_.has_output(i); }
  std::vector<RunValue>& results() { return outputs_; }
  // Gives an output; nothing happens where the node leaves it out.
  void set(size_t i, RunValue value);

  // A tensor of zeros; LimitReached where it would be too large, Malformed
  // where a size is negative.
  Result<Tensor> make(ElementType type, Dims dims) const;

  // Malformed, naming the node.
  template <typename... Args>
  Error error(fmt::format_string<Args...> format, Args&&... args) const {
    return Error(ErrorKind::Malformed,
                 describe(node_) + ": " +
                     fmt::format(format, std::forward<Args>(args)...));
  }
  Error unsupported(std::string_view what) const {
    return Error(ErrorKind::Unsupported,
                 fmt::format("{}: {}", describe(node_), what));
  }
  Error bad_type(ElementType type) const {
    return unsupported(
        fmt::format("elements of type {} are not taken", element_name(type)));
  }

  // An axis counted from the front; `rank` is that of the tensor.
  Result<int64_t> axis(int64_t axis, int64_t rank) const;
  // A small vector of integers from an input: shapes, axes, pads.
  Result<Dims> integers_of(size_t input) const;
  Result<int64_t> integer_of(size_t input) const;

  // out[index] = f(index) for all indices, or for the wanted ones.
  template <typename F>
  void fill(Tensor& out, F f) const;
  // For all, also where only some of the result are wanted: what others are
  // computed from.
  template <typename F>
  void fill_all(Tensor& out, F f) const;
  void want(std::span<const int64_t> elements) { wanted_ = elements; }

  RunBody run_body;

 private:
  const Node& node_;
  std::vector<const RunValue*> inputs_;
  std::vector<RunValue> outputs_;
  const RunLimits& limits_;
  std::span<const int64_t> wanted_;
};

using Kernel = Status (*)(Call&);

struct KernelRow {
  Op op;
  Kernel kernel;
};

// Calls f with a zero of the form that numbers of this type have: double{},
// int64_t{} or uint64_t{}. Unsupported for complex numbers and text.
template <typename F>
Status on_number(const Call& call, ElementType type, F f) {
  switch (element_class(type)) {
    case ElementClass::Float:
      return f(double{});
    case ElementClass::Unsigned:
      if (type == ElementType::U64) return f(uint64_t{});
      return f(int64_t{});
    case ElementClass::Int:
    case ElementClass::Bool:
      return f(int64_t{});
    default:
      return call.bad_type(type);
  }
}

// The same for every form that there is.
template <typename F>
Status on_any(ElementType type, F f) {
  switch (element_class(type)) {
    case ElementClass::Float:
      return f(double{});
    case ElementClass::Complex:
      return f(std::complex<double>{});
    case ElementClass::Text:
      return f(std::string{});
    default:
      return f(int64_t{});
  }
}

// Sizes of the result of broadcasting; Malformed where sizes differ and
// neither is 1.
Result<Dims> broadcast(const Call& call, std::span<const Dims* const> shapes);

// Strides into a tensor as it is read under broadcast sizes: 0 where repeated.
Dims broadcast_strides(const Dims& dims, size_t rank);

inline int64_t dot(std::span<const int64_t> a, std::span<const int64_t> b) {
  int64_t sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Moves to the next index of a dense tensor; false after the last.
bool next_index(std::span<const int64_t> dims, std::span<int64_t> index);

// Sorts numbers; those that `less` takes for equal stay in the order of size.
template <typename Less>
void sort_numbers(Dims& numbers, Less less) {
  std::sort(numbers.begin(), numbers.end(), [&](int64_t a, int64_t b) {
    return less(a, b) || (!less(b, a) && a < b);
  });
}

template <typename F>
void Call::fill(Tensor& out, F f) const {
  if (wanted_.empty()) return fill_all(out, f);
  Dims index(out.dims().size(), 0);
  const std::span<const int64_t> view = index;
  using T = std::decay_t<decltype(f(view))>;
  const std::span<T> data = out.data<T>();
  for (const int64_t at : wanted_) {
    if (at >= out.size()) continue;  // another result is larger
    unravel(at, out.dims(), index);
    data[at] = narrow(out.type(), f(view));
  }
}

template <typename F>
void Call::fill_all(Tensor& out, F f) const {
  Dims index(out.dims().size(), 0);
  const std::span<const int64_t> view = index;
  using T = std::decay_t<decltype(f(view))>;
  const std::span<T> data = out.data<T>();
  for (int64_t at = 0; at < out.size(); ++at) {
    data[at] = narrow(out.type(), f(view));
    next_index(out.dims(), index);
  }
}

}  // namespace hone::tensor
