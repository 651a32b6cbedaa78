// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/import.h"
#include "tensor/custom_operators.h"

#include <fmt/format.h>

#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "tensor/functions/contrib.h"
#include "tensor/functions/expand.h"
#include "tensor/graph_text.h"
#include "tensor/onnx/tensor_import.h"
#include "tensor/onnx/type_import.h"
#include "tensor/onnx/upgrade.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {

namespace {

using Opsets = std::map<std::string, int64_t, std::less<>>;

// Names of values, within one graph or the call of one function.
struct Scope {
  Graph& graph;
  Scope* outer = nullptr;  // whose graph lies around this one
  std::unordered_map<std::string, ValueId> names = {};
};

// What the nodes of a list are read with: the file's opsets, or a function's,
// and the attributes of the function's call.
struct Dialect {
  const Opsets& opsets;
  const std::map<std::string, const proto::Attribute*, std::less<>>* bound;
  int depth = 0;
};

class Importer {
 public:
  Importer(const proto::Model& model, TensorSource& source)
      : model_(model), source_(source) {}

  Result<Imported> run() {
    if (!model_.graph)
      return Error(ErrorKind::Malformed,
                   "the bytes are no ONNX model: no graph");
    if (model_.ir_version < 3 || model_.ir_version > 14)
      return Error(
          ErrorKind::Unsupported,
          fmt::format("IR version {}; expected 3 to 14", model_.ir_version));
    Opsets opsets;
    HONE_RETURN_IF_ERROR(read_opsets(model_.opsets, opsets));
    for (const proto::Function& function : model_.functions)
      functions_.emplace(
          function_key(function.domain, function.name, function.overload),
          &function);
    Imported imported;
    imported.ir_version = model_.ir_version;
    imported.opset = opsets.contains("") ? opsets.find("")->second : 0;
    Scope scope{imported.graph};
    const Dialect dialect{opsets, nullptr};
    HONE_RETURN_IF_ERROR(read_graph(*model_.graph, scope, dialect));
    HONE_RETURN_IF_ERROR(verify_graph(imported.graph));
    if (has_contrib_) {
      HONE_ASSIGN_OR_RETURN(imported.graph,
                            expand_contrib(std::move(imported.graph)));
      HONE_RETURN_IF_ERROR(verify_graph(imported.graph));
    }
    return imported;
  }

 private:
  static std::string function_key(std::string_view domain,
                                  std::string_view name,
                                  std::string_view overload) {
    return fmt::format("{}\n{}\n{}", domain == "ai.onnx" ? "" : domain, name,
                       overload);
  }

  static Status read_opsets(const std::vector<proto::OpsetImport>& imports,
                            Opsets& opsets) {
    for (const proto::OpsetImport& import : imports) {
      const std::string domain(import.domain == "ai.onnx" ? "" : import.domain);
      if (domain.empty() &&
          (import.version < 1 || import.version > kNewestOpset))
        return Error(ErrorKind::Unsupported,
                     fmt::format("opset {} of ai.onnx; expected {} to {}",
                                 import.version, kOldestOpset, kNewestOpset));
      opsets[domain] = import.version;
    }
    return {};
  }

  // --- Names ---------------------------------------------------------------

  Status define(Scope& scope, std::string_view name, ValueId id) {
    if (scope.names.emplace(std::string(name), id).second) return {};
    return Error(ErrorKind::Malformed,
                 fmt::format("the value '{}' is defined twice", name));
  }

  ValueId lookup(Scope& scope, std::string_view name) {
    const auto place = scope.names.find(std::string(name));
    if (place != scope.names.end()) return place->second;
    if (!scope.outer) return kNone;
    const ValueId from = lookup(*scope.outer, name);
    if (from == kNone) return kNone;
    const ValueId inner =
        scope.graph.add_value(name, scope.outer->graph[from].type);
    scope.graph.captures.push_back({from, inner});
    scope.names.emplace(std::string(name), inner);
    return inner;
  }

  // --- Graphs --------------------------------------------------------------

  Status read_graph(const proto::Graph& from, Scope& scope,
                    const Dialect& dialect) {
    if (dialect.depth > kDeepestGraph)
      return Error(ErrorKind::Unsupported,
                   fmt::format("graphs or functions lie more than {} deep in "
                               "each other",
                               kDeepestGraph));
    Graph& graph = scope.graph;
    graph.name = std::string(from.name);
    for (const proto::Tensor& tensor : from.initializers) {
      HONE_ASSIGN_OR_RETURN(Literal literal, import_tensor(tensor, source_));
      HONE_RETURN_IF_ERROR(
          define(scope, tensor.name,
                 graph.add_constant(tensor.name, std::move(literal))));
    }
    for (const proto::SparseTensor& tensor : from.sparse_initializers) {
      HONE_ASSIGN_OR_RETURN(Literal literal, import_sparse(tensor, source_));
      HONE_RETURN_IF_ERROR(
          define(scope, tensor.values.name,
                 graph.add_constant(tensor.values.name, std::move(literal))));
    }
    for (const proto::ValueInfo& input : from.inputs) {
      // Before IR version 4 every weight was an input too.
      if (scope.names.contains(std::string(input.name))) continue;
      HONE_ASSIGN_OR_RETURN(Type type,
                            in(import_type(input.type, unknowns_),
                               fmt::format("graph input '{}'", input.name)));
      const ValueId id = graph.add_value(input.name, std::move(type));
      graph.inputs.push_back(id);
      HONE_RETURN_IF_ERROR(define(scope, input.name, id));
    }
    for (const auto* list : {&from.values, &from.outputs})
      for (const proto::ValueInfo& info : *list) {
        HONE_ASSIGN_OR_RETURN(Type type,
                              in(import_type(info.type, unknowns_),
                                 fmt::format("value '{}'", info.name)));
        declared_[&graph][std::string(info.name)] = std::move(type);
      }
    HONE_RETURN_IF_ERROR(read_nodes(from.nodes, scope, dialect));
    for (const proto::ValueInfo& output : from.outputs) {
      const ValueId id = lookup(scope, output.name);
      if (id == kNone)
        return Error(
            ErrorKind::Malformed,
            fmt::format("the graph's output '{}' is not defined", output.name));
      graph.outputs.push_back(id);
    }
    declared_.erase(&graph);
    return {};
  }

  template <typename T>
  static Result<T> in(Result<T> result, std::string_view context) {
    if (result) return result;
    return std::move(result).error().in(context);
  }

  Status read_nodes(const std::vector<proto::Node>& nodes, Scope& scope,
                    const Dialect& dialect) {
    for (const proto::Node& node : nodes)
      HONE_RETURN_IF_ERROR(read_node(node, scope, dialect));
    return {};
  }

  // --- Nodes ---------------------------------------------------------------

  static std::string node_text(const proto::Node& node) {
    return fmt::format("node '{}' ({})", node.name,
                       node.domain.empty()
                           ? std::string(node.op)
                           : fmt::format("{}.{}", node.domain, node.op));
  }

  Status read_node(const proto::Node& from, Scope& scope,
                   const Dialect& dialect) {
    std::vector<ValueId> inputs;
    for (const std::string_view name : from.inputs) {
      inputs.push_back(name.empty() ? kNone : lookup(scope, name));
      if (!name.empty() && inputs.back() == kNone)
        return Error(
            ErrorKind::Malformed,
            fmt::format("{} reads '{}', which is not defined before it",
                        node_text(from), name));
    }
    const auto function =
        functions_.find(function_key(from.domain, from.op, from.overload));
    if (function != functions_.end())
      return call_function(from, *function->second, inputs, scope, dialect);

    const std::string domain(from.domain == "ai.onnx" ? "" : from.domain);
    const auto opset = dialect.opsets.find(domain);
    if (opset == dialect.opsets.end())
      return Error(ErrorKind::Malformed,
                   fmt::format("{}: the model imports no opset of the domain "
                               "'{}'",
                               node_text(from), domain));
    OldNode old{std::string(from.op), opset->second, {}};
    old.node.name = std::string(from.name);
    old.node.inputs = std::move(inputs);
    HONE_RETURN_IF_ERROR(read_attributes(from, old.node, scope, dialect));
    if (domain.empty() && from.op == "Constant")
      return read_constant(from, old.node, scope);
    for (const std::string_view name : from.outputs)
      old.node.outputs.push_back(name.empty() ? kNone
                                              : add_output(scope, name));
    const std::string name = fmt::format("{}::{}", domain, from.op);
    const bool is_users = find_custom_operator(name) != nullptr;
    if (is_users || is_contrib_operator(domain, from.op)) {
      has_contrib_ |= !is_users;
      old.node.op = Op::CustomOperator;
      old.node.attributes.insert_or_assign(std::string(kCustomName), name);
      scope.graph.nodes.push_back(old.node);
      return define_outputs(scope, from, old.node.outputs);
    }
    std::vector<Node> after;
    if (domain.empty()) {
      UpgradeSink sink(scope.graph, old.node.name);
      HONE_RETURN_IF_ERROR(upgrade_node(old, sink, after));
    }
    const std::optional<Op> op = find_operator(domain, old.op);
    if (!op)
      return Error(ErrorKind::Unsupported,
                   fmt::format("{}: no such operator is known; `hone ops` "
                               "lists those that are",
                               node_text(from)));
    old.node.op = *op;
    if (domain.empty() && opset->second < kOldestOpset &&
        !means_the_same(old.op, opset->second))
      return Error(ErrorKind::Unsupported,
                   fmt::format("{}: opset {} of ai.onnx, since which the "
                               "operator has changed; expected {} to {}",
                               node_text(from), opset->second, kOldestOpset,
                               kNewestOpset));
    if (domain.empty() && info(*op).first_version > opset->second &&
        old.op == from.op && !was_experimental(old.op))
      return Error(
          ErrorKind::Malformed,
          fmt::format("{}: the operator exists since opset {}; the "
                      "model imports opset {}",
                      node_text(from), info(*op).first_version, opset->second));
    while (!old.node.inputs.empty() && old.node.inputs.back() == kNone)
      old.node.inputs.pop_back();
    HONE_RETURN_IF_ERROR(check_node(old.node));
    std::vector<ValueId> outputs = old.node.outputs;
    scope.graph.nodes.push_back(std::move(old.node));
    for (Node& node : after) {
      outputs = node.outputs;
      scope.graph.nodes.push_back(std::move(node));
    }
    return define_outputs(scope, from, outputs);
  }

  Status define_outputs(Scope& scope, const proto::Node& from,
                        const std::vector<ValueId>& outputs) {
    for (size_t i = 0; i < from.outputs.size() && i < outputs.size(); ++i)
      if (!from.outputs[i].empty())
        HONE_RETURN_IF_ERROR(define(scope, from.outputs[i], outputs[i]));
    return {};
  }

  ValueId add_output(Scope& scope, std::string_view name) {
    Type type;
    const auto declared = declared_.find(&scope.graph);
    if (declared != declared_.end())
      if (const auto place = declared->second.find(std::string(name));
          place != declared->second.end())
        type = place->second;
    return scope.graph.add_value(name, std::move(type));
  }

  Status read_constant(const proto::Node& from, const Node& node,
                       Scope& scope) {
    if (node.attributes.size() != 1 || from.outputs.size() != 1)
      return Error(ErrorKind::Malformed,
                   fmt::format("{}: expected one attribute and one output",
                               node_text(from)));
    Result<Literal> literal = literal_from(node.attributes.begin()->second);
    if (!literal) return std::move(literal).error().in(node_text(from));
    return define(
        scope, from.outputs[0],
        scope.graph.add_constant(from.outputs[0], *std::move(literal)));
  }

  // --- Attributes ----------------------------------------------------------

  Status read_attributes(const proto::Node& from, Node& node, Scope& scope,
                         const Dialect& dialect) {
    for (const proto::Attribute& given : from.attributes) {
      const proto::Attribute* attribute = &given;
      if (!given.reference.empty()) {
        if (!dialect.bound)
          return Error(ErrorKind::Malformed,
                       fmt::format("{}: attribute '{}' refers to one of a "
                                   "function, outside of any",
                                   node_text(from), given.name));
        const auto place = dialect.bound->find(given.reference);
        if (place == dialect.bound->end()) continue;  // left out by the call
        attribute = place->second;
      }
      Result<Attribute> value = read_attribute(*attribute, scope, dialect);
      if (!value)
        return std::move(value).error().in(
            fmt::format("{}: attribute '{}'", node_text(from), given.name));
      node.attributes.insert_or_assign(std::string(given.name),
                                       *std::move(value));
    }
    return {};
  }

  Result<Attribute> read_attribute(const proto::Attribute& a, Scope& scope,
                                   const Dialect& dialect) {
    // AttributeProto.AttributeType.
    enum {
      kFloat = 1,
      kInt,
      kString,
      kTensor,
      kGraph,
      kFloats,
      kInts,
      kStrings,
      kSparse = 11,
      kType = 13
    };
    switch (a.kind) {
      case kFloat:
        return Attribute(a.f);
      case kInt:
        return Attribute(a.i);
      case kString:
        return Attribute(std::string(a.s));
      case kFloats:
        return Attribute(a.floats);
      case kInts:
        return Attribute(a.ints);
      case kStrings:
        return Attribute(
            std::vector<std::string>(a.strings.begin(), a.strings.end()));
      case kTensor: {
        if (!a.tensor) break;
        HONE_ASSIGN_OR_RETURN(Literal literal,
                              import_tensor(*a.tensor, source_));
        return Attribute(std::move(literal));
      }
      case kSparse: {
        if (!a.sparse) break;
        HONE_ASSIGN_OR_RETURN(Literal literal,
                              import_sparse(*a.sparse, source_));
        return Attribute(std::move(literal));
      }
      case kType: {
        if (!a.type) break;
        HONE_ASSIGN_OR_RETURN(Type type, import_type(*a.type, unknowns_));
        return Attribute(std::move(type));
      }
      case kGraph: {
        if (!a.graph) break;
        auto body = std::make_shared<Graph>();
        Scope inner{*body, &scope};
        Dialect deeper = dialect;
        ++deeper.depth;
        HONE_RETURN_IF_ERROR(read_graph(*a.graph, inner, deeper));
        return Attribute(std::shared_ptr<const Graph>(std::move(body)));
      }
      default:
        return Error(
            ErrorKind::Unsupported,
            fmt::format("its kind is number {}, which is not known", a.kind));
    }
    return Error(ErrorKind::Malformed, "it has no value of its kind");
  }

  // --- Model-local functions -----------------------------------------------

  Status call_function(const proto::Node& from, const proto::Function& function,
                       const std::vector<ValueId>& inputs, Scope& scope,
                       const Dialect& dialect) {
    if (dialect.depth > kDeepestGraph)
      return Error(ErrorKind::Unsupported,
                   fmt::format("{}: functions call each other more than {} "
                               "deep",
                               node_text(from), kDeepestGraph));
    if (++calls_ > kMostCalls)
      return Error(ErrorKind::LimitReached,
                   fmt::format("more than {} calls of functions", kMostCalls));
    if (inputs.size() > function.inputs.size() ||
        from.outputs.size() > function.outputs.size())
      return Error(ErrorKind::Malformed,
                   fmt::format("{}: more inputs or outputs than the function "
                               "has",
                               node_text(from)));
    std::map<std::string, const proto::Attribute*, std::less<>> bound;
    for (const proto::Attribute& a : function.defaults)
      bound[std::string(a.name)] = &a;
    for (const proto::Attribute& a : from.attributes) {
      const proto::Attribute* value = &a;
      if (!a.reference.empty()) {
        if (!dialect.bound || !dialect.bound->contains(a.reference)) continue;
        value = dialect.bound->find(a.reference)->second;
      }
      const auto is_named = [&](std::string_view name) {
        return name == a.name;
      };
      const bool known = std::any_of(function.attributes.begin(),
                                     function.attributes.end(), is_named) ||
                         bound.contains(a.name);
      if (!known)
        return Error(ErrorKind::Unsupported,
                     fmt::format("{}: the function has no attribute '{}'",
                                 node_text(from), a.name));
      bound[std::string(a.name)] = value;
    }
    Opsets opsets = dialect.opsets;
    HONE_RETURN_IF_ERROR(read_opsets(function.opsets, opsets));
    // Same graph, other names; bodies in the function see the function's.
    Scope inside{scope.graph};
    for (size_t i = 0; i < function.inputs.size(); ++i)
      if (i < inputs.size() && inputs[i] != kNone)
        HONE_RETURN_IF_ERROR(define(inside, function.inputs[i], inputs[i]));
    // Absent optional inputs read as absent.
    std::vector<proto::Node> nodes = function.nodes;
    for (proto::Node& node : nodes)
      for (std::string_view& name : node.inputs)
        for (size_t i = 0; i < function.inputs.size(); ++i)
          if (name == function.inputs[i] &&
              (i >= inputs.size() || inputs[i] == kNone))
            name = {};
    const Dialect deeper{opsets, &bound, dialect.depth + 1};
    HONE_RETURN_IF_ERROR(read_nodes(nodes, inside, deeper));
    for (size_t i = 0; i < from.outputs.size(); ++i) {
      if (from.outputs[i].empty()) continue;
      const ValueId id = lookup(inside, function.outputs[i]);
      if (id == kNone)
        return Error(ErrorKind::Malformed,
                     fmt::format("{}: the function does not define its output "
                                 "'{}'",
                                 node_text(from), function.outputs[i]));
      HONE_RETURN_IF_ERROR(define(scope, from.outputs[i], id));
    }
    return {};
  }

  static constexpr int64_t kMostCalls = 100000;

  const proto::Model& model_;
  TensorSource& source_;
  std::map<std::string, const proto::Function*> functions_;
  std::map<const Graph*, std::map<std::string, Type>> declared_;
  bool has_contrib_ = false;
  int64_t unknowns_ = 0;
  int64_t calls_ = 0;
};

Result<Imported> import_bytes(std::string_view bytes, TensorSource source) {
  HONE_ASSIGN_OR_RETURN(const proto::Model model, proto::parse_model(bytes));
  return Importer(model, source).run();
}

}  // namespace

Result<Imported> import_onnx(const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file,
                        MappedFile::open(path));
  const std::string_view bytes = file->bytes();
  std::filesystem::path folder = path.parent_path();
  if (folder.empty()) folder = ".";
  Result<Imported> imported = import_bytes(
      bytes, {.owner = std::move(file), .folder = std::move(folder)});
  if (imported) return imported;
  return std::move(imported).error().in(fmt::format("'{}'", path.string()));
}

Result<Imported> import_onnx_bytes(std::string_view bytes) {
  auto copy = std::make_shared<const std::string>(bytes);
  const std::string_view kept = *copy;
  return import_bytes(kept, {.owner = std::move(copy)});
}

}  // namespace hone::tensor
