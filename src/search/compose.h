// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Function attributes change the code of their function and of no other (once
// the passes are done), so that K compiles of the whole module measure K
// variants of every function at once, and the best of each can be put together
// in one more compile. A function's bytes are its code and its unwind entry.
//
// Jump tables and constants in .rodata belong to no symbol: a variant that
// moves bytes there is judged by the compile that follows, not by this table.
#pragma once

#include <map>
#include <span>
#include <string>

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

class Composition {
 public:
  // `base` must have been evaluated; its attributes are the first variant.
  Composition(const program::Recipe& base, const env::Evaluation& evaluation);

  // Takes in what a whole-module compile measured.
  void add(const program::Recipe& recipe, const env::Evaluation& evaluation);

  // The best attributes known for each function.
  program::Recipe recipe() const;

  // Bytes that the functions of recipe() take, if nothing else changes.
  uint64_t predicted_bytes() const;

 private:
  struct Entry {
    uint64_t bytes;
    program::Attributes attributes;
  };
  program::Recipe base_;
  std::map<std::string, Entry> best_;
};

// Evaluates the variants on top of `base`, composes, and evaluates that.
// Returns the composed recipe where it is better than the base, else the base.
program::Recipe compose(Trial& trial, const program::Recipe& base,
                        std::span<const Variant> variants);

}  // namespace hone::search
