// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled models whose values are no plain tensors: text, sequences,
// optionals, tensors of any number of dimensions; beside the interpreter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "toolkit/compile_model.h"
#include "toolkit/run_library.h"

namespace hone::toolkit {
namespace {

using tensor::Dims;
using tensor::ElementType;
using tensor::Graph;
using tensor::RunValue;
using tensor::Tensor;
using tensor::Type;
using ::testing::HasSubstr;

RunValue words(std::vector<std::string> texts, Dims dims = {}) {
  if (dims.empty()) dims = {static_cast<int64_t>(texts.size())};
  Tensor x(ElementType::Str, dims);
  std::ranges::copy(texts, x.data<std::string>().begin());
  return RunValue(std::move(x));
}

RunValue floats(std::vector<double> values, Dims dims = {}) {
  if (dims.empty()) dims = {static_cast<int64_t>(values.size())};
  Tensor x(ElementType::F32, dims);
  std::ranges::copy(values, x.data<double>().begin());
  return RunValue(std::move(x));
}

RunValue number(int64_t value) { return RunValue(Tensor::integer(value)); }

class Compiled {
 public:
  explicit Compiled(const std::string& text,
                    const GraphPassRequest& passes = {}) {
    auto graph = tensor::parse_graph(text);
    if (!graph.ok()) {
      ADD_FAILURE() << graph.error().message;
      return;
    }
    auto prepared = prepare_graph(*std::move(graph), {}, passes);
    if (!prepared.ok()) {
      ADD_FAILURE() << prepared.error().message;
      return;
    }
    graph_ = *std::move(prepared);
    folder_.emplace(*TempDir::make());
    const auto file = folder_->path() / "m.so";
    const auto built = compile_graph(
        graph_, {.output = file, .cpu = "native", .extent = CheckExtent::Full});
    if (!built.ok()) {
      ADD_FAILURE() << built.error().message;
      return;
    }
    called_ = built->model.plans[0].plan.called.size();
    library_.emplace(*ModelLibrary::open(file, built->symbol, 1));
  }

  // The error of a run, or what differs from the interpreter; "" if nothing.
  std::string run(const std::vector<RunValue>& inputs) {
    if (!library_) return "not compiled";
    std::vector<Type> types;
    for (const tensor::ValueId id : graph_.outputs)
      types.push_back(graph_[id].type);
    // Again, on what the run before left.
    const auto results = run_library(*library_, inputs, types, {.repeat = 2});
    if (!results.ok()) return results.error().message;
    const auto expected = run_graph(graph_, inputs);
    if (!expected.ok()) return "interpreter: " + expected.error().message;
    for (size_t i = 0; i < results->size(); ++i)
      if (const auto difference =
              find_difference((*results)[i], (*expected)[i], {}))
        return graph_[graph_.outputs[i]].name + ": " + difference->text;
    return "";
  }

  size_t called() const { return called_; }
  const Graph& graph() const { return graph_; }

 private:
  Graph graph_;
  std::optional<TempDir> folder_;
  std::optional<ModelLibrary> library_;
  size_t called_ = 0;
};

TEST(Values, TextIsMovedAndComparedByKernels) {
  Compiled model(
      R"(graph "g" (%x: string[N, 2], %i: i64[2]) -> (%g, %e, %c, %w, %u, %s) {
    %word: string[1, 2] = const ["a", "Monday"]
    %g = Gather(%x, %i)
    %e = Equal(%x, %word)
    %c = Concat(%g, %word) {axis = 0}
    %w = Where(%e, %x, %word)
    %shape: i64[1] = const [-1]
    %f = Reshape(%x, %shape)
    %u = Transpose(%x)
    %s = Shape(%f)
  })");
  EXPECT_EQ(model.called(), 0u);
  EXPECT_EQ(model.run({words({"a", "b", "", "Monday", "c", "a"}, {3, 2}),
                       RunValue(Tensor::integers(Dims{2, 0}))}),
            "");
  EXPECT_EQ(model.run({words({"x", "Monday"}, {1, 2}),
                       RunValue(Tensor::integers(Dims{0, 0}))}),
            "");
}

TEST(Values, OperatorsThatLookIntoTextsAreCalled) {
  Compiled model(
      R"(graph "g" (%x: string[N], %y: string[1]) -> (%c, %n, %p, %k, %m, %u, %f, %i, %q) {
    %c = StringConcat(%x, %y)
    %n = StringNormalizer(%x) {case_change_action = "UPPER", is_case_sensitive = 0, stopwords = ["Monday", "ÉTÉ"]}
    %p, %k = StringSplit(%x) {delimiter = "", maxsplit = 2}
    %m = RegexFullMatch(%x) {pattern = "[a-zA-Z]+\\b.*"}
    %u, %f, %i, %q = Unique(%x)
  })");
  EXPECT_EQ(model.called(), 5u);
  EXPECT_EQ(model.run({words({"monday", " a b  c d ", "été", "über", "", "9",
                              "über"}),
                       words({"!"})}),
            "");
  EXPECT_EQ(model.run({words({"Monday"}), words({""})}), "");
}

TEST(Values, TextsBecomeWholeNumbersExactly) {
  Compiled model(R"(graph "g" (%t: string[N]) -> (%y) {
    %y = Cast(%t) {to = 7}
  })");
  EXPECT_EQ(model.run({words({"9007199254740993", "-9223372036854775808", "-7",
                              "1.9", "1e30", "-1e30", " 12"})}),
            "");
  const auto exact = run_graph(model.graph(), {words({"9007199254740993"})});
  ASSERT_TRUE(exact.ok());
  EXPECT_EQ((*exact)[0].tensor->integer_at(0), 9007199254740993);
  EXPECT_THAT(model.run({words({"12 "})}), HasSubstr("no number"));
}

TEST(Values, NumbersAreWrittenAndReadAsTheInterpreterDoes) {
  Compiled model(
      R"(graph "g" (%x: f32[N], %d: f64[2], %h: f16[2], %b: bool[2], %u: u64[1], %j: i8[2], %t: string[3]) -> (%a, %e, %k, %c, %v, %w, %r, %z) {
    %a = Cast(%x) {to = 8}
    %e = Cast(%d) {to = 8}
    %k = Cast(%h) {to = 8}
    %c = Cast(%b) {to = 8}
    %v = Cast(%u) {to = 8}
    %w = CastLike(%j, %t)
    %r = Cast(%t) {to = 1}
    %z = Cast(%t) {to = 6}
  })");
  Tensor wide(ElementType::F64, {2}), half(ElementType::F16, {2});
  wide.data<double>()[0] = 0.1;
  wide.data<double>()[1] = -1.25e300;
  half.data<double>()[0] = 0.33325195;
  Tensor flags(ElementType::Bool, {2}), large(ElementType::U64, {1});
  flags.data<int64_t>()[1] = 1;
  large.data<int64_t>()[0] = -1;
  Tensor small(ElementType::I8, {2});
  small.data<int64_t>()[0] = -128;
  const auto run = [&](std::vector<double> numbers,
                       std::vector<std::string> texts) {
    return model.run({floats(std::move(numbers)), RunValue(wide),
                      RunValue(half), RunValue(flags), RunValue(large),
                      RunValue(small), words(std::move(texts))});
  };
  EXPECT_EQ(run({0, -0.0, 1, 1e-4, 1.5e-5, 123456.7f, 1e15, 1e16, 3.4e38, 1e-45,
                 0.1f, INFINITY, -INFINITY, NAN, 16777216, -2.5},
                {"1.75", "-3e2", "0"}),
            "");
  EXPECT_THAT(run({}, {"1", "two", "3"}), HasSubstr("no number"));
}

constexpr char kSequences[] =
    R"(graph "g" (%s: seq(f32[*]), %x: f32[N], %at: i64[]) -> (%i, %e, %m, %n, %j) {
    %last: i64[] = const [-1]
    %i = SequenceInsert(%s, %x, %at)
    %e = SequenceErase(%i)
    %m = SequenceAt(%i, %last)
    %n = SequenceLength(%e)
    %j = Identity(%e)
  })";

TEST(Values, SequencesOfTheRunAgreeWithTheInterpreter) {
  Compiled model(kSequences);
  EXPECT_EQ(model.called(), 0u);
  const RunValue items = RunValue::sequence(
      {floats({1, 2}), floats({3}, {1, 1}), floats({4, 5, 6})});
  for (const int64_t at : {0, 2, 3, -1, -3})
    EXPECT_EQ(model.run({items, floats({7, 8}), number(at)}), "") << at;
  EXPECT_EQ(model.run({RunValue::sequence({}), floats({9}), number(0)}), "");
}

TEST(Values, APositionOutsideOfASequenceIsAnError) {
  Compiled model(kSequences);
  EXPECT_THAT(
      model.run({RunValue::sequence({floats({1})}), floats({2}), number(5)}),
      HasSubstr("outside of its sequence"));
  EXPECT_THAT(model.run({floats({1}), floats({2}), number(0)}),
              HasSubstr("not of the model's type"));
}

TEST(Values, SplitsAndConcatenationsOfRunTimeSizes) {
  Compiled model(
      R"(graph "g" (%x: f32[2, 6], %sizes: i64[K], %each: i64[]) -> (%y, %z, %s, %w) {
    %s = SplitToSequence(%x, %sizes) {axis = 1}
    %y = ConcatFromSequence(%s) {axis = 0}
    %t = SplitToSequence(%x, %each) {axis = -1}
    %w = ConcatFromSequence(%t) {axis = 1}
    %zero: i64[] = const [0]
    %z = SequenceAt(%s, %zero)
  })");
  EXPECT_EQ(model.run({floats(std::vector<double>(12, 0.5), {2, 6}),
                       RunValue(Tensor::integers(Dims{3, 3})), number(4)}),
            "");
  EXPECT_EQ(model.run({floats(std::vector<double>(12, 0.25), {2, 6}),
                       RunValue(Tensor::integers(Dims{2, 2, 2})), number(9)}),
            "");
  EXPECT_NE(model.run({floats(std::vector<double>(12, 0.25), {2, 6}),
                       RunValue(Tensor::integers(Dims{2, 2, 3})), number(1)}),
            "");
}

TEST(Values, LoopsCollectSequencesAndBranchesChooseThem) {
  Compiled model(
      R"(graph "g" (%x: f32[3], %n: i64[], %c: bool[]) -> (%r, %k, %h) {
    %none = SequenceEmpty()
    %s = Loop(%n, _, %none) {body = graph "body" (%i, %go, %acc) captures (%x = %x) -> (%go, %more) {
      %f = Cast(%i) {to = 1}
      %y = Mul(%x, %f)
      %more = SequenceInsert(%acc, %y)
    }}
    %r = If(%c) {then_branch = graph "t" () captures (%s = %s) -> (%a) {
      %a = Identity(%s)
    }, else_branch = graph "e" () captures (%x = %x) -> (%b) {
      %b = SequenceConstruct(%x)
    }}
    %o = If(%c) {then_branch = graph "t2" () captures (%x = %x) -> (%a2) {
      %a2 = Optional(%x)
    }, else_branch = graph "e2" () -> (%b2) {
      %b2 = Optional() {type = f32[3]}
    }}
    %h = OptionalHasElement(%o)
    %k = SequenceLength(%r)
  })");
  for (const int64_t turns : {0, 1, 4})
    for (const bool first : {true, false})
      EXPECT_EQ(model.run({floats({1, 2, 3}), number(turns),
                           RunValue(Tensor::boolean(first))}),
                "")
          << turns << first;
}

TEST(Values, SequenceMapRunsOverLengthsOfTheRun) {
  Compiled model(R"(graph "g" (%s: seq(f32[*]), %x: f32[1]) -> (%r) {
    %r = SequenceMap(%s, %x) {body = graph "b" (%a: f32[M], %b) -> (%c) {
      %c = Add(%a, %b)
    }}
  })");
  EXPECT_EQ(model.run({RunValue::sequence({floats({1, 2}), floats({3})}),
                       floats({10})}),
            "");
  EXPECT_EQ(model.run({RunValue::sequence({}), floats({10})}), "");
}

TEST(Values, AResultOfNoKnownRankIsNamedWhereItIsComputedWith) {
  const auto graph = tensor::parse_graph(
      R"(graph "g" (%s: seq(f32[*]), %i: i64[]) -> (%y) {
    %x = SequenceAt(%s, %i)
    %y = Relu(%x)
  })");
  ASSERT_TRUE(graph.ok());
  const auto prepared = prepare_graph(*graph, {});
  ASSERT_TRUE(prepared.ok());
  const auto folder = TempDir::make();
  const auto built =
      compile_graph(*prepared, {.output = folder->path() / "m.so"});
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(built.error().message,
              HasSubstr("'x' has a number of dimensions that is known only"));
}

TEST(Values, StrictRefusesCallsByName) {
  const auto graph = tensor::parse_graph(
      R"(graph "g" (%x: string[2]) -> (%y) {
    %y = StringConcat(%x, %x)
  })");
  ASSERT_TRUE(graph.ok());
  const auto prepared = prepare_graph(*graph, {});
  const auto folder = TempDir::make();
  const auto built = compile_graph(
      *prepared, {.output = folder->path() / "m.so", .strict = true});
  ASSERT_FALSE(built.ok());
  EXPECT_THAT(built.error().message, HasSubstr("StringConcat"));
  EXPECT_FALSE(std::filesystem::exists(folder->path() / "m.so"));
}

}  // namespace
}  // namespace hone::toolkit
