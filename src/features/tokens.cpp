// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/tokens.h"

#include <cctype>

namespace hone::features {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         c == '.' || c == '$' || c == '-' || c == '@' || c == '%' || c == '#' ||
         c == '!' || c == '^';
}

// The sign in 1.000000e+00; a minus is of a word anyway.
bool is_exponents_sign(std::string_view text, size_t begin, size_t at) {
  return text[at] == '+' && at > begin && text[at - 1] == 'e' &&
         (std::isdigit(static_cast<unsigned char>(text[begin])) != 0 ||
          text[begin] == '-');
}

// Past the quote that ends a string; quotes within one are written as \22.
size_t end_of_string(std::string_view text, size_t opening) {
  const size_t closing = text.find('"', opening + 1);
  return closing == std::string_view::npos ? text.size() : closing + 1;
}

}  // namespace

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
      continue;
    }
    if (c == ';') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    size_t end = at + 1;
    if (c == '"') {
      end = end_of_string(text, at);
    } else if (is_word(c)) {
      while (end < text.size() &&
             (is_word(text[end]) || is_exponents_sign(text, at, end)))
        ++end;
      // c"bytes", @"a name", %"a name"
      if (end < text.size() && text[end] == '"') end = end_of_string(text, end);
      // A label keeps its colon, as in "12:".
      if (end < text.size() && text[end] == ':') ++end;
    }
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<std::string> tokens(const program::Module& module) {
  return tokens_of(module.text());
}

}  // namespace hone::features
