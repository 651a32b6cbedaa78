// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why a result is smaller: each part of its recipe left out in turn, and the
// bytes of stock and result side by side.
//
// Parts work together, so that the losses need not add up to the gain: two
// options may save the same bytes, or one only with the other.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "env/evaluation.h"
#include "program/build_mode.h"
#include "program/object_file.h"
#include "program/recipe.h"
#include "store/store.h"

namespace hone::toolkit {

struct ExplainRequest {
  std::vector<std::filesystem::path> inputs;
  std::vector<std::string> flags;  // without the -O level
  std::string level = "Oz";
  program::Protocol protocol = program::Protocol::Product;
  program::Recipe recipe;
  int jobs = 2;
  store::Store* store = nullptr;
  std::stop_token stop;
};

struct PartWorth {
  std::string kind;
  std::string text;
  std::vector<std::string> functions;
  int64_t lost = 0;     // what the result grows by without it
  std::string failure;  // where leaving it out does not compile
};

struct Explanation {
  env::Objective objective = env::Objective::LoadedBytes;
  int64_t stock_cost = 0;
  int64_t result_cost = 0;
  program::ObjectSizes stock, result;
  std::vector<PartWorth> parts;  // the most valuable first
};

// Costs one compile a part; those known to the store cost nothing.
Result<Explanation> explain(const ExplainRequest& request);

Json to_json(const Explanation& explanation);

}  // namespace hone::toolkit
