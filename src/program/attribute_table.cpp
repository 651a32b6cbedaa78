// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/attribute_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hone::program {

namespace {

using Kind = AttributeEdit::Kind;

// Parts of text that is a literal of the table, so that views may be kept.
std::vector<AttributeEdit> parse_edits(std::string_view text) {
  std::vector<AttributeEdit> edits;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.starts_with('+')) {
      edits.push_back({Kind::Add, word.substr(1), {}});
    } else if (word.starts_with('-')) {
      edits.push_back({Kind::Remove, word.substr(1), {}});
    } else {
      const size_t equals = word.find('=');
      HONE_CHECK(equals != std::string_view::npos);
      edits.push_back(
          {Kind::SetString, word.substr(0, equals), word.substr(equals + 1)});
    }
  }
  return edits;
}

AttributeInfo make_info(std::string_view public_name, Tier tier,
                        std::string_view set_text, std::string_view sentence) {
  const size_t equals = public_name.find('=');
  HONE_CHECK(equals != std::string_view::npos);
  return {.name = public_name.substr(0, equals),
          .value = public_name.substr(equals + 1),
          .tier = tier,
          .edits = parse_edits(set_text),
          .sentence = sentence};
}

Error unreachable_name(std::string_view function, std::string_view what,
                       std::string_view setting) {
  return Error(ErrorKind::Unsupported,
               fmt::format("function '{}' has {} in its name, which opt's "
                           "forceattrs cannot be told; leave out {}",
                           function, what, setting));
}

// What all settings together do to one function. Ordered, so that equal
// requests give equal text.
struct Wanted {
  std::map<std::string_view, bool> enums;  // true: add
  std::map<std::string_view, std::string> strings;
};

Status collect(const AttributeInfo& row, Wanted& wanted) {
  for (const AttributeEdit& edit : row.edits) {
    bool fresh = true;
    bool same = true;
    if (edit.kind == Kind::Add || edit.kind == Kind::Remove) {
      const bool add = edit.kind == Kind::Add;
      const auto [at, inserted] = wanted.enums.emplace(edit.word, add);
      fresh = inserted;
      same = at->second == add;
    } else {
      const auto [at, inserted] =
          wanted.strings.emplace(edit.word, std::string(edit.value));
      fresh = inserted;
      same = at->second == edit.value;
    }
    if (!fresh && !same)
      return Error(ErrorKind::Conflict,
                   fmt::format("{}={} contradicts another setting about '{}'",
                               row.name, row.value, edit.word));
  }
  return {};
}

}  // namespace

std::span<const AttributeInfo> attributes() {
  static const std::vector<AttributeInfo> table = {
#define HONE_ATTRIBUTE(identifier, name, tier, set_text, sentence) \
  make_info(name, Tier::tier, set_text, sentence),
#include "program/attributes.def"
#undef HONE_ATTRIBUTE
  };
  return table;
}

const AttributeInfo* find_attribute(std::string_view name,
                                    std::string_view value) {
  for (const AttributeInfo& row : attributes())
    if (row.name == name && row.value == value) return &row;
  return nullptr;
}

Result<ForcedAttributes> force_attributes(
    std::string_view function, std::span<const AttributeSetting> settings) {
  Wanted wanted;
  for (const AttributeSetting& setting : settings) {
    const AttributeInfo* row = find_attribute(setting.name, setting.value);
    if (row == nullptr)
      return Error(ErrorKind::NotFound,
                   fmt::format("no attribute setting '{}={}'; the table of "
                               "attributes lists what there is",
                               setting.name, setting.value));
    HONE_RETURN_IF_ERROR(collect(*row, wanted));
  }

  const bool is_csv_name =
      function.find_first_of(",\r\n") == std::string_view::npos;
  const bool is_option_name = function.find(':') == std::string_view::npos;
  ForcedAttributes forced;
  for (const auto& [word, add] : wanted.enums) {
    if (add && is_csv_name) {
      forced.csv_lines.push_back(fmt::format("{},{}", function, word));
    } else if (is_option_name) {
      forced.options.push_back(fmt::format(
          "-force-{}attribute={}:{}", add ? "" : "remove-", function, word));
    } else {
      return unreachable_name(function, "a colon", word);
    }
  }
  for (const auto& [key, value] : wanted.strings) {
    if (!is_csv_name)
      return unreachable_name(function, "a comma or a line break", key);
    forced.csv_lines.push_back(fmt::format("{},{}={}", function, key, value));
  }
  return forced;
}

}  // namespace hone::program
