// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/emit_op.h"

#include <llvm/IR/Intrinsics.h>

namespace hone::codegen {

using tensor::KernelOp;

namespace {

// Adds (or compares) the upper half to the lower half until one lane is left.
llvm::Value* reduce(llvm::IRBuilder<>& b, llvm::Value* value, int lanes,
                    KernelOp op) {
  for (int half = lanes / 2; half >= 1; half /= 2) {
    llvm::SmallVector<int, 64> low, high;
    for (int i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(half + i);
    }
    llvm::Value* const x = b.CreateShuffleVector(value, low);
    llvm::Value* const y = b.CreateShuffleVector(value, high);
    value = emit_op(b,
                    op == KernelOp::ReduceSum   ? KernelOp::Add
                    : op == KernelOp::ReduceMax ? KernelOp::Max
                                                : KernelOp::Min,
                    {x, y}, half, true);
  }
  return b.CreateExtractElement(value, uint64_t{0});
}

// Lanes of both in turn, from lane `first` on.
llvm::Value* zip(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v,
                 int lanes, int first) {
  llvm::SmallVector<int, 64> order;
  for (int i = 0; i < lanes; ++i)
    order.push_back(first + i / 2 + (i % 2 == 0 ? 0 : lanes));
  return b.CreateShuffleVector(v[0], v[1], order);
}

llvm::Type* with_lane(llvm::Value* like, llvm::Type* lane) {
  if (auto* v = llvm::dyn_cast<llvm::FixedVectorType>(like->getType()))
    return llvm::FixedVectorType::get(lane, v->getNumElements());
  return lane;
}

}  // namespace

llvm::Value* emit_op(llvm::IRBuilder<>& b, KernelOp op,
                     llvm::ArrayRef<llvm::Value*> v, int lanes, bool fused) {
  namespace I = llvm::Intrinsic;
  switch (op) {
    case KernelOp::Abs:
      return b.CreateUnaryIntrinsic(I::fabs, v[0]);
    case KernelOp::Add:
      return b.CreateFAdd(v[0], v[1]);
    case KernelOp::AsFloat:
      return b.CreateBitCast(v[0], with_lane(v[0], b.getFloatTy()));
    case KernelOp::AsInt:
      return b.CreateBitCast(v[0], with_lane(v[0], b.getInt32Ty()));
    case KernelOp::Ceil:
      return b.CreateUnaryIntrinsic(I::ceil, v[0]);
    case KernelOp::Div:
      return b.CreateFDiv(v[0], v[1]);
    case KernelOp::Equal:
      return b.CreateFCmpOEQ(v[0], v[1]);
    case KernelOp::Floor:
      return b.CreateUnaryIntrinsic(I::floor, v[0]);
    case KernelOp::Fma:
      if (!fused) return b.CreateFAdd(b.CreateFMul(v[0], v[1]), v[2]);
      return b.CreateIntrinsic(I::fma, {v[0]->getType()}, {v[0], v[1], v[2]});
    case KernelOp::IntAdd:
      return b.CreateAdd(v[0], v[1]);
    case KernelOp::IntAnd:
      return b.CreateAnd(v[0], v[1]);
    case KernelOp::IntEqual:
      return b.CreateICmpEQ(v[0], v[1]);
    case KernelOp::IntLess:
      return b.CreateICmpSLT(v[0], v[1]);
    case KernelOp::IntMul:
      return b.CreateMul(v[0], v[1]);
    case KernelOp::IntOr:
      return b.CreateOr(v[0], v[1]);
    case KernelOp::IntSub:
      return b.CreateSub(v[0], v[1]);
    case KernelOp::Less:
      return b.CreateFCmpOLT(v[0], v[1]);
    case KernelOp::LessEqual:
      return b.CreateFCmpOLE(v[0], v[1]);
    case KernelOp::MaskAnd:
      return b.CreateAnd(v[0], v[1]);
    case KernelOp::MaskNot:
      return b.CreateNot(v[0]);
    case KernelOp::MaskOr:
      return b.CreateOr(v[0], v[1]);
    case KernelOp::Max:
      return b.CreateSelect(b.CreateFCmpOGT(v[0], v[1]), v[0], v[1]);
    case KernelOp::Min:
      return b.CreateSelect(b.CreateFCmpOLT(v[0], v[1]), v[0], v[1]);
    case KernelOp::Move:
      return v[0];
    case KernelOp::Mul:
      return b.CreateFMul(v[0], v[1]);
    case KernelOp::Neg:
      return b.CreateFNeg(v[0]);
    case KernelOp::ReduceMax:
    case KernelOp::ReduceMin:
    case KernelOp::ReduceSum:
      return reduce(b, v[0], lanes, op);
    case KernelOp::Round:
      return b.CreateUnaryIntrinsic(I::roundeven, v[0]);
    case KernelOp::Select:
      return b.CreateSelect(v[0], v[1], v[2]);
    case KernelOp::ShiftLeft:
      return b.CreateShl(v[0], v[1]);
    case KernelOp::ShiftRight:
      return b.CreateAShr(v[0], v[1]);
    case KernelOp::Splat:
      return b.CreateVectorSplat(lanes, v[0]);
    case KernelOp::Sqrt:
      return b.CreateUnaryIntrinsic(I::sqrt, v[0]);
    case KernelOp::Sub:
      return b.CreateFSub(v[0], v[1]);
    case KernelOp::ToFloat:
      return b.CreateSIToFP(v[0], with_lane(v[0], b.getFloatTy()));
    case KernelOp::ToInt: {
      llvm::Type* const to = with_lane(v[0], b.getInt32Ty());
      return b.CreateIntrinsic(I::fptosi_sat, {to, v[0]->getType()}, {v[0]});
    }
    case KernelOp::ZipHigh:
      return zip(b, v, lanes, lanes / 2);
    case KernelOp::ZipLow:
      return zip(b, v, lanes, 0);
  }
  return nullptr;
}

}  // namespace hone::codegen
