// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/tensor.h"

#include <bit>
#include <cstring>

namespace hone::tensor {

Tensor::Tensor(ElementType type, Dims dims)
    : type_(type), dims_(std::move(dims)) {
  size_ = count_elements(dims_).value_or(0);
  switch (element_class(type)) {
    case ElementClass::Float:
      data_ = std::vector<double>(size_);
      break;
    case ElementClass::Complex:
      data_ = std::vector<std::complex<double>>(size_);
      break;
    case ElementClass::Text:
      data_ = std::vector<std::string>(size_);
      break;
    default:
      data_ = std::vector<int64_t>(size_);
  }
}

Tensor Tensor::scalar(ElementType type, double value) {
  Tensor tensor(type, {});
  if (is_float(type))
    tensor.data<double>()[0] = narrow(type, value);
  else
    tensor.data<int64_t>()[0] = narrow(type, static_cast<int64_t>(value));
  return tensor;
}

Tensor Tensor::integers(std::span<const int64_t> values) {
  Tensor tensor(ElementType::I64, {static_cast<int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.data<int64_t>().begin());
  return tensor;
}

Tensor Tensor::integer(int64_t value) {
  Tensor tensor(ElementType::I64, {});
  tensor.data<int64_t>()[0] = value;
  return tensor;
}

Tensor Tensor::boolean(bool value) {
  Tensor tensor(ElementType::Bool, {});
  tensor.data<int64_t>()[0] = value;
  return tensor;
}

uint64_t Tensor::bits(int64_t at) const {
  if (is_float(type_)) return encode_float(type_, data<double>()[at]);
  const int bits = element_bits(type_);
  const auto word = static_cast<uint64_t>(data<int64_t>()[at]);
  return bits == 64 ? word : word & ((uint64_t{1} << bits) - 1);
}

void Tensor::set_bits(int64_t at, uint64_t bits) {
  if (is_float(type_))
    data<double>()[at] = decode_float(type_, bits);
  else
    data<int64_t>()[at] = narrow(type_, static_cast<int64_t>(bits));
}

Tensor Tensor::from(const Literal& literal) {
  Tensor tensor(literal.type(), literal.dims());
  const std::span<const std::byte> bytes = literal.bytes();
  if (literal.type() == ElementType::Str) {
    const auto texts = literal.texts();
    std::copy(texts.begin(), texts.end(), tensor.data<std::string>().begin());
    return tensor;
  }
  if (is_complex(literal.type())) {
    const auto data = tensor.data<std::complex<double>>();
    for (int64_t i = 0; i < tensor.size(); ++i) {
      if (literal.type() == ElementType::C64) {
        float parts[2];
        std::memcpy(parts, bytes.data() + 8 * i, 8);
        data[i] = {parts[0], parts[1]};
      } else {
        std::memcpy(&data[i], bytes.data() + 16 * i, 16);
      }
    }
    return tensor;
  }
  const int bits = element_bits(literal.type());
  const int width = (bits + 7) / 8;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    uint64_t word = 0;
    if (bits == 4 || bits == 2) {
      const int per_byte = 8 / bits;
      word = std::to_integer<uint64_t>(bytes[i / per_byte]) >>
                 (bits * (i % per_byte)) &
             ((1u << bits) - 1);
    } else {
      std::memcpy(&word, bytes.data() + i * width, width);
    }
    tensor.set_bits(i, word);
  }
  return tensor;
}

Literal Tensor::to_literal() const {
  if (type_ == ElementType::Str) {
    const auto texts = data<std::string>();
    return *Literal::texts(dims_, {texts.begin(), texts.end()});
  }
  std::vector<std::byte> bytes(packed_bytes(type_, size_));
  const int bits = element_bits(type_);
  const int width = (bits + 7) / 8;
  for (int64_t i = 0; i < size_; ++i) {
    if (type_ == ElementType::C64) {
      const std::complex<double> value = data<std::complex<double>>()[i];
      const float parts[2] = {static_cast<float>(value.real()),
                              static_cast<float>(value.imag())};
      std::memcpy(bytes.data() + 8 * i, parts, 8);
    } else if (type_ == ElementType::C128) {
      std::memcpy(bytes.data() + 16 * i, &data<std::complex<double>>()[i], 16);
    } else if (bits == 4 || bits == 2) {
      const int per_byte = 8 / bits;
      bytes[i / per_byte] |=
          static_cast<std::byte>(this->bits(i) << (bits * (i % per_byte)));
    } else {
      const uint64_t word = this->bits(i);
      std::memcpy(bytes.data() + i * width, &word, width);
    }
  }
  return *Literal::own(type_, dims_, std::move(bytes));
}

double Tensor::number(int64_t at) const {
  if (is_float(type_)) return data<double>()[at];
  if (type_ == ElementType::U64)
    return static_cast<double>(data<uint64_t>()[at]);
  return static_cast<double>(data<int64_t>()[at]);
}

Tensor Tensor::reshaped(Dims dims) const {
  HONE_CHECK(count_elements(dims) == size_);
  Tensor tensor = *this;
  tensor.dims_ = std::move(dims);
  return tensor;
}

int64_t narrow(ElementType type, int64_t value) {
  if (type == ElementType::Bool) return value != 0;
  const int unused = 64 - element_bits(type);
  const uint64_t shifted = static_cast<uint64_t>(value) << unused;
  return element_class(type) == ElementClass::Int
             ? static_cast<int64_t>(shifted) >> unused
             : static_cast<int64_t>(shifted >> unused);
}

std::complex<double> narrow(ElementType type, std::complex<double> value) {
  if (type == ElementType::C128) return value;
  return {static_cast<float>(value.real()), static_cast<float>(value.imag())};
}

Dims dense_strides(std::span<const int64_t> dims) {
  Dims strides(dims.size(), 1);
  for (size_t i = dims.size(); i > 1; --i)
    strides[i - 2] = strides[i - 1] * dims[i - 1];
  return strides;
}

void unravel(int64_t at, std::span<const int64_t> dims,
             std::span<int64_t> index) {
  for (size_t i = dims.size(); i > 0; --i) {
    index[i - 1] = at % dims[i - 1];
    at /= dims[i - 1];
  }
}

}  // namespace hone::tensor
