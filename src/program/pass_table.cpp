// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::program {

namespace {

// The words of the table's third column.
struct LevelWord {
  PassLevel level;
  bool needs_memory_ssa = false;
};
constexpr LevelWord Module{PassLevel::Module};
constexpr LevelWord Cgscc{PassLevel::Cgscc};
constexpr LevelWord Function{PassLevel::Function};
constexpr LevelWord LoopNest{PassLevel::LoopNest};
constexpr LevelWord Loop{PassLevel::Loop};
constexpr LevelWord LoopMssa{PassLevel::Loop, true};

std::vector<std::string_view> split_views(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0;;) {
    const size_t end = text.find(at, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

PassInfo make_info(std::string_view name, LevelWord word, Tier tier,
                   std::string_view parameters, std::string_view sentence) {
  PassInfo info{.name = name,
                .level = word.level,
                .tier = tier,
                .needs_memory_ssa = word.needs_memory_ssa,
                .parameters = {},
                .experimental_parameters = {},
                .sentence = sentence};
  for (std::string_view text : split_views(parameters, '|')) {
    if (text.starts_with('?')) {
      text.remove_prefix(1);
      info.experimental_parameters.push_back(text);
    }
    info.parameters.push_back(text);
  }
  return info;
}

bool contains(const std::vector<std::string_view>& texts,
              std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Whether two items differ in nothing but a number after `=`.
bool is_same_item(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const size_t at = a.find('=');
  return at != std::string_view::npos && at == b.find('=') &&
         a.substr(0, at) == b.substr(0, at) && is_number(a.substr(at + 1)) &&
         is_number(b.substr(at + 1));
}

std::optional<Tier> tier_of_item(const PassInfo& pass, std::string_view item) {
  std::optional<Tier> best;
  for (const std::string_view text : pass.parameters) {
    const std::vector<std::string_view> items = split_views(text, ';');
    if (std::none_of(items.begin(), items.end(), [&](std::string_view known) {
          return is_same_item(known, item);
        }))
      continue;
    if (!contains(pass.experimental_parameters, text)) return pass.tier;
    best = Tier::Experimental;
  }
  return best;
}

}  // namespace

std::string_view pass_level_name(PassLevel level) {
  switch (level) {
    case PassLevel::Module:
      return "module";
    case PassLevel::Cgscc:
      return "cgscc";
    case PassLevel::Function:
      return "function";
    case PassLevel::LoopNest:
      return "loop-nest";
    case PassLevel::Loop:
      return "loop";
  }
  return "";
}

std::span<const PassInfo> passes() {
  static const std::vector<PassInfo> table = {
#define HONE_PASS(identifier, name, level, tier, parameters, sentence) \
  make_info(name, level, Tier::tier, parameters, sentence),
#include "program/passes.def"
#undef HONE_PASS
  };
  return table;
}

const PassInfo* find_pass(std::string_view name) {
  const std::span<const PassInfo> table = passes();
  const auto at =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const PassInfo& pass, std::string_view wanted) {
                         return pass.name < wanted;
                       });
  return at != table.end() && at->name == name ? &*at : nullptr;
}

std::optional<Tier> tier_of(const PassInfo& pass, std::string_view parameters) {
  if (contains(pass.experimental_parameters, parameters))
    return Tier::Experimental;
  if (contains(pass.parameters, parameters)) return pass.tier;
  // A single item that is no text of the table may need a companion, as
  // instcombine's max-iterations does.
  const std::vector<std::string_view> items = split_views(parameters, ';');
  Tier worst = pass.tier;
  for (const std::string_view item : items) {
    const std::optional<Tier> tier = tier_of_item(pass, item);
    if (!tier) return std::nullopt;
    if (*tier == Tier::Experimental) worst = *tier;
    if (items.size() == 1 &&
        std::none_of(
            pass.parameters.begin(), pass.parameters.end(),
            [&](std::string_view text) { return is_same_item(text, item); }))
      return std::nullopt;
  }
  return worst;
}

std::string nested_text(const PassInfo& pass, std::string_view parameters) {
  const std::string text = parameters.empty()
                               ? std::string(pass.name)
                               : fmt::format("{}<{}>", pass.name, parameters);
  switch (pass.level) {
    case PassLevel::Module:
      return text;
    case PassLevel::Cgscc:
      return fmt::format("cgscc({})", text);
    case PassLevel::Function:
      return fmt::format("function({})", text);
    case PassLevel::LoopNest:
    case PassLevel::Loop:
      return fmt::format("function({}({}))",
                         pass.needs_memory_ssa ? "loop-mssa" : "loop", text);
  }
  return text;
}

std::string nested_text(const PassInfo& pass) {
  return nested_text(pass, pass.parameters.front());
}

}  // namespace hone::program
