// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A session: one subject, a few workers, and the store behind them.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "base/result.h"
#include "env/evaluation.h"
#include "program/driver.h"
#include "program/toolchain.h"
#include "store/store.h"

namespace hone::env {

struct SessionOptions {
  int jobs = 2;                    // workers
  store::Store* store = nullptr;   // must outlive the session; may be absent
  std::filesystem::path failures;  // where repro bundles go; empty: nowhere
  std::stop_token stop;
};

struct SessionCounts {
  int64_t evaluated = 0;
  int64_t from_store = 0;
  int64_t failed = 0;
};

// The worker executable: $HONE_WORKER, or hone-worker beside this executable
// (or the shared library that holds this code, as in the Python package), or in
// ../libexec/hone from it.
Result<std::filesystem::path> find_worker();

// Fills in what a worker reads from the unoptimised bitcode: the functions, the
// knobs that are unsafe for it, and whether it cannot be spliced.
Status describe_subject(Subject& subject);

class Session : public Evaluator {
 public:
  // Evaluates the stock recipe once, both in a worker and by commands: when
  // the two objects differ in any section's size, every later evaluation of
  // this session goes by commands.
  static Result<std::unique_ptr<Session>> open(const program::Toolchain& tools,
                                               Subject subject,
                                               SessionOptions options);
  ~Session() override;

  const Subject& subject() const override;
  // Never fails as a whole: a recipe that could not be evaluated says so in
  // its own evaluation. After a stop request the rest come back as Killed.
  std::vector<Evaluation> evaluate(
      std::span<const program::Recipe> recipes) override;

  const Evaluation& stock() const;
  bool goes_by_commands() const;
  SessionCounts counts() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::env
