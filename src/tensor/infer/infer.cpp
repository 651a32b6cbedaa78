// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/infer/infer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

constexpr size_t kMostContents = 64;

constexpr std::span<const InferRow> (*kFamilies[])() = {
    pointwise_rules, contraction_rules, shape_rules, layout_rules,
    control_rules,   custom_rules,      image_rules, maker_rules};

InferRule find_rule(Op op) {
  for (const auto family : kFamilies)
    for (const InferRow& row : family())
      if (row.op == op) return row.rule;
  return nullptr;
}

Fact fact_of(const Literal& literal) {
  Fact fact = {.type = literal.full_type(), .literal = &literal};
  if (literal.dims().size() <= 1 &&
      literal.size() <= static_cast<int64_t>(kMostContents) &&
      literal.type() != ElementType::U64)
    if (const auto values = literal.to_integers())
      fact.contents.emplace(values->begin(), values->end());
  return fact;
}

class Inferrer {
 public:
  explicit Inferrer(const InferOptions& options) : options_(options) {}

  std::vector<Fact> run(Graph& graph, const std::vector<Fact>& inputs,
                        const std::vector<Fact>* outer, int depth) {
    std::vector<Fact> facts;
    add_constants(graph, facts);
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      Fact& fact = facts[index(graph.inputs[i])];
      if (i < inputs.size()) fact = inputs[i];
      fact.type = refine(fact.type, graph[graph.inputs[i]].type);
    }
    // A body that is looked at by itself has only what was declared.
    for (const Capture& capture : graph.captures)
      facts[index(capture.inner)] =
          outer ? (*outer)[index(capture.outer)]
                : Fact{renewed(graph[capture.inner].type)};
    if (options_.replace)
      replace_nodes(graph, facts, depth);
    else
      for (Node& node : graph.nodes) follow(graph, node, facts, depth);
    for (size_t i = 0; i < graph.values.size(); ++i)
      graph.values[i].type = facts[i].type;
    std::vector<Fact> outputs;
    for (const ValueId id : graph.outputs) outputs.push_back(facts[index(id)]);
    return outputs;
  }

 private:
  static constexpr int kDeepest = 32;

  // Facts of values that are new in `graph`. A graph that grows moves its
  // literals (not their bytes), so facts have some of their own.
  void add_constants(const Graph& graph, std::vector<Fact>& facts) {
    const size_t known = facts.size();
    facts.resize(graph.values.size());
    for (size_t i = known; i < facts.size(); ++i)
      if (graph.values[i].literal)
        facts[i] = fact_of(literals_.emplace_back(*graph.values[i].literal));
  }

  void follow(const Graph& graph, Node& node, std::vector<Fact>& facts,
              int depth) {
    std::vector<Fact> results = infer(node, facts, depth);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] == kNone) continue;
      Fact& fact = facts[index(node.outputs[i])];
      fact = std::move(results[i]);
      fact.type = refine(fact.type, graph[node.outputs[i]].type);
    }
  }

  void replace_nodes(Graph& graph, std::vector<Fact>& facts, int depth) {
    const auto show = [&](ValueId id) {
      if (id != kNone) graph[id].type = facts[index(id)].type;
    };
    for (const ValueId id : graph.inputs) show(id);
    for (const Capture& capture : graph.captures) show(capture.inner);
    // What is to come, the next one last.
    std::vector<Node> rest(std::make_move_iterator(graph.nodes.rbegin()),
                           std::make_move_iterator(graph.nodes.rend()));
    graph.nodes.clear();
    while (!rest.empty()) {
      Node node = std::move(rest.back());
      rest.pop_back();
      std::vector<Node> instead;
      if (options_.replace(graph, node, instead)) {
        add_constants(graph, facts);
        rest.insert(rest.end(), std::make_move_iterator(instead.rbegin()),
                    std::make_move_iterator(instead.rend()));
        continue;
      }
      follow(graph, node, facts, depth);
      for (const ValueId id : node.outputs) show(id);
      graph.nodes.push_back(std::move(node));
    }
  }

  // Unknowns are numbered in the order of the graph, by each run anew, so that
  // none is taken for another and the same graph gets the same numbers.
  Type renewed(Type type) {
    if (type.shape)
      for (Dim& dim : *type.shape)
        if (dim.has_unknown())
          dim = Dim::symbol(fmt::format("?{}", unknowns_++));
    return type;
  }

  // The inferred type, with what only the declared one says.
  Type refine(const Type& inferred, const Type& declared) {
    if (!inferred.element) {
      if (inferred.wraps.empty() || inferred.wraps == declared.wraps)
        return renewed(declared);
      return inferred;
    }
    if (!declared.element || !compatible(inferred, declared) ||
        inferred.wraps != declared.wraps || !declared.shape)
      return inferred;
    Type type = inferred;
    if (!type.shape) {
      type.shape = declared.shape;
      return renewed(std::move(type));
    }
    for (size_t i = 0; i < type.shape->size(); ++i)
      if ((*type.shape)[i].has_unknown() && !(*declared.shape)[i].has_unknown())
        (*type.shape)[i] = (*declared.shape)[i];
    return type;
  }

  std::vector<Fact> infer(Node& node, const std::vector<Fact>& facts,
                          int depth) {
    std::vector<const Fact*> arguments;
    for (const ValueId id : node.inputs)
      arguments.push_back(id == kNone ? nullptr : &facts[index(id)]);
    // A rule may run a body again on less than it was given first, so each run
    // begins with the body as it was declared.
    const auto declared = node.attributes;
    const Inference::InferBody body = [&](std::string_view name,
                                          std::vector<Fact> inputs) {
      const auto place = declared.find(name);
      if (place == declared.end() || depth >= kDeepest ||
          kind_of(place->second) != AttributeKind::Graph)
        return std::vector<Fact>();
      auto graph = std::make_shared<Graph>(
          *std::get<std::shared_ptr<const Graph>>(place->second));
      std::vector<Fact> outputs = run(*graph, inputs, &facts, depth + 1);
      node.attributes[std::string(name)] =
          std::shared_ptr<const Graph>(std::move(graph));
      return outputs;
    };
    Inference inference(node, std::move(arguments), unknowns_, body);
    if (const InferRule rule = find_rule(node.op)) rule(inference);
    for (Fact& fact : inference.results())
      if (fact.contents && fact.contents->size() > kMostContents)
        fact.contents.reset();
    return std::move(inference.results());
  }

  const InferOptions& options_;
  std::deque<Literal> literals_;
  int64_t unknowns_ = 0;
};

}  // namespace

const Shape* Inference::shape(size_t i) const {
  if (!has(i) || !fact(i).type.is_tensor() || !fact(i).type.shape)
    return nullptr;
  return &*fact(i).type.shape;
}

const std::vector<Dim>* Inference::contents(size_t i) const {
  return has(i) && fact(i).contents ? &*fact(i).contents : nullptr;
}

std::optional<std::vector<int64_t>> Inference::numbers(size_t i) const {
  const std::vector<Dim>* dims = contents(i);
  return dims ? static_dims(*dims) : std::nullopt;
}

std::optional<size_t> Inference::length(size_t i) const {
  constexpr int64_t kMost = 64;
  const Shape* list = shape(i);
  if (!list || list->size() != 1 || !(*list)[0].is_constant()) return {};
  const int64_t count = (*list)[0].value();
  if (count < 0 || count > kMost) return {};
  return static_cast<size_t>(count);
}

Dim Inference::unknown() {
  return Dim::symbol(fmt::format("?{}", unknowns_++));
}

Shape Inference::unknown_shape(size_t rank) {
  Shape shape;
  for (size_t i = 0; i < rank; ++i) shape.push_back(unknown());
  return shape;
}

std::optional<size_t> Inference::axis(int64_t given, size_t rank) const {
  const auto size = static_cast<int64_t>(rank);
  if (given < 0) given += size;
  if (given < 0 || given >= size) return std::nullopt;
  return static_cast<size_t>(given);
}

Shape broadcast_shapes(Inference& c, const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.size(), b.size());
  Shape shape;
  for (size_t i = 0; i < rank; ++i) {
    const Dim x = i < rank - a.size() ? Dim(1) : a[i - (rank - a.size())];
    const Dim y = i < rank - b.size() ? Dim(1) : b[i - (rank - b.size())];
    if (x == y || y.is(1))
      shape.push_back(x);
    else if (x.is(1) || y.is_constant())
      shape.push_back(y);
    else if (x.is_constant())
      shape.push_back(x);
    else
      shape.push_back(c.unknown());
  }
  return shape;
}

Status infer_types(Graph& graph, const InferOptions& options) {
  std::vector<Fact> inputs;
  for (const ValueId id : graph.inputs) {
    const auto given = options.inputs.find(graph[id].name);
    if (given == options.inputs.end()) {
      inputs.emplace_back();
      continue;
    }
    if (!compatible(given->second, graph[id].type))
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("input '{}' is {}; given {}", graph[id].name,
                      to_text(graph[id].type), to_text(given->second)));
    inputs.push_back({given->second});
  }
  Inferrer(options).run(graph, inputs, nullptr, 0);
  return {};
}

}  // namespace hone::tensor
