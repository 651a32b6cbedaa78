// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small models, compiled and compared element by element.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "tensor/graph_text.h"
#include "toolkit/check_model.h"
#include "toolkit/compile_model.h"

namespace hone::toolkit {

// "const [0.25, …]", numbers of a few bits.
inline std::string numbers(size_t count, uint64_t seed) {
  Random random(seed);
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ",
                        (static_cast<int>(random.below(17)) - 8) / 16.0);
  return "const [" + text + "]";
}

// Compiles for several processors; the steps of the first plan.
inline std::vector<tensor::PlanStep> checked_steps(const std::string& text) {
  const auto parsed = tensor::parse_graph(text);
  EXPECT_TRUE(parsed.ok()) << parsed.error().message;
  const auto graph = prepare_graph(*parsed, {});
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  std::vector<tensor::PlanStep> steps;
  for (const char* cpu : {"x86-64-v2", "x86-64-v3", "native"}) {
    const auto model = codegen::build_model(*graph, {.cpu = cpu});
    EXPECT_TRUE(model.ok()) << model.error().message;
    if (!model.ok()) return {};
    const auto report =
        check_model(*graph, *model, {.extent = CheckExtent::Full});
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report.ok()) return {};
    EXPECT_GT(report->values, 0);
    EXPECT_TRUE(report->unchecked.empty());
    steps = model->plans[0].plan.steps;
  }
  return steps;
}

}  // namespace hone::toolkit
