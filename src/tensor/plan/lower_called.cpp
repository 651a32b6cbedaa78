// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes that are called rather than compiled: operators that look into texts
// (runtime/model/text_operators.c), and those that a user brings.
#include <algorithm>

#include "tensor/custom_operators.h"
#include "tensor/interpreter/text_automaton.h"
#include "tensor/plan/value_steps.h"

namespace hone::tensor {

namespace {

// ASCII and U+00C0 to U+00DE, as text_operators.c has it.
std::string lower_case(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 'A' && c <= 'Z') text[i] = static_cast<char>(c ^ 0x20);
    if (c != 0xc3 || i + 1 == text.size()) continue;
    const auto next = static_cast<unsigned char>(text[++i]);
    if (next >= 0x80 && next <= 0x9e && next != 0x97)
      text[i] = static_cast<char>(next ^ 0x20);
  }
  return text;
}

Status add_automaton(const Planner& planner, const Node& node,
                     CallAttributes& attributes) {
  auto automaton = text_automaton(node.text("pattern"));
  if (!automaton) return planner.unsupported(node, automaton.error().message);
  attributes.add("classes", std::vector(automaton->classes.begin(),
                                        automaton->classes.end()));
  attributes.add("next", automaton->next);
  attributes.add("ends", automaton->ends);
  return {};
}

Status add_text_attributes(const Planner& planner, const Node& node,
                           CallAttributes& attributes) {
  using Ints = std::vector<int64_t>;
  using Texts = std::vector<std::string>;
  switch (node.op) {
    case Op::RegexFullMatch:
      return add_automaton(planner, node, attributes);
    case Op::StringNormalizer: {
      Texts stopwords = node.texts("stopwords");
      const bool sensitive = node.integer("is_case_sensitive") != 0;
      if (!sensitive)
        for (std::string& word : stopwords) word = lower_case(word);
      attributes.add("stopwords", stopwords);
      attributes.add("is_case_sensitive", Ints{sensitive});
      attributes.add("case_change_action",
                     Texts{node.text("case_change_action")});
      return {};
    }
    case Op::StringSplit:
      attributes.add("delimiter", Texts{node.text("delimiter")});
      if (node.has("maxsplit"))
        attributes.add("maxsplit", Ints{node.integer("maxsplit")});
      return {};
    case Op::Unique:
      attributes.add("sorted", Ints{node.integer("sorted")});
      if (node.has("axis")) attributes.add("axis", Ints{node.integer("axis")});
      return {};
    default:
      return {};
  }
}

Status add_custom_attributes(const Planner& planner, const Node& node,
                             CallAttributes& attributes) {
  for (const auto& [name, value] : node.attributes) {
    if (name == kCustomName) continue;
    if (const auto* integer = std::get_if<int64_t>(&value))
      attributes.add(name, std::vector{*integer});
    else if (const auto* number = std::get_if<float>(&value))
      attributes.add(name, std::vector{*number});
    else if (const auto* text = std::get_if<std::string>(&value))
      attributes.add(name, std::vector{*text});
    else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value))
      attributes.add(name, *ints);
    else if (const auto* floats = std::get_if<std::vector<float>>(&value))
      attributes.add(name, *floats);
    else if (const auto* texts = std::get_if<std::vector<std::string>>(&value))
      attributes.add(name, *texts);
    else if (const auto* constant = std::get_if<Literal>(&value);
             constant != nullptr && constant->type() != ElementType::Str)
      attributes.add(name, *constant);
    else
      return planner.unsupported(
          node, "attribute '" + name + "' is of a kind that is not passed on");
  }
  return {};
}

// "" where the node is none that is called.
std::string symbol_of(const Planner& planner, const Node& node) {
  switch (node.op) {
    case Op::Cast: {
      const auto to = planner.graph()[node.outputs[0]].type.element;
      return to == ElementType::Str   ? "hone_text_from_numbers"
             : to == ElementType::I64 ? "hone_text_to_integers"
                                      : "hone_text_to_numbers";
    }
    case Op::CustomOperator:
      if (const CustomOperator* const custom =
              find_custom_operator(node.text(kCustomName)))
        return custom->symbol;
      return "";
    case Op::RegexFullMatch:
      return "hone_text_matches";
    case Op::StringConcat:
      return "hone_text_concat";
    case Op::StringNormalizer:
      return "hone_text_normalize";
    case Op::StringSplit:
      return "hone_text_split";
    case Op::Unique:
      return "hone_text_unique";
    default:
      return "";
  }
}

// Of an operand in the step's sizes (runtime/model/call.c).
constexpr int64_t kAbsent = 0, kTensor = 1, kNumber = 2;

}  // namespace

bool can_be_called(Op op, bool is_text) {
  switch (op) {
    case Op::CustomOperator:
    case Op::RegexFullMatch:
    case Op::StringConcat:
    case Op::StringNormalizer:
    case Op::StringSplit:
      return true;
    case Op::Cast:
    case Op::Unique:
      return is_text;
    default:
      return false;
  }
}

Status lower_called(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  planner.mark_done(index);
  const std::string symbol = symbol_of(planner, node);
  if (symbol.empty())
    return planner.unsupported(node, "no such operator was given");
  CallAttributes attributes(describe(node));
  HONE_RETURN_IF_ERROR(node.op == Op::CustomOperator
                           ? add_custom_attributes(planner, node, attributes)
                           : add_text_attributes(planner, node, attributes));
  std::vector<int> buffers = {planner.add_weight_bytes(attributes.bytes())};
  std::vector<int64_t> sizes = {static_cast<int64_t>(node.inputs.size()),
                                static_cast<int64_t>(node.outputs.size())};
  const auto add = [&](int buffer, int64_t what,
                       const std::vector<int64_t>& form) {
    buffers.push_back(buffer);
    sizes.push_back(what);
    sizes.insert(sizes.end(), form.begin(), form.end());
  };
  for (const ValueId id : node.inputs) {
    if (id == kNone) {
      sizes.push_back(kAbsent);
    } else if (planner.is_boxed(id)) {
      HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
      add(stored.buffer, kNumber, {});
    } else {
      HONE_ASSIGN_OR_RETURN(const TensorForm form, form_of_input(planner, id));
      add(form.stored.buffer, kTensor, form.numbers);
    }
  }
  std::vector<TensorForm> results;
  for (const ValueId id : node.outputs) {
    TensorForm& form = results.emplace_back();
    if (id == kNone) {
      sizes.push_back(kAbsent);
    } else if (planner.is_boxed(id)) {
      form.stored = planner.new_value();
      add(form.stored.buffer, kNumber, {});
    } else {
      form = form_of_output(planner, id);
      add(form.stored.buffer, kTensor, form.numbers);
      for (const int64_t size : planner.dims(id))
        if (is_slot(size)) planner.set_slot_known(size);
    }
  }
  planner.add_value_step(symbol, std::move(buffers), std::move(sizes), true);
  for (size_t i = 0; i < results.size(); ++i)
    if (node.outputs[i] != kNone)
      HONE_RETURN_IF_ERROR(
          define_written(planner, node.outputs[i], results[i]));
  return {};
}

}  // namespace hone::tensor
