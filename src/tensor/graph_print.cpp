// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

bool is_bare(std::string_view name) {
  if (name.empty() || name == "_") return false;
  for (const char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("_./$-").find(c) == std::string_view::npos)
      return false;
  return true;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + "\"";
}

template <typename T>
std::vector<T> elements(const Literal& literal) {
  std::vector<T> values(literal.size());
  if (!values.empty())
    std::memcpy(values.data(), literal.bytes().data(),
                literal.size() * sizeof(T));
  return values;
}

template <typename T>
bool has_nan(const std::vector<T>& values) {
  for (const T value : values)
    if (std::isnan(value)) return true;
  return false;
}

std::string literal_text(const Literal& literal,
                         const GraphTextOptions& options) {
  if (literal.size() > options.elide_over) return "elided";
  if (literal.type() == ElementType::Str) {
    std::vector<std::string> items;
    for (const std::string& text : literal.texts())
      items.push_back(in_quotes(text));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  if (const auto integers = literal.to_integers()) {
    if (literal.type() != ElementType::U64)
      return fmt::format("[{}]", fmt::join(*integers, ", "));
    return fmt::format("[{}]", fmt::join(elements<uint64_t>(literal), ", "));
  }
  if (literal.type() == ElementType::F32)
    if (const auto values = elements<float>(literal); !has_nan(values))
      return fmt::format("[{}]", fmt::join(values, ", "));
  if (literal.type() == ElementType::F64)
    if (const auto values = elements<double>(literal); !has_nan(values))
      return fmt::format("[{}]", fmt::join(values, ", "));
  std::string hex;
  for (const std::byte byte : literal.bytes())
    hex += fmt::format("{:02x}", std::to_integer<int>(byte));
  return fmt::format("hex \"{}\"", hex);
}

class Printer {
 public:
  explicit Printer(const GraphTextOptions& options) : options_(options) {}

  void graph(const Graph& graph, const Graph* outer, int indent) {
    out_ += fmt::format("graph {} (", in_quotes(graph.name));
    for (size_t i = 0; i < graph.inputs.size(); ++i)
      out_ += (i == 0 ? "" : ", ") + typed(graph, graph.inputs[i]);
    out_ += ")";
    if (!graph.captures.empty()) {
      out_ += " captures (";
      for (size_t i = 0; i < graph.captures.size(); ++i)
        out_ +=
            fmt::format("{}{} = {}", i == 0 ? "" : ", ",
                        typed(graph, graph.captures[i].inner),
                        outer ? name(*outer, graph.captures[i].outer) : "_");
      out_ += ")";
    }
    out_ += fmt::format(" -> ({}) {{\n", names(graph, graph.outputs));
    for (size_t i = 0; i < graph.values.size(); ++i)
      if (graph.values[i].literal)
        out_ += fmt::format("{:{}}{} = const {}\n", "", indent + 2,
                            typed(graph, static_cast<ValueId>(i)),
                            literal_text(*graph.values[i].literal, options_));
    for (const Node& n : graph.nodes) node(graph, n, indent + 2);
    out_ += fmt::format("{:{}}}}", "", indent);
  }

  std::string take() && { return std::move(out_); }

 private:
  static std::string name(const Graph& graph, ValueId id) {
    if (id == kNone) return "_";
    const std::string& text = graph[id].name;
    return "%" + (is_bare(text) ? text : in_quotes(text));
  }

  static std::string typed(const Graph& graph, ValueId id) {
    if (id == kNone) return "_";
    return name(graph, id) + ": " + to_text(graph[id].type);
  }

  static std::string names(const Graph& graph,
                           const std::vector<ValueId>& ids) {
    std::string text;
    for (size_t i = 0; i < ids.size(); ++i)
      text += (i == 0 ? "" : ", ") + name(graph, ids[i]);
    return text;
  }

  void node(const Graph& graph, const Node& node, int indent) {
    out_ += std::string(indent, ' ');
    for (size_t i = 0; i < node.outputs.size(); ++i)
      out_ += (i == 0 ? "" : ", ") + typed(graph, node.outputs[i]);
    out_ +=
        fmt::format(" = {}({})", name_of(node.op), names(graph, node.inputs));
    if (!node.attributes.empty()) {
      const bool tall = has_graph(node);
      out_ += " {";
      bool first = true;
      for (const auto& [key, value] : node.attributes) {
        if (!first) out_ += tall ? "," : ", ";
        if (tall) out_ += fmt::format("\n{:{}}", "", indent + 2);
        first = false;
        // Of a user's operator no table says the kind.
        if (node.op == Op::CustomOperator && !find_attribute(node.op, key))
          out_ += fmt::format("{} ", attribute_kind_name(kind_of(value)));
        out_ += key + " = ";
        attribute(graph, value, indent + 2);
      }
      out_ += tall ? fmt::format("\n{:{}}}}", "", indent) : "}";
    }
    if (!node.name.empty()) out_ += " @ " + in_quotes(node.name);
    out_ += "\n";
  }

  static bool has_graph(const Node& node) {
    for (const auto& [key, value] : node.attributes)
      if (kind_of(value) == AttributeKind::Graph) return true;
    return false;
  }

  void attribute(const Graph& outer, const Attribute& value, int indent) {
    switch (kind_of(value)) {
      case AttributeKind::Int:
        out_ += fmt::format("{}", std::get<int64_t>(value));
        break;
      case AttributeKind::Float:
        out_ += fmt::format("{}", std::get<float>(value));
        break;
      case AttributeKind::String:
        out_ += in_quotes(std::get<std::string>(value));
        break;
      case AttributeKind::Ints:
        out_ += fmt::format(
            "[{}]", fmt::join(std::get<std::vector<int64_t>>(value), ", "));
        break;
      case AttributeKind::Floats:
        out_ += fmt::format(
            "[{}]", fmt::join(std::get<std::vector<float>>(value), ", "));
        break;
      case AttributeKind::Strings: {
        std::vector<std::string> items;
        for (const auto& text : std::get<std::vector<std::string>>(value))
          items.push_back(in_quotes(text));
        out_ += fmt::format("[{}]", fmt::join(items, ", "));
        break;
      }
      case AttributeKind::Tensor: {
        const Literal& literal = std::get<Literal>(value);
        out_ += to_text(literal, options_);
        break;
      }
      case AttributeKind::Graph:
        graph(*std::get<std::shared_ptr<const Graph>>(value), &outer, indent);
        break;
      case AttributeKind::Type:
        out_ += to_text(std::get<Type>(value));
        break;
    }
  }

  const GraphTextOptions& options_;
  std::string out_;
};

}  // namespace

std::string to_text(const Literal& literal, const GraphTextOptions& options) {
  return to_text(literal.full_type()) + " " + literal_text(literal, options);
}

std::string to_text(const Graph& graph, const GraphTextOptions& options) {
  Printer printer(options);
  printer.graph(graph, nullptr, 0);
  return std::move(printer).take() + "\n";
}

}  // namespace hone::tensor
