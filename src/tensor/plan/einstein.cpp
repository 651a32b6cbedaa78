// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/einstein.h"

#include <map>

namespace hone::tensor {

namespace {

std::string letters_of(std::string_view term, size_t rank) {
  const size_t dots = term.find("...");
  if (dots == std::string_view::npos) return std::string(term);
  std::string letters(term.substr(0, dots));
  for (size_t i = rank + 3 - term.size(); i > 0; --i)
    letters += static_cast<char>('0' + i - 1);
  return letters + std::string(term.substr(dots + 3));
}

}  // namespace

EinsteinSum einstein_sum(std::string_view equation,
                         std::span<const size_t> ranks) {
  std::string plain(equation);
  std::erase(plain, ' ');
  const size_t arrow = plain.find("->");
  std::string_view left = std::string_view(plain).substr(0, arrow);
  EinsteinSum sum;
  std::map<char, int> uses;
  for (const size_t rank : ranks) {
    const size_t comma = left.find(',');
    sum.terms.push_back(letters_of(left.substr(0, comma), rank));
    for (const char c : sum.terms.back()) ++uses[c];
    left = comma == std::string_view::npos ? "" : left.substr(comma + 1);
  }
  for (char c = '9'; c >= '0'; --c)
    if (uses.contains(c)) sum.output += c;
  if (arrow == std::string::npos) {
    for (const auto& [letter, count] : uses)
      if (count == 1 && letter > '9') sum.output += letter;
  } else {
    std::string right = plain.substr(arrow + 2);
    if (const size_t dots = right.find("..."); dots != std::string::npos)
      right.replace(dots, 3, sum.output);
    sum.output = right;
  }
  for (const auto& [letter, count] : uses)
    if (sum.output.find(letter) == std::string::npos) sum.summed += letter;
  return sum;
}

}  // namespace hone::tensor
