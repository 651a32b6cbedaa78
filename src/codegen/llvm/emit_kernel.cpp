// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/emit_kernel.h"

#include <fmt/format.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/emit_dot.h"
#include "codegen/llvm/emit_op.h"

namespace hone::codegen {

using tensor::Element;
using tensor::IndexId;
using tensor::KernelIndex;
using tensor::KernelStatement;
using tensor::Lane;
using tensor::RegisterId;
using tensor::RegisterType;
using tensor::VectorKernel;
using Kind = KernelStatement::Kind;

namespace {

class Emitter {
 public:
  Emitter(const VectorKernel& kernel, llvm::Function* function,
          const EmitOptions& options)
      : k_(kernel),
        f_(function),
        options_(options),
        b_(function->getContext()) {}

  void emit() {
    auto* entry = llvm::BasicBlock::Create(f_->getContext(), "entry", f_);
    b_.SetInsertPoint(entry);
    llvm::Value* const pointers = f_->getArg(0);
    llvm::Value* const sizes = f_->getArg(1);
    for (size_t i = 0; i < k_.pointers.size(); ++i)
      pointers_.push_back(b_.CreateLoad(
          b_.getPtrTy(),
          b_.CreateConstInBoundsGEP1_64(b_.getPtrTy(), pointers, i),
          k_.pointers[i].name));
    variables_.resize(k_.variables.size());
    for (int i = 0; i < k_.sizes; ++i)
      variables_[i] = b_.CreateLoad(
          b_.getInt64Ty(),
          b_.CreateConstInBoundsGEP1_64(b_.getInt64Ty(), sizes, i),
          k_.variables[i]);
    for (const VectorKernel::Register& r : k_.registers)
      registers_.push_back(b_.CreateAlloca(type_of(r.type), nullptr, r.name));
    block(k_.body);
    b_.CreateRetVoid();
  }

 private:
  llvm::Type* type_of(RegisterType type) {
    llvm::Type* const lane = lane_type(type.lane);
    if (!type.vector) return lane;
    return llvm::FixedVectorType::get(lane, k_.lanes);
  }

  llvm::Type* lane_type(Lane lane) {
    switch (lane) {
      case Lane::F32:
        return b_.getFloatTy();
      case Lane::I32:
        return b_.getInt32Ty();
      case Lane::Mask:
        return b_.getInt1Ty();
      case Lane::F64:
        return b_.getDoubleTy();
      case Lane::I64:
        return b_.getInt64Ty();
    }
    return nullptr;
  }

  llvm::Type* element_type(Element element) {
    if (element == Element::F32) return b_.getFloatTy();
    if (element == Element::F64) return b_.getDoubleTy();
    return b_.getIntNTy(8 * element_bytes(element));
  }

  static bool is_signed(Element element) {
    return element == Element::I8 || element == Element::I16 ||
           element == Element::I32 || element == Element::I64;
  }

  llvm::Value* index(IndexId id) {
    const KernelIndex& node = k_.indices[id];
    using K = KernelIndex::Kind;
    if (node.kind == K::Constant) return b_.getInt64(node.constant);
    if (node.kind == K::Variable) return variables_[node.variable];
    llvm::Value* const left = index(node.left);
    llvm::Value* const right = index(node.right);
    switch (node.kind) {
      case K::Add:
        return b_.CreateNSWAdd(left, right);
      case K::Sub:
        return b_.CreateNSWSub(left, right);
      case K::Mul:
        return b_.CreateNSWMul(left, right);
      case K::Min:
        return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, left, right);
      case K::Max:
        return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, left, right);
      case K::Div:
      case K::Mod:
        return divide(node.kind, left, right);
      default:
        return nullptr;
    }
  }

  // Rounds down: the divisor is positive (verify_kernel), so the quotient of
  // a negative number is one too large where there is a rest.
  llvm::Value* divide(KernelIndex::Kind kind, llvm::Value* a, llvm::Value* b) {
    llvm::Value* const q = b_.CreateSDiv(a, b);
    llvm::Value* const r = b_.CreateSub(a, b_.CreateMul(q, b));
    llvm::Value* const low = b_.CreateICmpSLT(r, b_.getInt64(0));
    if (kind == KernelIndex::Kind::Div)
      return b_.CreateAdd(q, b_.CreateSExt(low, b_.getInt64Ty()));
    return b_.CreateSelect(low, b_.CreateAdd(r, b), r);
  }

  llvm::Value* read(RegisterId id) {
    return b_.CreateLoad(registers_[id]->getAllocatedType(), registers_[id]);
  }

  void write(RegisterId id, llvm::Value* value) {
    b_.CreateStore(value, registers_[id]);
  }

  llvm::Value* address(const KernelStatement& s) {
    return b_.CreateGEP(element_type(k_.pointers[s.pointer].element),
                        pointers_[s.pointer], index(s.index));
  }

  llvm::Align alignment(const KernelStatement& s) const {
    return llvm::Align(element_bytes(k_.pointers[s.pointer].element));
  }

  llvm::Value* iota() {
    llvm::SmallVector<uint32_t, 64> numbers;
    for (int i = 0; i < k_.lanes; ++i) numbers.push_back(i);
    return llvm::ConstantDataVector::get(f_->getContext(), numbers);
  }

  // The first `lanes` lanes; all where none are said.
  llvm::Value* mask(const KernelStatement& s) {
    if (s.lanes < 0)
      return llvm::ConstantInt::getTrue(
          llvm::FixedVectorType::get(b_.getInt1Ty(), k_.lanes));
    llvm::Value* const most = b_.CreateBinaryIntrinsic(
        llvm::Intrinsic::smin, index(s.lanes), b_.getInt64(k_.lanes));
    llvm::Value* const count = b_.CreateTrunc(most, b_.getInt32Ty());
    return b_.CreateICmpSLT(iota(), b_.CreateVectorSplat(k_.lanes, count));
  }

  // `stride` elements apart.
  llvm::Value* addresses(const KernelStatement& s) {
    auto* wide = llvm::FixedVectorType::get(b_.getInt64Ty(), k_.lanes);
    llvm::Value* const steps =
        b_.CreateMul(b_.CreateZExt(iota(), wide),
                     b_.CreateVectorSplat(k_.lanes, index(s.stride)));
    return b_.CreateGEP(element_type(k_.pointers[s.pointer].element),
                        address(s), steps);
  }

  // To what a register holds, and back.
  llvm::Value* widen(Element element, llvm::Value* value, RegisterType type) {
    if (type_of(type)->isFPOrFPVectorTy())
      return b_.CreateFPCast(value, type_of(type));
    return b_.CreateIntCast(value, type_of(type), is_signed(element));
  }

  llvm::Value* narrow(Element element, llvm::Value* value, bool vector) {
    llvm::Type* type = element_type(element);
    if (vector) type = llvm::FixedVectorType::get(type, k_.lanes);
    if (type->isFPOrFPVectorTy()) return b_.CreateFPCast(value, type);
    return b_.CreateIntCast(value, type, true);
  }

  void load(const KernelStatement& s) {
    const Element element = k_.pointers[s.pointer].element;
    const RegisterType result = k_.registers[s.result].type;
    const bool vector = result.vector;
    llvm::Type* const scalar = element_type(element);
    llvm::Value* value = nullptr;
    if (s.kind == Kind::Broadcast || !vector) {
      value = b_.CreateAlignedLoad(scalar, address(s), alignment(s));
      value = widen(element, value, {.lane = result.lane, .vector = false});
      if (vector) value = b_.CreateVectorSplat(k_.lanes, value);
      return write(s.result, value);
    }
    auto* const type = llvm::FixedVectorType::get(scalar, k_.lanes);
    llvm::Value* const zero = llvm::Constant::getNullValue(type);
    if (s.stride >= 0)
      value = b_.CreateMaskedGather(type, addresses(s), alignment(s), mask(s),
                                    zero);
    else if (s.lanes >= 0)
      value =
          b_.CreateMaskedLoad(type, address(s), alignment(s), mask(s), zero);
    else
      value = b_.CreateAlignedLoad(type, address(s), alignment(s));
    write(s.result, widen(element, value, result));
  }

  void store(const KernelStatement& s) {
    const Element element = k_.pointers[s.pointer].element;
    const bool vector = k_.registers[s.operands[0]].type.vector;
    llvm::Value* const value = narrow(element, read(s.operands[0]), vector);
    if (s.stride >= 0)
      b_.CreateMaskedScatter(value, addresses(s), alignment(s), mask(s));
    else if (s.lanes >= 0)
      b_.CreateMaskedStore(value, address(s), alignment(s), mask(s));
    else
      b_.CreateAlignedStore(value, address(s), alignment(s));
  }

  void constant(const KernelStatement& s) {
    const RegisterType type = k_.registers[s.result].type;
    llvm::Type* const wanted = type_of(type);
    write(s.result,
          type.lane == Lane::F64 ? llvm::ConstantFP::get(wanted, s.number)
          : type.lane == Lane::F32
              ? llvm::ConstantFP::get(
                    wanted, llvm::APFloat(static_cast<float>(s.number)))
              : llvm::ConstantInt::get(wanted, static_cast<int64_t>(s.number),
                                       true));
  }

  void apply(const KernelStatement& s) {
    llvm::SmallVector<llvm::Value*, 3> operands;
    for (const RegisterId operand : s.operands)
      operands.push_back(read(operand));
    llvm::Value* value =
        s.op == tensor::KernelOp::Dot
            ? emit_dot(b_, operands, options_.dots, options_.vector_bytes)
            : emit_op(b_, s.op, operands, k_.lanes, options_.fused);
    // Turning a square around is four or so stages of zips. LLVM looks through
    // all of them for one permutation in place of several: a tenth of mnist's
    // compile, with nothing found for AVX-512, and half as many instructions
    // more for AVX2. For SSE, whose own instructions these are, it helps.
    const bool is_zip =
        s.op == tensor::KernelOp::ZipLow || s.op == tensor::KernelOp::ZipHigh;
    if (is_zip && options_.vector_bytes > 16 &&
        value->getType()->isFPOrFPVectorTy())
      value = b_.CreateIntrinsic(llvm::Intrinsic::arithmetic_fence,
                                 {value->getType()}, {value});
    write(s.result, value);
  }

  // Rotated: the body's end tests whether there is another turn. Guarded where
  // there may be none; a guard that is known to hold would leave a choice of
  // values behind the loop for every register.
  void loop(const KernelStatement& s) {
    auto& context = f_->getContext();
    llvm::Value* const from = index(s.index);
    llvm::Value* const limit = index(s.limit);
    auto* before = b_.GetInsertBlock();
    auto* header =
        llvm::BasicBlock::Create(context, fmt::format("loop{}", depth_), f_);
    auto* after = llvm::BasicBlock::Create(context, "after", f_);
    llvm::Value* const guard = b_.CreateICmpSLT(from, limit);
    if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(guard);
        known != nullptr && known->isOne())
      b_.CreateBr(header);
    else
      b_.CreateCondBr(guard, header, after);
    b_.SetInsertPoint(header);
    auto* phi = b_.CreatePHI(b_.getInt64Ty(), 2, k_.variables[s.variable]);
    phi->addIncoming(from, before);
    variables_[s.variable] = phi;
    ++depth_;
    block(s.body);
    --depth_;
    llvm::Value* const next = b_.CreateNSWAdd(phi, b_.getInt64(s.step));
    phi->addIncoming(next, b_.GetInsertBlock());
    b_.CreateCondBr(b_.CreateICmpSLT(next, limit), header, after);
    b_.SetInsertPoint(after);
  }

  void branch(const KernelStatement& s) {
    auto& context = f_->getContext();
    auto* then = llvm::BasicBlock::Create(context, "then", f_);
    auto* otherwise = llvm::BasicBlock::Create(context, "else", f_);
    auto* after = llvm::BasicBlock::Create(context, "after", f_);
    b_.CreateCondBr(b_.CreateICmpSLT(index(s.index), index(s.limit)), then,
                    otherwise);
    b_.SetInsertPoint(then);
    block(s.body);
    b_.CreateBr(after);
    b_.SetInsertPoint(otherwise);
    block(s.otherwise);
    b_.CreateBr(after);
    b_.SetInsertPoint(after);
  }

  void fetch(const KernelStatement& s) {
    const Element element = k_.pointers[s.pointer].element;
    llvm::Value* const value =
        b_.CreateAlignedLoad(element_type(element), address(s), alignment(s));
    variables_[s.variable] =
        b_.CreateIntCast(value, b_.getInt64Ty(), is_signed(element));
  }

  void block(const std::vector<KernelStatement>& body) {
    for (const KernelStatement& s : body) statement(s);
  }

  void statement(const KernelStatement& s) {
    switch (s.kind) {
      case Kind::Constant:
        return constant(s);
      case Kind::Apply:
        return apply(s);
      case Kind::Load:
      case Kind::Broadcast:
        return load(s);
      case Kind::Index: {
        llvm::Value* value = b_.CreateTrunc(
            index(s.index), lane_type(k_.registers[s.result].type.lane));
        if (k_.registers[s.result].type.vector)
          value = b_.CreateVectorSplat(k_.lanes, value);
        return write(s.result, value);
      }
      case Kind::Iota:
        return write(s.result, iota());
      case Kind::Store:
        return store(s);
      case Kind::Let:
        variables_[s.variable] = index(s.index);
        return;
      case Kind::Fetch:
        return fetch(s);
      case Kind::Take:
        variables_[s.variable] = read(s.operands[0]);
        return;
      case Kind::For:
        return loop(s);
      case Kind::If:
        return branch(s);
    }
  }

  const VectorKernel& k_;
  llvm::Function* f_;
  const EmitOptions& options_;
  llvm::IRBuilder<> b_;
  std::vector<llvm::Value*> pointers_;
  std::vector<llvm::Value*> variables_;
  std::vector<llvm::AllocaInst*> registers_;
  int depth_ = 0;
};

}  // namespace

llvm::Function* emit_kernel(const VectorKernel& kernel, std::string_view symbol,
                            llvm::Module& module, const EmitOptions& options) {
  auto& context = module.getContext();
  auto* pointer = llvm::PointerType::get(context, 0);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                       {pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                          symbol, module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  // Vectors of 512 bits are whole registers where the CPU has them.
  function->addFnAttr("min-legal-vector-width", "512");
  function->addFnAttr("prefer-vector-width", "512");
  function->setDSOLocal(true);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  Emitter(kernel, function, options).emit();
  return function;
}

}  // namespace hone::codegen
