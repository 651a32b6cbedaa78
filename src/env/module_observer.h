// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes observations of modules: of what they are (Walk), of the code that is
// generated from them (Compile, Timed), of what the stock pipelines make of the
// benchmark (Baseline).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "env/live_spaces.h"
#include "env/separate_code.h"
#include "features/ir2vec.h"
#include "program/build_mode.h"
#include "program/module.h"
#include "program/pass_runner.h"

namespace hone::env {

using Vocabulary = std::shared_ptr<const features::Ir2VecVocabulary>;
using Seen = std::vector<std::pair<Observation, Value>>;

const Value* find_seen(const Seen& seen, Observation what);

// Whether it is worth keeping; larger values (texts, bitcode) are made again.
bool is_small(const Value& value);

class ModuleObserver {
 public:
  // Without a vocabulary, IR2Vec cannot be observed.
  ModuleObserver(program::BuildMode mode, Vocabulary vocabulary)
      : mode_(std::move(mode)), vocabulary_(std::move(vocabulary)) {}

  const program::BuildMode& mode() const { return mode_; }

  // `options` are the code generator's ("-tail-merge-size=2"); they belong to
  // the state and take part in its identity, each set once. With some, code is
  // generated in another process (env/separate_code.h).
  Result<Value> observe(const program::Module& module, Observation what,
                        const std::vector<std::string>& options = {});

  Result<Value> baseline(const program::Module& unoptimised,
                         program::PassRunner& runner, Observation what);

 private:
  Result<Value> embedded(const program::Module& module,
                         features::Ir2VecKind kind) const;
  Result<Value> compiled(const program::Module& module, Observation what,
                         const std::vector<std::string>& options);
  Result<GeneratedCode> code_of(const program::Module& module,
                                const std::vector<std::string>& options) const;
  Result<Value> make_baseline(const program::Module& unoptimised,
                              program::PassRunner& runner, Observation what);

  program::BuildMode mode_;
  Vocabulary vocabulary_;
  Seen baselines_;
  // What compiling a state gave, whatever history led to it.
  std::unordered_map<std::string, Seen> by_state_;
};

}  // namespace hone::env
