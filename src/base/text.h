// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small operations on text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

std::vector<std::string> split(std::string_view text, char separator);
std::vector<std::string> split_blank(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view between);
std::string_view trim(std::string_view text);

// What is no UTF-8 is replaced by '?'.
std::string as_utf8(std::string text);

// Of a program's words on stderr the line that says what was wrong: the first
// one with an error in it, or the first one. At most some 300 bytes, UTF-8.
std::string complaint_in(std::string_view said);

// "12,345" for 12345.
std::string with_thousands(int64_t number);

// The word as a POSIX shell would have to read it; quoted only when needed.
std::string shell_quote(std::string_view word);
std::string shell_join(std::span<const std::string> words);

// The candidate nearest to a misspelt word, if one is near enough to suggest.
std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string> candidates);

// "did you mean 'x'?" with a leading blank, or "".
std::string did_you_mean(std::string_view word,
                         std::span<const std::string> candidates);

}  // namespace hone
