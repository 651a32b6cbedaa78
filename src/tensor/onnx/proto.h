// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The messages of ONNX files (onnx.proto, IR version 14) as plain structs.
// Texts and raw data are views into the bytes that were parsed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::tensor::proto {

struct Entry {
  std::string_view key, value;
};

struct Tensor {
  std::string_view name;
  int64_t data_type = 0;
  std::vector<int64_t> dims;
  std::optional<std::string_view> raw;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int64_t> ints32, ints64;
  std::vector<uint64_t> uints64;
  std::vector<std::string_view> strings;
  std::vector<Entry> external;  // where the data are in other files
  bool is_external = false;
  bool has_segment = false;
};

struct SparseTensor {
  Tensor values, indices;
  std::vector<int64_t> dims;
};

struct Type {
  enum class Kind { None, Tensor, Sequence, Optional, Other };
  Kind kind = Kind::None;
  int64_t element = 0;
  bool has_shape = false;
  struct Dim {
    std::optional<int64_t> value;
    std::string_view name;
  };
  std::vector<Dim> dims;
  std::shared_ptr<Type> item;
};

struct Graph;

struct Attribute {
  std::string_view name, reference;  // reference: an attribute of the function
  int64_t kind = 0;                  // AttributeProto.AttributeType
  float f = 0;
  int64_t i = 0;
  std::string_view s;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string_view> strings;
  std::shared_ptr<Tensor> tensor;
  std::shared_ptr<SparseTensor> sparse;
  std::shared_ptr<Graph> graph;
  std::shared_ptr<Type> type;
};

struct Node {
  std::string_view name, op, domain, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<Attribute> attributes;
};

struct ValueInfo {
  std::string_view name;
  Type type;
};

struct Graph {
  std::string_view name;
  std::vector<Node> nodes;
  std::vector<Tensor> initializers;
  std::vector<SparseTensor> sparse_initializers;
  std::vector<ValueInfo> inputs, outputs, values;
};

struct OpsetImport {
  std::string_view domain;
  int64_t version = 0;
};

struct Function {
  std::string_view name, domain, overload;
  std::vector<std::string_view> inputs, outputs, attributes;
  std::vector<Attribute> defaults;
  std::vector<Node> nodes;
  std::vector<OpsetImport> opsets;
};

struct Model {
  int64_t ir_version = 0;
  std::string_view producer;
  std::vector<OpsetImport> opsets;
  std::optional<Graph> graph;
  std::vector<Function> functions;
};

// A value of the standard test data: SequenceProto and OptionalProto.
struct TestValue {
  enum class Kind { Tensor, Sequence, Optional };
  Kind kind = Kind::Tensor;
  Tensor tensor;
  std::vector<TestValue> items;
};

// Malformed says at which part of the file the reading ended. Fields that are
// not known are skipped, as protobuf demands.
Result<Model> parse_model(std::string_view bytes);
Result<Tensor> parse_tensor(std::string_view bytes);
Result<TestValue> parse_test_value(std::string_view bytes,
                                   TestValue::Kind kind);

}  // namespace hone::tensor::proto
