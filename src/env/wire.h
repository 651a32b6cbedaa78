// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a frame between an environment and its worker. A step on a small
// module takes some 20 us; JSON would cost as much again, and cannot carry
// bitcode.
//
// Little-endian, no padding: u8, u32, u64, i64, f64 as they are; text as u32
// length and bytes; lists as u32 count and elements; a value as u8 alternative
// and its content.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "env/space.h"

namespace hone::env {

class WireWriter {
 public:
  void u8(uint8_t value) { bytes_ += static_cast<char>(value); }
  void u32(uint32_t value) { number(value); }
  void i64(int64_t value) { number(value); }
  void f64(double value) { number(value); }
  void text(std::string_view value);
  void texts(const std::vector<std::string>& values);
  void value(const Value& value);
  std::string take() { return std::move(bytes_); }

 private:
  template <typename Number>
  void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string bytes_;
};

// Reading past the end makes everything after it zero and ok() false. A count
// is never trusted beyond the bytes that are there.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t u8() { return number<uint8_t>(); }
  uint32_t u32() { return number<uint32_t>(); }
  int64_t i64() { return number<int64_t>(); }
  double f64() { return number<double>(); }
  std::string_view text();  // lives as long as the frame
  std::vector<std::string> texts();
  Value value();
  // The number of elements that follow, each of at least `least` bytes.
  uint32_t count(size_t least);
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(size_t size);
  template <typename Number>
  Number number() {
    Number value{};
    const std::string_view bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace hone::env
