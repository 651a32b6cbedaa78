// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/walk.h"

#include <algorithm>
#include <unordered_map>

namespace hone::term {

std::vector<Term> reachable(const Context& context, Term term) {
  std::vector<bool> seen(term.id + 1);
  std::vector<Term> found = {term};
  seen[term.id] = true;
  for (size_t i = 0; i < found.size(); ++i)
    for (const Term arg : context.args(found[i]))
      if (!seen[arg.id]) {
        seen[arg.id] = true;
        found.push_back(arg);
      }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Term> free_variables(const Context& context, Term term) {
  // Free in each subterm, smallest first; a let takes its name away.
  std::unordered_map<Term, std::vector<Term>> free;
  std::vector<Term> result;
  if (!context.has_let(term)) {
    for (const Term each : reachable(context, term))
      if (context.op(each) == Op::Variable) result.push_back(each);
  } else {
    for (const Term each : reachable(context, term)) {
      std::vector<Term>& mine = free[each];
      if (context.op(each) == Op::Variable) mine = {each};
      const auto args = context.args(each);
      for (size_t i = context.op(each) == Op::Let ? 1 : 0; i < args.size(); ++i)
        for (const Term name : free[args[i]])
          if (!(i == 2 && context.op(each) == Op::Let && name == args[0]))
            mine.push_back(name);
      std::sort(mine.begin(), mine.end());
      mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
    }
    result = free[term];
  }
  std::sort(result.begin(), result.end(), [&](Term a, Term b) {
    return context.compare(a, b) == std::strong_ordering::less;
  });
  return result;
}

uint64_t tree_size(const Context& context, Term term) {
  std::unordered_map<Term, uint64_t> sizes;
  for (const Term each : reachable(context, term)) {
    uint64_t size = 1;
    for (const Term arg : context.args(each))
      if (__builtin_add_overflow(size, sizes[arg], &size)) size = UINT64_MAX;
    sizes[each] = size;
  }
  return sizes[term];
}

uint64_t dag_size(const Context& context, Term term) {
  return reachable(context, term).size();
}

}  // namespace hone::term
