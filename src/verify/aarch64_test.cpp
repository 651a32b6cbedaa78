// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The differential check of another machine's objects, run by QEMU.
#include "verify/emulator.h"
#include "verify/test_tools.h"

namespace hone::verify {

namespace {

const std::vector<std::string> kTarget = {"--target=aarch64-linux-gnu"};

constexpr const char* kSource = R"(
#include <setjmp.h>
#include <stdio.h>
struct node { struct node *next; int value; };
static jmp_buf back;
__attribute__((noinline)) static int inner(int x) { return x * 3 + 1; }
int outer(int x) { return inner(x & 1023) ^ inner(5); }
int sum(struct node *n) { int s = 0; for (; n; n = n->next) s += n->value; return s; }
double mean(const double *p, int n) { double s = 0; for (int i = 0; i < n && i < 16; i++) s += p[i]; return n > 0 ? s / n : 0; }
int jump(int x) { if (setjmp(back)) return 7; if (x > 3) longjmp(back, 1); return x; }
int call(int (*f)(int, int), int a) { return f(a, 2) + 1; }
void show(const char *s, int n) { printf("%s %d\n", s, n); }
)";

class Aarch64Test : public ObjectsTest {
 protected:
  void SetUp() override {
    const Emulator emulator = find_emulator("aarch64-unknown-linux-gnu");
    if (!emulator.missing.empty()) GTEST_SKIP() << emulator.missing;
    ObjectsTest::SetUp();
    add_original(kSource, kTarget);
  }

  std::filesystem::path compile_for_target(const std::string& source) {
    return compile(source, kTarget);
  }
};

TEST_F(Aarch64Test, EveryFunctionIsTestedAndAnotherBuildAgrees) {
  for (const LinkMode mode :
       {LinkMode::Pie, LinkMode::NoPie, LinkMode::Shared}) {
    const DifferentialChecker checker = prepare(mode);
    for (const char* name : {"outer", "sum", "mean", "jump", "call", "show"}) {
      const FunctionVerdict verdict = verdict_of(checker.baseline(), name);
      EXPECT_EQ(verdict.evidence, Evidence::Tested)
          << name << ": " << verdict.reason;
    }
    EXPECT_EQ(verdict_of(checker.baseline(), "inner").evidence,
              Evidence::TestedVia);
    EXPECT_EQ(
        mismatches(check(checker, rebuild({"-O2", "-fPIC", kTarget.front()}))),
        "");
  }
}

TEST_F(Aarch64Test, AWrongResultACallTooFewAndALostRegisterAreSeen) {
  const std::string source = kSource;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = source;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return compile_for_target(changed.replace(at, from.size(), to));
  };
  const DifferentialChecker checker = prepare();
  for (const auto& [from, to, name] :
       {std::tuple("s += n->value", "s -= n->value", "sum"),
        std::tuple("i < 16", "i < 15", "mean"),
        std::tuple("printf(\"%s %d", "printf(\"%s, %d", "show"),
        std::tuple("return f(a, 2) + 1;",
                   "__asm__ volatile(\"mov x21, #0\"); return f(a, 2) + 1;",
                   "call"),
        std::tuple("return f(a, 2) + 1;",
                   "__asm__ volatile(\"movi v9.16b, #0\"); return f(a, 2) + 1;",
                   "call")}) {
    const DifferentialReport report = check(checker, with(from, to));
    ASSERT_FALSE(report.mismatches.empty()) << to;
    EXPECT_EQ(report.mismatches.front().function, name) << to;
  }
}

TEST(Emulator, AMachineThatNothingRunsIsNamed) {
  EXPECT_NE(find_emulator("riscv64-unknown-linux-gnu").missing.find("riscv64"),
            std::string::npos);
  EXPECT_EQ(find_emulator("x86_64-pc-linux-gnu").argv.size(), 0u);
}

}  // namespace

}  // namespace hone::verify
