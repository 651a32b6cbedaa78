// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
static int globals_never = 4;
static int globals_once;
static const int globals_lut[8] = {1, 2, 4, 8, 16, 32, 64, 128};
static int globals_array[4];
int globals_public = 3;
static const char globals_a[] = "same text";
static const char globals_b[] = "same text";
static struct {
  int on;
  int off;
} globals_pair;
extern int globals_weak __attribute__((weak));
int globals_visible(void) __attribute__((visibility("hidden")));
int globals_read(int i) { return globals_lut[i & 7] + globals_never; }
void globals_write(int i) {
  globals_once = 1;
  globals_array[i & 3] = i;
  globals_pair.on = 1;
  globals_public += i;
}
const char* globals_text(int i) { return i ? globals_a : globals_b; }
int globals_visible(void) {
  return globals_once ? globals_array[2] : globals_pair.on;
}
int globals_address(void) { return &globals_weak ? globals_weak : 0; }
static void globals_ctor(void) __attribute__((constructor));
static void globals_ctor(void) { globals_public = 17; }
int globals_alias(void) __attribute__((alias("globals_address")));
static const char* const globals_names[] = {"alpha", "beta", "gamma", "delta"};
const char* globals_lookup(unsigned i) { return globals_names[i & 3]; }
