// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/differential.h"

#include <chrono>

#include "verify/test_tools.h"

namespace hone::verify {

namespace {

using DifferentialTest = ObjectsTest;

TEST_F(DifferentialTest, ALocalFunctionIsTestedViaTheOneThatReachesIt) {
  add_original(R"(
__attribute__((noinline)) static int inner(int x) { return x * 3 + 1; }
int outer(int x) { return inner(x & 1023) ^ inner(5); }
)");
  const DifferentialChecker checker = prepare();
  const FunctionVerdict inner = verdict_of(checker.baseline(), "inner");
  EXPECT_EQ(inner.evidence, Evidence::TestedVia);
  EXPECT_EQ(inner.via, "outer");
  EXPECT_GE(inner.inputs, 4);
  EXPECT_GT(inner.bytes, 0u);
  EXPECT_EQ(verdict_of(checker.baseline(), "outer").evidence, Evidence::Tested);
}

TEST_F(DifferentialTest, ALocalFunctionWhoseAddressIsTakenIsCalledItself) {
  add_original(R"(
static int less(const void *a, const void *b) { return *(const int *)a - *(const int *)b > 0 ? 1 : -1; }
int (*const compare)(const void *, const void *) = less;
)");
  EXPECT_EQ(verdict_of(prepare().baseline(), "less").evidence,
            Evidence::Tested);
}

TEST_F(DifferentialTest, AFunctionThatNothingReachesIsUncheckedWithAReason) {
  add_original(R"(
void never(int x) { volatile unsigned y = x; for (;;) y++; }
)");
  const FunctionVerdict never = verdict_of(prepare().baseline(), "never");
  EXPECT_EQ(never.evidence, Evidence::Unchecked);
  EXPECT_NE(never.reason.find("too many steps"), std::string::npos)
      << never.reason;
}

TEST_F(DifferentialTest, TheModulesOwnMainAndMallocAreNoTrouble) {
  add_original(R"(
#include <stdio.h>
static char pool[4096]; static unsigned long used;
void *malloc(unsigned long n) { if (n > 64) return 0; void *p = pool + (used & 2047); used += n; return p; }
int main(int argc, char **argv) { for (int i = 1; i < argc; i++) puts(argv[i]); return malloc(argc) != 0; }
)");
  const DifferentialChecker checker = prepare();
  EXPECT_EQ(verdict_of(checker.baseline(), "main").evidence, Evidence::Tested);
  EXPECT_EQ(verdict_of(checker.baseline(), "malloc").evidence,
            Evidence::Tested);
  EXPECT_EQ(mismatches(check(checker, rebuild({"-O2"}))), "");
}

TEST_F(DifferentialTest, ExceptionsOfCxxAreCaughtOrRecorded) {
  add_original(R"(
#include <stdexcept>
#include <string>
int thrower(int x) { if (x > 3) throw std::runtime_error("large"); return x; }
int catcher(int x) { try { return thrower(x) + 1; } catch (const std::exception &e) { return (int)std::string(e.what()).size(); } }
)",
               {}, "c++");
  const DifferentialChecker checker = prepare();
  EXPECT_EQ(verdict_of(checker.baseline(), "_Z7catcheri").evidence,
            Evidence::Tested);
  EXPECT_EQ(mismatches(check(checker, rebuild({"-O2"}))), "");
}

TEST_F(DifferentialTest, ThreadLocalsConstructorsAliasesAndWeakSymbolsPass) {
  add_original(R"(
static _Thread_local int seen; int ready;
__attribute__((constructor)) static void start(void) { ready = 5; }
int visit(int x) { seen += x & 7; return seen + ready; }
int again(int) __attribute__((alias("visit")));
extern int maybe(int) __attribute__((weak));
int weakly(int x) { return maybe ? maybe(x) : x; }
int assembled(int x) { __asm__("xorl $3, %0" : "+r"(x)); return x; }
)");
  const DifferentialChecker checker = prepare();
  EXPECT_EQ(mismatches(check(checker, rebuild({"-O2"}))), "");
  EXPECT_EQ(verdict_of(checker.baseline(), "visit").evidence, Evidence::Tested);
}

// A caller with more live values than other registers. A build that assumes
// that `tiny` is called directly keeps some of them in r10 and r11, which the
// dynamic linker does not keep when it binds the call.
constexpr const char* kPressure = R"(
__attribute__((noinline)) long tiny(long x) { return x ^ 5; }
long busy(const long *v, long *p) {
  long a=v[0],b=v[1]*3,c=v[2]*5,d=v[3]*7,e=v[4]*9,f=v[5]*11,g=v[6]*13,h=v[7]*17,i=v[8]*19,j=v[9]*21,k=v[10]*23,l=v[11]*25;
  p[12]=b^c^d^e^f^g^h^i^j^k^l;
  long r = tiny(a);
  p[0]=r+a; p[1]=b*r; p[2]=c+r; p[3]=d*r; p[4]=e-r; p[5]=f*r; p[6]=g+r; p[7]=h*r; p[8]=i-r; p[9]=j*r; p[10]=k+r; p[11]=l*r;
  return r;
}
)";

TEST_F(DifferentialTest, RegistersLostToLazyBindingAreSeenInASharedLibrary) {
  add_original(kPressure, {"-fPIC", "-fwrapv"});
  const auto candidate = rebuild({"-Oz", "-fPIC", "-mllvm", "-enable-ipra"});
  const auto harmless = rebuild({"-O2", "-fPIC"});
  const DifferentialChecker shared = prepare(LinkMode::Shared);
  EXPECT_NE(mismatches(check(shared, candidate)), "");
  EXPECT_EQ(mismatches(check(shared, harmless)), "");
  // The same bytes are right in a program of their own.
  EXPECT_EQ(mismatches(check(prepare(), candidate)), "");
}

TEST_F(DifferentialTest, AllModesOfLinkingWork) {
  const std::string source = R"(
int counter; extern int outside(int);
int step(int x) { counter += x & 3; return outside(counter); }
)";
  add_original(source, {"-fno-pic"});
  const DifferentialChecker plain = prepare(LinkMode::NoPie);
  EXPECT_EQ(verdict_of(plain.baseline(), "step").evidence, Evidence::Tested);
  EXPECT_EQ(mismatches(check(plain, rebuild({"-O2", "-fno-pic"}))), "");
  add_original(source, {"-fPIC"});
  const DifferentialChecker shared = prepare(LinkMode::Shared);
  EXPECT_EQ(verdict_of(shared.baseline(), "step").evidence, Evidence::Tested);
  EXPECT_EQ(mismatches(check(shared, rebuild({"-O2", "-fPIC"}))), "");
}

// LLVM 22 outlines the loops' bodies and then deduces too much about them.
TEST_F(DifferentialTest, AStencilThatPassesMadeWrongIsRejected) {
  add_original(R"(
#define N 40
static double grid[N][N];
static void fill(int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) grid[i][j] = ((double)i * (j + 2) + 2) / n;
}
static void smooth(int steps, int n) {
  for (int t = 0; t <= steps - 1; t++)
    for (int i = 1; i <= n - 2; i++)
      for (int j = 1; j <= n - 2; j++)
        grid[i][j] = (grid[i - 1][j - 1] + grid[i - 1][j] + grid[i - 1][j + 1] + grid[i][j - 1] + grid[i][j] + grid[i][j + 1] + grid[i + 1][j - 1] + grid[i + 1][j] + grid[i + 1][j + 1]) / 9.0;
}
double stencil(int steps, int n) {
  if (n > N) n = N;
  fill(n);
  smooth(steps, n);
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) sum += grid[i][j] * (i + 3 * j);
  return sum;
}
)");
  run_tool({tools_.opt, "-passes=iroutliner,attributor",
            path("original.bc").string(), "-o", path("wrong.bc").string()});
  const DifferentialChecker checker = prepare();
  EXPECT_NE(mismatches(check(checker, rebuild({"-Oz"}, "wrong.bc"))), "");
  EXPECT_EQ(mismatches(check(checker, rebuild({"-O3"}))), "");
}

TEST_F(DifferentialTest, CandidatesThatHangCrashOrEatMemoryAreRejectedSoon) {
  add_original(R"(
#include <stdlib.h>
int work(int x) { return x & 15; }
int more(int *p, int n) { int s = 0; for (int i = 0; i < n && i < 64; i++) s += p[i] & 255; return s; }
)");
  const DifferentialChecker checker = prepare();
  const auto begin = std::chrono::steady_clock::now();
  const std::string other =
      "int more(int *p, int n) { int s = 0; for (int i = 0; i < n && i < 64; "
      "i++) s += p[i] & 255; return s; }\n";
  for (const char* body :
       {"int work(int x) { for (;;) __asm__ volatile(\"\"); }",
        "int work(int x) { return *(volatile int *)8; }",
        "int work(int x) { __builtin_trap(); }",
        "void *malloc(unsigned long); int work(int x) { for (;;) { char *p = "
        "malloc(1 << 20); for (int i = 0; i < 1 << 20; i += 4096) ((volatile "
        "char *)p)[i] = 1; } }",
        "int work(int x) { volatile char big[1 << 30]; big[x & 15] = 1; "
        "return big[x & 15] + work(x); }"}) {
    const DifferentialReport report =
        check(checker, compile(std::string(body) + "\n" + other));
    EXPECT_NE(mismatches(report).find("work("), std::string::npos) << body;
    EXPECT_EQ(mismatches(report).find("more("), std::string::npos) << body;
  }
  const std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - begin;
  EXPECT_LT(spent.count(), 60);
}

TEST_F(DifferentialTest, ACandidateThatDoesNotLinkOrLacksAFunctionIsRejected) {
  add_original("int one(void) { return 1; }\nint two(void) { return 2; }\n");
  const DifferentialChecker checker = prepare();
  EXPECT_NE(mismatches(check(checker, compile("int one(void) { return 1; }")))
                .find("does not define 'two'"),
            std::string::npos);
  EXPECT_NE(
      mismatches(check(checker, compile("int absent(void);\nint one(void) { "
                                        "return absent(); }\nint two(void) { "
                                        "return 2; }\n")))
          .find("does not link"),
      std::string::npos);
}

// As -O3 leaves out C++'s inline functions that it has inlined.
TEST_F(DifferentialTest, WhatEachUserEmitsForItselfMayBeLeftOut) {
  add_original(R"(
__attribute__((noinline)) inline int twice(int x) { return x * 2; }
template <typename T> T half(T x) { return x / 2; }
template int half(int);
__attribute__((weak)) int spare(int x) { return x ^ 1; }
int use(int x) { return twice(x & 255); }
)",
               {}, "c++");
  const DifferentialChecker checker = prepare();
  EXPECT_EQ(verdict_of(checker.baseline(), "_Z5twicei").evidence,
            Evidence::Tested);
  const std::string use = "int _Z3usei(int x) { return (x & 255) * 2; }\n";
  const std::string half = "int _Z4halfIiET_S0_(int x) { return x / 2; }\n";
  const std::string spare = "int _Z5sparei(int x) { return x ^ 1; }\n";
  const DifferentialReport report = check(checker, compile(use + half + spare));
  EXPECT_EQ(mismatches(report), "");
  EXPECT_EQ(verdict_of(report, "_Z3usei").evidence, Evidence::Tested);
  EXPECT_EQ(verdict_of(report, "_Z5twicei").evidence, Evidence::Unchecked);
  EXPECT_NE(mismatches(check(checker, compile(use + half)))
                .find("does not define '_Z5sparei'"),
            std::string::npos);
  EXPECT_NE(mismatches(check(checker, compile(use + spare)))
                .find("does not define '_Z4halfIiET_S0_'"),
            std::string::npos);
}

TEST_F(DifferentialTest, MalformedFilesAreNamed) {
  add_original("int one(void) { return 1; }\n");
  ASSERT_TRUE(write_file(path("junk"), "this is no object").ok());
  DifferentialRequest bad = request();
  bad.original_bitcode = path("junk");
  Result<DifferentialChecker> checker = DifferentialChecker::prepare(bad);
  ASSERT_FALSE(checker.ok());
  EXPECT_EQ(checker.error().kind, ErrorKind::Malformed);
  EXPECT_NE(checker.error().message.find("is no bitcode"), std::string::npos);
  bad = request();
  bad.stock_object = path("junk");
  checker = DifferentialChecker::prepare(bad);
  ASSERT_FALSE(checker.ok());
  EXPECT_EQ(checker.error().kind, ErrorKind::Malformed);
  EXPECT_NE(checker.error().message.find("is no object file"),
            std::string::npos);
  const Result<DifferentialReport> report = prepare().check(path("junk"));
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::Malformed);
}

TEST_F(DifferentialTest, AForeignTargetIsUncheckedWithThatReason) {
  add_original("int one(void) { return 1; }\n", {"--target=riscv64-linux-gnu"});
  Result<DifferentialChecker> checker = DifferentialChecker::prepare(request());
  ASSERT_TRUE(checker.ok()) << checker.error().message;
  EXPECT_NE(checker->baseline().unavailable_reason.find("riscv64"),
            std::string::npos);
  EXPECT_EQ(verdict_of(checker->baseline(), "one").evidence,
            Evidence::Unchecked);
}

TEST_F(DifferentialTest, WhatAForeignCandidateDoesNotDefineIsMissed) {
  const std::vector<std::string> flags = {"--target=riscv64-linux-gnu"};
  add_original("int one(void) { return 1; }\nint two(void) { return 2; }\n",
               flags);
  const auto candidate = compile("int one(void) { return 1; }", flags);
  const Result<DifferentialChecker> checker =
      DifferentialChecker::prepare(request());
  ASSERT_TRUE(checker.ok()) << checker.error().message;
  EXPECT_NE(mismatches(check(*checker, candidate)).find("not define 'two'"),
            std::string::npos);
}

TEST_F(DifferentialTest, TheSameSeedFindsTheSameInputs) {
  add_original(R"(
int classify(const char *s, int n) { int k = 0; for (int i = 0; i < n && s[i]; i++) k += s[i] == 'x'; return k; }
)");
  const FunctionVerdict once = verdict_of(prepare().baseline(), "classify");
  const FunctionVerdict twice = verdict_of(prepare().baseline(), "classify");
  EXPECT_EQ(once.inputs, twice.inputs);
  EXPECT_EQ(once.blocks_run, twice.blocks_run);
}

}  // namespace

}  // namespace hone::verify
