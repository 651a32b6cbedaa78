// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every function compiled both ways: as the compiler has it, and by its body.
// Cases stand side by side in models of many outputs, which share kernels.
#include <gtest/gtest.h>

#include "base/file.h"
#include "tensor/functions/expand.h"
#include "tensor/functions/function_test_tools.h"
#include "tensor/functions/splice.h"
#include "toolkit/compile_model.h"
#include "toolkit/run_library.h"

namespace hone::toolkit {
namespace {

using namespace hone::tensor;

class ManyCases {
 public:
  // `open`: batches, the first axis of three or more, are a symbol.
  void add(const FunctionRun& run, const Tolerance& tolerance,
           bool open = false) {
    std::vector<ValueId> inputs, outputs;
    for (size_t i = 0; i < run.inputs.size(); ++i) {
      Type type = run.graph[run.graph.inputs[i]].type;
      if (open && type.shape->size() >= 3)
        type.shape->front() = Dim::symbol(fmt::format(
            "B{}_{}", expected_.size(), to_text(type.shape->front())));
      inputs.push_back(graph_.add_value("x", std::move(type)));
      inputs_.push_back(run.inputs[i]);
    }
    const auto expected = run_graph(run.graph, run.inputs);
    ASSERT_TRUE(expected.ok()) << expected.error().message;
    for (const RunValue& value : *expected) {
      outputs.push_back(graph_.add_value("y"));
      expected_.push_back({value, tolerance, run.text});
    }
    graph_.inputs.insert(graph_.inputs.end(), inputs.begin(), inputs.end());
    graph_.outputs.insert(graph_.outputs.end(), outputs.begin(), outputs.end());
    splice(graph_, run.graph, inputs, outputs, "case",
           std::string(name_of(run.op)), graph_.nodes);
  }

  bool is_full() const { return inputs_.size() + expected_.size() > 110; }

  void check() {
    check(false);
    check(true);
  }

 private:
  void check(bool expand) {
    SCOPED_TRACE(expand ? "bodies" : "own");
    graph_.name = "g";
    Graph graph = graph_;
    GraphPassRequest passes;
    if (expand) {
      auto expanded = expand_functions(std::move(graph));
      ASSERT_TRUE(expanded.ok()) << expanded.error().message;
      graph = *std::move(expanded);
      // Else bodies would become functions again.
      passes.without = {"recognize-attention", "recognize-gelu",
                        "recognize-normalizations"};
    }
    const auto prepared = prepare_graph(std::move(graph), {}, passes);
    ASSERT_TRUE(prepared.ok()) << prepared.error().message;
    const TempDir folder = *TempDir::make();
    const auto file = folder.path() / "m.so";
    const auto built = compile_graph(*prepared, {.output = file,
                                                 .cpu = "native",
                                                 .extent = CheckExtent::None,
                                                 .strict = true});
    ASSERT_TRUE(built.ok()) << built.error().message;
    const auto library = ModelLibrary::open(file, built->symbol, 1);
    ASSERT_TRUE(library.ok()) << library.error().message;
    std::vector<Type> types;
    for (const ValueId id : prepared->outputs)
      types.push_back((*prepared)[id].type);
    const auto results = run_library(*library, inputs_, types);
    ASSERT_TRUE(results.ok()) << results.error().message;
    for (size_t i = 0; i < results->size(); ++i) {
      const auto difference = find_difference((*results)[i], expected_[i].value,
                                              expected_[i].tolerance);
      EXPECT_FALSE(difference) << difference->text << expected_[i].text;
    }
  }

  struct Expected {
    RunValue value;
    Tolerance tolerance;
    std::string text;
  };
  Graph graph_;
  std::vector<RunValue> inputs_;
  std::vector<Expected> expected_;
};

// Several tests, so that they run side by side.
constexpr int kParts = 6;
class FunctionBodies : public ::testing::TestWithParam<int> {};

TEST_P(FunctionBodies, CompileToWhatTheInterpreterComputesOtherwise) {
  std::optional<ManyCases> some(std::in_place);
  int count = 0;
  for_each_function_case([&](const FunctionRun& run, const Tolerance& t) {
    if (count++ % kParts != GetParam()) return;
    some->add(run, t);
    if (!some->is_full()) return;
    some->check();
    some.emplace();
  });
  some->check();
}

// Batches, the first axis of three or more, are open, and so are bodies.
TEST(FunctionBodiesOfOpenSizes, AreCompiledLikeTheFunctions) {
  std::optional<ManyCases> some(std::in_place);
  for (const FunctionCase& c : kFunctionCases) {
    // Elementwise ones have other tests.
    if (c.types.find("f16") == std::string_view::npos) continue;
    some->add(function_run(c.inputs, c.node, "f32"), function_tolerance("f32"),
              true);
    if (!some->is_full()) continue;
    some->check();
    some.emplace();
  }
  some->check();
}

INSTANTIATE_TEST_SUITE_P(Parts, FunctionBodies, ::testing::Range(0, kParts));

}  // namespace
}  // namespace hone::toolkit
