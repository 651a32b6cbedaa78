// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/emit_dot.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/Module.h>

namespace hone::codegen {

namespace {

unsigned lanes_of(llvm::Value* value) {
  return llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements();
}

// An instruction of this target, whose operands are other views of the bits.
llvm::Value* call(llvm::IRBuilder<>& b, llvm::Intrinsic::ID id,
                  llvm::ArrayRef<llvm::Value*> operands) {
  llvm::Module* const module = b.GetInsertBlock()->getModule();
  llvm::Function* const function =
      llvm::Intrinsic::getOrInsertDeclaration(module, id);
  llvm::SmallVector<llvm::Value*, 3> viewed;
  for (size_t i = 0; i < operands.size(); ++i)
    viewed.push_back(b.CreateBitCast(
        operands[i], function->getFunctionType()->getParamType(i)));
  return b.CreateCall(function, viewed);
}

// c + products of the even bytes + those of the odd ones, each as two numbers
// of 16 bits, whose products and their sum fit in 32.
llvm::Value* halves(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v) {
  namespace I = llvm::Intrinsic;
  const unsigned lanes = lanes_of(v[0]);
  const I::ID id = lanes == 16  ? I::x86_avx512_pmaddw_d_512
                   : lanes == 8 ? I::x86_avx2_pmadd_wd
                                : I::x86_sse2_pmadd_wd;
  auto* const type = llvm::FixedVectorType::get(b.getInt16Ty(), 2 * lanes);
  llvm::Value* const x = b.CreateBitCast(v[0], type);
  llvm::Value* const y = b.CreateBitCast(v[1], type);
  llvm::Value* const byte = b.CreateVectorSplat(2 * lanes, b.getInt16(8));
  llvm::Value* const low = b.CreateVectorSplat(2 * lanes, b.getInt16(255));
  llvm::Value* const even = call(
      b, id, {b.CreateAnd(x, low), b.CreateAShr(b.CreateShl(y, byte), byte)});
  llvm::Value* const odd =
      call(b, id, {b.CreateLShr(x, byte), b.CreateAShr(y, byte)});
  return b.CreateAdd(v[2], b.CreateAdd(even, odd));
}

llvm::Value* plain(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v) {
  const unsigned lanes = lanes_of(v[0]);
  const auto number = [&](uint32_t value) {
    return b.CreateVectorSplat(lanes, b.getInt32(value));
  };
  llvm::Value* sum = v[2];
  for (uint32_t at = 0; at < 32; at += 8) {
    llvm::Value* const x =
        b.CreateAnd(b.CreateLShr(v[0], number(at)), number(255));
    llvm::Value* const y =
        b.CreateAShr(b.CreateShl(v[1], number(24 - at)), number(24));
    sum = b.CreateAdd(sum, b.CreateMul(x, y));
  }
  return sum;
}

// Lanes `first` to `first + count` of a vector.
llvm::Value* piece(llvm::IRBuilder<>& b, llvm::Value* value, unsigned first,
                   unsigned count) {
  llvm::SmallVector<int, 64> lanes;
  for (unsigned i = 0; i < count; ++i)
    lanes.push_back(static_cast<int>(first + i));
  return b.CreateShuffleVector(value, lanes);
}

llvm::Value* joined(llvm::IRBuilder<>& b, llvm::Value* x, llvm::Value* y) {
  llvm::SmallVector<int, 64> lanes;
  for (unsigned i = 0; i < 2 * lanes_of(x); ++i)
    lanes.push_back(static_cast<int>(i));
  return b.CreateShuffleVector(x, y, lanes);
}

// By halves, until a piece is one register.
llvm::Value* in_pieces(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v,
                       DotForm form, unsigned most) {
  const unsigned lanes = lanes_of(v[0]);
  if (lanes > most) {
    llvm::Value* parts[2];
    for (unsigned half = 0; half < 2; ++half) {
      llvm::SmallVector<llvm::Value*, 3> operands;
      for (llvm::Value* const operand : v)
        operands.push_back(piece(b, operand, half * lanes / 2, lanes / 2));
      parts[half] = in_pieces(b, operands, form, most);
    }
    return joined(b, parts[0], parts[1]);
  }
  if (form == DotForm::Bytes)
    return call(b, llvm::Intrinsic::x86_avx512_vpdpbusd_512,
                {v[2], v[0], v[1]});
  return halves(b, v);
}

}  // namespace

llvm::Value* emit_dot(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v,
                      DotForm form, int vector_bytes) {
  const unsigned lanes = lanes_of(v[0]);
  // A whole register, or nothing that these instructions know.
  const unsigned least = form == DotForm::Bytes ? 16 : 4;
  if (form == DotForm::Plain || lanes < least) return plain(b, v);
  return in_pieces(b, v, form, form == DotForm::Bytes ? 16 : vector_bytes / 4);
}

}  // namespace hone::codegen
