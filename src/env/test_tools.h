// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of sessions and searches share: a subject made of a few lines
// of C, and the worker that was built with the tests.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "env/session.h"
#include "program/test_tools.h"

namespace hone::env {

inline void use_own_worker() {
  const char* folder = std::getenv("HONE_BIN_DIR");  // ctest sets it
  if (folder != nullptr)
    ::setenv("HONE_WORKER", (std::string(folder) + "/hone-worker").c_str(), 0);
}

// Small, but with something for every kind of choice: calls to inline, a
// switch, a loop, constants.
inline constexpr std::string_view kSmallProgram = R"c(
extern int puts(const char *);
int total;
static int helper(int x) { return x * 7 + (x > 3 ? 5 : 2); }
static int __attribute__((noinline)) kept(int x) { return puts("kept") - x; }
int pick(int x) {
  switch (x) {
    case 0: return puts("zero");
    case 1: return puts("uno") + 1;
    case 2: return puts("dos") + 3;
    case 3: return puts("tres") * 5;
    case 4: return puts("cuatro") - 7;
    default: return helper(x) + kept(x);
  }
}
void sum(const int *from, int count) {
  for (int i = 0; i < count; ++i) total += from[i] * helper(i);
}
int both(int a, int b) { return kept(a) + puts("both") * kept(b) + a * b; }
)c";

inline Subject make_subject(const program::Scratch& scratch,
                            std::string_view source = kSmallProgram,
                            std::vector<std::string> flags = {}) {
  using program::must;
  use_own_worker();
  const program::Compiled made =
      program::compile(scratch, "subject.c", source, std::move(flags));
  Subject subject;
  subject.bitcode = made.bitcode;
  subject.input = hash_bytes(scratch.read("input.bc"));
  subject.mode = made.mode;
  subject.can_splice = !made.mode.debug;
  must(describe_subject(subject));
  return subject;
}

inline std::unique_ptr<Session> open_session(Subject subject,
                                             SessionOptions options = {}) {
  return program::must(
      Session::open(program::tools(), std::move(subject), std::move(options)));
}

inline Evaluation evaluate(Session& session, const program::Recipe& recipe) {
  return session.evaluate({&recipe, 1}).front();
}

}  // namespace hone::env
