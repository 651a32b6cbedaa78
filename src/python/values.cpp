// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "python/values.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>

namespace nb = nanobind;

namespace hone::python {

namespace {

using env::SpaceKind;
using env::Value;

// A fresh array that owns its numbers.
template <typename T>
struct Array {
  explicit Array(std::initializer_list<size_t> shape) : shape(shape) {
    size_t size = 1;
    for (const size_t extent : shape) size *= extent;
    numbers = std::make_unique<T[]>(size);
  }

  nb::object to_python() && {
    T* data = numbers.release();
    nb::capsule owner(data,
                      [](void* p) noexcept { delete[] static_cast<T*>(p); });
    return nb::cast(
        nb::ndarray<nb::numpy, T>(data, shape.size(), shape.data(), owner));
  }

  std::vector<size_t> shape;
  std::unique_ptr<T[]> numbers;
};

template <typename T>
nb::object box(const std::vector<T>& numbers) {
  Array<T> array({numbers.size()});
  std::copy(numbers.begin(), numbers.end(), array.numbers.get());
  return std::move(array).to_python();
}

template <typename T>
nb::object column(std::span<const Value* const> values) {
  Array<T> array({values.size(), 1});
  for (size_t i = 0; i < values.size(); ++i)
    array.numbers[i] = std::get<T>(*values[i]);
  return std::move(array).to_python();
}

template <typename T>
nb::object table(std::span<const Value* const> values) {
  const size_t width = std::get<std::vector<T>>(*values.front()).size();
  Array<T> array({values.size(), width});
  T* row = array.numbers.get();
  for (const Value* value : values) {
    const auto& numbers = std::get<std::vector<T>>(*value);
    row = std::copy(numbers.begin(), numbers.end(), row);
  }
  return std::move(array).to_python();
}

}  // namespace

nb::object to_python(const Value& value, SpaceKind kind) {
  if (const auto* integer = std::get_if<int64_t>(&value))
    return nb::cast(*integer);
  if (const auto* real = std::get_if<double>(&value)) return nb::cast(*real);
  if (const auto* numbers = std::get_if<std::vector<int64_t>>(&value))
    return box(*numbers);
  if (const auto* reals = std::get_if<std::vector<double>>(&value))
    return box(*reals);
  if (const auto* words = std::get_if<std::vector<std::string>>(&value))
    return nb::cast(*words);
  const std::string& text = std::get<std::string>(value);
  if (kind == SpaceKind::Bytes) return nb::bytes(text.data(), text.size());
  // Names in a module may be any bytes.
  return nb::steal(PyUnicode_DecodeUTF8(
      text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

bool can_be_stacked(SpaceKind kind) {
  return kind == SpaceKind::Integer || kind == SpaceKind::Float ||
         kind == SpaceKind::Box || kind == SpaceKind::FloatBox;
}

nb::object to_rows(std::span<const Value* const> values) {
  const Value& first = *values.front();
  if (std::holds_alternative<int64_t>(first)) return column<int64_t>(values);
  if (std::holds_alternative<double>(first)) return column<double>(values);
  return std::holds_alternative<std::vector<double>>(first)
             ? table<double>(values)
             : table<int64_t>(values);
}

}  // namespace hone::python
