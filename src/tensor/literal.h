// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tensor whose elements are known: weights and other constants. The bytes
// are packed as ONNX packs them (element_type.h) and little-endian; they may
// belong to a mapped file, so that a model's weights are never copied.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/type.h"

namespace hone::tensor {

class Literal {
 public:
  Literal() = default;  // f32[0], no elements

  // Bytes that somebody else owns: `owner` keeps them alive. Malformed where
  // the number of bytes does not fit the type and sizes, or a size is negative.
  enum class Storage { Memory, MappedFile };
  static Result<Literal> view(ElementType type, std::vector<int64_t> dims,
                              std::span<const std::byte> bytes,
                              std::shared_ptr<const void> owner,
                              Storage storage = Storage::Memory);
  static Result<Literal> own(ElementType type, std::vector<int64_t> dims,
                             std::vector<std::byte> bytes);
  static Result<Literal> texts(std::vector<int64_t> dims,
                               std::vector<std::string> texts);
  // i64[] and i64[n].
  static Literal integer(int64_t value);
  static Literal integers(std::span<const int64_t> values);
  // f32[]
  static Literal number(float value);

  ElementType type() const { return type_; }
  const std::vector<int64_t>& dims() const { return dims_; }
  int64_t size() const { return size_; }
  Type full_type() const { return Type::of(type_, to_shape(dims_)); }
  // Need not be aligned.
  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<const std::string> texts() const;
  // What stands in a mapped file leaves the memory until it is read again.
  void release_pages() const;

  // The elements as numbers of 64 bits, where they are integers or Booleans.
  std::optional<std::vector<int64_t>> to_integers() const;

  // Same type, sizes and bits.
  bool operator==(const Literal& other) const;

 private:
  ElementType type_ = ElementType::F32;
  std::vector<int64_t> dims_ = {0};
  int64_t size_ = 0;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  Storage storage_ = Storage::Memory;
  std::shared_ptr<const std::vector<std::string>> texts_;
};

// Number of elements; nothing where it overflows or a size is negative.
std::optional<int64_t> count_elements(std::span<const int64_t> dims);

}  // namespace hone::tensor
