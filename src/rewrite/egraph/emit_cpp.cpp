// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/emit_cpp.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/hash.h"

namespace hone::rewrite::egraph {

namespace {

std::string name_of(const Operand& operand) {
  return fmt::format("{}{}", operand.literal ? 'l' : 'r', operand.number);
}

class Printer {
 public:
  Printer(const Plan& plan, std::span<const Rule> rules,
          const Signature& signature)
      : plan_(plan), rules_(rules), signature_(signature) {}

  // One function for each root of the forest, then the one that calls them.
  std::string functions(std::string_view name) {
    for (size_t i = 0; i < plan_.roots.size(); ++i) {
      line(0, "void drive_{}(MatchRun& run) {{", i);
      literals(plan_.roots[i]);
      node(plan_.roots[i], 1);
      line(0, "}}\n");
    }
    line(0, "void match_{}(MatchRun& run) {{", name);
    for (size_t i = 0; i < plan_.roots.size(); ++i) {
      line(1, "if ({}) drive_{}(run);", any_active(plan_.roots[i]), i);
    }
    line(0, "}}");
    return std::move(text_);
  }

 private:
  template <typename... Values>
  void line(int depth, fmt::format_string<Values...> text, Values&&... values) {
    text_.append(2 * depth, ' ');
    fmt::format_to(std::back_inserter(text_), text,
                   std::forward<Values>(values)...);
    text_ += '\n';
  }

  // Calls `visit` for the node and everything below it.
  template <typename Visit>
  void walk(uint32_t number, const Visit& visit) const {
    visit(plan_.nodes[number]);
    for (const uint32_t child : plan_.nodes[number].children) {
      walk(child, visit);
    }
  }

  std::string any_active(uint32_t root) const {
    std::set<uint32_t> below;
    walk(root, [&](const PlanNode& node) {
      for (const Emit& emit : node.emits) below.insert(emit.rule);
    });
    return fmt::format("run.any_active({{{}}})", fmt::join(below, ", "));
  }

  void literals(uint32_t root) {
    std::set<uint32_t> used;
    walk(root, [&](const PlanNode& node) {
      for (const Step::Column& column : node.step.columns) {
        if (column.operand.literal) used.insert(column.operand.number);
      }
      for (const Emit& emit : node.emits) {
        for (const Operand& slot : emit.slots) {
          if (slot.literal) used.insert(slot.number);
        }
      }
    });
    for (const uint32_t literal : used) {
      line(1, "const ClassId l{0} = run.literals[{0}];", literal);
    }
  }

  void node(uint32_t number, int depth) {
    const PlanNode& node = plan_.nodes[number];
    const Step& step = node.step;
    const std::string row = fmt::format("row{}", depth);
    switch (step.kind) {
      case Step::Kind::DriveOnce:
        line(depth, "if (run.literal_new[{}]) {{", step.literal);
        break;
      case Step::Kind::RequireOld:
        line(depth, "if (!run.literal_new[{}]) {{", step.literal);
        break;
      case Step::Kind::Drive:
      case Step::Kind::Scan: {
        const bool drives = step.kind == Step::Kind::Drive;
        const bool old = step.age == Age::Old;
        line(depth,
             "for (RowId {0} = {1}; {0} < run.{2}[{3}]; ++{0}) {{  // {4}", row,
             drives ? fmt::format("run.fresh[{}]", step.op) : "0",
             !drives && old ? "fresh" : "end", step.op,
             signature_[step.op].name);
        line(depth + 1, "const uint32_t* c = run.graph.table({}).row({});",
             step.op, row);
        line(depth + 1, "if (c[{}] == kNoClass) continue;",
             step.columns.size() - 1);
        columns(step, kNoColumn, depth + 1);
        break;
      }
      case Step::Kind::Probe:
        probe(step, row, depth);
        break;
      case Step::Kind::Lookup:
        lookup(step, row, depth);
        break;
    }
    for (const Emit& emit : node.emits) {
      std::string slots;
      for (const Operand& slot : emit.slots) slots += ", " + name_of(slot);
      line(depth + 1, "run.emit({}{});  // {}", emit.rule, slots,
           rules_[emit.rule].name);
    }
    for (const uint32_t child : node.children) this->node(child, depth + 1);
    line(depth, "}}");
  }

  // Reads a row's or entry's words. An entry lacks the index's own column.
  void columns(const Step& step, uint32_t without, int depth) {
    std::vector<std::string> checks;
    for (uint32_t c = 0; c < step.columns.size(); ++c) {
      if (c == without) continue;
      const uint32_t word = without != kNoColumn && c > without ? c - 1 : c;
      const Step::Column& column = step.columns[c];
      if (column.binds) {
        line(depth, "[[maybe_unused]] const ClassId {} = c[{}];",
             name_of(column.operand), word);
      } else {
        checks.push_back(
            fmt::format("c[{}] != {}", word, name_of(column.operand)));
      }
    }
    if (!checks.empty()) {
      line(depth, "if ({}) continue;", fmt::join(checks, " || "));
    }
  }

  void probe(const Step& step, const std::string& row, int depth) {
    const IndexKey& index = plan_.indexes[step.index];
    std::string key = name_of(step.columns[step.key].operand);
    if (narrows(step, index)) {
      key += ", " + name_of(step.columns[index.second].operand);
    }
    const size_t stride = step.columns.size();
    line(depth, "for (const uint32_t* c : run.group<{}>({}, {})) {{  // {}",
         stride, step.index, key, signature_[step.op].name);
    if (step.age == Age::Old) {
      line(depth + 1, "if (!run.is_old({}, c[{}])) continue;", step.op,
           stride - 1);
    }
    columns(step, step.key, depth + 1);
  }

  void lookup(const Step& step, const std::string& row, int depth) {
    std::string key;
    Step rest{.columns = step.columns};
    for (size_t c = 0; c + 1 < step.columns.size(); ++c) {
      key += (c > 0 ? ", " : "") + name_of(step.columns[c].operand);
    }
    // A loop of one turn at most, so that `continue` leaves it.
    line(depth,
         "for (RowId {0} = run.lookup({1}, {2}, {{{3}}}); {0} != kNoRow;"
         " {0} = kNoRow) {{  // {4}",
         row, step.op, step.age == Age::Old, key, signature_[step.op].name);
    line(depth + 1, "const uint32_t* c = run.graph.table({}).row({});", step.op,
         row);
    const Step::Column& out = step.columns.back();
    const size_t word = step.columns.size() - 1;
    if (out.binds) {
      line(depth + 1, "[[maybe_unused]] const ClassId {} = c[{}];",
           name_of(out.operand), word);
    } else {
      line(depth + 1, "if (c[{}] != {}) continue;", word, name_of(out.operand));
    }
  }

  const Plan& plan_;
  std::span<const Rule> rules_;
  const Signature& signature_;
  std::string text_;
};

}  // namespace

uint64_t plan_fingerprint(const Plan& plan, std::span<const Rule> rules,
                          const Signature& signature) {
  std::string text = print_plan(plan, rules, signature);
  for (OpId op = 0; op < signature.size(); ++op) {
    text += fmt::format("{} {}\n", signature[op].name, signature[op].arity);
  }
  for (const IndexKey& index : plan.indexes) {
    text += fmt::format("{} {} {}\n", index.op, index.column, index.second);
  }
  return hash_bytes(text).low;
}

std::string emit_cpp(const Plan& plan, std::span<const Rule> rules,
                     const Signature& signature, std::string_view name_space,
                     std::string_view name) {
  std::string text = fmt::format(
      "// Made by egraph_compile from the rules of `{0}`.\n"
      "#include \"rewrite/egraph/runner.h\"\n\n"
      "namespace {1} {{\n\n"
      "using namespace hone::rewrite::egraph;\n\n"
      "namespace {{\n\n",
      name, name_space);
  text += Printer(plan, rules, signature).functions(name);
  text += fmt::format(
      "\n}}  // namespace\n\n"
      "extern const CompiledMatcher {0};\n"
      "const CompiledMatcher {0}{{{1:#x}, match_{0}}};\n\n"
      "}}  // namespace {2}\n",
      name, plan_fingerprint(plan, rules, signature), name_space);
  return text;
}

}  // namespace hone::rewrite::egraph
