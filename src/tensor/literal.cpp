// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/literal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace hone::tensor {

std::optional<int64_t> count_elements(std::span<const int64_t> dims) {
  int64_t count = 1;
  bool empty = false;
  for (const int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    empty |= dim == 0;
    if (dim != 0 && __builtin_mul_overflow(count, dim, &count))
      return std::nullopt;
  }
  return empty ? 0 : count;
}

Result<Literal> Literal::view(ElementType type, std::vector<int64_t> dims,
                              std::span<const std::byte> bytes,
                              std::shared_ptr<const void> owner,
                              Storage storage) {
  // So that packed_bytes() cannot overflow either.
  constexpr int64_t kMost = INT64_MAX / 32;
  const std::optional<int64_t> size = count_elements(dims);
  if (!size || *size > kMost)
    return Error(ErrorKind::Malformed,
                 fmt::format("sizes {} of a tensor: expected natural numbers "
                             "whose product fits 58 bits",
                             dims));
  const int64_t expected = packed_bytes(type, *size);
  if (static_cast<int64_t>(bytes.size()) != expected)
    return Error(ErrorKind::Malformed,
                 fmt::format("a tensor {}{} has {} bytes of data; expected {}",
                             element_name(type), dims, bytes.size(), expected));
  Literal literal;
  literal.type_ = type;
  literal.dims_ = std::move(dims);
  literal.size_ = *size;
  literal.bytes_ = bytes;
  literal.owner_ = std::move(owner);
  literal.storage_ = storage;
  return literal;
}

void Literal::release_pages() const {
  if (storage_ != Storage::MappedFile) return;
  // Whole pages only: others hold something else, too.
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(bytes_.data());
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t last = (begin + bytes_.size()) / page * page;
  if (first < last)
    ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

Result<Literal> Literal::own(ElementType type, std::vector<int64_t> dims,
                             std::vector<std::byte> bytes) {
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const std::span<const std::byte> span = *owner;
  return view(type, std::move(dims), span, std::move(owner));
}

Result<Literal> Literal::texts(std::vector<int64_t> dims,
                               std::vector<std::string> texts) {
  const std::optional<int64_t> size = count_elements(dims);
  if (!size || *size != static_cast<int64_t>(texts.size()))
    return Error(
        ErrorKind::Malformed,
        fmt::format("a tensor string{} has {} texts", dims, texts.size()));
  Literal literal;
  literal.type_ = ElementType::Str;
  literal.dims_ = std::move(dims);
  literal.size_ = *size;
  literal.texts_ =
      std::make_shared<const std::vector<std::string>>(std::move(texts));
  return literal;
}

namespace {

template <typename T>
std::vector<std::byte> bytes_of(std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Literal Literal::integer(int64_t value) {
  return *own(ElementType::I64, {},
              bytes_of(std::span<const int64_t>(&value, 1)));
}

Literal Literal::integers(std::span<const int64_t> values) {
  return *own(ElementType::I64, {static_cast<int64_t>(values.size())},
              bytes_of(values));
}

Literal Literal::number(float value) {
  return *own(ElementType::F32, {},
              bytes_of(std::span<const float>(&value, 1)));
}

std::span<const std::string> Literal::texts() const {
  if (!texts_) return {};
  return *texts_;
}

std::optional<std::vector<int64_t>> Literal::to_integers() const {
  if (!is_integer(type_) && type_ != ElementType::Bool) return std::nullopt;
  const int bits = element_bits(type_);
  const bool is_signed = element_class(type_) == ElementClass::Int;
  std::vector<int64_t> values(size_);
  for (int64_t i = 0; i < size_; ++i) {
    uint64_t value = 0;
    if (bits >= 8) {
      std::memcpy(&value, bytes_.data() + i * (bits / 8), bits / 8);
    } else {
      const int per_byte = 8 / bits;
      value = std::to_integer<uint64_t>(bytes_[i / per_byte]) >>
              (bits * (i % per_byte));
    }
    const int unused = 64 - bits;
    values[i] = is_signed ? static_cast<int64_t>(value << unused) >> unused
                          : static_cast<int64_t>(value << unused >> unused);
  }
  return values;
}

bool Literal::operator==(const Literal& other) const {
  if (type_ != other.type_ || dims_ != other.dims_) return false;
  if (type_ == ElementType::Str) {
    const auto a = texts(), b = other.texts();
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  return bytes_.size() == other.bytes_.size() &&
         (bytes_.empty() ||
          std::memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0);
}

}  // namespace hone::tensor
