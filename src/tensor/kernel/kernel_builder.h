// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes kernels from C++:
//
//   KernelBuilder b("scale", 16);
//   const Pointer x = b.pointer("x");
//   const Ix n = b.size("n");
//   const Reg two = b.constant(2);
//   b.loop("i", 0, n, 16, [&](Ix i) {
//     const Ix left = b.let("left", min(n - i, 16));
//     b.store(x, i, b.apply(KernelOp::Mul, {two, b.load(x, i, left)}), left);
//   });
//   const VectorKernel kernel = std::move(b).finish();
//
// Indices are folded and shared while they are built. finish() verifies; what
// it rejects is a defect of the caller, not of an input.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "tensor/kernel/kernel.h"

namespace hone::tensor {

class KernelBuilder;

// An integer expression of one builder, or a constant of any.
class Ix {
 public:
  Ix(int64_t constant) : constant_(constant) {}
  Ix(int constant) : constant_(constant) {}
  bool is_constant() const { return builder_ == nullptr; }
  int64_t constant() const { return constant_; }

 private:
  friend class KernelBuilder;
  Ix(KernelBuilder* builder, IndexId id) : builder_(builder), id_(id) {}
  KernelBuilder* builder_ = nullptr;
  IndexId id_ = -1;
  int64_t constant_ = 0;
};

Ix operator+(Ix a, Ix b);
Ix operator-(Ix a, Ix b);
Ix operator*(Ix a, Ix b);
Ix operator/(Ix a, Ix b);  // rounds down
Ix operator%(Ix a, Ix b);  // the rest of that
Ix min(Ix a, Ix b);
Ix max(Ix a, Ix b);

struct Reg {
  RegisterId id = -1;
};

struct Pointer {
  PointerId id = -1;
};

class KernelBuilder {
 public:
  KernelBuilder(std::string name, int lanes);

  int lanes() const { return kernel_.lanes; }

  Pointer pointer(std::string name, Element element = Element::F32);
  // Before any other variable.
  Ix size(std::string name);

  // A register without a value yet, for set() and set_load().
  Reg variable(std::string name, RegisterType type = {});
  std::vector<Reg> variables(std::string name, size_t count);

  Reg constant(double number, bool vector = true);
  Reg integer(int32_t number, bool vector = true);
  Reg load(Pointer p, Ix index, std::optional<Ix> lanes = {},
           std::optional<Ix> stride = {});
  Reg load_scalar(Pointer p, Ix index);
  // Wide registers: f64 for f32 and f64, i64 for integers.
  Reg load_wide(Pointer p, Ix index);
  Reg wide(double number);
  Reg wide_index(Ix value);
  // A wide integer as a variable.
  Ix take(std::string name, Reg value);
  bool is_mask(Reg r) const { return type_of(r).lane == Lane::Mask; }
  bool is_float(Reg r) const {
    return type_of(r).lane == Lane::F64 || type_of(r).lane == Lane::F32;
  }
  Reg broadcast(Pointer p, Ix index);
  Reg index(Ix value, bool vector = true);
  Reg iota();
  Reg apply(KernelOp op, std::initializer_list<Reg> operands);
  Reg apply(KernelOp op, std::span<const Reg> operands);

  void set(Reg target, KernelOp op, std::initializer_list<Reg> operands);
  void set_constant(Reg target, double number);
  void set_load(Reg target, Pointer p, Ix index, std::optional<Ix> lanes = {},
                std::optional<Ix> stride = {});
  void store(Pointer p, Ix index, Reg value, std::optional<Ix> lanes = {},
             std::optional<Ix> stride = {});

  Ix let(std::string name, Ix value);
  Ix fetch(std::string name, Pointer p, Ix index);

  void loop(std::string name, Ix from, Ix limit, int64_t step,
            const std::function<void(Ix)>& body);
  // Equal expressions have equal numbers.
  IndexId id_of(Ix ix);

  // if a < b
  void when_less(Ix a, Ix b, const std::function<void()>& body,
                 const std::function<void()>& otherwise = {});

  VectorKernel finish() &&;

 private:
  friend Ix operator+(Ix, Ix);
  friend Ix operator-(Ix, Ix);
  friend Ix operator*(Ix, Ix);
  friend Ix operator/(Ix, Ix);
  friend Ix operator%(Ix, Ix);
  friend Ix min(Ix, Ix);
  friend Ix max(Ix, Ix);

  static Ix combine(KernelIndex::Kind kind, Ix a, Ix b);
  IndexId intern(KernelIndex node);
  Ix new_variable(std::string name);
  Reg new_register(std::string name, RegisterType type);
  RegisterType type_of(Reg r) const { return kernel_.registers[r.id].type; }
  KernelStatement& add(KernelStatement statement);
  std::string unique(const std::string& name);
  std::vector<KernelStatement> collect(const std::function<void()>& body);

  VectorKernel kernel_;
  std::vector<std::vector<KernelStatement>> open_;  // innermost last
  std::map<std::string, int> names_;  // how often each was asked for
  std::map<std::tuple<KernelIndex::Kind, int64_t, VariableId, IndexId, IndexId>,
           IndexId>
      interned_;
};

}  // namespace hone::tensor
