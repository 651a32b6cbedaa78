// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every operator on tensors with sizes that come at run time: compiled once,
// interpreted at three choices of sizes on memory of exactly those, and
// compared with the reference interpreter.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "toolkit/check_test_tools.h"
#include "toolkit/checked_run_test_tools.h"
#include "toolkit/open_operators_test_tools.h"

namespace hone::toolkit {
namespace {

using tensor::Dims;
using tensor::ElementType;
using tensor::Op;
using tensor::RunValue;
using tensor::Tensor;

// What has no sizes that could come at run time, or is tested elsewhere.
std::string why_left_out(Op op) {
  static const std::map<std::string, std::string_view, std::less<>> kWhy = {
      {"Constant", "no inputs"},
      {"RandomNormal", "its sizes are an attribute"},
      {"RandomUniform", "its sizes are an attribute"},
      {"CustomOperator", "called: custom_operators_test"},
      {"FlexAttention", "its body is expanded"},
      {"Gradient", "not run"},
      {"If", "control flow: dynamic_sizes_test.cpp"},
      {"ImageDecoder", "not run"},
      {"Loop", "control flow: dynamic_sizes_test.cpp"},
      {"Scan", "control flow: dynamic_sizes_test.cpp"},
  };
  const std::string name(tensor::name_of(op));
  if (const auto found = kWhy.find(name); found != kWhy.end())
    return std::string(found->second);
  for (const std::string_view part :
       {"Sequence", "Optional", "String", "Regex"})
    if (name.find(part) != std::string::npos && name != "ReverseSequence")
      return "values and text: values_test.cpp";
  return "";
}

// An input of a row, and what it holds if that is said.
struct Input {
  std::string name;
  tensor::Type type;
  std::vector<double> held;
};

constexpr std::string_view kJudge = "interpreter: ";

class OpenGraph {
 public:
  explicit OpenGraph(const Row& row) { error_ = make(row); }

  const std::string& error() const { return error_; }

  // What differs from the interpreter.
  std::string run(const std::map<std::string, int64_t>& sizes) {
    Random random(7);
    std::vector<Tensor> inputs;
    std::vector<RunValue> values;
    for (size_t i = 0; i < graph_.inputs.size(); ++i) {
      const tensor::Type& type = graph_[graph_.inputs[i]].type;
      Dims dims;
      for (const tensor::Dim& dim : *type.shape)
        dims.push_back(*evaluate(dim, [&](std::string_view symbol) {
          return std::optional(sizes.at(std::string(symbol)));
        }));
      Tensor x(*type.element, dims);
      const std::vector<double>& held = held_[i];
      const bool is_real = is_float(*type.element);
      for (int64_t at = 0; at < x.size(); ++at) {
        const double drawn = is_real
                                 ? static_cast<double>(random.below(17)) / 8 - 1
                                 : static_cast<double>(random.below(2));
        const double value = held.empty() ? drawn : held[at % held.size()];
        if (is_real)
          x.data<double>()[at] = value;
        else
          x.data<int64_t>()[at] = static_cast<int64_t>(value);
      }
      inputs.push_back(x);
      values.emplace_back(std::move(x));
    }
    const auto expected = run_graph(graph_, std::move(values));
    if (!expected.ok()) return std::string(kJudge) + expected.error().message;
    return find_wrong_output(plan_, inputs, *expected);
  }

 private:
  std::string make(const Row& row) {
    std::string inputs;
    for (std::string part : split(row.inputs, '%')) {
      if (part.empty()) continue;
      while (part.back() == ' ' || part.back() == ',') part.pop_back();
      const size_t equals = part.find(" =");
      std::vector<double> held;
      if (equals != std::string::npos) {
        for (const std::string& number : split(part.substr(equals + 2), ' '))
          if (!number.empty()) held.push_back(std::stod(number));
        part = part.substr(0, equals);
      }
      held_.push_back(held);
      inputs += (inputs.empty() ? "%" : ", %") + part;
    }
    auto parsed = tensor::parse_graph("graph \"g\" (" + inputs + ") -> (" +
                                      std::string(row.results) + ") {\n  " +
                                      std::string(row.body) + "\n}");
    if (!parsed.ok()) return parsed.error().message;
    auto graph = prepare_graph(*std::move(parsed), {});
    if (!graph.ok()) return graph.error().message;
    graph_ = *std::move(graph);
    auto plan =
        tensor::make_plan(graph_, {.vector_registers = 16, .vector_bytes = 32});
    if (!plan.ok()) return plan.error().message;
    plan_ = *std::move(plan);
    return "";
  }

  std::string error_;
  std::vector<std::vector<double>> held_;
  tensor::Graph graph_;
  tensor::Plan plan_;
};

const std::map<std::string, int64_t> kSizes[] = {
    {{"N", 2}, {"M", 3}, {"H", 5}, {"W", 7}, {"K", 2}, {"L", 4}},
    {{"N", 1}, {"M", 1}, {"H", 6}, {"W", 4}, {"K", 3}, {"L", 2}},
    {{"N", 3}, {"M", 2}, {"H", 9}, {"W", 16}, {"K", 1}, {"L", 18}}};

void check(const Row& row) {
  OpenGraph graph(row);
  ASSERT_EQ(graph.error(), "") << row.body;
  const auto with = [&](const std::map<std::string, int64_t>& sizes) {
    return fmt::format("{}\n{}\nN = {}", row.inputs, row.body, sizes.at("N"));
  };
  for (const auto& sizes : kSizes)
    EXPECT_EQ(graph.run(sizes), "") << with(sizes);
  // Of nothing, where that has a meaning.
  auto none = kSizes[0];
  none["N"] = 0;
  const std::string why = graph.run(none);
  EXPECT_TRUE(why.empty() || why.starts_with(kJudge)) << why << with(none);
}

TEST(OpenOperators, NumbersGoOneByOne) {
  for (const std::string_view name : kUnary) {
    const std::string body = fmt::format("%y = {}(%x)", name);
    check({"%x: f32[N, H]", body});
  }
}

TEST(OpenOperators, PairsOfNumbersAreRepeated) {
  for (const std::string_view name : kBinary) {
    const std::string body = fmt::format("%y = {}(%a, %b)", name);
    check({"%a: f32[N, M, H], %b: f32[M, 1]", body});
  }
}

TEST(OpenOperators, ReductionsTakeAnyExtent) {
  for (const std::string_view name : kReductions) {
    const std::string body =
        fmt::format("%a: i64[1] = const [1]\n  %y = {}(%x, %a)", name);
    check({"%x: f32[N, H, W]", body});
  }
}

TEST(OpenOperators, EveryOtherOperatorTakesThem) {
  for (const Row& row : kRows) check(row);
}

TEST(OpenOperators, NoneIsLeftOutWithoutAReason) {
  std::set<std::string, std::less<>> named;
  for (const auto list : {std::span<const std::string_view>(kUnary),
                          std::span<const std::string_view>(kBinary),
                          std::span<const std::string_view>(kReductions)})
    named.insert(list.begin(), list.end());
  for (const Row& row : kRows)
    for (size_t at = row.body.find('('); at != std::string_view::npos;
         at = row.body.find('(', at + 1)) {
      const size_t begin = row.body.rfind(' ', at) + 1;
      named.emplace(row.body.substr(begin, at - begin));
    }
  for (const tensor::OpInfo& info : tensor::operators())
    EXPECT_NE(named.contains(info.name), !why_left_out(info.op).empty())
        << info.name;
}

}  // namespace
}  // namespace hone::toolkit
