// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/kernel_builder.h"

#include "base/result.h"
#include "tensor/kernel/index_math.h"
#include "tensor/kernel/verify_kernel.h"

namespace hone::tensor {

using Kind = KernelStatement::Kind;

KernelBuilder::KernelBuilder(std::string name, int lanes) : open_(1) {
  kernel_.name = std::move(name);
  kernel_.lanes = lanes;
}

std::string KernelBuilder::unique(const std::string& name) {
  int& count = names_[name];
  if (count++ == 0) return name;
  return unique(name + "_" + std::to_string(count - 1));
}

Pointer KernelBuilder::pointer(std::string name, Element element) {
  kernel_.pointers.push_back({unique(name), element});
  return {static_cast<PointerId>(kernel_.pointers.size() - 1)};
}

Ix KernelBuilder::size(std::string name) {
  HONE_CHECK(kernel_.sizes == static_cast<int>(kernel_.variables.size()));
  ++kernel_.sizes;
  return new_variable(std::move(name));
}

Ix KernelBuilder::new_variable(std::string name) {
  const auto id = static_cast<VariableId>(kernel_.variables.size());
  kernel_.variables.push_back(unique(name));
  return Ix(this,
            intern({.kind = KernelIndex::Kind::Variable, .variable = id}));
}

IndexId KernelBuilder::intern(KernelIndex node) {
  const auto [found, is_new] = interned_.try_emplace(
      {node.kind, node.constant, node.variable, node.left, node.right},
      static_cast<IndexId>(kernel_.indices.size()));
  if (is_new) kernel_.indices.push_back(node);
  return found->second;
}

IndexId KernelBuilder::id_of(Ix ix) {
  if (!ix.is_constant()) return ix.id_;
  return intern({.constant = ix.constant()});
}

Ix KernelBuilder::combine(KernelIndex::Kind kind, Ix a, Ix b) {
  using K = KernelIndex::Kind;
  if (a.is_constant() && b.is_constant())
    return Ix(apply_index(kind, a.constant(), b.constant()));
  const bool left_zero = a.is_constant() && a.constant() == 0;
  const bool right_zero = b.is_constant() && b.constant() == 0;
  const bool left_one = a.is_constant() && a.constant() == 1;
  const bool right_one = b.is_constant() && b.constant() == 1;
  if ((kind == K::Add || kind == K::Sub) && right_zero) return a;
  if (kind == K::Add && left_zero) return b;
  if (kind == K::Mul && (left_zero || right_zero)) return Ix(int64_t{0});
  if (kind == K::Mul && left_one) return b;
  if ((kind == K::Mul || kind == K::Div) && right_one) return a;
  KernelBuilder* const builder = a.is_constant() ? b.builder_ : a.builder_;
  const IndexId left = builder->id_of(a);
  const IndexId right = builder->id_of(b);
  return Ix(builder,
            builder->intern({.kind = kind, .left = left, .right = right}));
}

Ix operator+(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Add, a, b);
}
Ix operator-(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Sub, a, b);
}
Ix operator*(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Mul, a, b);
}
Ix operator/(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Div, a, b);
}
Ix operator%(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Mod, a, b);
}
Ix min(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Min, a, b);
}
Ix max(Ix a, Ix b) {
  return KernelBuilder::combine(KernelIndex::Kind::Max, a, b);
}

Reg KernelBuilder::new_register(std::string name, RegisterType type) {
  const auto id = static_cast<RegisterId>(kernel_.registers.size());
  kernel_.registers.push_back({std::move(name), type});
  return {id};
}

Reg KernelBuilder::variable(std::string name, RegisterType type) {
  return new_register(name + std::to_string(kernel_.registers.size()), type);
}

std::vector<Reg> KernelBuilder::variables(std::string name, size_t count) {
  std::vector<Reg> all;
  for (size_t i = 0; i < count; ++i) all.push_back(variable(name));
  return all;
}

KernelStatement& KernelBuilder::add(KernelStatement statement) {
  open_.back().push_back(std::move(statement));
  return open_.back().back();
}

Reg KernelBuilder::constant(double number, bool vector) {
  const Reg r = variable("c", {.vector = vector});
  add({.kind = Kind::Constant, .number = number, .result = r.id});
  return r;
}

Reg KernelBuilder::integer(int32_t number, bool vector) {
  const Reg r = variable("c", {.lane = Lane::I32, .vector = vector});
  add({.kind = Kind::Constant,
       .number = static_cast<double>(number),
       .result = r.id});
  return r;
}

Reg KernelBuilder::load(Pointer p, Ix index, std::optional<Ix> lanes,
                        std::optional<Ix> stride) {
  const Lane lane = lane_of(kernel_.pointers[p.id].element);
  const Reg r = variable("v", {.lane = lane});
  set_load(r, p, index, lanes, stride);
  return r;
}

Reg KernelBuilder::load_scalar(Pointer p, Ix index) {
  const Lane lane = lane_of(kernel_.pointers[p.id].element);
  const Reg r = variable("s", {.lane = lane, .vector = false});
  set_load(r, p, index);
  return r;
}

Reg KernelBuilder::load_wide(Pointer p, Ix index) {
  const Lane lane = wide_lane_of(kernel_.pointers[p.id].element);
  const Reg r = variable("w", {.lane = lane, .vector = false});
  set_load(r, p, index);
  return r;
}

Reg KernelBuilder::wide(double number) {
  const Reg r = variable("c", {.lane = Lane::F64, .vector = false});
  add({.kind = Kind::Constant, .number = number, .result = r.id});
  return r;
}

Reg KernelBuilder::wide_index(Ix value) {
  const Reg r = variable("x", {.lane = Lane::I64, .vector = false});
  add({.kind = Kind::Index, .result = r.id, .index = id_of(value)});
  return r;
}

Ix KernelBuilder::take(std::string name, Reg value) {
  const Ix result = new_variable(std::move(name));
  add({.kind = Kind::Take,
       .operands = {value.id},
       .variable = kernel_.indices[result.id_].variable});
  return result;
}

void KernelBuilder::set_load(Reg target, Pointer p, Ix index,
                             std::optional<Ix> lanes,
                             std::optional<Ix> stride) {
  add({.kind = Kind::Load,
       .result = target.id,
       .pointer = p.id,
       .index = id_of(index),
       .stride = stride ? id_of(*stride) : -1,
       .lanes = lanes ? id_of(*lanes) : -1});
}

Reg KernelBuilder::broadcast(Pointer p, Ix index) {
  const Lane lane = lane_of(kernel_.pointers[p.id].element);
  const Reg r = variable("b", {.lane = lane});
  add({.kind = Kind::Broadcast,
       .result = r.id,
       .pointer = p.id,
       .index = id_of(index)});
  return r;
}

Reg KernelBuilder::index(Ix value, bool vector) {
  const Reg r = variable("x", {.lane = Lane::I32, .vector = vector});
  add({.kind = Kind::Index, .result = r.id, .index = id_of(value)});
  return r;
}

Reg KernelBuilder::iota() {
  const Reg r = variable("iota", {.lane = Lane::I32});
  add({.kind = Kind::Iota, .result = r.id});
  return r;
}

Reg KernelBuilder::apply(KernelOp op, std::span<const Reg> operands) {
  const RegisterType result =
      result_type(op, type_of(operands.empty() ? Reg{0} : operands.back()));
  const Reg r = variable("t", result);
  KernelStatement& s = add({.kind = Kind::Apply, .op = op, .result = r.id});
  for (const Reg operand : operands) s.operands.push_back(operand.id);
  return r;
}

Reg KernelBuilder::apply(KernelOp op, std::initializer_list<Reg> operands) {
  return apply(op, std::span(operands.begin(), operands.size()));
}

void KernelBuilder::set(Reg target, KernelOp op,
                        std::initializer_list<Reg> operands) {
  KernelStatement& s =
      add({.kind = Kind::Apply, .op = op, .result = target.id});
  for (const Reg operand : operands) s.operands.push_back(operand.id);
}

void KernelBuilder::set_constant(Reg target, double number) {
  add({.kind = Kind::Constant, .number = number, .result = target.id});
}

void KernelBuilder::store(Pointer p, Ix index, Reg value,
                          std::optional<Ix> lanes, std::optional<Ix> stride) {
  add({.kind = Kind::Store,
       .operands = {value.id},
       .pointer = p.id,
       .index = id_of(index),
       .stride = stride ? id_of(*stride) : -1,
       .lanes = lanes ? id_of(*lanes) : -1});
}

Ix KernelBuilder::let(std::string name, Ix value) {
  if (value.is_constant()) return value;
  const IndexId index = id_of(value);
  const Ix result = new_variable(std::move(name));
  add({.kind = Kind::Let,
       .variable = kernel_.indices[result.id_].variable,
       .index = index});
  return result;
}

Ix KernelBuilder::fetch(std::string name, Pointer p, Ix index) {
  const IndexId where = id_of(index);
  const Ix result = new_variable(std::move(name));
  add({.kind = Kind::Fetch,
       .pointer = p.id,
       .variable = kernel_.indices[result.id_].variable,
       .index = where});
  return result;
}

std::vector<KernelStatement> KernelBuilder::collect(
    const std::function<void()>& body) {
  open_.emplace_back();
  body();
  std::vector<KernelStatement> statements = std::move(open_.back());
  open_.pop_back();
  return statements;
}

void KernelBuilder::loop(std::string name, Ix from, Ix limit, int64_t step,
                         const std::function<void(Ix)>& body) {
  const Ix variable = new_variable(std::move(name));
  KernelStatement s{.kind = Kind::For,
                    .step = step,
                    .variable = kernel_.indices[variable.id_].variable,
                    .index = id_of(from),
                    .limit = id_of(limit)};
  s.body = collect([&] { body(variable); });
  add(std::move(s));
}

void KernelBuilder::when_less(Ix a, Ix b, const std::function<void()>& body,
                              const std::function<void()>& otherwise) {
  if (a.is_constant() && b.is_constant()) {
    if (a.constant() < b.constant())
      body();
    else if (otherwise)
      otherwise();
    return;
  }
  KernelStatement s{.kind = Kind::If, .index = id_of(a), .limit = id_of(b)};
  s.body = collect(body);
  if (otherwise) s.otherwise = collect(otherwise);
  add(std::move(s));
}

VectorKernel KernelBuilder::finish() && {
  kernel_.body = std::move(open_.front());
  HONE_CHECK(verify_kernel(kernel_).ok());
  return std::move(kernel_);
}

}  // namespace hone::tensor
