// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/grow_array.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;
// Smaller blocks are malloc()'s: a huge page would waste more than it saves.
constexpr size_t kReservedFrom = size_t{16} << 20;
// Addresses cost nothing until they are written. Where so many are not to be
// had (a limit on address space), less is taken.
constexpr size_t kReserve = size_t{16} << 30;

// Stands before the data of a reserved block.
struct alignas(64) Header {
  void* begin;    // of the mapping
  size_t mapped;  // its bytes
  size_t room;    // for data
};

Header* header_of(void* block) { return static_cast<Header*>(block) - 1; }

// Null where the addresses are not to be had.
void* reserve(size_t room) {
  const size_t mapped = room + 2 * kHugePage;
  void* begin = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin == MAP_FAILED) return nullptr;
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t first = (address + kHugePage - 1) / kHugePage * kHugePage;
  // Advice only: without huge pages the engine is slower, not wrong.
  madvise(reinterpret_cast<void*>(first), room + kHugePage, MADV_HUGEPAGE);
  return new (reinterpret_cast<void*>(first)) Header{begin, mapped, room} + 1;
}

void* reserve_at_least(size_t bytes) {
  for (size_t room = std::max(kReserve, 2 * bytes);; room /= 2) {
    if (void* block = reserve(std::max(room, bytes))) return block;
    HONE_CHECK(room > bytes);  // no memory is left
  }
}

}  // namespace

void* grow_block(void* block, size_t old_bytes, size_t bytes) {
  if (bytes < kReservedFrom) {
    void* grown = std::realloc(block, bytes);
    HONE_CHECK(grown != nullptr);
    return grown;
  }
  if (old_bytes >= kReservedFrom && bytes <= header_of(block)->room)
    return block;
  void* grown = reserve_at_least(bytes);
  if (old_bytes > 0) std::memcpy(grown, block, old_bytes);
  free_block(block, old_bytes);
  return grown;
}

void free_block(void* block, size_t bytes) {
  if (bytes < kReservedFrom) {
    std::free(block);
    return;
  }
  const Header header = *header_of(block);
  munmap(header.begin, header.mapped);
}

}  // namespace hone::rewrite::egraph
