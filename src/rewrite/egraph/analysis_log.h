// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How an analysis came to what it knows, for justify.h: which row, or which
// other class, made a class's value sharper, in the order of time.
#pragma once

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rewrite/egraph/provenance.h"

namespace hone::rewrite::egraph {

struct AnalysisLog {
  // Ids are canonical when it happens.
  struct Event {
    ClassId id = kNoClass;
    FactId fact = kNone;       // the row's, or
    ClassId from = kNoClass;   // the class that was joined into this one
    std::vector<ClassId> key;  // of the row
    ApplicationId when = 0;    // applications before it have smaller ids
  };
  // A class that was united with its literal.
  struct Given {
    ClassId id = kNoClass;
    size_t events = 0;  // before it
  };

  void add(Event event) {
    of_class[event.id].push_back(events.size());
    events.push_back(std::move(event));
  }
  void add_given(ClassId id, ClassId literal) {
    givens.try_emplace(std::minmax(id, literal),
                       Given{.id = id, .events = events.size()});
  }

  std::vector<Event> events;
  std::unordered_map<ClassId, std::vector<size_t>> of_class;
  std::map<std::pair<ClassId, ClassId>, Given> givens;
};

}  // namespace hone::rewrite::egraph
