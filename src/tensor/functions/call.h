// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A node as the writer of its body sees it: what it was given, what is known
// of its inputs, and a way to say that there is no body for such a node.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

class FunctionCall {
 public:
  FunctionCall(const Graph& graph, const Node& node)
      : graph_(graph), node_(node) {}

  // For attributes that the table of operators checked and has defaults of.
  const Node& node() const { return node_; }

  bool has(size_t input) const { return node_.has_input(input); }
  bool wants(size_t output) const { return node_.has_output(output); }

  std::optional<ElementType> element(size_t input) const;
  // Null where the rank is not known.
  const Shape* shape(size_t input) const;
  std::optional<int64_t> rank(size_t input) const;
  // A size that is a number; negative axes count from the end.
  std::optional<int64_t> size(size_t input, int64_t axis) const;
  // Those, where the body cannot be written without; else refused, and 1.
  ElementType need_element(size_t input);
  int64_t need_rank(size_t input);
  int64_t need_size(size_t input, int64_t axis);

  // Attributes that no table knows; that it was asked for is remembered.
  int64_t integer(std::string_view name, int64_t otherwise = 0);
  float number(std::string_view name, float otherwise);
  std::string text(std::string_view name, std::string_view otherwise);
  std::vector<int64_t> integers(std::string_view name);
  std::vector<float> numbers(std::string_view name);
  // " {name = value, …}" of those that are given; "" where none is.
  std::string passed_on(std::initializer_list<std::string_view> names);
  // Its value makes no difference.
  void ignore(std::string_view name) { asked_.emplace(name); }

  // The first reason counts.
  void refuse(std::string why);

  // Unsupported where the writer refused, or an attribute was not asked for.
  // `label` is how messages name the node.
  Status verdict(std::string_view label, bool all_asked) const;

 private:
  const Attribute* find(std::string_view name, AttributeKind kind);

  const Graph& graph_;
  const Node& node_;
  std::set<std::string, std::less<>> asked_;
  std::string refused_;
};

// A scalar constant %NAME of the type of %LIKE.
std::string scalar_like(std::string_view name, double value,
                        std::string_view like);
// " : i64[n] = const [...]" of the whole list, as %NAME.
std::string list_constant(std::string_view name,
                          const std::vector<int64_t>& values);
// What stands in for infinity at the end of a Slice.
inline constexpr int64_t kToTheEnd = INT64_MAX;

}  // namespace hone::tensor
