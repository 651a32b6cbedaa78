// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Models as C, compiled by clang and by gcc without a warning, against the
// interpreter: branches, loops, and sizes that are known only when they run.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "base/subprocess.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "toolkit/compile_model.h"

namespace hone::toolkit {
namespace {

using tensor::Dims;
using tensor::ElementType;
using tensor::RunValue;
using tensor::Tensor;

constexpr int kDone = 0, kWrongSizes = 1, kNoMemory = 2, kTooSmall = 3;

Tensor floats(Dims dims) {
  Tensor x(ElementType::F32, std::move(dims));
  for (int64_t i = 0; i < x.size(); ++i)
    x.data<double>()[i] = static_cast<double>(i * 7 % 23) / 4 - 2;
  return x;
}

Tensor number(ElementType type, int64_t value) {
  Tensor x(type, {});
  x.data<int64_t>()[0] = value;
  return x;
}

// A model as C in a library, called as its header says.
class CModelLibrary {
 public:
  CModelLibrary(const std::string& text, const std::string& compiler,
                const std::vector<std::string>& flags = {})
      : folder_(*TempDir::make()) {
    build(text, compiler, flags);
  }
  ~CModelLibrary() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  CModelLibrary(const CModelLibrary&) = delete;

  // The status; where it is done, results are compared.
  int run(const std::vector<Tensor>& inputs, int64_t more_memory = 1 << 16,
          int64_t room = 4096) {
    if (handle_ == nullptr) return -1;
    std::vector<std::vector<std::byte>> storage;
    std::vector<const void*> in;
    std::vector<const int64_t*> in_sizes;
    for (const Tensor& x : inputs) {
      const tensor::Literal literal = x.to_literal();
      storage.emplace_back(literal.bytes().begin(), literal.bytes().end());
      storage.back().resize(storage.back().size() + 1);
      in_sizes.push_back(x.dims().data());
    }
    for (const auto& bytes : storage) in.push_back(bytes.data());
    const size_t count = graph_.outputs.size();
    std::vector<std::vector<double>> results(
        count, std::vector<double>(room / sizeof(double) + 1, -7));
    std::vector<std::vector<int64_t>> sizes(count, std::vector<int64_t>(8));
    std::vector<void*> out;
    std::vector<int64_t*> out_sizes;
    const std::vector<int64_t> rooms(count, room);
    for (size_t i = 0; i < count; ++i) {
      out.push_back(results[i].data());
      out_sizes.push_back(sizes[i].data());
    }
    std::vector<int64_t> memory((memory_ + more_memory) / 8 + 9,
                                0x7ff8123456789abc);
    void* const run = dlsym(handle_, "net_run");
    const int status =
        is_open_ ? reinterpret_cast<int (*)(
                       const void* const*, const int64_t* const*, void* const*,
                       int64_t* const*, const int64_t*, void*, int64_t)>(run)(
                       in.data(), in_sizes.data(), out.data(), out_sizes.data(),
                       rooms.data(), memory.data(), memory_ + 64 + more_memory)
                 : reinterpret_cast<int (*)(const void* const*, void* const*,
                                            void*)>(run)(in.data(), out.data(),
                                                         memory.data());
    if (status == kDone) compare(inputs, results, sizes);
    last_sizes_ = sizes;
    return status;
  }

  const std::vector<std::vector<int64_t>>& last_sizes() const {
    return last_sizes_;
  }

 private:
  static void fail(const Error& error) { ADD_FAILURE() << error.message; }

  void build(const std::string& text, const std::string& compiler,
             const std::vector<std::string>& flags) {
    const auto c = folder_.path() / "net.c", so = folder_.path() / "net.so";
    auto graph = tensor::parse_graph(text);
    if (!graph.ok()) return fail(graph.error());
    graph = prepare_graph(*std::move(graph), {});
    if (!graph.ok()) return fail(graph.error());
    graph_ = *std::move(graph);
    const auto report = compile_graph(graph_, {.output = c});
    if (!report.ok()) return fail(report.error());
    const tensor::Plan& plan = report->model.plans[0].plan;
    memory_ = plan.memory;
    is_open_ = read_file(folder_.path() / "net.h")->find("input_sizes") !=
               std::string::npos;
    std::vector<std::string> argv = {
        compiler,    "-std=c99", "-Wall",     "-Wextra", "-Werror",
        "-pedantic", "-O1",      "-shared",   "-fPIC",   "-Wno-psabi",
        c.string(),  "-o",       so.string(), "-lm"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    const auto built = run_checked({.argv = argv});
    if (!built.ok()) return fail(built.error());
    handle_ = dlopen(so.c_str(), RTLD_NOW);
    if (handle_ == nullptr) ADD_FAILURE() << dlerror();
  }

  void compare(const std::vector<Tensor>& inputs,
               const std::vector<std::vector<double>>& results,
               const std::vector<std::vector<int64_t>>& sizes) {
    std::vector<RunValue> values(inputs.begin(), inputs.end());
    const auto wanted = run_graph(graph_, std::move(values));
    ASSERT_TRUE(wanted.ok()) << wanted.error().message;
    for (size_t i = 0; i < results.size(); ++i) {
      const Tensor& expected = *(*wanted)[i].tensor;
      Dims dims = expected.dims();
      if (is_open_)
        dims.assign(sizes[i].begin(), sizes[i].begin() + expected.rank());
      EXPECT_EQ(dims, expected.dims());
      const auto bytes = expected.to_literal().bytes().size();
      const auto* const from =
          reinterpret_cast<const std::byte*>(results[i].data());
      const auto literal = tensor::Literal::own(
          expected.type(), dims, std::vector<std::byte>(from, from + bytes));
      ASSERT_TRUE(literal.ok()) << literal.error().message;
      const auto difference =
          find_difference(RunValue(Tensor::from(*literal)), (*wanted)[i],
                          {.relative = 1e-5, .absolute = 1e-6});
      EXPECT_FALSE(difference) << difference->text;
    }
  }

  TempDir folder_;
  tensor::Graph graph_;
  int64_t memory_ = 0;
  bool is_open_ = false;
  void* handle_ = nullptr;
  std::vector<std::vector<int64_t>> last_sizes_;
};

class CModel : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Compilers, CModel, testing::Values("clang-22", "gcc"),
                         [](const auto& info) {
                           return std::string(info.param).substr(0, 3);
                         });

TEST_P(CModel, SizesAreArgumentsOfTheCall) {
  CModelLibrary model(R"(graph "g" (%x: f32[N, 3], %y: f32[N, M]) -> (%z, %n) {
  %t: f32[3, N] = Transpose(%x) {perm = [1, 0]}
  %p: f32[3, M] = MatMul(%t, %y)
  %z: f32[3, M] = Tanh(%p)
  %n: i64[2] = Shape(%y)
})",
                      GetParam());
  EXPECT_EQ(model.run({floats({4, 3}), floats({4, 5})}), kDone);
  EXPECT_EQ(model.run({floats({9, 3}), floats({9, 1})}), kDone);
  EXPECT_EQ(model.run({floats({2, 3}), floats({2, 0})}), kDone);
  EXPECT_EQ(model.run({floats({4, 3}), floats({5, 5})}), kWrongSizes);
}

TEST_P(CModel, LoopsGrowWhatTheyStackWithinTheCallersMemory) {
  CModelLibrary model(R"(graph "g" (%n: i64[], %x: f32[1, K]) -> (%y, %z) {
  %go: bool[] = const [1]
  %y, %z = Loop(%n, %go, %x) {
    body = graph "b" (%i, %on, %s) captures (%k = %x) -> (%on, %t, %sum) {
      %t = Concat(%s, %k) {axis = 0}
      %axis: i64[1] = const [0]
      %sum = ReduceSum(%t, %axis) {keepdims = 0}
    }
  }
})",
                      GetParam());
  const auto turns = [](int64_t count) {
    return number(ElementType::I64, count);
  };
  EXPECT_EQ(model.run({turns(4), floats({1, 3})}), kDone);
  EXPECT_EQ(model.run({turns(90), floats({1, 1})}), kDone);
  EXPECT_EQ(model.run({turns(1), floats({1, 9})}), kDone);
  EXPECT_EQ(model.run({turns(90), floats({1, 3})}, 512), kNoMemory);
}

TEST_P(CModel, AnOutputThatDoesNotFitIsReportedWithItsSizes) {
  CModelLibrary model(R"(graph "g" (%x: f32[N]) -> (%y) {
  %z: f32[] = const [0]
  %p: bool[N] = Greater(%x, %z)
  %y: i64[1, K] = NonZero(%p)
})",
                      GetParam());
  EXPECT_EQ(model.run({floats({40})}), kDone);
  const auto wanted = model.last_sizes();
  EXPECT_EQ(model.run({floats({40})}, 1 << 16, 16), kTooSmall);
  EXPECT_EQ(model.last_sizes(), wanted);
}

TEST_P(CModel, BranchesAreJumps) {
  CModelLibrary model(R"(graph "g" (%c: bool[], %x: f32[6]) -> (%y) {
  %y: f32[6] = If(%c) {
    else_branch = graph "e" () captures (%a = %x) -> (%r) {
      %r: f32[6] = Neg(%a)
    },
    then_branch = graph "t" () captures (%a = %x) -> (%r) {
      %r: f32[6] = Exp(%a)
    }
  }
})",
                      GetParam());
  for (const int64_t condition : {0, 1})
    EXPECT_EQ(model.run({number(ElementType::Bool, condition), floats({6})}),
              kDone);
}

TEST_P(CModel, ATurnsNumberOfALoopIsKnownOnlyWhenItRuns) {
  CModelLibrary model(R"(graph "g" (%n: i64[], %x: f32[5]) -> (%y) {
  %go: bool[] = const [1]
  %y: f32[5] = Loop(%n, %go, %x) {
    body = graph "b" (%i, %on, %s) captures (%k = %x) -> (%on, %t) {
      %h: f32[] = const [0.5]
      %m = Mul(%s, %h)
      %t = Add(%m, %k)
    }
  }
})",
                      GetParam());
  for (const int64_t turns : {0, 1, 7})
    EXPECT_EQ(model.run({number(ElementType::I64, turns), floats({5})}), kDone);
}

// Products of the builders have 16 lanes, loop trees 8, the sum is scalar.
TEST_P(CModel, KernelsOfSeveralWidthsStandInOneFile) {
  for (const auto& flags :
       {std::vector<std::string>{}, std::vector<std::string>{"-mavx2"}}) {
    CModelLibrary model(R"(graph "g" (%x: f32[2, 3, 8, 8], %w: f32[4, 3, 3, 3],
    %m: f32[8, 8]) -> (%y, %z) {
  %axis: i64[] = const [0]
  %c: f32[2, 4, 6, 6] = Conv(%x, %w)
  %y: f32[2, 4, 6, 6] = CumSum(%c, %axis)
  %z: f32[2, 3, 8, 8] = MatMul(%x, %m)
})",
                        GetParam(), flags);
    EXPECT_EQ(
        model.run({floats({2, 3, 8, 8}), floats({4, 3, 3, 3}), floats({8, 8})}),
        kDone);
  }
}

}  // namespace
}  // namespace hone::toolkit
