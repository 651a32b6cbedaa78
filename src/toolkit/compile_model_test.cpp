// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled models through their C interface.
#include "toolkit/compile_model.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/c/print_c_model.h"
#include "runtime/model/hone_model.h"
#include "toolkit/model_library.h"

namespace hone::toolkit {
namespace {

// A product, large enough for threads, and a softmax.
constexpr std::string_view kGraph = R"(graph "g" (%x: f32[96, 64]) -> (%y, %t) {
  %a: f32[64, 96] = Transpose(%x) {perm = [1, 0]}
  %p: f32[96, 96] = MatMul(%x, %a)
  %y: f32[96, 96] = Softmax(%p) {axis = 1}
  %t: f32[96, 96] = Tanh(%p)
})";

struct Model {
  TempDir folder;
  std::filesystem::path library;
};

Model compile(const std::string& cpu = "native") {
  Model model{*TempDir::make(), {}};
  model.library = model.folder.path() / "net.so";
  const auto graph = model.folder.path() / "net.graph";
  EXPECT_TRUE(write_file(graph, kGraph).ok());
  const auto report =
      compile_model({.model = graph, .output = model.library, .cpu = cpu});
  EXPECT_TRUE(report.ok()) << report.error().message;
  return model;
}

std::vector<float> input() {
  std::vector<float> x(96 * 64);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i * 7 % 23) / 23 - 0.4f;
  return x;
}

std::vector<float> run(const ModelLibrary& library) {
  const std::vector<float> x = input();
  std::vector<float> y(2 * 96 * 96);
  const void* const in[] = {x.data()};
  void* const out[] = {y.data(), y.data() + 96 * 96};
  EXPECT_TRUE(library.run(in, out).ok());
  return y;
}

TEST(CompiledModel, ResultsDoNotDependOnThreadsToTheBit) {
  const Model model = compile();
  const auto one = ModelLibrary::open(model.library, "net_program", 1);
  ASSERT_TRUE(one.ok()) << one.error().message;
  const std::vector<float> wanted = run(*one);
  for (const int threads : {2, 3, 5}) {
    const auto many = ModelLibrary::open(model.library, "net_program", threads);
    ASSERT_TRUE(many.ok());
    for (int i = 0; i < 20; ++i) EXPECT_EQ(run(*many), wanted) << threads;
  }
}

TEST(CompiledModel, CallsAtTheSameTimeDoNotDisturbEachOther) {
  const Model model = compile();
  const auto library = ModelLibrary::open(model.library, "net_program", 2);
  ASSERT_TRUE(library.ok());
  const std::vector<float> wanted = run(*library);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) EXPECT_EQ(run(*library), wanted);
    });
}

TEST(CompiledModel, EveryProcessorsVariantComputesNearlyTheSame) {
  const Model native = compile();
  const std::vector<float> wanted =
      run(*ModelLibrary::open(native.library, "net_program", 1));
  for (const char* cpu : {"x86-64-v2", "x86-64-v3", "baseline"}) {
    const Model other = compile(cpu);
    const std::vector<float> got =
        run(*ModelLibrary::open(other.library, "net_program", 1));
    for (size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(got[i], wanted[i], 1e-5) << cpu << " " << i;
  }
}

TEST(CompiledModel, StridedTensorsAreReadAndWrittenWhereTheyStand) {
  const Model model = compile();
  void* const library = dlopen(model.library.c_str(), RTLD_NOW);
  ASSERT_NE(library, nullptr);
  const auto find = [&]<typename F>(F&& function, const char* name) {
    return reinterpret_cast<std::decay_t<F>>(dlsym(library, name));
  };
  const auto open = find(&hone_model_open, "hone_model_open");
  const auto call = find(&hone_model_run, "hone_model_run");
  const auto close = find(&hone_model_close, "hone_model_close");
  const auto text = find(&hone_status_text, "hone_status_text");
  hone_model* handle = nullptr;
  ASSERT_EQ(
      open(static_cast<const hone_program*>(dlsym(library, "net_program")),
           nullptr, &handle),
      HONE_OK);
  // x by columns, y with a gap behind each row.
  const std::vector<float> x = input();
  std::vector<float> turned(x.size()), y(96 * 100, -1), t(96 * 96);
  for (int i = 0; i < 96; ++i)
    for (int j = 0; j < 64; ++j) turned[j * 96 + i] = x[i * 64 + j];
  const int64_t x_strides[] = {1, 96}, y_strides[] = {100, 1};
  const hone_tensor in = {.data = turned.data(), .strides = x_strides};
  const hone_tensor out[] = {{.data = y.data(), .strides = y_strides},
                             {.data = t.data()}};
  ASSERT_EQ(call(handle, &in, 1, out, 2), HONE_OK);
  const std::vector<float> wanted =
      run(*ModelLibrary::open(model.library, "net_program", 1));
  for (int i = 0; i < 96; ++i) {
    for (int j = 0; j < 96; ++j) EXPECT_EQ(y[i * 100 + j], wanted[i * 96 + j]);
    EXPECT_EQ(y[i * 100 + 97], -1);
  }
  EXPECT_EQ(call(handle, &in, 1, out, 1), HONE_BAD_ARGUMENT);
  EXPECT_STRNE(text(HONE_WRONG_CPU), text(HONE_BAD_ARGUMENT));
  close(handle);
  dlclose(library);
}

TEST(CompiledModel, AsCItComputesTheSameWithoutAllocating) {
  const TempDir folder = *TempDir::make();
  const auto graph = folder.path() / "net.graph", c = folder.path() / "net.c";
  ASSERT_TRUE(write_file(graph, kGraph).ok());
  const auto report = compile_model({.model = graph, .output = c});
  ASSERT_TRUE(report.ok()) << report.error().message;
  const auto library = folder.path() / "c.so";
  const auto built =
      run_checked({.argv = {"clang-22", "-std=c99", "-pedantic", "-Wall",
                            "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                            c.string(), "-o", library.string(), "-lm"}});
  ASSERT_TRUE(built.ok()) << built.error().message;
  EXPECT_EQ(read_file(c)->find("malloc"), std::string::npos);
  void* const handle = dlopen(library.c_str(), RTLD_NOW);
  ASSERT_NE(handle, nullptr);
  const auto call =
      reinterpret_cast<void (*)(const void* const*, void* const*, void*)>(
          dlsym(handle, "net_run"));
  const std::vector<float> x = input();
  std::vector<float> y(2 * 96 * 96);
  std::vector<double> memory(
      static_cast<size_t>(report->model.plans[0].plan.memory) / 8 + 1, 1e9);
  const void* const in[] = {x.data()};
  void* const out[] = {y.data(), y.data() + 96 * 96};
  call(in, out, memory.data());
  const Model native = compile();
  const std::vector<float> wanted =
      run(*ModelLibrary::open(native.library, "net_program", 1));
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(y[i], wanted[i], 1e-5) << i;
  dlclose(handle);
}

TEST(CompiledModel, ManyWeightsOfAModelInCStandInAFileOfTheirOwn) {
  tensor::Plan plan;
  plan.weights.assign(codegen::kMostEmbeddedWeights + 4, 'w');
  const auto model = codegen::print_c_model(plan, {.name = "big"});
  EXPECT_EQ(model.weights, plan.weights);
  EXPECT_LT(model.source.size(), 20'000u);
  EXPECT_NE(model.header.find("big_run(const void* weights, "),
            std::string::npos);
  plan.weights.resize(codegen::kMostEmbeddedWeights);
  const auto small = codegen::print_c_model(plan, {.name = "small"});
  EXPECT_TRUE(small.weights.empty());
  EXPECT_EQ(small.header.find("weights"), std::string::npos);
}

TEST(CompiledModel, TheSameModelGivesTheSameBytes) {
  const TempDir folder = *TempDir::make();
  const auto graph = folder.path() / "net.graph";
  ASSERT_TRUE(write_file(graph, kGraph).ok());
  for (const char* kind : {".so", ".a", ".c"}) {
    std::vector<std::string> bytes;
    for (const char* name : {"one", "two"}) {
      const auto output = folder.path() / (std::string(name) + kind);
      ASSERT_TRUE(compile_model({.model = graph,
                                 .output = output,
                                 .cpu = "native",
                                 .name = "net",
                                 .extent = CheckExtent::None})
                      .ok());
      bytes.push_back(*read_file(output));
    }
    EXPECT_EQ(bytes[0], bytes[1]) << kind;
    EXPECT_NE(bytes[0].find("\"verify\":\"none\""), std::string::npos) << kind;
  }
}

TEST(CompiledModel, ALibraryOfAnotherNameIsRefused) {
  const Model model = compile();
  const auto library = ModelLibrary::open(model.library, "other_program", 1);
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace hone::toolkit
