// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the peers of bench/prover share: rows from stdin, times by the CPU clock
// of the thread, answers to stdout.
//
// A row is "ASSUMPTION\tASSUMPTION\t…\tGOAL" in the prefix form. An answer is
// "true|false|contingent|open MICROSECONDS_FROM_TEXT MICROSECONDS_FROM_TERM".
#pragma once

#include <time.h>

#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace peer {

struct Tree {
  std::string_view word;  // operator, variable or number
  std::vector<Tree> args;
};

inline std::string_view next_word(std::string_view& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  const size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

inline Tree parse(std::string_view& text) {
  const std::string_view word = next_word(text);
  if (word != "(") return {word, {}};
  Tree tree{next_word(text), {}};
  for (;;) {
    std::string_view rest = text;
    if (next_word(rest) == ")") {
      text = rest;
      return tree;
    }
    tree.args.push_back(parse(text));
  }
}

inline double cpu_microseconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 +
         static_cast<double>(t.tv_nsec) / 1e3;
}

inline std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t end = line.find('\t', at);
    parts.push_back(line.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

// read(fields) makes the terms of a row; decide() answers about them.
inline void run(
    const std::function<void(const std::vector<std::string_view>&)>& read,
    const std::function<const char*()>& decide) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);)
    lines.push_back(std::move(line));
  for (const std::string& line : lines) {
    const double begin = cpu_microseconds();
    read(fields(line));
    const double built = cpu_microseconds();
    const char* answer = decide();
    const double end = cpu_microseconds();
    std::printf("%s %.3f %.3f\n", answer, end - begin, end - built);
  }
}

}  // namespace peer
