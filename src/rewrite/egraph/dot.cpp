// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/dot.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace hone::rewrite::egraph {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string print_dot(const EGraph& graph, const LiteralPrinter& literals) {
  struct Member {
    OpId op;
    RowId row;
  };
  std::map<ClassId, std::vector<Member>> members;
  for (OpId op = 0; op < graph.signature().size(); ++op) {
    const Table& table = graph.table(op);
    for (RowId row = 0; row < table.rows(); ++row) {
      if (!table.is_dead(row))
        members[table.class_of(row)].push_back({op, row});
    }
  }
  std::string text =
      "digraph egraph {\n  compound=true; node [shape=plaintext];\n";
  std::string arrows;
  for (const auto& [id, nodes] : members) {
    text +=
        fmt::format("  subgraph cluster_{} {{\n    label=\"{}\";\n", id, id);
    for (const auto& [op, row] : nodes) {
      const Table& table = graph.table(op);
      const std::string label = table.is_literal()
                                    ? literals({op, table.row(row)[0]})
                                    : graph.signature()[op].name;
      text +=
          fmt::format("    n{}_{} [label=\"{}\"];\n", op, row, escaped(label));
      for (uint32_t c = 0; c < table.class_columns(); ++c) {
        const ClassId argument = table.row(row)[c];
        const auto there = members.find(argument);
        if (there == members.end()) continue;
        const Member first = there->second.front();
        arrows += fmt::format(
            "  n{}_{} -> n{}_{} [lhead=cluster_{}, label=\"{}\"];\n", op, row,
            first.op, first.row, argument, c);
      }
    }
    text += "  }\n";
  }
  return text + arrows + "}\n";
}

}  // namespace hone::rewrite::egraph
