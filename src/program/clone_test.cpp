// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <optional>

#include "program/module.h"
#include "program/pass_runner.h"
#include "program/test_tools.h"

namespace hone::program {

namespace {

Module parse(std::string_view name, std::string_view source,
             std::vector<std::string> flags = {}) {
  const Scratch scratch;
  compile(scratch, name, source, std::move(flags));
  return must(Module::parse(scratch.read("input.bc"), name));
}

// Of tests/modules.
Module module_of(const std::string& name, std::vector<std::string> flags = {}) {
  const auto path = source_folder() / "tests/modules" / name;
  return parse(name, must(read_file(path)), std::move(flags));
}

// What C seldom makes.
constexpr std::string_view kOddities = R"(
target triple = "x86_64-pc-linux-gnu"

module asm ".globl by_hand"

$shared = comdat largest

@labels = internal constant [2 x ptr] [ptr blockaddress(@jump, %one),
                                       ptr blockaddress(@jump, %two)]
@held = linkonce_odr global i32 3, comdat($shared), align 16, !kept !4
@moved = external thread_local(initialexec) global i32
@inside = global ptr getelementptr (i8, ptr @labels, i64 8), section "mine"
@other = alias i32, ptr @held
@chosen = ifunc i32 (i32), ptr @choose

declare i32 @__gxx_personality_v0(...)
declare void @may_throw()
declare !kept !4 double @llvm.experimental.constrained.fadd.f64(double, double, metadata, metadata)
declare void @llvm.write_register.i64(metadata, i64)

define internal ptr @choose() { ret ptr @twice }

define i32 @twice(i32 noundef %x) "own"="yes" prefix i32 7 prologue ptr @held {
  %y = add nsw i32 %x, %x
  ret i32 %y
}

define i32 @jump(i64 %at) !kept !4 {
entry:
  %slot = getelementptr [2 x ptr], ptr @labels, i64 0, i64 %at
  %label = load ptr, ptr %slot, !tbaa !6
  call void @llvm.write_register.i64(metadata !5, i64 %at)
  indirectbr ptr %label, [label %one, label %two]
one:
  %n = phi i32 [ 1, %entry ], [ %m, %one ]
  %m = call i32 asm "addl $1, $0", "=r,r"(i32 %n), !srcloc !9
  %more = icmp slt i32 %m, 9
  br i1 %more, label %one, label %two, !llvm.loop !1
two:
  %r = phi i32 [ 2, %entry ], [ %m, %one ]
  ret i32 %r
}

define double @add(double %a) strictfp comdat($shared) personality ptr @__gxx_personality_v0 {
  invoke void @may_throw() [ "deopt"(i32 3, double %a) ] to label %on unwind label %off
on:
  %b = call double @llvm.experimental.constrained.fadd.f64(double %a, double %a, metadata !"round.upward", metadata !"fpexcept.strict") strictfp
  ret double %b
off:
  %c = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %c
}

!all = !{!1, !4}
!llvm.module.flags = !{!3}
!1 = distinct !{!1, !2}
!2 = !{!"llvm.loop.unroll.disable"}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = distinct !{ptr @held, !"kept"}
!5 = !{!"rsp"}
!6 = !{!7, !7, i64 0}
!7 = !{!"pointer", !8}
!8 = !{!"root"}
!9 = !{i64 17}
)";

}  // namespace

TEST(Clone, IsExactWhateverStepsMadeOfAModule) {
  Random random(3);
  size_t modules = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_folder() / "tests/modules")) {
    const std::string name = entry.path().filename();
    const bool is_source = name.ends_with(".c") || name.ends_with(".cpp");
    if (!is_source && !name.ends_with(".ll")) continue;
    // LLVM copies modules with debug information.
    Module module = module_of(name, is_source ? std::vector<std::string>{"-g"}
                                              : std::vector<std::string>{});
    module.forget_atoms();
    PassRunner runner = must(PassRunner::make(module, Relocation::Static));
    for (const std::string& action : random_actions(random, 12)) {
      must(runner.step(module, action));
      const Module clone = module.clone();
      // The order of uses stands in it.
      ASSERT_EQ(clone.bitcode(), module.bitcode()) << name << " " << action;
      EXPECT_TRUE(clone.verify().ok()) << name << " " << action;
    }
    ++modules;
  }
  EXPECT_GT(modules, 20u);
}

TEST(Clone, HasAllThatAModuleMayHoldAndNothingOfTheOriginals) {
  std::optional<Module> original = parse("odd.ll", kOddities);
  const std::string bitcode = original->bitcode();
  Module clone = original->clone();
  EXPECT_EQ(clone.bitcode(), bitcode);
  must(original->run("default<O2>"));
  original.reset();
  must(clone.verify());
  Module same = must(Module::parse(bitcode, "the same"));
  EXPECT_EQ(clone.text(), same.text());
  must(clone.run("default<O2>"));
  must(same.run("default<O2>"));
  EXPECT_EQ(clone.text(), same.text());
}

TEST(Clone, AModuleAndItsCloneStayAlikeUnderTheSamePasses) {
  const Module start = module_of("loops.ll");
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Random random(11);
  for (int episode = 0; episode < 20; ++episode) {
    Module straight = start.clone();
    Module branched = start.clone();
    for (const std::string& action : random_actions(random, 25)) {
      branched = branched.clone();
      must(runner.run(straight, action));
      must(runner.run(branched, action));
    }
    // The order of uses stands in it.
    EXPECT_EQ(straight.bitcode(), branched.bitcode()) << "episode " << episode;
  }
}

TEST(Clone, PhiNodesHaveRoomForAsManyOperands) {
  Module module = parse("phi.ll", R"(
define i32 @f(i1 %c, i32 %x) {
entry:
  br i1 %c, label %a, label %b
a:
  br label %b
b:
  %p = phi i32 [ %x, %entry ], [ %x, %a ]
  %y = add i32 %x, %p
  ret i32 %y
}
)");
  const auto phi_of = [](Module& in) -> llvm::PHINode& {
    return *in.llvm_module().begin()->back().phis().begin();
  };
  phi_of(module).removeIncomingValue(1U);
  Module clone = module.clone();
  EXPECT_EQ(clone.bitcode(), module.bitcode());
  // A further operand moves the others where there is no room for it, and what
  // is moved comes first in the lists of uses.
  for (Module* const one : {&module, &clone}) {
    llvm::Function& function = *one->llvm_module().begin();
    phi_of(*one).addIncoming(function.getArg(1), &*std::next(function.begin()));
  }
  EXPECT_EQ(clone.bitcode(), module.bitcode());
}

TEST(Clone, KeepsTheOrderOfUses) {
  Module module = module_of("loops.ll");
  PassRunner runner = must(PassRunner::make(module, Relocation::Static));
  // Rewrites uses, so that their order is no longer the one of creation.
  for (const char* pass : {"function(sroa)", "function(gvn)", "cgscc(inline)",
                           "function(simplifycfg)"})
    must(runner.run(module, pass));
  // bitcode() writes the order of uses down.
  EXPECT_EQ(module.clone().bitcode(), module.bitcode());
  // LLVM's own copy loses it, or this test would say nothing.
  EXPECT_NE(module.clone_by_llvm().bitcode(), module.bitcode());
}

}  // namespace hone::program
