// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/settle.h"

#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <string>
#include <vector>

namespace hone::program {

namespace {

constexpr const char* kText = R"(
@table = internal global [4 x i32] zeroinitializer, align 4

define void @first(i32 %x) {
  %a = add i32 %x, %x
  %b = mul i32 %a, %x
  store i32 %b, ptr @table, align 4
  store i32 %a, ptr getelementptr (i8, ptr @table, i64 4), align 4
  ret void
}

define i32 @second(i1 %which, i32 %x, i32 %y) {
entry:
  br i1 %which, label %left, label %right
left:
  %a = add i32 %x, 1
  br label %end
right:
  store i32 %y, ptr @table, align 4
  br label %end
end:
  %phi = phi i32 [ %y, %right ], [ %a, %left ]
  %other = phi i32 [ %x, %right ], [ %y, %left ]
  %sum = add i32 %phi, %other
  ret i32 %sum
}
)";

class Settle : public testing::Test {
 protected:
  Settle() : module_(llvm::parseAssemblyString(kText, problem_, context_)) {}

  llvm::Function& function(const char* name) {
    return *module_->getFunction(name);
  }
  // The users of a value, as lines of text.
  static std::vector<std::string> users(const llvm::Value& value) {
    std::vector<std::string> lines;
    for (const llvm::User* user : value.users()) {
      llvm::raw_string_ostream stream(lines.emplace_back());
      user->print(stream);
    }
    return lines;
  }

  llvm::LLVMContext context_;
  llvm::SMDiagnostic problem_;
  std::unique_ptr<llvm::Module> module_;
};

}  // namespace

TEST_F(Settle, TheLastUserComesFirst) {
  const llvm::Argument& x = *function("first").getArg(0);
  settle_uses(*module_);
  ASSERT_EQ(x.getNumUses(), 3u);
  EXPECT_NE(users(x)[0].find("mul"), std::string::npos);
  std::vector<unsigned> operands;
  for (const llvm::Use& use : x.uses()) operands.push_back(use.getOperandNo());
  EXPECT_EQ(operands, (std::vector<unsigned>{1, 1, 0}));
}

TEST_F(Settle, WhateverTheOrderWasBeforeItIsTheSameAfterwards) {
  settle_uses(*module_);
  llvm::GlobalVariable& table = *module_->getGlobalVariable("table", true);
  llvm::BasicBlock& end = function("second").back();
  const auto before_end = [&] {
    return std::vector(llvm::pred_begin(&end), llvm::pred_end(&end));
  };
  const auto of_table = users(table);
  const auto of_end = before_end();
  ASSERT_EQ(of_table.size(), 3u);
  ASSERT_EQ(of_end.size(), 2u);
  table.reverseUseList();
  end.reverseUseList();
  EXPECT_NE(users(table), of_table);
  EXPECT_NE(before_end(), of_end);
  settle_uses(*module_);
  EXPECT_EQ(users(table), of_table);
  EXPECT_EQ(before_end(), of_end);
}

TEST_F(Settle, OneFunctionsUsesComeBeforeThoseOfOthers) {
  settle_uses(*module_);
  llvm::GlobalVariable& table = *module_->getGlobalVariable("table", true);
  settle_uses(function("first"));
  const auto of_table = users(table);
  EXPECT_NE(of_table.back().find("%y"), std::string::npos);
}

TEST_F(Settle, ADeadConstantExpressionIsNoUserAnyMore) {
  llvm::GlobalVariable& table = *module_->getGlobalVariable("table", true);
  for (llvm::Instruction& instruction :
       llvm::make_early_inc_range(function("first").getEntryBlock()))
    if (llvm::isa<llvm::StoreInst>(instruction)) instruction.eraseFromParent();
  EXPECT_EQ(table.getNumUses(), 2u);
  settle_uses(*module_);
  EXPECT_EQ(table.getNumUses(), 1u);
}

TEST_F(Settle, PhisListTheirPredecessorsInTheOrderOfBlocks) {
  llvm::Function& second = function("second");
  settle_phis(second);
  for (const llvm::PHINode& phi : second.back().phis()) {
    EXPECT_EQ(phi.getIncomingBlock(0)->getName(), "left");
    EXPECT_EQ(phi.getIncomingBlock(1)->getName(), "right");
  }
  const llvm::PHINode& phi = *second.back().phis().begin();
  EXPECT_EQ(phi.getIncomingValue(0)->getName(), "a");
  EXPECT_EQ(phi.getIncomingValue(1)->getName(), "y");
}

}  // namespace hone::program
