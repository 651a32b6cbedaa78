// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/text.h"
#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

using Names = std::unordered_map<std::string, ValueId>;

// Packs numbers as the literal's type wants them.
template <typename T>
void append(std::vector<std::byte>& bytes, T value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

std::vector<std::byte> pack_integers(ElementType type,
                                     std::span<const int64_t> values) {
  const int bits = element_bits(type);
  std::vector<std::byte> bytes(packed_bytes(type, values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<uint64_t>(values[i]);
    if (bits >= 8) {
      for (int b = 0; b < bits / 8; ++b)
        bytes[i * (bits / 8) + b] = static_cast<std::byte>(value >> (8 * b));
    } else {
      const int per_byte = 8 / bits;
      const uint64_t low = value & ((1u << bits) - 1);
      bytes[i / per_byte] |=
          static_cast<std::byte>(low << (bits * (i % per_byte)));
    }
  }
  return bytes;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), rest_(text) {}

  Result<Graph> run() {
    HONE_ASSIGN_OR_RETURN(Graph graph, read_graph(nullptr, nullptr, 0));
    skip();
    if (!rest_.empty()) return fail("the end of the text");
    return graph;
  }

 private:
  Error fail(std::string_view expected) const {
    const size_t at = whole_.size() - rest_.size();
    const auto line = std::count(whole_.begin(), whole_.begin() + at, '\n') + 1;
    const std::string_view here = rest_.substr(0, rest_.find('\n'));
    return Error(ErrorKind::Malformed,
                 fmt::format("line {}: expected {}; found '{}'", line, expected,
                             here.substr(0, 40)));
  }

  void skip() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' ||
                              rest_.front() == '\t' || rest_.front() == '\r' ||
                              rest_.front() == '#')) {
      if (rest_.front() == '#')
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      else
        rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view word) {
    skip();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  Status need(std::string_view word) {
    if (take(word)) return {};
    return fail(fmt::format("'{}'", word));
  }

  Result<std::string> read_quoted() {
    if (!take("\"")) return fail("a text in quotes");
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\') {
        if (rest_.empty()) break;
        c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'n') c = '\n';
        if (c == 'x') {
          int code = 0;
          if (rest_.size() < 2 ||
              std::from_chars(rest_.data(), rest_.data() + 2, code, 16).ptr !=
                  rest_.data() + 2)
            return fail("two hexadecimal digits");
          rest_.remove_prefix(2);
          c = static_cast<char>(code);
        }
      }
      text += c;
    }
    if (!take("\"")) return fail("a closing quote");
    return text;
  }

  Result<std::string> read_name() {
    HONE_RETURN_IF_ERROR(need("%"));
    if (rest_.starts_with('"')) return read_quoted();
    size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) ||
            std::string_view("_./$-").find(rest_[length]) !=
                std::string_view::npos))
      ++length;
    if (length == 0) return fail("the name of a value");
    std::string name(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return name;
  }

  Result<std::string> read_word() {
    skip();
    size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) ||
            rest_[length] == '_' || rest_[length] == '.'))
      ++length;
    if (length == 0) return fail("a name");
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

  // "%x: f32[4]" as a new value; the type may be left out.
  Result<ValueId> read_definition(Graph& graph, Names& names) {
    HONE_ASSIGN_OR_RETURN(std::string name, read_name());
    Type type;
    if (take(":")) {
      skip();
      HONE_ASSIGN_OR_RETURN(type, take_type(rest_));
    }
    const auto id = static_cast<ValueId>(graph.values.size());
    if (!names.emplace(name, id).second)
      return fail(fmt::format("a name other than %{}, which is taken", name));
    graph.values.push_back({.name = std::move(name), .type = std::move(type)});
    return id;
  }

  // "%x" or "_".
  Result<ValueId> read_use(const Names& names) {
    if (take("_")) return kNone;
    HONE_ASSIGN_OR_RETURN(const std::string name, read_name());
    const auto place = names.find(name);
    if (place == names.end())
      return fail(fmt::format("a value defined before; %{} is not", name));
    return place->second;
  }

  // A list in brackets or parentheses.
  template <typename Read>
  Status read_list(std::string_view open, std::string_view close, Read read) {
    HONE_RETURN_IF_ERROR(need(open));
    if (take(close)) return {};
    do HONE_RETURN_IF_ERROR(read());
    while (take(","));
    return need(close);
  }

  Result<Graph> read_graph(const Graph* outer, const Names* outer_names,
                           int depth) {
    if (depth > kDeepestGraph) return fail("fewer graphs in each other");
    Graph graph;
    Names names;
    HONE_RETURN_IF_ERROR(need("graph"));
    HONE_ASSIGN_OR_RETURN(graph.name, read_quoted());
    HONE_RETURN_IF_ERROR(read_list("(", ")", [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(const ValueId id, read_definition(graph, names));
      graph.inputs.push_back(id);
      return {};
    }));
    if (take("captures")) {
      if (!outer) return fail("'->': an outermost graph captures nothing");
      HONE_RETURN_IF_ERROR(read_list("(", ")", [&]() -> Status {
        HONE_ASSIGN_OR_RETURN(const ValueId inner,
                              read_definition(graph, names));
        HONE_RETURN_IF_ERROR(need("="));
        HONE_ASSIGN_OR_RETURN(const ValueId from, read_use(*outer_names));
        graph.captures.push_back({from, inner});
        return {};
      }));
    }
    HONE_RETURN_IF_ERROR(need("->"));
    std::vector<std::string> outputs;
    HONE_RETURN_IF_ERROR(read_list("(", ")", [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(outputs.emplace_back(), read_name());
      return {};
    }));
    HONE_RETURN_IF_ERROR(need("{"));
    while (!take("}"))
      HONE_RETURN_IF_ERROR(read_statement(graph, names, depth));
    for (const std::string& name : outputs) {
      const auto place = names.find(name);
      if (place == names.end())
        return fail(fmt::format("a definition of the output %{}", name));
      graph.outputs.push_back(place->second);
    }
    return graph;
  }

  Status read_statement(Graph& graph, Names& names, int depth) {
    // Outputs get their names after the inputs are read: a node cannot read
    // its own results.
    std::vector<ValueId> outputs;
    Names defined;
    if (!rest_.empty() && take("=")) return fail("a value");
    do {
      if (take("_")) {
        outputs.push_back(kNone);
        continue;
      }
      HONE_ASSIGN_OR_RETURN(const ValueId id, read_definition(graph, defined));
      outputs.push_back(id);
    } while (take(","));
    for (const auto& [name, id] : defined)
      if (names.contains(name))
        return fail(fmt::format("a name other than %{}, which is taken", name));
    HONE_RETURN_IF_ERROR(need("="));
    HONE_ASSIGN_OR_RETURN(const std::string word, read_word());
    if (word == "const") {
      if (outputs.size() != 1 || outputs[0] == kNone)
        return fail("one value of a constant");
      HONE_ASSIGN_OR_RETURN(graph[outputs[0]].literal,
                            read_literal(graph[outputs[0]].type));
    } else {
      Node node;
      const std::optional<Op> op = find_operator(word);
      if (!op) return fail(fmt::format("an operator; '{}' is none", word));
      node.op = *op;
      HONE_RETURN_IF_ERROR(read_list("(", ")", [&]() -> Status {
        HONE_ASSIGN_OR_RETURN(node.inputs.emplace_back(), read_use(names));
        return {};
      }));
      if (take("{")) {
        do HONE_RETURN_IF_ERROR(read_attribute(node, graph, names, depth));
        while (take(","));
        HONE_RETURN_IF_ERROR(need("}"));
      }
      if (take("@")) {
        HONE_ASSIGN_OR_RETURN(node.name, read_quoted());
      }
      node.outputs = std::move(outputs);
      graph.nodes.push_back(std::move(node));
    }
    names.merge(defined);
    return {};
  }

  static std::optional<AttributeKind> kind_named(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(AttributeKind::Type); ++i)
      if (attribute_kind_name(static_cast<AttributeKind>(i)) == name)
        return static_cast<AttributeKind>(i);
    return {};
  }

  Status read_attribute(Node& node, const Graph& graph, const Names& names,
                        int depth) {
    HONE_ASSIGN_OR_RETURN(std::string name, read_word());
    std::optional<AttributeInfo> info = find_attribute(node.op, name);
    // Those of a user's operator say of which kind they are.
    if (const auto kind = kind_named(name);
        !info && node.op == Op::CustomOperator && kind) {
      info = AttributeInfo{.kind = *kind};
      HONE_ASSIGN_OR_RETURN(name, read_word());
    }
    if (!info)
      return fail(fmt::format("an attribute of {}; '{}' is none",
                              name_of(node.op), name));
    HONE_RETURN_IF_ERROR(need("="));
    HONE_ASSIGN_OR_RETURN(Attribute value,
                          read_value(info->kind, graph, names, depth));
    node.attributes[std::move(name)] = std::move(value);
    return {};
  }

  Result<Attribute> read_value(AttributeKind kind, const Graph& graph,
                               const Names& names, int depth) {
    const auto list = [&](auto values, auto read) -> Result<Attribute> {
      HONE_RETURN_IF_ERROR(read_list("[", "]", [&]() -> Status {
        HONE_ASSIGN_OR_RETURN(values.emplace_back(), read());
        return {};
      }));
      return Attribute(std::move(values));
    };
    const auto widen = [](auto result) -> Result<Attribute> {
      if (!result) return std::move(result).error();
      return Attribute(*std::move(result));
    };
    switch (kind) {
      case AttributeKind::Int:
        return widen(read_number<int64_t>());
      case AttributeKind::Float:
        return widen(read_number<float>());
      case AttributeKind::String:
        return widen(read_quoted());
      case AttributeKind::Ints:
        return list(std::vector<int64_t>(),
                    [&] { return read_number<int64_t>(); });
      case AttributeKind::Floats:
        return list(std::vector<float>(), [&] { return read_number<float>(); });
      case AttributeKind::Strings:
        return list(std::vector<std::string>(), [&] { return read_quoted(); });
      case AttributeKind::Tensor: {
        skip();
        HONE_ASSIGN_OR_RETURN(const Type type, take_type(rest_));
        return widen(read_literal(type));
      }
      case AttributeKind::Graph: {
        HONE_ASSIGN_OR_RETURN(Graph body,
                              read_graph(&graph, &names, depth + 1));
        return Attribute(std::make_shared<const Graph>(std::move(body)));
      }
      case AttributeKind::Type:
        skip();
        return widen(take_type(rest_));
    }
    return fail("an attribute");
  }

  template <typename T>
  Result<T> read_number() {
    skip();
    T value = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return fail("a number");
    rest_.remove_prefix(end - rest_.data());
    return value;
  }

  template <typename T>
  Result<std::vector<std::byte>> read_elements() {
    std::vector<std::byte> bytes;
    HONE_RETURN_IF_ERROR(read_list("[", "]", [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(const T value, read_number<T>());
      append(bytes, value);
      return {};
    }));
    return bytes;
  }

  Result<std::vector<std::byte>> read_hex() {
    HONE_ASSIGN_OR_RETURN(const std::string digits, read_quoted());
    std::vector<std::byte> bytes;
    for (size_t i = 0; i + 1 < digits.size(); i += 2) {
      int value = 0;
      if (std::from_chars(&digits[i], &digits[i] + 2, value, 16).ptr !=
          &digits[i] + 2)
        return fail("hexadecimal digits");
      bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
  }

  Result<Literal> read_literal(const Type& type) {
    const auto dims = type.shape ? static_dims(*type.shape) : std::nullopt;
    if (!type.element || !type.is_tensor() || !dims)
      return fail("a constant's type with sizes that are numbers");
    const ElementType element = *type.element;
    if (take("hex")) {
      HONE_ASSIGN_OR_RETURN(std::vector<std::byte> bytes, read_hex());
      return Literal::own(element, *dims, std::move(bytes));
    }
    if (element == ElementType::Str) {
      std::vector<std::string> texts;
      HONE_RETURN_IF_ERROR(read_list("[", "]", [&]() -> Status {
        HONE_ASSIGN_OR_RETURN(texts.emplace_back(), read_quoted());
        return {};
      }));
      return Literal::texts(*dims, std::move(texts));
    }
    if (element == ElementType::F32 || element == ElementType::F64 ||
        element == ElementType::U64) {
      HONE_ASSIGN_OR_RETURN(std::vector<std::byte> bytes,
                            element == ElementType::F32 ? read_elements<float>()
                            : element == ElementType::F64
                                ? read_elements<double>()
                                : read_elements<uint64_t>());
      return Literal::own(element, *dims, std::move(bytes));
    }
    if (is_float(element) || is_complex(element))
      return fail("hex: elements of this type are given as bytes");
    std::vector<int64_t> values;
    HONE_RETURN_IF_ERROR(read_list("[", "]", [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(values.emplace_back(), read_number<int64_t>());
      return {};
    }));
    return Literal::own(element, *dims, pack_integers(element, values));
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

Result<Graph> parse_graph(std::string_view text) { return Parser(text).run(); }

}  // namespace hone::tensor
