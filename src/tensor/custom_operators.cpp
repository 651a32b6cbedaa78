// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/custom_operators.h"

#include <map>
#include <memory>
#include <mutex>

namespace hone::tensor {

namespace {

struct Table {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const CustomOperator>, std::less<>>
      rows;
};

Table& table() {
  static Table table;
  return table;
}

}  // namespace

void add_custom_operator(CustomOperator custom) {
  const std::lock_guard lock(table().mutex);
  std::string name = custom.name;
  table().rows[std::move(name)] =
      std::make_shared<const CustomOperator>(std::move(custom));
}

const CustomOperator* find_custom_operator(std::string_view name) {
  const std::lock_guard lock(table().mutex);
  const auto found = table().rows.find(name);
  return found == table().rows.end() ? nullptr : found->second.get();
}

const CustomOperator* find_custom_symbol(std::string_view symbol) {
  const std::lock_guard lock(table().mutex);
  for (const auto& [name, row] : table().rows)
    if (row->symbol == symbol) return row.get();
  return nullptr;
}

}  // namespace hone::tensor
