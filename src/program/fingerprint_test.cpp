// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/fingerprint.h"

#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Support/SourceMgr.h>

#include <functional>

namespace hone::program {

namespace {

constexpr const char* kText = R"(
@table = internal global [4 x i32] zeroinitializer, align 4

define i32 @sum(ptr %p, i32 %x) {
entry:
  %a = load i32, ptr %p, align 4
  %b = add i32 %a, %x
  %c = mul i32 %b, %x
  store i32 %c, ptr @table, align 4
  %d = call i32 @sum(ptr @table, i32 %c)
  ret i32 %d
}
)";

class Parsed {
 public:
  Parsed() : module_(llvm::parseAssemblyString(kText, problem_, context_)) {}

  llvm::Module& module() { return *module_; }
  llvm::Function& function() { return *module_->getFunction("sum"); }
  llvm::Instruction& instruction(int index) {
    return *std::next(function().getEntryBlock().begin(), index);
  }

 private:
  llvm::LLVMContext context_;
  llvm::SMDiagnostic problem_;
  std::unique_ptr<llvm::Module> module_;
};

bool is_seen(const std::function<void(Parsed&)>& edit) {
  Parsed parsed;
  const uint64_t before = fingerprint(parsed.module());
  EXPECT_EQ(fingerprint(parsed.module()), before);
  edit(parsed);
  return fingerprint(parsed.module()) != before;
}

}  // namespace

TEST(Fingerprint, SeesAFlag) {
  EXPECT_TRUE(
      is_seen([](Parsed& p) { p.instruction(1).setHasNoSignedWrap(); }));
}

TEST(Fingerprint, SeesAnAlignment) {
  EXPECT_TRUE(is_seen([](Parsed& p) {
    llvm::cast<llvm::LoadInst>(p.instruction(0)).setAlignment(llvm::Align(8));
  }));
  EXPECT_TRUE(is_seen([](Parsed& p) {
    p.module().getNamedGlobal("table")->setAlignment(llvm::Align(16));
  }));
}

TEST(Fingerprint, SeesAttributesOfFunctionsAndCalls) {
  EXPECT_TRUE(is_seen(
      [](Parsed& p) { p.function().addFnAttr(llvm::Attribute::NoUnwind); }));
  EXPECT_TRUE(is_seen([](Parsed& p) {
    llvm::cast<llvm::CallInst>(p.instruction(4))
        .addFnAttr(llvm::Attribute::NoUnwind);
  }));
}

TEST(Fingerprint, SeesMetadata) {
  EXPECT_TRUE(is_seen([](Parsed& p) {
    p.instruction(0).setMetadata(
        llvm::LLVMContext::MD_nontemporal,
        llvm::MDNode::get(p.module().getContext(), {}));
  }));
}

TEST(Fingerprint, SeesTheOrderOfUses) {
  EXPECT_TRUE(is_seen([](Parsed& p) {
    llvm::Use& last = *std::next(p.function().getArg(1)->use_begin());
    last.set(p.function().getArg(1));
  }));
  EXPECT_TRUE(is_seen([](Parsed& p) {
    llvm::GlobalVariable* const table = p.module().getNamedGlobal("table");
    std::next(table->use_begin())->set(table);
  }));
}

TEST(Fingerprint, DoesNotSeeWhatIsOnlyComputed) {
  EXPECT_FALSE(is_seen([](Parsed& p) {
    // Numbers the instructions of the block.
    EXPECT_TRUE(p.instruction(0).comesBefore(&p.instruction(3)));
  }));
}

}  // namespace hone::program
