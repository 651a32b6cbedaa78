// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The strategies. Each is a function over a trial; what it found is the
// trial's best. A strategy returns when it has nothing left to try or when the
// trial is exhausted.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

struct SearchInfo {
  std::string_view name;
  std::string_view sentence;
  void (*run)(Trial& trial, const Space& space);
};

// Sorted by name.
std::span<const SearchInfo> searches();

// InvalidArgument lists what exists.
Result<const SearchInfo*> find_search(std::string_view name);

#define HONE_SEARCH(function, name, sentence) \
  void function(Trial& trial, const Space& space);
#include "search/searches.def"
#undef HONE_SEARCH

}  // namespace hone::search
