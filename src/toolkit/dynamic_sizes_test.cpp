// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that are known only when the model runs: those of inputs that are
// symbols, and those that only the data say.
#include <gtest/gtest.h>

#include "base/file.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "toolkit/compile_model.h"
#include "toolkit/guarded_memory_test_tools.h"
#include "toolkit/model_library.h"

namespace hone::toolkit {
namespace {

using tensor::Dims;
using tensor::ElementType;
using tensor::RunValue;
using tensor::Tensor;

Tensor of(ElementType type, Dims dims, std::vector<double> values) {
  Tensor x(type, std::move(dims));
  for (int64_t i = 0; i < x.size(); ++i) {
    if (is_float(type))
      x.data<double>()[i] = values[i % values.size()] + static_cast<double>(i);
    else
      x.data<int64_t>()[i] = static_cast<int64_t>(values[i % values.size()]);
  }
  return x;
}

Tensor floats(Dims dims) {
  return of(ElementType::F32, std::move(dims), {0.5});
}
Tensor integers(Dims dims, std::vector<double> values) {
  return of(ElementType::I64, std::move(dims), std::move(values));
}

// A model that was compiled once, without any size.
class Compiled {
 public:
  explicit Compiled(const std::string& text) {
    auto graph = tensor::parse_graph(text);
    if (!graph.ok()) {
      ADD_FAILURE() << graph.error().message;
      return;
    }
    auto prepared = prepare_graph(*std::move(graph), {});
    if (!prepared.ok()) {
      ADD_FAILURE() << prepared.error().message;
      return;
    }
    graph_ = *std::move(prepared);
    auto folder = TempDir::make();
    folder_.emplace(*std::move(folder));
    const auto file = folder_->path() / "m.so";
    const auto built = compile_graph(
        graph_, {.output = file, .cpu = "native", .extent = CheckExtent::Full});
    if (!built.ok()) {
      ADD_FAILURE() << built.error().message;
      return;
    }
    auto library = ModelLibrary::open(file, built->symbol, 1);
    library_.emplace(*std::move(library));
  }

  // The error of a run, or what differs from the interpreter; "" if nothing.
  std::string run(const std::vector<Tensor>& inputs) {
    if (!library_) return "not compiled";
    std::vector<RunValue> values;
    std::vector<GuardedMemory> storage, results;
    std::vector<Dims> dims;
    std::vector<StridedTensor> in, out;
    for (const Tensor& x : inputs) {
      values.emplace_back(x);
      const tensor::Literal literal = x.to_literal();
      storage.emplace_back(literal.bytes());
      dims.push_back(x.dims());
    }
    for (size_t i = 0; i < inputs.size(); ++i)
      in.push_back({.data = storage[i].data(), .dims = dims[i].data()});
    std::vector<Dims> sizes;
    for (const ModelLibrary::Tensor& tensor : library_->outputs())
      sizes.push_back(tensor.dims);
    for (int round = 0; round < 2; ++round) {
      // At first outputs of open sizes are only asked for them.
      out.clear();
      results.clear();
      for (size_t i = 0; i < sizes.size(); ++i) {
        ModelLibrary::Tensor tensor = library_->outputs()[i];
        const bool asks = round == 0 && tensor.is_open();
        tensor.dims = sizes[i];
        results.emplace_back(asks ? 0 : tensor.bytes());
        out.push_back({.data = asks ? nullptr : results[i].data(),
                       .dims = sizes[i].data(),
                       .bytes = results[i].bytes().size()});
      }
      const Status status = library_->run(in, out);
      if (!status.ok() && status.error().kind != ErrorKind::LimitReached)
        return status.error().message;
      if (!status.ok() && round == 1) return "too small a second time";
    }
    const auto expected = run_graph(graph_, std::move(values));
    if (!expected.ok()) return "interpreter: " + expected.error().message;
    for (size_t i = 0; i < results.size(); ++i) {
      const ModelLibrary::Tensor& tensor = library_->outputs()[i];
      const auto bytes = results[i].bytes();
      const auto literal =
          tensor::Literal::own(*graph_[graph_.outputs[i]].type.element,
                               sizes[i], {bytes.begin(), bytes.end()});
      if (!literal.ok()) return literal.error().message;
      if (const auto difference =
              find_difference(RunValue(Tensor::from(*literal)), (*expected)[i],
                              {.relative = 1e-5, .absolute = 1e-6}))
        return tensor.name + ": " + difference->text;
    }
    return "";
  }

 private:
  tensor::Graph graph_;
  std::optional<TempDir> folder_;
  std::optional<ModelLibrary> library_;
};

TEST(DynamicSizes, OneLibraryServesEveryBatchAndLength) {
  Compiled model(R"(graph "g" (%x: f32[N, S, 4]) -> (%y, %r, %s) {
  %w: f32[4, 3] = const [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  %g: f32[4] = const [1, 2, 1, 2]
  %l = LayerNormalization(%x, %g, %g)
  %m = MatMul(%l, %w)
  %p = Softmax(%m)
  %t = Transpose(%p) {perm = [0, 2, 1]}
  %q = MatMul(%p, %t)
  %y = Concat(%q, %q) {axis = 1}
  %shape: i64[2] = const [0, -1]
  %r = Reshape(%x, %shape)
  %s = Shape(%y)
})");
  for (const auto& [n, s] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {2, 5}, {7, 3}, {1, 40}, {3, 2}, {5, 17}})
    EXPECT_EQ(model.run({floats({n, s, 4})}), "") << n << " x " << s;
}

TEST(DynamicSizes, ResultsAreAsLongAsTheDataSay) {
  Compiled model(R"(graph "g" (%x: f32[4, 3], %c: bool[4], %n: i64[],
                               %i: i64[5]) -> (%a, %b, %d, %e, %f, %h) {
  %zero: i64[] = const [0]
  %one: i64[] = const [1]
  %a = Compress(%x, %c) {axis = 0}
  %b = NonZero(%i)
  %range = Range(%zero, %n, %one)
  %d = Mul(%range, %range)
  %e, %f = Unique(%i)
  %sum = ReduceSum(%a)
  %count = Shape(%d)
  %h = ConstantOfShape(%count)
})");
  EXPECT_EQ(model.run({floats({4, 3}), of(ElementType::Bool, {4}, {1, 0, 1, 1}),
                       integers({}, {6}), integers({5}, {3, 0, 3, 1, 0})}),
            "");
  EXPECT_EQ(model.run({floats({4, 3}), of(ElementType::Bool, {4}, {0}),
                       integers({}, {-2}), integers({5}, {0})}),
            "");
  EXPECT_EQ(model.run({floats({4, 3}), of(ElementType::Bool, {4}, {1}),
                       integers({}, {5000}), integers({5}, {5, 4, 3, 2, 1})}),
            "");
}

TEST(DynamicSizes, ShapesStartsAndPadsMayArriveAtRunTime) {
  Compiled model(R"(graph "g" (%x: f32[A, B], %to: i64[2], %s: i64[2],
                               %e: i64[2], %t: i64[2], %p: i64[4],
                               %many: i64[2])
                    -> (%a, %b, %c, %d, %f) {
  %a = Reshape(%x, %to)
  %axes: i64[2] = const [0, 1]
  %b = Slice(%x, %s, %e, %axes, %t)
  %c = Pad(%x, %p)
  %d = Tile(%x, %many)
  %u = Unsqueeze(%x, %axes)
  %g = Concat(%many, %to) {axis = 0}
  %f = Expand(%u, %many)
})");
  EXPECT_EQ(
      model.run({floats({2, 6}), integers({2}, {3, -1}), integers({2}, {0, -1}),
                 integers({2}, {9, -9}), integers({2}, {1, -2}),
                 integers({4}, {1, 0, 0, 2}), integers({2}, {2, 1})}),
      "");
  EXPECT_EQ(
      model.run({floats({5, 1}), integers({2}, {-1, 5}), integers({2}, {4, 0}),
                 integers({2}, {0, 1}), integers({2}, {-3, 1}),
                 integers({4}, {-1, 3, 0, 0}), integers({2}, {1, 7})}),
      "");
}

TEST(DynamicSizes, AxesThatArriveAtRunTimeBecomeOneOrVanish) {
  Compiled model(R"(graph "g" (%x: f32[A, 3, B], %axes: i64[2])
                    -> (%kept, %gone, %on) {
  %kept = ReduceSum(%x, %axes)
  %gone = ReduceSum(%x, %axes) {keepdims = 0}
  %on = Sqrt(%gone)
})");
  EXPECT_EQ(model.run({floats({2, 3, 4}), integers({2}, {0, 2})}), "");
  EXPECT_EQ(model.run({floats({5, 3, 1}), integers({2}, {-1, 1})}), "");
}

TEST(DynamicSizes, LoopsStackAndGrowAsLongAsTheyRun) {
  Compiled model(R"(graph "g" (%n: i64[], %x: f32[1, K]) -> (%y, %z) {
  %go: bool[] = const [1]
  %y, %z = Loop(%n, %go, %x) {
    body = graph "b" (%i, %on, %s) captures (%k = %x) -> (%on, %t, %sum) {
      %t = Concat(%s, %k) {axis = 0}
      %axis: i64[1] = const [0]
      %sum = ReduceSum(%t, %axis) {keepdims = 0}
    }
  }
})");
  EXPECT_EQ(model.run({integers({}, {4}), floats({1, 3})}), "");
  EXPECT_EQ(model.run({integers({}, {90}), floats({1, 1})}), "");
  EXPECT_EQ(model.run({integers({}, {1}), floats({1, 9})}), "");
}

TEST(DynamicSizes, BranchesMayGiveOtherSizes) {
  Compiled model(R"(graph "g" (%c: bool[], %x: f32[N]) -> (%y, %z) {
  %y = If(%c) {
    else_branch = graph "e" () captures (%a = %x) -> (%r) { %r = Neg(%a) },
    then_branch = graph "t" () captures (%a = %x) -> (%r) {
      %r = Concat(%a, %a) {axis = 0}
    }
  }
  %z = Add(%y, %y)
})");
  for (const double c : {0, 1})
    EXPECT_EQ(model.run({of(ElementType::Bool, {}, {c}), floats({5})}), "");
}

TEST(DynamicSizes, SizesThatContradictEachOtherAreAnError) {
  Compiled model(
      "graph \"g\" (%a: f32[N], %b: f32[N]) -> (%y) {\n%y = Add(%a, %b)\n}");
  EXPECT_EQ(model.run({floats({3}), floats({3})}), "");
  EXPECT_NE(model.run({floats({3}), floats({4})}).find("contradict"),
            std::string::npos);
}

TEST(DynamicSizes, ASizeOfTheModelsOwnThatIsGivenWronglyIsAnError) {
  Compiled model("graph \"g\" (%x: f32[N, 3]) -> (%y) {\n%y = Neg(%x)\n}");
  EXPECT_EQ(model.run({floats({4, 3})}), "");
  EXPECT_NE(model.run({floats({3, 4})}).find("contradict"), std::string::npos);
}

TEST(DynamicSizes, WhatHasNoCodeForThemIsNamed) {
  auto graph = tensor::parse_graph(
      "graph \"g\" (%x: f32[N, 3], %n: i64[R]) -> (%z) {\n"
      "%y = Reshape(%x, %n)\n%z = Relu(%y)\n}");
  ASSERT_TRUE(graph.ok());
  const auto prepared = prepare_graph(*std::move(graph), {});
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  const auto built = codegen::build_model(*prepared, {.cpu = "native"});
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(built.error().message.find("Reshape"), std::string::npos);
}

}  // namespace
}  // namespace hone::toolkit
