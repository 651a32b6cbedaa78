// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
typedef int (*op)(int, int);
static int indirect_add(int a, int b) { return a + b; }
static int indirect_sub(int a, int b) { return a - b; }
static int indirect_mul(int a, int b) { return a * b; }
static const op indirect_ops[] = {indirect_add, indirect_sub, indirect_mul};
int indirect_apply(unsigned k, int a, int b) {
  return indirect_ops[k % 3](a, b);
}
static int indirect_map(op f, const int* p, int n) {
  int r = 0;
  for (int i = 0; i < n; i++) r = f(r, p[i]);
  return r;
}
int indirect_use(const int* p, int n, op user) {
  return indirect_map(indirect_add, p, n) + indirect_map(user, p, n);
}
int indirect_tail(op f, int a) { return f(a, a); }
struct indirect_vt {
  int (*get)(void*);
  void (*put)(void*, int);
};
int indirect_object(struct indirect_vt** o) {
  int v = (*o)->get(o);
  (*o)->put(o, v + 1);
  return v;
}
