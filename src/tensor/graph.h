// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensor graphs: what a model computes, before anything is known about loops.
//
// A Graph is a list of nodes in an order in which they can run. Values have
// ids, local to their graph: inputs of the graph, outputs of nodes, constants,
// and captures. The bodies of If, Loop, Scan and SequenceMap are Graphs in
// attributes; what a body reads of the graph around it is listed in `captures`,
// so that a body can be understood by itself:
//
//   graph "g" (%x: f32[N, 4]) -> (%y) {
//     %w: f32[4] = const [1, 2, 3, 4]
//     %s: f32[N, 4] = Mul(%x, %w)
//     %y: f32[N, 4] = Softmax(%s) {axis = 1}
//   }
//
// Operators mean what the newest ONNX version says (operators.def); attributes
// equal to their defaults may be left out. Single assignment: every value has
// one definition. graph_text.h prints and parses, verify_graph.h checks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/literal.h"
#include "tensor/operator_table.h"
#include "tensor/type.h"

namespace hone::tensor {

// Index into Graph::values. kNone is an optional input or output left out.
enum class ValueId : int32_t { kNone = -1 };
inline constexpr ValueId kNone = ValueId::kNone;
inline size_t index(ValueId id) { return static_cast<size_t>(id); }

struct Graph;

using Attribute =
    std::variant<int64_t, float, std::string, std::vector<int64_t>,
                 std::vector<float>, std::vector<std::string>, Literal,
                 std::shared_ptr<const Graph>, Type>;

// In the order of AttributeKind.
inline AttributeKind kind_of(const Attribute& attribute) {
  return static_cast<AttributeKind>(attribute.index());
}

struct Value {
  std::string name;  // unique in its graph
  Type type;
  std::optional<Literal> literal;  // of constants
};

struct Node {
  Op op;
  std::string name;  // of the ONNX node, for messages; may be ""
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::map<std::string, Attribute, std::less<>> attributes;

  bool has_input(size_t i) const {
    return i < inputs.size() && inputs[i] != kNone;
  }
  bool has_output(size_t i) const {
    return i < outputs.size() && outputs[i] != kNone;
  }

  // An attribute, or its default from the table. Where it has none: 0, "" and
  // empty lists; has() says whether it was given.
  bool has(std::string_view attribute) const;
  int64_t integer(std::string_view attribute) const;
  float number(std::string_view attribute) const;
  std::string text(std::string_view attribute) const;
  std::vector<int64_t> integers(std::string_view attribute) const;
  std::vector<float> numbers(std::string_view attribute) const;
  std::vector<std::string> texts(std::string_view attribute) const;
  const Graph* graph(std::string_view attribute) const;      // null: not given
  const Literal* literal(std::string_view attribute) const;  // null: not given
};

// A value of the graph around this one, and its name in here.
struct Capture {
  ValueId outer;
  ValueId inner;
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<Capture> captures;
  std::vector<Node> nodes;

  Value& operator[](ValueId id) { return values[index(id)]; }
  const Value& operator[](ValueId id) const { return values[index(id)]; }

  // A new value; the name gets a number behind it where it is taken.
  ValueId add_value(std::string_view name, Type type = {});
  ValueId add_constant(std::string_view name, Literal literal);

  // kNone where there is none. Linear in the number of values.
  ValueId find(std::string_view name) const;

  const Literal* literal_of(ValueId id) const {
    return id != kNone && (*this)[id].literal ? &*(*this)[id].literal : nullptr;
  }

 private:
  // Next number to try behind a name; only a hint, so that adding stays cheap.
  std::map<std::string, int64_t, std::less<>> taken_;
  size_t counted_ = 0;
};

// "node 'conv1' (Conv)", for messages.
std::string describe(const Node& node);

}  // namespace hone::tensor
