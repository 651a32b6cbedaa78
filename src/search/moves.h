// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changes of what happens before code generation: the pass pipeline, options of
// the optimiser, and which callees are inlined. Each is judged by one plain
// compile and kept where it helps.
#pragma once

#include <string>
#include <vector>

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

enum class MoveKind {
  Drop,           // every occurrence of a pass
  Inline,         // a setting of the attribute "inline" on one function
  Option,         // another value of a knob
  Prefix,         // a pipeline that runs before
  Replace,        // text of the pipeline
  Unreplace,      // the other way round
  WithoutOption,  // a knob of the recipe left out
};

struct Move {
  MoveKind kind;
  std::string what;
  std::string to;

  std::string label() const;
};

// The moves of order.def, with inlining choices for this module between them.
std::vector<Move> moves_for(const env::Subject& subject,
                            const env::Evaluation& state);

// The recipe after a move; equal to `recipe` where the move changes nothing.
program::Recipe with_move(program::Recipe recipe, const Move& move);

// Goes through the moves once for about that many compiles; returns the best.
program::Recipe make_moves(Trial& trial, std::vector<Move> moves,
                           program::Recipe base, int64_t compiles);

}  // namespace hone::search
