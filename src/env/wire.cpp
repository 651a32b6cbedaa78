// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/wire.h"

#include <bit>

namespace hone::env {

static_assert(std::endian::native == std::endian::little);

void WireWriter::text(std::string_view value) {
  u32(static_cast<uint32_t>(value.size()));
  bytes_ += value;
}

void WireWriter::texts(const std::vector<std::string>& values) {
  u32(static_cast<uint32_t>(values.size()));
  for (const std::string& value : values) text(value);
}

void WireWriter::value(const Value& value) {
  u8(static_cast<uint8_t>(value.index()));
  if (const auto* integer = std::get_if<int64_t>(&value)) i64(*integer);
  if (const auto* real = std::get_if<double>(&value)) f64(*real);
  if (const auto* bytes = std::get_if<std::string>(&value)) text(*bytes);
  if (const auto* vector = std::get_if<std::vector<int64_t>>(&value)) {
    u32(static_cast<uint32_t>(vector->size()));
    for (const int64_t element : *vector) i64(element);
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    texts(*list);
  if (const auto* reals = std::get_if<std::vector<double>>(&value)) {
    u32(static_cast<uint32_t>(reals->size()));
    for (const double element : *reals) f64(element);
  }
}

std::string_view WireReader::take(size_t size) {
  if (size > bytes_.size()) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const std::string_view taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

std::string_view WireReader::text() { return take(u32()); }

uint32_t WireReader::count(size_t least) {
  const uint32_t count = u32();
  if (count > bytes_.size() / least) {
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  return count;
}

std::vector<std::string> WireReader::texts() {
  std::vector<std::string> values(count(sizeof(uint32_t)));
  for (std::string& value : values) value = text();
  return values;
}

Value WireReader::value() {
  switch (u8()) {
    case 0:
      return i64();
    case 1:
      return f64();
    case 2:
      return std::string(text());
    case 3: {
      std::vector<int64_t> vector(count(sizeof(int64_t)));
      for (int64_t& element : vector) element = i64();
      return vector;
    }
    case 4:
      return texts();
    case 5: {
      std::vector<double> reals(count(sizeof(double)));
      for (double& element : reals) element = f64();
      return reals;
    }
    default:
      ok_ = false;
      return int64_t{0};
  }
}

}  // namespace hone::env
