// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/grow_array.h"

#include <sys/mman.h>

#include <cstdlib>

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

// Below this a huge page would waste more memory than it saves misses.
constexpr size_t kHugeFrom = size_t{16} << 20;
constexpr size_t kPage = 4096;

}  // namespace

void* grow_block(void* block, size_t bytes) {
  void* grown = std::realloc(block, bytes);
  HONE_CHECK(grown != nullptr);
  if (bytes >= kHugeFrom) {
    const auto address = reinterpret_cast<uintptr_t>(grown);
    const uintptr_t first = (address + kPage - 1) / kPage * kPage;
    // Advice only: without huge pages the engine is slower, not wrong.
    madvise(reinterpret_cast<void*>(first),
            (address + bytes - first) / kPage * kPage, MADV_HUGEPAGE);
  }
  return grown;
}

void free_block(void* block) { std::free(block); }

}  // namespace hone::rewrite::egraph
