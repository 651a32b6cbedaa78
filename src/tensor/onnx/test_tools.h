// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes ONNX files for tests, field by field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hone::tensor {

// One message; fields as onnx.proto numbers them.
class Message {
 public:
  Message& number(int field, int64_t value) {
    varint(static_cast<uint64_t>(field) << 3);
    varint(static_cast<uint64_t>(value));
    return *this;
  }
  Message& text(int field, std::string_view value) {
    varint(static_cast<uint64_t>(field) << 3 | 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& message(int field, const Message& value) {
    return text(field, value.bytes_);
  }
  Message& real(int field, float value) {
    varint(static_cast<uint64_t>(field) << 3 | 5);
    bytes_.append(reinterpret_cast<const char*>(&value), 4);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

// f32 with the given sizes; -1 is a size named "N".
inline Message value_info(std::string_view name,
                          const std::vector<int64_t>& dims, int type = 1) {
  Message shape;
  for (const int64_t dim : dims)
    shape.message(1,
                  dim < 0 ? Message().text(2, "N") : Message().number(1, dim));
  const Message tensor = Message().number(1, type).message(2, shape);
  return Message().text(1, name).message(2, Message().message(1, tensor));
}

inline Message node(std::string_view op, const std::vector<std::string>& inputs,
                    const std::vector<std::string>& outputs,
                    std::string_view name = "") {
  Message message;
  for (const std::string& input : inputs) message.text(1, input);
  for (const std::string& output : outputs) message.text(2, output);
  if (!name.empty()) message.text(3, name);
  return message.text(4, op);
}

inline Message int_attribute(std::string_view name, int64_t value) {
  return Message().text(1, name).number(3, value).number(20, 2);
}

inline Message ints_attribute(std::string_view name,
                              const std::vector<int64_t>& values) {
  Message message = Message().text(1, name).number(20, 7);
  for (const int64_t value : values) message.number(8, value);
  return message;
}

// i64 unless the type says otherwise.
inline Message tensor(std::string_view name, const std::vector<int64_t>& dims,
                      std::string_view raw, int type = 7) {
  Message message;
  for (const int64_t dim : dims) message.number(1, dim);
  return message.number(2, type).text(8, name).text(9, raw);
}

inline std::string model(const Message& graph, int64_t opset,
                         int64_t ir_version = 8) {
  return Message()
      .number(1, ir_version)
      .message(7, graph)
      .message(8, Message().text(1, "").number(2, opset))
      .bytes();
}

}  // namespace hone::tensor
