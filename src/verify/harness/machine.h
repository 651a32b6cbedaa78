// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the harness must know of the processor it was compiled for. Entering
// and leaving the function under test is assembly: enter_*.c.
#ifndef HONE_VERIFY_HARNESS_MACHINE_H
#define HONE_VERIFY_HARNESS_MACHINE_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#if defined(__x86_64__)

// Places in gregs, which the C library names for GNU programs alone.
enum { kRdx = 12, kRax = 13, kRcx = 14, kRip = 16 };

static inline void copy(void* to, const void* from, uint64_t size) {
  uint8_t* t = to;
  const uint8_t* f = from;
  __asm__ volatile("rep movsb" : "+D"(t), "+S"(f), "+c"(size) : : "memory");
}

static inline void set(void* to, uint8_t value, uint64_t size) {
  uint8_t* t = to;
  __asm__ volatile("rep stosb" : "+D"(t), "+c"(size) : "a"(value) : "memory");
}

static uint64_t program_counter(const ucontext_t* user) {
  return (uint64_t)user->uc_mcontext.gregs[kRip];
}

static void continue_at(ucontext_t* user, const void* code) {
  user->uc_mcontext.gregs[kRip] = (greg_t)code;
}

// A fault without an address: a privileged instruction, a wild pointer.
static int has_address(const siginfo_t* info) {
  return info->si_code != SI_KERNEL;
}

// The processor's clock would differ from run to run: reading it faults, and
// is answered with a count. rdtsc is 0f 31, rdtscp 0f 01 f9.
static int answer_clock(ucontext_t* user, uint64_t* clock) {
  greg_t* registers = user->uc_mcontext.gregs;
  const uint8_t* code = (const uint8_t*)registers[kRip];
  if (code[0] != 0x0f) return 0;
  if (code[1] == 0x31) {
    registers[kRip] += 2;
  } else if (code[1] == 0x01 && code[2] == 0xf9) {
    registers[kRip] += 3;
    registers[kRcx] = 0;
  } else {
    return 0;
  }
  *clock += 1000;
  registers[kRax] = (greg_t)(*clock & 0xffffffff);
  registers[kRdx] = (greg_t)(*clock >> 32);
  return 1;
}

// Where the kernel puts shared libraries.
static int in_libraries(uint64_t word) {
  return word >= 0x7f0000000000ull && word < 0x800000000000ull;
}

#elif defined(__aarch64__)

// The barrier keeps the loops from becoming calls of what the module under
// test may define.
static inline void copy(void* to, const void* from, uint64_t size) {
  uint8_t* t = to;
  const uint8_t* f = from;
  for (; size >= 8; size -= 8, t += 8, f += 8) {
    uint64_t word;
    __builtin_memcpy_inline(&word, f, 8);
    __builtin_memcpy_inline(t, &word, 8);
    __asm__ volatile("" : : : "memory");
  }
  for (; size; --size) {
    *t++ = *f++;
    __asm__ volatile("" : : : "memory");
  }
}

static inline void set(void* to, uint8_t value, uint64_t size) {
  uint8_t* t = to;
  const uint64_t word = value * 0x0101010101010101ull;
  for (; size >= 8; size -= 8, t += 8) {
    __builtin_memcpy_inline(t, &word, 8);
    __asm__ volatile("" : : : "memory");
  }
  for (; size; --size) {
    *t++ = value;
    __asm__ volatile("" : : : "memory");
  }
}

static uint64_t program_counter(const ucontext_t* user) {
  return user->uc_mcontext.pc;
}

static void continue_at(ucontext_t* user, const void* code) {
  user->uc_mcontext.pc = (uint64_t)code;
}

static int has_address(const siginfo_t* info) {
  (void)info;
  return 1;
}

// Reading the clock's register does not fault here: code that does is compared
// as it is.
static int answer_clock(ucontext_t* user, uint64_t* clock) {
  (void)user;
  (void)clock;
  return 0;
}

// Where the kernel puts shared libraries, or QEMU in its user mode.
static int in_libraries(uint64_t word) {
  return (word >= 1ull << 38 && word < 1ull << 40) ||
         (word >= 0xaaaa00000000ull && word < 1ull << 48);
}

#else
#error "the harness knows x86-64 and AArch64"
#endif

#endif
