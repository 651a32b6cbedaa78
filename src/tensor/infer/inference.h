// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a rule of inference sees: one node, what is known about its inputs, and
// a place for what follows about its outputs. Rules say nothing where they know
// nothing; they never fail.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "tensor/graph.h"

namespace hone::tensor {

// A known value: its type, of integer tensors of rank 0 or 1 with few elements,
// the elements, and of a constant all there is.
struct Fact {
  Type type;
  std::optional<std::vector<Dim>> contents = {};
  const Literal* literal = nullptr;
};

class Inference {
 public:
  using InferBody = std::function<std::vector<Fact>(std::string_view attribute,
                                                    std::vector<Fact> inputs)>;

  Inference(const Node& node, std::vector<const Fact*> inputs,
            int64_t& unknowns, const InferBody& body)
      : node(node),
        inputs_(std::move(inputs)),
        unknowns_(unknowns),
        outputs_(node.outputs.size()),
        body_(body) {}

  const Node& node;

  bool has(size_t i) const { return i < inputs_.size() && inputs_[i]; }
  size_t inputs() const { return inputs_.size(); }
  size_t outputs() const { return outputs_.size(); }
  const Fact& fact(size_t i) const { return *inputs_[i]; }
  std::optional<ElementType> element(size_t i) const {
    return has(i) ? fact(i).type.element : std::nullopt;
  }
  // Null where the rank is not known, or it is no tensor.
  const Shape* shape(size_t i) const;
  // Null where they are not known.
  const std::vector<Dim>* contents(size_t i) const;
  // Contents that are all numbers.
  std::optional<std::vector<int64_t>> numbers(size_t i) const;

  // Of an input that lists sizes: how many there are.
  std::optional<size_t> length(size_t i) const;

  Dim unknown();
  Shape unknown_shape(size_t rank);
  // Counted from the front; nothing where it is out of range.
  std::optional<size_t> axis(int64_t given, size_t rank) const;

  void set(size_t i, Fact fact) {
    if (i < outputs_.size()) outputs_[i] = std::move(fact);
  }
  void set(size_t i, std::optional<ElementType> element,
           std::optional<Shape> shape,
           std::optional<std::vector<Dim>> contents = std::nullopt) {
    set(i, {.type = {.element = element, .shape = std::move(shape)},
            .contents = std::move(contents)});
  }
  std::vector<Fact>& results() { return outputs_; }

  std::vector<Fact> run_body(std::string_view attribute,
                             std::vector<Fact> inputs) const {
    return body_(attribute, std::move(inputs));
  }
  int64_t& unknowns() { return unknowns_; }

 private:
  std::vector<const Fact*> inputs_;
  int64_t& unknowns_;
  std::vector<Fact> outputs_;
  const InferBody& body_;
};

using InferRule = void (*)(Inference&);

struct InferRow {
  Op op;
  InferRule rule;
};

std::span<const InferRow> pointwise_rules();
std::span<const InferRow> contraction_rules();
std::span<const InferRow> shape_rules();
std::span<const InferRow> layout_rules();
std::span<const InferRow> control_rules();
std::span<const InferRow> custom_rules();
std::span<const InferRow> maker_rules();
std::span<const InferRow> image_rules();

// Sizes of the result of broadcasting.
Shape broadcast_shapes(Inference& c, const Shape& a, const Shape& b);

}  // namespace hone::tensor
