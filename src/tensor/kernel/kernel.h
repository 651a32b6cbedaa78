// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vector-kernel IR: what a loop nest is when only registers, addresses and
// instructions are left to choose. Between loop trees (above) and the printers
// to LLVM and C99 (below) every decision is explicit here: the vector width,
// the register tile, the order of loads and multiplications. A back end only
// spells it out; no vectoriser or unroller runs behind it.
//
//   kernel axpy lanes 16 (x f32, y f32, n, alpha f32) {
//     %a = broadcast alpha[0]
//     for i = 0 .. n step 16 {
//       let left = min(n - i, 16)
//       %x = load x[i] lanes left
//       %y = load y[i] lanes left
//       %y = fma %a, %x, %y
//       store y[i], %y lanes left
//     }
//   }
//
// Sizes, strides and extents are parameters, so that one kernel serves every
// shape: only tile sizes, windows and fused operations are constants. A kernel
// is known by the hash of its text; layers and models with equal kernels share.
//
// Registers are mutable and either vectors of `lanes` or scalars; those of 64
// bits
// ("wide") are scalars. A wide register is loaded from and stored to any
// element of its class: what is general and need not be fast is computed in f64
// and i64. Variables are 64-bit integers, assigned once. Text form:
// kernel_text.h; rules: verify_kernel.h; meaning: interpret_kernel.h.
//
// The split into loop trees and a generator of register tiles is LoopStack's
// (Wasti et al., arXiv 2205.00618, sections 3 and 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace hone::tensor {

enum class KernelOp {
#define HONE_KERNEL_OP(identifier, name, signature, sentence) identifier,
#include "tensor/kernel/kernel_ops.def"
#undef HONE_KERNEL_OP
};

struct KernelOpInfo {
  KernelOp op;
  std::string_view name;
  std::string_view signature;  // "ff>f"
  size_t arity() const { return signature.find('>'); }
};

const KernelOpInfo& kernel_op_info(KernelOp op);
// Null where there is no such operation.
const KernelOpInfo* find_kernel_op(std::string_view name);

// What a register's lane holds.
enum class Lane { F32, I32, Mask, F64, I64 };

struct RegisterType {
  Lane lane = Lane::F32;
  bool vector = true;
  bool operator==(const RegisterType&) const = default;
};

bool is_wide(Lane lane);

// What memory holds. Loads of integers give I32 lanes and stores take them;
// wide registers hold all of them whole (U64 modulo 2^64).
enum class Element { F32, I32, I64, U8, F64, I8, I16, U16, U32, U64 };

int64_t element_bytes(Element element);
std::string_view element_name(Element element);
// The lane that a load of it gives.
Lane lane_of(Element element);
// That of a wide load.
Lane wide_lane_of(Element element);
// By name; nothing where there is none.
std::optional<Element> find_element(std::string_view name);

using RegisterId = int;
using VariableId = int;
using IndexId = int;    // of VectorKernel::indices
using PointerId = int;  // of VectorKernel::pointers

// A node of an integer expression.
struct KernelIndex {
  enum class Kind { Constant, Variable, Add, Sub, Mul, Div, Mod, Min, Max };
  Kind kind = Kind::Constant;
  int64_t constant = 0;         // of Constant
  VariableId variable = 0;      // of Variable
  IndexId left = 0, right = 0;  // of the rest; they stand before this node
  bool operator==(const KernelIndex&) const = default;
};

struct KernelPointer {
  std::string name;
  Element element = Element::F32;
};

struct KernelStatement {
  enum class Kind {
    Constant,   // result = number in every lane
    Apply,      // result = op operands
    Load,       // result = pointer[index …], `stride` elements apart
    Broadcast,  // result = pointer[index] in every lane
    Index,      // result (I32, or I64) = index in every lane
    Iota,       // result (I32) = 0, 1, 2, …
    Store,      // pointer[index …] = operand, `stride` elements apart
    Let,        // variable = index
    Fetch,      // variable = pointer[index], an integer
    Take,       // variable = operand, a wide integer
    For,        // for variable = index .. limit step `step`: body
    If,         // if index < limit: body, else otherwise
  };
  Kind kind = Kind::Let;
  KernelOp op = KernelOp::Move;
  double number = 0;
  int64_t step = 1;
  RegisterId result = -1;
  std::vector<RegisterId> operands = {};
  PointerId pointer = -1;
  VariableId variable = -1;
  IndexId index = -1;
  IndexId limit = -1;
  IndexId stride = -1;  // -1: consecutive
  IndexId lanes = -1;   // only the first so many; -1: all. Others load as 0.
  std::vector<KernelStatement> body = {};
  std::vector<KernelStatement> otherwise = {};
};

struct VectorKernel {
  std::string name;
  int lanes = 16;
  std::vector<KernelPointer> pointers;
  // The first `sizes` variables are parameters.
  std::vector<std::string> variables;
  int sizes = 0;
  struct Register {
    std::string name;
    RegisterType type;
  };
  std::vector<Register> registers;
  std::vector<KernelIndex> indices;
  std::vector<KernelStatement> body;
};

// Of everything but the names: kernels with equal hashes do the same.
Hash128 kernel_hash(const VectorKernel& kernel);

}  // namespace hone::tensor
