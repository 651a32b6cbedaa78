// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/search.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace hone::search {

namespace {

constexpr SearchInfo kSearches[] = {
#define HONE_SEARCH(function, name, sentence) {name, sentence, function},
#include "search/searches.def"
#undef HONE_SEARCH
};

}  // namespace

std::span<const SearchInfo> searches() { return kSearches; }

Result<const SearchInfo*> find_search(std::string_view name) {
  std::vector<std::string> names;
  for (const SearchInfo& info : kSearches) {
    if (info.name == name) return &info;
    names.emplace_back(info.name);
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("'{}' is no search{}; expected one of {}", name,
                           did_you_mean(name, names), join(names, ", ")));
}

}  // namespace hone::search
