// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The columns of the batch that an Applier works on.
#pragma once

#include "rewrite/egraph/applier.h"

namespace hone::rewrite::egraph {

inline constexpr uint32_t kMaxColumns = 64;

struct Applier::Scratch {
  const uint32_t* columns[kMaxColumns];    // slots, then what was interned
  uint32_t interned[kMaxColumns][kBatch];  // the latter's memory
  RowId rows[kMaxColumns][kBatch];         // and rows
  const uint32_t* arguments[kMaxArity];    // of the node at work
  ClassId classes[kBatch];                 // of the right side's root
  uint32_t filtered[kMaxColumns][kBatch];  // slots of what a condition kept
  // For provenance: the matches that changed something, their slots, and the
  // facts of the left side's nodes.
  uint32_t changed[kBatch];
  uint32_t slots[kMaxColumns][kBatch];
  FactId facts[kMaxColumns][kBatch];
};

}  // namespace hone::rewrite::egraph
