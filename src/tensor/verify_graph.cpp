// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/verify_graph.h"

#include <fmt/format.h>

#include <unordered_set>

#include "base/text.h"
#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

std::string range_text(int least, int most) {
  if (most < 0) return fmt::format("{} or more", least);
  return least == most ? fmt::format("{}", least)
                       : fmt::format("{} to {}", least, most);
}

Status check_count(const Node& node, std::string_view what,
                   const std::vector<ValueId>& ids, int least, int most) {
  const auto count = static_cast<int>(ids.size());
  if (count < least || (most >= 0 && count > most))
    return Error(ErrorKind::Malformed,
                 fmt::format("{} has {} {}; expected {}", describe(node), count,
                             what, range_text(least, most)));
  return {};
}

Status check_attributes(const Node& node) {
  const std::vector<AttributeInfo> known = attributes_of(node.op);
  // A user's operator has whatever attributes the model gives it.
  const bool any = node.op == Op::CustomOperator;
  for (const auto& [name, value] : node.attributes) {
    if (any && name != "operator") continue;
    const AttributeInfo* found = nullptr;
    std::vector<std::string> names;
    for (const AttributeInfo& info : known) {
      if (info.name == name) found = &info;
      names.emplace_back(info.name);
    }
    if (!found)
      return Error(
          ErrorKind::Unsupported,
          fmt::format("{} has an attribute '{}' that is not known{}; known: {}",
                      describe(node), name, did_you_mean(name, names),
                      names.empty() ? "none" : join(names, ", ")));
    if (found->kind != kind_of(value))
      return Error(
          ErrorKind::Malformed,
          fmt::format("{}: attribute '{}' is of kind {}; expected {}",
                      describe(node), name, attribute_kind_name(kind_of(value)),
                      attribute_kind_name(found->kind)));
  }
  for (const AttributeInfo& info : known)
    if (info.required && !node.has(info.name))
      return Error(ErrorKind::Malformed,
                   fmt::format("{} lacks the attribute '{}'", describe(node),
                               info.name));
  return {};
}

class Verifier {
 public:
  explicit Verifier(const Graph& graph)
      : graph_(graph), defined_(graph.values.size(), false) {}

  Status run(const Graph* outer, int depth) {
    if (depth > kDeepestGraph) return wrong("graphs lie too deep");
    std::unordered_set<std::string_view> names;
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      if (value.name.empty() || !names.insert(value.name).second)
        return wrong(fmt::format("two values are named '{}'", value.name));
      if (!value.literal) continue;
      if (!(value.type == value.literal->full_type()))
        return wrong(fmt::format("constant %{} has the type {} and holds {}",
                                 value.name, to_text(value.type),
                                 to_text(value.literal->full_type())));
      defined_[i] = true;
    }
    for (const ValueId id : graph_.inputs) HONE_RETURN_IF_ERROR(define(id));
    if (!outer && !graph_.captures.empty())
      return wrong("an outermost graph captures values");
    for (const Capture& capture : graph_.captures) {
      if (index(capture.outer) >= outer->values.size())
        return wrong("a capture of no value");
      HONE_RETURN_IF_ERROR(define(capture.inner));
    }
    for (const Node& node : graph_.nodes)
      HONE_RETURN_IF_ERROR(check(node, depth));
    for (const ValueId id : graph_.outputs)
      if (!is_defined(id)) return wrong("an output is not defined");
    return {};
  }

 private:
  Error wrong(std::string_view what) const {
    return Error(ErrorKind::Internal,
                 fmt::format("graph '{}': {}", graph_.name, what));
  }

  bool is_defined(ValueId id) const {
    return index(id) < defined_.size() && defined_[index(id)];
  }

  Status define(ValueId id) {
    if (index(id) >= defined_.size()) return wrong("an id of no value");
    if (defined_[index(id)])
      return wrong(fmt::format("%{} is defined twice", graph_[id].name));
    defined_[index(id)] = true;
    return {};
  }

  Status check(const Node& node, int depth) {
    HONE_RETURN_IF_ERROR(check_node(node));
    for (const ValueId id : node.inputs)
      if (id != kNone && !is_defined(id))
        return wrong(fmt::format(
            "{} reads {} before it is defined", describe(node),
            index(id) < graph_.values.size() ? graph_[id].name : "no value"));
    for (const auto& [name, value] : node.attributes)
      if (const Graph* body = node.graph(name)) {
        for (const Capture& capture : body->captures)
          if (!is_defined(capture.outer))
            return wrong(
                fmt::format("{} captures what is not defined", describe(node)));
        HONE_RETURN_IF_ERROR(Verifier(*body).run(&graph_, depth + 1));
      }
    for (const ValueId id : node.outputs)
      if (id != kNone) HONE_RETURN_IF_ERROR(define(id));
    return {};
  }

  const Graph& graph_;
  std::vector<bool> defined_;
};

}  // namespace

Status check_node(const Node& node) {
  const OpInfo& row = info(node.op);
  HONE_RETURN_IF_ERROR(check_count(node, "inputs", node.inputs,
                                   row.least_inputs, row.most_inputs));
  HONE_RETURN_IF_ERROR(check_count(node, "outputs", node.outputs,
                                   row.least_outputs, row.most_outputs));
  for (int i = 0; i < row.least_inputs; ++i)
    if (!node.has_input(i))
      return Error(ErrorKind::Malformed,
                   fmt::format("{}: its input {} is required and absent",
                               describe(node), i));
  return check_attributes(node);
}

Status verify_graph(const Graph& graph) {
  return Verifier(graph).run(nullptr, 0);
}

}  // namespace hone::tensor
