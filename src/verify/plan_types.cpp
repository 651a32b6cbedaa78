// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/plan_types.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Module.h>

#include <algorithm>

namespace hone::verify {

namespace {

constexpr size_t kMostTypes = 3000;
constexpr size_t kMostLeaves = 4096;  // of one type
constexpr uint64_t kChunkBytes = 64 << 10;
constexpr uint64_t kPageBytes = 4096;

uint64_t round_up(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

uint64_t power_above(uint64_t value) {
  uint64_t power = 1;
  while (power < value) power *= 2;
  return power;
}

}  // namespace

PlanTypes::PlanTypes(llvm::Module& module, const TypeFacts& facts)
    : facts_(facts), layout_(module.getDataLayout()) {
  domains_.push_back({});
  hone_type unknown = {};
  unknown.size = unknown.align = 8;
  unknown.responder = -1;
  types_.push_back(unknown);
  pending_.push_back({nullptr, -1});
}

uint32_t PlanTypes::type_id(llvm::Type* type, int content) {
  while (auto* array = llvm::dyn_cast<llvm::ArrayType>(type))
    type = array->getElementType();
  if (!type->isSized() || type->isScalableTy()) return 0;
  const uint64_t size = layout_.getTypeAllocSize(type);
  if (size == 0 || size > (64 << 20) || types_.size() >= kMostTypes) return 0;
  // Structures speak for themselves; a scalar without facts is like any other.
  const ValueFacts& facts = facts_.facts(content);
  if (type->isStructTy() || (facts.targets.empty() && facts.values.empty() &&
                             facts.signatures.empty()))
    content = -1;
  if (type->isIntegerTy(8) && !facts.exact) content = -1;
  const auto [found, is_new] =
      ids_.try_emplace({type, content}, static_cast<uint32_t>(types_.size()));
  if (!is_new) return found->second;
  hone_type entry = {};
  entry.size = static_cast<uint32_t>(size);
  entry.align = static_cast<uint32_t>(layout_.getABITypeAlign(type).value());
  entry.responder = -1;
  entry.is_text = type->isIntegerTy(8) && content < 0;
  types_.push_back(entry);
  pending_.push_back({type, content});
  return found->second;
}

uint32_t PlanTypes::function_type_id(llvm::FunctionType* type) {
  if (types_.size() >= kMostTypes) return 0;
  const auto [found, is_new] =
      ids_.try_emplace({type, -1}, static_cast<uint32_t>(types_.size()));
  if (!is_new) return found->second;
  signatures_.push_back(type);
  hone_type entry = {};
  entry.size = entry.align = 64;
  entry.responder = static_cast<int32_t>(signatures_.size());
  types_.push_back(entry);
  pending_.push_back({nullptr, -1});
  return found->second;
}

std::vector<uint32_t> PlanTypes::target_ids(const ValueFacts& facts) {
  std::vector<uint32_t> ids;
  // A pointer that is called is not read.
  if (!facts.signatures.empty()) {
    ids.push_back(facts.signatures.size() == 1
                      ? function_type_id(facts.signatures[0])
                      : 0);
    if (ids[0] != 0) return ids;
    ids.clear();
    for (llvm::FunctionType* type : facts.signatures)
      ids.push_back(function_type_id(type));
    return ids;
  }
  unsigned most = 0;
  for (const auto& [type, weight] : facts.targets)
    most = std::max(most, weight);
  for (const auto& [type, weight] : facts.targets)
    if (weight * 3 >= most) ids.push_back(type_id(type, facts.content));
  return ids;
}

uint32_t PlanTypes::add_domain(const ValueFacts& facts,
                               const std::vector<uint32_t>& targets,
                               uint32_t flags) {
  hone_domain domain = {};
  domain.first_value = static_cast<uint32_t>(values_.size());
  values_.insert(values_.end(), facts.values.begin(), facts.values.end());
  domain.value_count = static_cast<uint32_t>(facts.values.size());
  domain.first_target = static_cast<uint32_t>(targets_.size());
  targets_.insert(targets_.end(), targets.begin(), targets.end());
  domain.target_count = static_cast<uint32_t>(targets.size());
  domain.flags = flags | (facts.exact ? HONE_EXACT : 0u);
  domains_.push_back(domain);
  return static_cast<uint32_t>(domains_.size()) - 1;
}

uint32_t PlanTypes::domain(int node) {
  if (node < 0) return 0;
  const auto found = domain_ids_.find(node);
  if (found != domain_ids_.end()) return found->second;
  const ValueFacts& facts = facts_.facts(node);
  const uint32_t id = add_domain(facts, target_ids(facts), 0);
  domain_ids_.emplace(node, id);
  return id;
}

uint32_t PlanTypes::pointer_domain(int node, llvm::Type* pointee,
                                   uint32_t flags) {
  if (pointee == nullptr && flags == 0) return domain(node);
  const ValueFacts& facts = facts_.facts(node);
  std::vector<uint32_t> targets;
  if (pointee != nullptr)
    targets.push_back(type_id(pointee, facts.content));
  else
    targets = target_ids(facts);
  return add_domain(facts, targets, flags);
}

void PlanTypes::flatten(llvm::Type* type, uint32_t offset, int node,
                        std::vector<hone_leaf>& leaves) {
  if (leaves.size() >= kMostLeaves) return;
  if (auto* structure = llvm::dyn_cast<llvm::StructType>(type)) {
    const llvm::StructLayout* parts = layout_.getStructLayout(structure);
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      flatten(structure->getElementType(i),
              offset + static_cast<uint32_t>(parts->getElementOffset(i)),
              facts_.field_node(structure, i), leaves);
    return;
  }
  llvm::Type* element = nullptr;
  uint64_t count = 0;
  if (auto* array = llvm::dyn_cast<llvm::ArrayType>(type)) {
    element = array->getElementType();
    count = array->getNumElements();
  } else if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    if (layout_.getTypeSizeInBits(vector->getElementType()) % 8 == 0) {
      element = vector->getElementType();
      count = vector->getNumElements();
    }
  }
  if (element != nullptr) {
    std::vector<hone_leaf> one;
    flatten(element, 0, node, one);
    const auto stride =
        static_cast<uint32_t>(layout_.getTypeAllocSize(element));
    const bool single =
        std::all_of(one.begin(), one.end(),
                    [](const auto& leaf) { return leaf.count == 1; });
    const bool rows =
        one.size() == 1 && one[0].count * uint64_t{one[0].stride} == stride;
    if (rows && !single) {
      one[0].count *= static_cast<uint32_t>(count);
      one[0].offset += offset;
      leaves.push_back(one[0]);
    } else if (single) {
      for (hone_leaf leaf : one) {
        leaf.offset += offset;
        leaf.count = static_cast<uint32_t>(count);
        leaf.stride = stride;
        if (count != 0) leaves.push_back(leaf);
      }
    } else {
      for (uint64_t i = 0; i < count && leaves.size() < kMostLeaves; ++i)
        for (hone_leaf leaf : one) {
          leaf.offset += offset + static_cast<uint32_t>(i) * stride;
          leaves.push_back(leaf);
        }
    }
    return;
  }
  hone_leaf leaf = {};
  leaf.offset = offset;
  leaf.count = 1;
  leaf.size = static_cast<uint16_t>(
      std::min<uint64_t>(layout_.getTypeStoreSize(type), 16));
  leaf.bits = static_cast<uint32_t>(layout_.getTypeSizeInBits(type));
  leaf.kind = HONE_BYTES;
  if (type->isPointerTy()) leaf.kind = HONE_POINTER;
  if (type->isFloatTy()) leaf.kind = HONE_F32;
  if (type->isDoubleTy()) leaf.kind = HONE_F64;
  if (type->isX86_FP80Ty()) leaf.kind = HONE_F80;
  if (type->isIntegerTy() && leaf.bits <= 128) leaf.kind = HONE_INT;
  leaf.domain = domain(node);
  leaves.push_back(leaf);
}

void PlanTypes::flatten_value(llvm::Type* type, uint32_t offset, int node,
                              std::vector<hone_leaf>& leaves) {
  std::vector<hone_leaf> rows;
  flatten(type, offset, node, rows);
  for (const hone_leaf& row : rows)
    for (uint32_t i = 0; i < row.count && leaves.size() < 256; ++i) {
      hone_leaf leaf = row;
      leaf.offset += i * row.stride;
      leaf.count = 1;
      leaf.stride = 0;
      leaves.push_back(leaf);
    }
}

uint32_t PlanTypes::add_leaves(const std::vector<hone_leaf>& leaves) {
  const auto first = static_cast<uint32_t>(leaves_.size());
  leaves_.insert(leaves_.end(), leaves.begin(), leaves.end());
  return first;
}

void PlanTypes::lay_out_type(uint32_t id) {
  const Pending pending = pending_[id];
  std::vector<hone_leaf> leaves;
  if (pending.type != nullptr) {
    flatten(pending.type, 0, pending.content, leaves);
  } else {
    hone_leaf word = {};
    word.count = 1;
    word.size = 8;
    word.bits = 64;
    word.kind = HONE_INT;
    leaves.push_back(word);
  }
  types_[id].first_leaf = add_leaves(leaves);
  types_[id].leaf_count = static_cast<uint32_t>(leaves.size());
}

void PlanTypes::place_zones() {
  uint64_t at = HONE_ZONES;
  for (hone_type& type : types_) {
    type.usable = std::max(kChunkBytes, round_up(type.size, kPageBytes));
    type.stride = power_above(type.usable + kPageBytes);
    type.chunk_bits = 14;
    while (type.chunk_bits > 5 && type.stride << type.chunk_bits > 4ull << 30)
      --type.chunk_bits;
    type.zone = at;
    at += type.stride << type.chunk_bits;
  }
}

void PlanTypes::lay_out() {
  for (; laid_out_ < types_.size(); ++laid_out_) lay_out_type(laid_out_);
}

}  // namespace hone::verify
