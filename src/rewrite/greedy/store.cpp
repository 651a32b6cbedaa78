// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/greedy/store.h"

#include <algorithm>

namespace hone::rewrite {
namespace {

constexpr uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

bool same_list(const std::vector<uint32_t>& lists, uint32_t begin,
               uint32_t count, std::span<const uint32_t> list) {
  return count == list.size() &&
         std::equal(list.begin(), list.end(), lists.begin() + begin);
}

}  // namespace

Store::Store() : form_slots_(256), atom_slots_(256), fact_slots_(64) {
  reset();
}

void Store::reset() {
  forms_.clear();
  atoms_.clear();
  facts_.clear();
  monos_.clear();
  lists_.clear();
  failed_ = false;
  if (++epoch_ == 0) {
    for (auto* slots : {&form_slots_, &atom_slots_, &fact_slots_})
      std::fill(slots->begin(), slots->end(), Slot{});
    epoch_ = 1;
  }
  fact({FactKind::False});
  fact({FactKind::True});
}

template <typename Same, typename Make>
uint32_t Store::intern(std::vector<Slot>& slots, size_t size, uint32_t hash,
                       const Same& same, const Make& make) {
  if (size * 2 >= slots.size()) {
    std::vector<Slot> larger(slots.size() * 2);
    for (const Slot& slot : slots) {
      if (slot.epoch != epoch_) continue;
      size_t at = slot.hash & (larger.size() - 1);
      while (larger[at].epoch == epoch_) at = (at + 1) & (larger.size() - 1);
      larger[at] = slot;
    }
    slots = std::move(larger);
  }
  const size_t mask = slots.size() - 1;
  size_t at = hash & mask;
  for (; slots[at].epoch == epoch_; at = (at + 1) & mask)
    if (slots[at].hash == hash && same(slots[at].id)) return slots[at].id;
  const auto id = static_cast<uint32_t>(size);
  slots[at] = {epoch_, id, hash};
  make();
  return id;
}

Interval Store::range(const Poly& poly) const {
  Interval sum = Interval::of(poly.constant());
  for (const Mono& mono : poly.monos()) {
    sum = sum + atoms_[mono.atom].range * mono.factor;
    if (!sum.has_low() && !sum.has_high()) break;
  }
  return sum;
}

Alignment Store::alignment(const Poly& poly) const {
  Alignment sum = Alignment::of(poly.constant());
  for (const Mono& mono : poly.monos())
    sum = sum + atoms_[mono.atom].alignment * mono.factor;
  return sum;
}

FormId Store::form(const Poly& poly) {
  if (poly.overflown()) fail();
  uint64_t hash = mix(1, static_cast<uint64_t>(poly.constant()));
  for (const Mono& mono : poly.monos())
    hash = mix(mix(hash, static_cast<uint64_t>(mono.factor)), mono.atom);
  return intern(
      form_slots_, forms_.size(), static_cast<uint32_t>(hash),
      [&](uint32_t id) {
        const Form& other = forms_[id];
        return other.constant == poly.constant() &&
               other.count == poly.count() &&
               std::equal(poly.monos().begin(), poly.monos().end(),
                          monos_.begin() + other.begin);
      },
      [&] {
        forms_.push_back({poly.constant(), static_cast<uint32_t>(monos_.size()),
                          poly.count(), range(poly), alignment(poly)});
        monos_.insert(monos_.end(), poly.monos().begin(), poly.monos().end());
      });
}

FormId Store::of_atom(AtomId atom) {
  Poly poly;
  poly.add(1, atom);
  return form(poly);
}

AtomId Store::atom(const Atom& key, std::span<const uint32_t> list) {
  uint64_t hash = mix(2, static_cast<uint64_t>(key.kind));
  hash = mix(hash, static_cast<uint64_t>(key.a) << 32 | key.b);
  hash = mix(hash, key.c);
  for (const uint32_t member : list) hash = mix(hash, member);
  return intern(
      atom_slots_, atoms_.size(), static_cast<uint32_t>(hash),
      [&](uint32_t id) {
        const Atom& other = atoms_[id];
        return other.kind == key.kind && other.a == key.a && other.b == key.b &&
               other.c == key.c &&
               same_list(lists_, other.begin, other.count, list);
      },
      [&] {
        Atom atom = key;
        atom.begin = static_cast<uint32_t>(lists_.size());
        atom.count = static_cast<uint32_t>(list.size());
        lists_.insert(lists_.end(), list.begin(), list.end());
        atoms_.push_back(atom);
      });
}

FactId Store::fact(const Fact& key, std::span<const uint32_t> list) {
  uint64_t hash = mix(3, static_cast<uint64_t>(key.kind));
  hash = mix(hash, static_cast<uint64_t>(key.a) << 32 | key.b);
  for (const uint32_t member : list) hash = mix(hash, member);
  return intern(
      fact_slots_, facts_.size(), static_cast<uint32_t>(hash),
      [&](uint32_t id) {
        const Fact& other = facts_[id];
        return other.kind == key.kind && other.a == key.a && other.b == key.b &&
               same_list(lists_, other.begin, other.count, list);
      },
      [&] {
        Fact fact = key;
        fact.begin = static_cast<uint32_t>(lists_.size());
        fact.count = static_cast<uint32_t>(list.size());
        lists_.insert(lists_.end(), list.begin(), list.end());
        facts_.push_back(fact);
      });
}

}  // namespace hone::rewrite
