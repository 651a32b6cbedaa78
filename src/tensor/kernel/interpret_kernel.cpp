// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/interpret_kernel.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "tensor/kernel/index_math.h"
#include "tensor/kernel/wide_lane.h"

namespace hone::tensor {

namespace {

using Kind = KernelStatement::Kind;

// A lane: f32 by its bits, i32, or a mask as 0 and 1. Wide lanes: wide_lane.h.
using Bits = uint32_t;

float as_float(Bits bits) { return std::bit_cast<float>(bits); }
Bits from(float value) { return std::bit_cast<Bits>(value); }
int32_t as_int(Bits bits) { return static_cast<int32_t>(bits); }

Bits to_int(float value) {
  if (std::isnan(value)) return 0;
  if (value >= 2147483648.0f) return 0x7fffffff;
  if (value <= -2147483648.0f) return 0x80000000;
  return static_cast<Bits>(static_cast<int32_t>(value));
}

float apply_float(KernelOp op, float a, float b) {
  switch (op) {
    case KernelOp::Add:
    case KernelOp::ReduceSum:
      return a + b;
    case KernelOp::Sub:
      return a - b;
    case KernelOp::Mul:
      return a * b;
    case KernelOp::Div:
      return a / b;
    case KernelOp::Max:
    case KernelOp::ReduceMax:
      return a > b ? a : b;
    default:
      return a < b ? a : b;
  }
}

Bits apply_int(KernelOp op, Bits a, Bits b) {
  switch (op) {
    case KernelOp::IntAdd:
      return a + b;
    case KernelOp::IntSub:
      return a - b;
    case KernelOp::IntMul:
      return a * b;
    case KernelOp::IntAnd:
    case KernelOp::MaskAnd:
      return a & b;
    case KernelOp::IntOr:
    case KernelOp::MaskOr:
      return a | b;
    case KernelOp::IntXor:
      return a ^ b;
    case KernelOp::IntDiv:
      return static_cast<Bits>(divide_to_zero(as_int(a), as_int(b)));
    case KernelOp::IntRest:
      return b == 0 ? 0
                    : a - b * static_cast<Bits>(
                                  divide_to_zero(as_int(a), as_int(b)));
    case KernelOp::IntEqual:
      return a == b;
    case KernelOp::IntLess:
      return as_int(a) < as_int(b);
    case KernelOp::ShiftLeft:
      return a << (b & 31);
    default:
      return static_cast<Bits>(as_int(a) >> (b & 31));
  }
}

Bits dot(Bits a, Bits b, Bits sum) {
  for (int byte = 0; byte < 4; ++byte)
    sum += static_cast<Bits>(static_cast<int32_t>(a >> 8 * byte & 255) *
                             static_cast<int8_t>(b >> 8 * byte & 255));
  return sum;
}

Bits apply_lane(KernelOp op, Bits a, Bits b, Bits c, bool fused) {
  const float x = as_float(a), y = as_float(b), z = as_float(c);
  switch (op) {
    case KernelOp::Abs:
      return from(std::fabs(x));
    case KernelOp::AsFloat:
    case KernelOp::AsInt:
    case KernelOp::IntMove:
    case KernelOp::Move:
    case KernelOp::Splat:
      return a;
    case KernelOp::Ceil:
      return from(std::ceil(x));
    case KernelOp::Dot:
      return dot(a, b, c);
    case KernelOp::Equal:
      return x == y;
    case KernelOp::Floor:
      return from(std::floor(x));
    case KernelOp::Fma: {
      if (fused) return from(std::fma(x, y, z));
      const volatile float product = x * y;
      return from(product + z);
    }
    case KernelOp::Less:
      return x < y;
    case KernelOp::LessEqual:
      return x <= y;
    case KernelOp::MaskNot:
      return a ^ 1;
    case KernelOp::Neg:
      return a ^ 0x80000000;
    case KernelOp::Round:
      return from(std::nearbyint(x));
    case KernelOp::IntSelect:
    case KernelOp::Select:
      return a ? b : c;
    case KernelOp::Sqrt:
      return from(std::sqrt(x));
    case KernelOp::ToFloat:
      return from(static_cast<float>(as_int(a)));
    case KernelOp::ToInt:
      return to_int(x);
    case KernelOp::Add:
    case KernelOp::Sub:
    case KernelOp::Mul:
    case KernelOp::Div:
    case KernelOp::Max:
    case KernelOp::Min:
      return from(apply_float(op, x, y));
    default:
      return apply_int(op, a, b);
  }
}

class Interpreter {
 public:
  Interpreter(const VectorKernel& kernel, std::span<const KernelBuffer> buffers,
              std::span<const int64_t> sizes, bool fused, int64_t steps)
      : k_(kernel),
        buffers_(buffers),
        fused_(fused),
        steps_(steps),
        variables_(kernel.variables.size()),
        registers_(kernel.registers.size(),
                   std::vector<uint64_t>(kernel.lanes)) {
    for (size_t i = 0; i < sizes.size(); ++i) variables_[i] = sizes[i];
  }

  Status run() { return block(k_.body); }

 private:
  int64_t index(IndexId id) const {
    const KernelIndex& node = k_.indices[id];
    if (node.kind == KernelIndex::Kind::Constant) return node.constant;
    if (node.kind == KernelIndex::Kind::Variable)
      return variables_[node.variable];
    return apply_index(node.kind, index(node.left), index(node.right));
  }

  int width(RegisterId id) const {
    return k_.registers[id].type.vector ? k_.lanes : 1;
  }

  Result<std::byte*> element(const KernelStatement& s, int64_t at) const {
    const KernelPointer& pointer = k_.pointers[s.pointer];
    const int64_t bytes = element_bytes(pointer.element);
    const KernelBuffer& buffer = buffers_[s.pointer];
    if (at < 0 || at >= buffer.bytes / bytes)
      return Error(
          ErrorKind::Rejected,
          fmt::format("kernel '{}': {}[{}] lies outside of its {} "
                      "elements",
                      k_.name, pointer.name, at, buffer.bytes / bytes));
    return buffer.data + at * bytes;
  }

  Result<int64_t> fetch(const KernelStatement& s, int64_t at) const {
    HONE_ASSIGN_OR_RETURN(const std::byte* const from, element(s, at));
    const Element kind = k_.pointers[s.pointer].element;
    const int64_t bytes = element_bytes(kind);
    uint64_t value = 0;
    std::memcpy(&value, from, bytes);
    if (kind == Element::I8 || kind == Element::I16 || kind == Element::I32) {
      const auto unused = static_cast<int>(64 - 8 * bytes);
      return static_cast<int64_t>(value << unused) >> unused;
    }
    return static_cast<int64_t>(value);
  }

  bool is_wide(RegisterId id) const {
    return tensor::is_wide(k_.registers[id].type.lane);
  }

  // What a lane holds of an element, and back: only f32 changes its bits.
  uint64_t lane_of_element(const KernelStatement& s, RegisterId id,
                           int64_t value) const {
    if (!is_wide(id)) return static_cast<Bits>(value);
    if (k_.pointers[s.pointer].element == Element::F32)
      return std::bit_cast<uint64_t>(
          static_cast<double>(as_float(static_cast<Bits>(value))));
    return static_cast<uint64_t>(value);
  }

  Status put(const KernelStatement& s, RegisterId id, int64_t at,
             uint64_t bits) const {
    HONE_ASSIGN_OR_RETURN(std::byte* const to, element(s, at));
    const Element kind = k_.pointers[s.pointer].element;
    // Narrow integers are signed; an i64 takes all of their value.
    auto value = is_wide(id) ? static_cast<int64_t>(bits)
                             : as_int(static_cast<Bits>(bits));
    if (is_wide(id) && kind == Element::F32)
      value = from(static_cast<float>(std::bit_cast<double>(bits)));
    std::memcpy(to, &value, element_bytes(kind));
    return {};
  }

  Status move(const KernelStatement& s) {
    const bool store = s.kind == Kind::Store;
    const RegisterId id = store ? s.operands[0] : s.result;
    const int64_t at = index(s.index);
    const int64_t stride = s.kind == Kind::Broadcast ? 0
                           : s.stride >= 0           ? index(s.stride)
                                                     : 1;
    const int64_t lanes = s.lanes >= 0 ? index(s.lanes) : k_.lanes;
    for (int i = 0; i < width(id); ++i) {
      if (store) {
        if (i < lanes)
          HONE_RETURN_IF_ERROR(put(s, id, at + i * stride, registers_[id][i]));
        continue;
      }
      int64_t value = 0;
      if (i < lanes) {
        HONE_ASSIGN_OR_RETURN(value, fetch(s, at + i * stride));
      }
      registers_[id][i] = lane_of_element(s, id, value);
    }
    return {};
  }

  void reduce(const KernelStatement& s) {
    std::vector<uint64_t> a = registers_[s.operands[0]];
    const auto lane = [&](int i) { return as_float(static_cast<Bits>(a[i])); };
    for (int half = k_.lanes / 2; half >= 1; half /= 2)
      for (int i = 0; i < half; ++i)
        a[i] = from(apply_float(s.op, lane(i), lane(half + i)));
    registers_[s.result][0] = a[0];
  }

  void apply(const KernelStatement& s) {
    if (s.op == KernelOp::ReduceSum || s.op == KernelOp::ReduceMax ||
        s.op == KernelOp::ReduceMin)
      return reduce(s);
    if (s.op == KernelOp::ZipHigh || s.op == KernelOp::ZipLow) {
      const int first = s.op == KernelOp::ZipHigh ? k_.lanes / 2 : 0;
      std::vector<uint64_t> zipped(k_.lanes);
      for (int i = 0; i < k_.lanes; ++i)
        zipped[i] = registers_[s.operands[i % 2]][first + i / 2];
      registers_[s.result] = zipped;
      return;
    }
    const auto lane = [&](size_t operand, int i) {
      return operand < s.operands.size() ? registers_[s.operands[operand]][i]
                                         : uint64_t{0};
    };
    if (is_wide(s.operands.back())) {
      registers_[s.result][0] =
          apply_wide(s.op, lane(0, 0), lane(1, 0), lane(2, 0), fused_);
      return;
    }
    std::vector<uint64_t> result(k_.lanes);
    for (int i = 0; i < width(s.result); ++i)
      result[i] = apply_lane(
          s.op, static_cast<Bits>(lane(0, s.op == KernelOp::Splat ? 0 : i)),
          static_cast<Bits>(lane(1, i)), static_cast<Bits>(lane(2, i)), fused_);
    registers_[s.result] = result;
  }

  void constant(const KernelStatement& s) {
    const Lane lane = k_.registers[s.result].type.lane;
    const uint64_t bits =
        lane == Lane::F64   ? std::bit_cast<uint64_t>(s.number)
        : lane == Lane::F32 ? from(static_cast<float>(s.number))
        : lane == Lane::I64
            ? static_cast<uint64_t>(static_cast<int64_t>(s.number))
            : static_cast<Bits>(static_cast<int64_t>(s.number));
    registers_[s.result].assign(k_.lanes, bits);
  }

  Status block(const std::vector<KernelStatement>& body) {
    for (const KernelStatement& s : body) HONE_RETURN_IF_ERROR(statement(s));
    return {};
  }

  Status statement(const KernelStatement& s) {
    if (--steps_ < 0)
      return Error(ErrorKind::LimitReached,
                   fmt::format("kernel '{}' takes too many steps", k_.name));
    switch (s.kind) {
      case Kind::Constant:
        constant(s);
        return {};
      case Kind::Apply:
        apply(s);
        return {};
      case Kind::Load:
      case Kind::Broadcast:
      case Kind::Store:
        return move(s);
      case Kind::Index:
        registers_[s.result].assign(
            k_.lanes, is_wide(s.result) ? static_cast<uint64_t>(index(s.index))
                                        : static_cast<Bits>(index(s.index)));
        return {};
      case Kind::Iota:
        for (int i = 0; i < k_.lanes; ++i) registers_[s.result][i] = i;
        return {};
      case Kind::Let:
        variables_[s.variable] = index(s.index);
        return {};
      case Kind::Fetch: {
        HONE_ASSIGN_OR_RETURN(variables_[s.variable], fetch(s, index(s.index)));
        return {};
      }
      case Kind::Take:
        variables_[s.variable] =
            static_cast<int64_t>(registers_[s.operands[0]][0]);
        return {};
      case Kind::For: {
        const int64_t limit = index(s.limit);
        for (int64_t i = index(s.index); i < limit; i += s.step) {
          variables_[s.variable] = i;
          HONE_RETURN_IF_ERROR(block(s.body));
        }
        return {};
      }
      case Kind::If:
        return block(index(s.index) < index(s.limit) ? s.body : s.otherwise);
    }
    return {};
  }

  const VectorKernel& k_;
  std::span<const KernelBuffer> buffers_;
  bool fused_;
  int64_t steps_;
  std::vector<int64_t> variables_;
  std::vector<std::vector<uint64_t>> registers_;
};

}  // namespace

Status interpret_kernel(const VectorKernel& kernel,
                        std::span<const KernelBuffer> buffers,
                        std::span<const int64_t> sizes, bool fused,
                        int64_t steps) {
  if (buffers.size() != kernel.pointers.size() ||
      static_cast<int>(sizes.size()) != kernel.sizes)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("kernel '{}' takes {} pointers and {} sizes, "
                             "given {} and {}",
                             kernel.name, kernel.pointers.size(), kernel.sizes,
                             buffers.size(), sizes.size()));
  return Interpreter(kernel, buffers, sizes, fused, steps).run();
}

}  // namespace hone::tensor
