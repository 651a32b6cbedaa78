// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C library as the module sees it, where the real one would do: the linker
// redirects the module's calls of X to __wrap_X.
//
// Allocation is deterministic and leaves no trace, since optimisers add, merge
// and drop it. What is printed is compared as bytes: which of printf, puts,
// putchar and fwrite printed them is up to the optimiser as well.

void* __wrap_malloc(uint64_t size) { return heap_take(size, 0); }

void* __wrap_calloc(uint64_t count, uint64_t size) {
  uint64_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return 0;
  return heap_take(bytes, 1);
}

// A block that was not ours came with the arguments: freeing it is an effect.
void __wrap_free(void* block) {
  const uint64_t address = (uint64_t)block;
  if (block == 0) return;
  if (address >= HONE_ZONES && address < HONE_ZONES_END) {
    for (uint32_t i = 0; i < S.freed_count; ++i)
      if (S.freed[i] == address) hone_rt_leave(HONE_UNDEFINED);
    if (S.freed_count == kMaxFreed) hone_rt_leave(HONE_OUT_OF_MEMORY);
    S.freed[S.freed_count++] = address;
    return;
  }
  if (!heap_give(block)) hone_rt_leave(HONE_UNDEFINED);
}

void* __wrap_realloc(void* block, uint64_t size) {
  if (block == 0) return heap_take(size, 0);
  uint64_t old = heap_size(block);
  const int invented =
      (uint64_t)block >= HONE_ZONES && (uint64_t)block < HONE_ZONES_END;
  if (old == 0 && !invented) hone_rt_leave(HONE_UNDEFINED);
  if (invented) {
    const hone_type* type = type_of_address((uint64_t)block);
    const uint64_t offset =
        type ? ((uint64_t)block - type->zone) % type->stride : 0;
    old = type && offset < type->usable ? type->usable - offset : 0;
  }
  void* fresh = heap_take(size, 0);
  if (fresh == 0) return 0;
  const uint64_t kept = old < size ? old : size;
  copy(fresh, block, kept < 65536 ? kept : 65536);
  __wrap_free(block);
  return fresh;
}

void* __wrap_reallocarray(void* block, uint64_t count, uint64_t size) {
  uint64_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return 0;
  return __wrap_realloc(block, bytes);
}

static uint64_t length(const char* text) {
  uint64_t n = 0;
  while (text[n]) ++n;
  return n;
}

char* __wrap_strndup(const char* text, uint64_t most) {
  uint64_t n = 0;
  while (n < most && text[n]) ++n;
  char* fresh = heap_take(n + 1, 0);
  if (fresh == 0) return 0;
  copy(fresh, text, n);
  fresh[n] = 0;
  return fresh;
}

char* __wrap_strdup(const char* text) { return __wrap_strndup(text, ~0ull); }

void* __wrap_aligned_alloc(uint64_t align, uint64_t size) {
  // Blocks are aligned to 16; a multiple of a page more than covers the rest.
  if (align > 4096) return 0;
  return heap_take(align > 16 ? (size + 4095) & ~4095ull : size, 0);
}

void* __wrap_memalign(uint64_t align, uint64_t size) {
  return __wrap_aligned_alloc(align, size);
}

int __wrap_posix_memalign(void** to, uint64_t align, uint64_t size) {
  void* block = __wrap_aligned_alloc(align, size);
  if (block == 0) return ENOMEM;
  *to = block;
  return 0;
}

// operator new and delete, of C++.
void* __wrap__Znwm(uint64_t size) {
  void* block = heap_take(size, 0);
  if (block == 0) hone_rt_leave(HONE_OUT_OF_MEMORY);
  return block;
}
void* __wrap__Znam(uint64_t size) { return __wrap__Znwm(size); }
void __wrap__ZdlPv(void* block) { __wrap_free(block); }
void __wrap__ZdaPv(void* block) { __wrap_free(block); }
void __wrap__ZdlPvm(void* block, uint64_t size) { __wrap_free(block); }
void __wrap__ZdaPvm(void* block, uint64_t size) { __wrap_free(block); }

// ---------------------------------------------------------------- output

enum { kStandardOutput = 1 };

static int print(uint64_t stream, const char* format, va_list list) {
  char text[4096];
  const int size = vsnprintf(text, sizeof text, format, list);
  if (size < 0) return size;
  record_output(stream, text,
                (uint64_t)size < sizeof text ? (uint64_t)size : sizeof text);
  return size;
}

#define HONE_PRINT(stream, last)             \
  va_list list;                              \
  va_start(list, last);                      \
  const int n = print(stream, format, list); \
  va_end(list);                              \
  return n

int __wrap_printf(const char* format, ...) {
  HONE_PRINT(kStandardOutput, format);
}
int __wrap___printf_chk(int flag, const char* format, ...) {
  HONE_PRINT(kStandardOutput, format);
}
int __wrap_fprintf(void* stream, const char* format, ...) {
  HONE_PRINT(normal((uint64_t)stream), format);
}
int __wrap___fprintf_chk(void* stream, int flag, const char* format, ...) {
  HONE_PRINT(normal((uint64_t)stream), format);
}
int __wrap_vprintf(const char* format, va_list list) {
  return print(kStandardOutput, format, list);
}
int __wrap___vprintf_chk(int flag, const char* format, va_list list) {
  return print(kStandardOutput, format, list);
}
int __wrap_vfprintf(void* stream, const char* format, va_list list) {
  return print(normal((uint64_t)stream), format, list);
}
int __wrap___vfprintf_chk(void* stream, int flag, const char* format,
                          va_list list) {
  return print(normal((uint64_t)stream), format, list);
}

int __wrap_puts(const char* text) {
  // One event, as printf("%s\n") would make.
  char line[4096];
  uint64_t n = length(text);
  if (n > sizeof line - 1) n = sizeof line - 1;
  copy(line, text, n);
  line[n] = '\n';
  record_output(kStandardOutput, line, n + 1);
  return 1;
}
int __wrap_putchar(int byte) {
  const char text = (char)byte;
  record_output(kStandardOutput, &text, 1);
  return byte & 0xff;
}
int __wrap_fputc(int byte, void* stream) {
  const char text = (char)byte;
  record_output(normal((uint64_t)stream), &text, 1);
  return byte & 0xff;
}
int __wrap_putc(int byte, void* stream) { return __wrap_fputc(byte, stream); }
int __wrap__IO_putc(int byte, void* stream) {
  return __wrap_fputc(byte, stream);
}
int __wrap_fputs(const char* text, void* stream) {
  record_output(normal((uint64_t)stream), text, length(text));
  return 1;
}
uint64_t __wrap_fwrite(const void* bytes, uint64_t size, uint64_t count,
                       void* stream) {
  uint64_t total;
  if (__builtin_mul_overflow(size, count, &total) || total > 1 << 20)
    hone_rt_leave(HONE_OUT_OF_MEMORY);
  record_output(normal((uint64_t)stream), bytes, total);
  return size == 0 ? 0 : count;
}

// ---------------------------------------------------------------- jumps

// A jump buffer that no setjmp of this call has filled would land anywhere.
extern void __real_longjmp(void*, int) __attribute__((weak, noreturn));

static void jump(void* buffer, int value) {
  for (uint32_t i = 0; i < kMaxJumps; ++i)
    if (S.jumps[i] == (uint64_t)buffer && S.jump_count > i && __real_longjmp)
      __real_longjmp(buffer, value);
  add_trace(HONE_EVENT_CALL | 1ull << 32 | 0xffffffff);
  add_trace((uint32_t)value);
  hone_rt_leave(HONE_ENDED);
}

void __wrap_longjmp(void* buffer, int value) { jump(buffer, value); }
void __wrap__longjmp(void* buffer, int value) { jump(buffer, value); }
void __wrap_siglongjmp(void* buffer, int value) { jump(buffer, value); }
void __wrap___longjmp_chk(void* buffer, int value) { jump(buffer, value); }
