// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/emit_op.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>

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

// A type as wide as the value's.
llvm::Type* same_width(llvm::IRBuilder<>& b, llvm::Value* value, bool number) {
  const bool wide = value->getType()->getScalarSizeInBits() == 64;
  if (number) return wide ? b.getDoubleTy() : b.getFloatTy();
  return wide ? b.getInt64Ty() : b.getInt32Ty();
}

// A function of the C library, of f64.
llvm::Value* call_c(llvm::IRBuilder<>& b, llvm::StringRef name,
                    llvm::ArrayRef<llvm::Value*> operands) {
  llvm::Module* const module = b.GetInsertBlock()->getModule();
  const llvm::SmallVector<llvm::Type*, 2> types(operands.size(),
                                                b.getDoubleTy());
  const auto function = module->getOrInsertFunction(
      name, llvm::FunctionType::get(b.getDoubleTy(), types, false));
  return b.CreateCall(function, operands);
}

// Division never traps: by 0 it gives 0, and by -1 it wraps.
llvm::Value* divide(llvm::IRBuilder<>& b, KernelOp op, llvm::Value* x,
                    llvm::Value* y) {
  llvm::Type* const type = y->getType();
  llvm::Value* const zero = llvm::ConstantInt::get(type, 0);
  llvm::Value* const one = llvm::ConstantInt::get(type, 1);
  llvm::Value* const by_zero = b.CreateICmpEQ(y, zero);
  llvm::Value* safe = b.CreateSelect(by_zero, one, y);
  llvm::Value* result = nullptr;
  if (op == KernelOp::NaturalDiv) {
    result = b.CreateUDiv(x, safe);
  } else if (op == KernelOp::NaturalRest) {
    result = b.CreateURem(x, safe);
  } else {
    llvm::Value* const minus =
        b.CreateICmpEQ(y, llvm::ConstantInt::getAllOnesValue(type));
    safe = b.CreateSelect(minus, one, safe);
    if (op == KernelOp::IntDiv)
      result = b.CreateSelect(minus, b.CreateNeg(x), b.CreateSDiv(x, safe));
    else
      result = b.CreateSRem(x, safe);
  }
  return b.CreateSelect(by_zero, zero, result);
}

// Lanes of both in turn, from lane `first` on.
llvm::Value* zip(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v,
                 int lanes, int first) {
  llvm::SmallVector<int, 64> order;
  for (int i = 0; i < lanes; ++i)
    order.push_back(first + i / 2 + (i % 2 == 0 ? 0 : lanes));
  return b.CreateShuffleVector(v[0], v[1], order);
}

// Numbers of f32 as integers, saturated, NaN as 0; LLVM's own operation takes
// vectors apart.
llvm::Value* saturated(llvm::IRBuilder<>& b, llvm::Value* x, llvm::Type* to) {
  const auto number = [&](double value) {
    return llvm::ConstantFP::get(x->getType(), value);
  };
  llvm::Value* const small =
      b.CreateSelect(b.CreateFCmpOGT(x, number(-0x1p31)), x, number(-0x1p31));
  llvm::Value* const is_large = b.CreateFCmpOGE(small, number(0x1p31));
  llvm::Value* const whole =
      b.CreateFPToSI(b.CreateSelect(is_large, number(0), small), to);
  llvm::Value* const result =
      b.CreateSelect(is_large, llvm::ConstantInt::get(to, INT32_MAX), whole);
  return b.CreateSelect(b.CreateFCmpUNO(x, x), llvm::ConstantInt::get(to, 0),
                        result);
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
      return b.CreateBitCast(v[0], with_lane(v[0], same_width(b, v[0], true)));
    case KernelOp::AsInt:
      return b.CreateBitCast(v[0], with_lane(v[0], same_width(b, v[0], false)));
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
    case KernelOp::IntDiv:
    case KernelOp::IntRest:
    case KernelOp::NaturalDiv:
    case KernelOp::NaturalRest:
      return divide(b, op, v[0], v[1]);
    case KernelOp::IntSelect:
      return b.CreateSelect(v[0], v[1], v[2]);
    case KernelOp::IntXor:
      return b.CreateXor(v[0], v[1]);
    case KernelOp::Narrow:
      return b.CreateFPExt(b.CreateFPTrunc(v[0], b.getFloatTy()),
                           b.getDoubleTy());
    case KernelOp::NaturalLess:
      return b.CreateICmpULT(v[0], v[1]);
    case KernelOp::NaturalShiftRight:
      return b.CreateLShr(v[0], v[1]);
    case KernelOp::NaturalToFloat:
      return b.CreateUIToFP(v[0], b.getDoubleTy());
    case KernelOp::FloatToNatural:
      return b.CreateIntrinsic(I::fptoui_sat, {b.getInt64Ty(), v[0]->getType()},
                               {v[0]});
    case KernelOp::Acos:
    case KernelOp::Acosh:
    case KernelOp::Asin:
    case KernelOp::Asinh:
    case KernelOp::Atan:
    case KernelOp::Atanh:
    case KernelOp::Cos:
    case KernelOp::Cosh:
    case KernelOp::Erf:
    case KernelOp::Exp:
    case KernelOp::Expm1:
    case KernelOp::Fmod:
    case KernelOp::Log:
    case KernelOp::Log1p:
    case KernelOp::Pow:
    case KernelOp::Sin:
    case KernelOp::Sinh:
    case KernelOp::Tan:
    case KernelOp::Tanh: {
      const std::string_view name = tensor::kernel_op_info(op).name;
      return call_c(b, llvm::StringRef(name.data(), name.size()), v);
    }
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
    case KernelOp::Dot:
      return nullptr;  // emit_dot.h
    case KernelOp::IntMove:
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
      return b.CreateSIToFP(v[0], with_lane(v[0], same_width(b, v[0], true)));
    case KernelOp::ToInt: {
      llvm::Type* const to = with_lane(v[0], same_width(b, v[0], false));
      if (v[0]->getType()->isVectorTy()) return saturated(b, v[0], to);
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
