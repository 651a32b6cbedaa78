// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// K compiles of one optimised module measure K variants of every function at
// once; the best of each is put together in one more. A function's bytes are
// its code, its unwind entry and its tables.
//
// Where splicing is possible (program/assembly.h) a variant may differ in
// options of the code generator and in late function passes; else only in
// attributes, which a single compile can mix.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

class Composition {
 public:
  // `base` must have been evaluated as `evaluation` and have no alternatives.
  // Functions in `frozen` keep it.
  Composition(const program::Recipe& base, const env::Evaluation& evaluation,
              bool can_splice, const std::set<std::string>& frozen = {});

  // Takes in what a compile in a variant's way measured; functions in `except`
  // do not take it.
  void add(const program::Alternative& alternative,
           const env::Evaluation& evaluation,
           const std::set<std::string>& except = {});

  // The best known for each function.
  program::Recipe recipe() const;

  // Bytes that the functions of recipe() take, if nothing else changes.
  uint64_t predicted_bytes() const;

 private:
  struct Entry {
    uint64_t bytes;
    size_t choice;  // 0: the base, else 1 + index of the alternative
  };
  program::Recipe base_;
  bool can_splice_;
  std::vector<program::Alternative> alternatives_;
  std::map<std::string, Entry> best_;
};

// Evaluates the variants on the stages of `base`, composes, and evaluates that.
// Returns the composed recipe where it is better than the base, else the base.
program::Recipe compose(Trial& trial, const Space& space,
                        const program::Recipe& base);

}  // namespace hone::search
