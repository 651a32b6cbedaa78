// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// malloc() and its relatives for twins_bench: a small block lies at a place
// drawn among a hundred and more, so that no two runs of a pass see their
// objects in the same order of addresses. Nothing goes back to the system.
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace {

constexpr size_t kUnit = 16;           // sizes of small blocks are multiples
constexpr size_t kSmallClasses = 64;   // … up to 1 KiB
constexpr size_t kSlab = 512;          // blocks made at a time
constexpr size_t kFewest = 128;        // free ones to draw from
constexpr size_t kChunk = 64UL << 20;  // asked of the system at a time

enum class Kind : uint32_t { Small, Large, Kept };

// Before each block.
struct alignas(kUnit) Head {
  Kind kind;
  uint32_t index;  // of the class of sizes
  size_t size;     // as asked
};
static_assert(sizeof(Head) == kUnit);

struct Pool {
  Head** free = nullptr;
  size_t count = 0;
  size_t room = 0;
};

Pool small_pools[kSmallClasses + 1];
Head* large_lists[64];
char* chunk_at = nullptr;
char* chunk_end = nullptr;
uint64_t state = 88172645463325252U;
std::atomic_flag busy = ATOMIC_FLAG_INIT;

class Guard {
 public:
  Guard() {
    while (busy.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Guard() { busy.clear(std::memory_order_release); }
};

uint64_t next_random() {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

char* carve(size_t size) {
  size = (size + kUnit - 1) / kUnit * kUnit;
  if (chunk_at == nullptr || size > static_cast<size_t>(chunk_end - chunk_at)) {
    const size_t chunk = std::max(size, kChunk);
    void* const fresh =
        ::mmap(nullptr, chunk, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fresh == MAP_FAILED) __builtin_trap();
    chunk_at = static_cast<char*>(fresh);
    chunk_end = chunk_at + chunk;
  }
  char* const result = chunk_at;
  chunk_at += size;
  return result;
}

void put(Pool& pool, Head* block) {
  if (pool.count == pool.room) {
    const size_t room = 2 * pool.room + 2 * kSlab;
    auto** const wider = reinterpret_cast<Head**>(carve(room * sizeof(Head*)));
    if (pool.count != 0)
      std::memcpy(wider, pool.free, pool.count * sizeof(Head*));
    pool.free = wider;
    pool.room = room;
  }
  pool.free[pool.count++] = block;
}

Head* take_small(size_t index) {
  Pool& pool = small_pools[index];
  if (pool.count < kFewest) {
    const size_t step = sizeof(Head) + index * kUnit;
    char* const slab = carve(step * kSlab);
    for (size_t i = 0; i < kSlab; ++i)
      put(pool, reinterpret_cast<Head*>(slab + i * step));
  }
  const size_t at = next_random() % pool.count;
  Head* const block = pool.free[at];
  pool.free[at] = pool.free[--pool.count];
  return block;
}

// Blocks of 2^index bytes; the first word of a free one points to the next.
Head* take_large(size_t index) {
  Head* const known = large_lists[index];
  if (known == nullptr)
    return reinterpret_cast<Head*>(carve(sizeof(Head) + (1UL << index)));
  large_lists[index] = *reinterpret_cast<Head**>(known + 1);
  return known;
}

void* take(size_t size) {
  const Guard guard;
  const size_t units = std::max<size_t>(1, (size + kUnit - 1) / kUnit);
  const bool is_small = units <= kSmallClasses;
  const size_t index =
      is_small ? units : 64 - static_cast<size_t>(__builtin_clzl(size - 1));
  Head* const block = is_small ? take_small(index) : take_large(index);
  *block = {is_small ? Kind::Small : Kind::Large, static_cast<uint32_t>(index),
            size};
  return block + 1;
}

void give(void* memory) {
  if (memory == nullptr) return;
  const Guard guard;
  Head* const block = static_cast<Head*>(memory) - 1;
  switch (block->kind) {
    case Kind::Small:
      put(small_pools[block->index], block);
      break;
    case Kind::Large:
      *static_cast<Head**>(memory) = large_lists[block->index];
      large_lists[block->index] = block;
      break;
    case Kind::Kept:
      break;
  }
}

void* take_aligned(size_t alignment, size_t size) {
  if (alignment <= kUnit) return take(size);
  const Guard guard;
  const auto raw =
      reinterpret_cast<uintptr_t>(carve(size + alignment + sizeof(Head)));
  const uintptr_t at =
      (raw + sizeof(Head) + alignment - 1) / alignment * alignment;
  auto* const block = reinterpret_cast<Head*>(at) - 1;
  *block = {Kind::Kept, 0, size};
  return block + 1;
}

size_t size_of(void* memory) {
  return memory == nullptr ? 0 : (static_cast<Head*>(memory) - 1)->size;
}

}  // namespace

extern "C" {

void* malloc(size_t size) { return take(size); }
void free(void* memory) { give(memory); }
void* calloc(size_t count, size_t size) {
  void* const memory = take(count * size);
  return std::memset(memory, 0, count * size);
}
void* realloc(void* memory, size_t size) {
  void* const fresh = take(size);
  if (memory == nullptr) return fresh;
  std::memcpy(fresh, memory, std::min(size, size_of(memory)));
  give(memory);
  return fresh;
}
void* memalign(size_t alignment, size_t size) {
  return take_aligned(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  return take_aligned(alignment, size);
}
int posix_memalign(void** result, size_t alignment, size_t size) {
  *result = take_aligned(alignment, size);
  return 0;
}
size_t malloc_usable_size(void* memory) { return size_of(memory); }

}  // extern "C"

void* operator new(size_t size) { return take(size); }
void* operator new[](size_t size) { return take(size); }
void operator delete(void* memory) noexcept { give(memory); }
void operator delete[](void* memory) noexcept { give(memory); }
void operator delete(void* memory, size_t) noexcept { give(memory); }
void operator delete[](void* memory, size_t) noexcept { give(memory); }
