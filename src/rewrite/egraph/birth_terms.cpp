// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/birth_terms.h"

namespace hone::rewrite::egraph {

// Keys of a birth are older ids, so the stack ends.
TermId BirthTerms::of(ClassId id) {
  std::vector<ClassId> pending{id};
  while (!pending.empty()) {
    const ClassId at = pending.back();
    if (known_.contains(at)) {
      pending.pop_back();
      continue;
    }
    const Fact birth = graph_.provenance()->fact(Provenance::birth(at));
    TermPool::Node node{.op = birth.op};
    bool ready = true;
    for (const uint32_t word : birth.key()) {
      if (graph_.signature()[birth.op].literal) {
        node.arguments.push_back(word);
      } else if (const auto known = known_.find(word); known != known_.end()) {
        node.arguments.push_back(known->second);
      } else {
        pending.push_back(word);
        ready = false;
      }
    }
    if (!ready) continue;
    known_.emplace(at, pool_.add(std::move(node)));
    pending.pop_back();
  }
  return known_.at(id);
}

}  // namespace hone::rewrite::egraph
