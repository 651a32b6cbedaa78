// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime's values, compiled with the build's own flags: the presets with
// sanitizers see its C code here.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "runtime/value_program_test_tools.h"

// Of sizes that nobody has memory for, a run fails; that is no finding.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}

namespace {

// How many more allocations of the runtime succeed; -1: all.
std::atomic<int> g_left = -1;
std::atomic<bool> g_refused = false;

bool refuses() {
  if (g_left < 0) return false;
  if (g_left > 0) {
    --g_left;
    return false;
  }
  g_left = -1;
  g_refused = true;
  return true;
}

}  // namespace

// The linker gives the C sources these (--wrap).
extern "C" {
void* __real_aligned_alloc(size_t align, size_t bytes);
void* __real_calloc(size_t count, size_t bytes);
void* __real_malloc(size_t bytes);
void* __real_realloc(void* block, size_t bytes);
void* __wrap_aligned_alloc(size_t align, size_t bytes);
void* __wrap_calloc(size_t count, size_t bytes);
void* __wrap_malloc(size_t bytes);
void* __wrap_realloc(void* block, size_t bytes);

void* __wrap_aligned_alloc(size_t align, size_t bytes) {
  return refuses() ? nullptr : __real_aligned_alloc(align, bytes);
}
void* __wrap_calloc(size_t count, size_t bytes) {
  return refuses() ? nullptr : __real_calloc(count, bytes);
}
void* __wrap_malloc(size_t bytes) {
  return refuses() ? nullptr : __real_malloc(bytes);
}
void* __wrap_realloc(void* block, size_t bytes) {
  return refuses() ? nullptr : __real_realloc(block, bytes);
}
}

namespace hone::runtime {
namespace {

TEST(RuntimeValues, RandomProgramsGiveWhatASlowModelOfThemGives) {
  for (uint64_t seed = 0; seed < 6000; ++seed)
    ASSERT_EQ(check_value_program(random_bytes(seed, 2000)), "")
        << "seed " << seed;
}

TEST(RuntimeValues, CallersAndThreadsOfOneModelDoNotSeeEachOther) {
  for (uint64_t seed = 0; seed < 300; ++seed)
    ASSERT_EQ(check_value_program(random_bytes(seed, 2000),
                                  {.threads = 2, .callers = 3}),
              "")
        << "seed " << seed;
}

int g_place = 0, g_refusals = 0;

TEST(RuntimeValues, ARunWithoutMemoryFailsAndTheNextOneIsRight) {
  const ProgramCheck check = {
      .before_run = [](int run) { g_left = (g_place / 3 + run * 7) % 40; },
      .was_disturbed =
          [] {
            g_left = -1;
            g_refusals += g_refused;
            return g_refused.exchange(false);
          }};
  for (g_place = 0; g_place < 1500; ++g_place)
    ASSERT_EQ(check_value_program(random_bytes(g_place, 2000), check), "")
        << "seed " << g_place;
  EXPECT_GT(g_refusals, 500);
}

}  // namespace
}  // namespace hone::runtime
