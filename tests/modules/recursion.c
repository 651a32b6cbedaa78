// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
struct node {
  struct node *l, *r;
  int v;
};
int recursion_fact(int n) { return n < 2 ? 1 : n * recursion_fact(n - 1); }
int recursion_fib(int n) {
  return n < 2 ? n : recursion_fib(n - 1) + recursion_fib(n - 2);
}
int recursion_depth(const struct node* n) {
  if (!n) return 0;
  int a = recursion_depth(n->l), b = recursion_depth(n->r);
  return 1 + (a > b ? a : b);
}
static int recursion_odd(unsigned n);
static int recursion_even(unsigned n) { return n ? recursion_odd(n - 1) : 1; }
static int recursion_odd(unsigned n) { return n ? recursion_even(n - 1) : 0; }
int recursion_parity(unsigned n) { return recursion_even(n); }
long recursion_length(const struct node* n, long acc) {
  if (!n) return acc;
  return recursion_length(n->r, acc + 1);
}
int recursion_fold(int (*f)(int, int), int n) {
  return n ? f(n, recursion_fold(f, n - 1)) : 0;
}
