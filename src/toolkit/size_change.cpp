// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/size_change.h"

#include <algorithm>
#include <array>
#include <map>

namespace hone::toolkit {

namespace {

constexpr std::string_view kCategories[] = {"text", "rodata", "data", "unwind",
                                            "bss"};

bool begins_with_one_of(std::string_view name,
                        std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](auto prefix) { return name.starts_with(prefix); });
}

using Totals = std::map<std::string, SizeChange>;

std::vector<SizeChange> sorted_changes(const Totals& totals) {
  std::vector<SizeChange> changes;
  for (const auto& [name, change] : totals)
    if (change.saved() != 0) changes.push_back(change);
  std::sort(changes.begin(), changes.end(),
            [](const SizeChange& a, const SizeChange& b) {
              return a.saved() != b.saved() ? a.saved() > b.saved()
                                            : a.name < b.name;
            });
  return changes;
}

}  // namespace

std::string_view category_name(Category category) {
  return kCategories[static_cast<size_t>(category)];
}

Category category_of(const program::SectionSize& section) {
  const std::string_view name = section.name;
  if (section.nobits) return Category::Bss;
  if (begins_with_one_of(name, {".text", ".init", ".fini", ".plt"}) &&
      !begins_with_one_of(name, {".init_array", ".fini_array"}))
    return Category::Text;
  if (begins_with_one_of(name, {".eh_frame", ".gcc_except_table", ".ARM.ex"}))
    return Category::Unwind;
  if (begins_with_one_of(name, {".rodata", ".lrodata"}))
    return Category::Rodata;
  return Category::Data;
}

std::vector<SizeChange> changes_by_category(
    const program::ObjectSizes& stock, const program::ObjectSizes& result) {
  std::vector<SizeChange> changes;
  for (const std::string_view name : kCategories)
    changes.push_back({.name = std::string(name)});
  for (const program::SectionSize& section : stock.sections)
    changes[static_cast<size_t>(category_of(section))].stock += section.bytes;
  for (const program::SectionSize& section : result.sections)
    changes[static_cast<size_t>(category_of(section))].result += section.bytes;
  return changes;
}

std::vector<SizeChange> changes_by_section(const program::ObjectSizes& stock,
                                           const program::ObjectSizes& result) {
  Totals totals;
  const auto total = [&](const std::string& name) -> SizeChange& {
    SizeChange& change = totals[name];
    change.name = name;
    return change;
  };
  for (const program::SectionSize& section : stock.sections)
    total(section.name).stock += section.bytes;
  for (const program::SectionSize& section : result.sections)
    total(section.name).result += section.bytes;
  return sorted_changes(totals);
}

std::vector<SizeChange> changes_by_function(
    const program::ObjectSizes& stock, const program::ObjectSizes& result) {
  Totals totals;
  const auto total = [&](const std::string& name) -> SizeChange& {
    SizeChange& change = totals[name];
    change.name = name;
    return change;
  };
  for (const program::FunctionSize& function : stock.functions)
    total(function.name).stock += function.bytes();
  for (const program::FunctionSize& function : result.functions)
    total(function.name).result += function.bytes();
  return sorted_changes(totals);
}

Json to_json(const std::vector<SizeChange>& changes) {
  Json list = Json::array();
  for (const SizeChange& change : changes)
    list.push_back({{"name", change.name},
                    {"stock", change.stock},
                    {"result", change.result},
                    {"saved", change.saved()}});
  return list;
}

}  // namespace hone::toolkit
