// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter's tensors. Elements are held in one of four wide forms,
// whatever their type, so that an operator is written once for each form:
//
//   floats                double; every stored number is one the type has
//   integers, Booleans    int64_t; u64 as the same bits (data<uint64_t>())
//   complex numbers       std::complex<double>
//   text                  std::string
//
// narrow() brings a result back to the type: integers wrap around, floats are
// rounded once.
#pragma once

#include <complex>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tensor/interpreter/small_float.h"
#include "tensor/literal.h"

namespace hone::tensor {

using Dims = std::vector<int64_t>;

class Tensor {
 public:
  Tensor() : Tensor(ElementType::F32, {0}) {}
  // Zeros, empty texts. The sizes have been checked (count_elements).
  Tensor(ElementType type, Dims dims);
  static Tensor scalar(ElementType type, double value);
  static Tensor integers(std::span<const int64_t> values);  // i64[n]
  static Tensor integer(int64_t value);                     // i64[]
  static Tensor boolean(bool value);                        // bool[]

  static Tensor from(const Literal& literal);
  Literal to_literal() const;

  ElementType type() const { return type_; }
  const Dims& dims() const { return dims_; }
  int64_t rank() const { return static_cast<int64_t>(dims_.size()); }
  int64_t dim(int64_t axis) const { return dims_[axis]; }
  int64_t size() const { return size_; }

  // T is the form: double, int64_t, uint64_t (u64 only), complex, string.
  template <typename T>
  std::span<T> data();
  template <typename T>
  std::span<const T> data() const;

  // One element as a number, whatever its form; not of complex and text.
  double number(int64_t at) const;
  int64_t integer_at(int64_t at) const { return data<int64_t>()[at]; }
  // Bits of one element as packed data has them; not of complex and text.
  uint64_t bits(int64_t at) const;
  void set_bits(int64_t at, uint64_t bits);

  // The same elements under other sizes of the same product.
  Tensor reshaped(Dims dims) const;

 private:
  ElementType type_;
  Dims dims_;
  int64_t size_ = 0;
  std::variant<std::vector<double>, std::vector<int64_t>,
               std::vector<std::complex<double>>, std::vector<std::string>>
      data_;
};

inline double narrow(ElementType type, double value) {
  return round_to(type, value);
}
int64_t narrow(ElementType type, int64_t value);
inline uint64_t narrow(ElementType, uint64_t value) { return value; }
std::complex<double> narrow(ElementType type, std::complex<double> value);
inline std::string narrow(ElementType, std::string value) { return value; }

// Strides of a dense tensor, in elements; row-major.
Dims dense_strides(std::span<const int64_t> dims);
// Indices of the element `at` in a dense tensor.
void unravel(int64_t at, std::span<const int64_t> dims,
             std::span<int64_t> index);

template <typename T>
std::span<T> Tensor::data() {
  const std::span<const T> span = std::as_const(*this).data<T>();
  return {const_cast<T*>(span.data()), span.size()};
}

template <typename T>
std::span<const T> Tensor::data() const {
  if constexpr (std::is_same_v<T, uint64_t>) {
    const auto& words = std::get<std::vector<int64_t>>(data_);
    return {reinterpret_cast<const uint64_t*>(words.data()), words.size()};
  } else {
    return std::get<std::vector<T>>(data_);
  }
}

}  // namespace hone::tensor
