// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
extern int exceptions_risky(int);
extern "C" void exceptions_note(int);
struct exceptions_guard {
  int v;
  ~exceptions_guard() { exceptions_note(v); }
};
struct exceptions_base {
  virtual ~exceptions_base();
  virtual int work(int) = 0;
};
struct exceptions_derived final : exceptions_base {
  int k;
  int work(int x) override { return x * k; }
};
extern "C" int exceptions_catch(int a) {
  try {
    exceptions_guard g{a};
    return exceptions_risky(a) + exceptions_risky(a + 1);
  } catch (int e) {
    return e;
  } catch (...) {
    exceptions_note(-1);
    return -1;
  }
}
extern "C" int exceptions_throw(int a) {
  if (a < 0) throw a;
  exceptions_guard g{a};
  exceptions_risky(a);
  return a;
}
extern "C" int exceptions_nothrow(int a) noexcept {
  return exceptions_risky(a);
}
extern "C" int exceptions_virtual(exceptions_base* b, int x) {
  exceptions_derived d;
  d.k = x;
  return b->work(x) + d.work(3);
}
