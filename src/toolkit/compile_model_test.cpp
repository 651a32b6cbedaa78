// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled models through their C interface.
#include "toolkit/compile_model.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/test_tools.h"
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
  plan.weights.append(std::string(codegen::kMostEmbeddedWeights + 4, 'w'));
  const auto model = codegen::print_c_model(plan, {.name = "big"});
  EXPECT_EQ(model.weights, plan.weights.bytes());
  EXPECT_LT(model.source.size(), 20'000u);
  EXPECT_NE(model.header.find("big_run(const void* weights, "),
            std::string::npos);
  plan.weights = tensor::PackedWeights();
  plan.weights.append(std::string(codegen::kMostEmbeddedWeights, 'w'));
  const auto small = codegen::print_c_model(plan, {.name = "small"});
  EXPECT_TRUE(small.weights.empty());
  EXPECT_EQ(small.header.find("weights"), std::string::npos);
}

// One of its branches does not fit these sizes; what nobody computes there has
// no shape, and is no reason to refuse the C form.
TEST(CompiledModel, AVoiceDetectorAsShippedIsC) {
  const std::filesystem::path data =
      source_folder() / "../shared/data/onnx/silero_vad/model.onnx";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no Silero VAD";
  const TempDir folder = *TempDir::make();
  const auto report =
      compile_model({.model = data,
                     .output = folder.path() / "net.c",
                     .shapes = {"input=1,512", "state=2,1,128", "sr="}});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_FALSE(report->model.plans[0].plan.has_values());
}

TEST(CompiledModel, TheSameModelGivesTheSameBytes) {
  const TempDir folder = *TempDir::make();
  const auto graph = folder.path() / "net.graph";
  ASSERT_TRUE(write_file(graph, kGraph).ok());
  for (const char* kind : {".so", ".a", ".c"}) {
    std::vector<std::string> bytes;
    for (const char* name : {"one", "two"}) {
      const auto output = folder.path() / (std::string(name) + kind);
      const bool is_c = output.extension() == ".c";
      ASSERT_TRUE(compile_model({.model = graph,
                                 .output = output,
                                 .cpu = is_c ? "baseline" : "native",
                                 .name = "net",
                                 .extent = CheckExtent::None})
                      .ok());
      bytes.push_back(*read_file(output));
    }
    EXPECT_EQ(bytes[0], bytes[1]) << kind;
    EXPECT_NE(bytes[0].find("\"verify\":\"none\""), std::string::npos) << kind;
  }
}

TEST(CompiledModel, WeightsInAFileMustBeThoseOfTheLibrary) {
  namespace fs = std::filesystem;
  const TempDir folder = *TempDir::make();
  const auto compile_with = [&](const std::string& name, float first) {
    fs::create_directories(folder.path() / name);
    const fs::path graph = folder.path() / (name + ".graph");
    EXPECT_TRUE(write_file(graph, fmt::format(
                                      R"(graph "g" (%x: f32[3]) -> (%y) {{
  %w: f32[3] = const [{}, 5, 7]
  %y: f32[3] = Mul(%x, %w)
}})",
                                      first))
                    .ok());
    const fs::path library = folder.path() / name / "net.so";
    const auto report = compile_model({.model = graph,
                                       .output = library,
                                       .cpu = "native",
                                       .external_weights = true});
    EXPECT_TRUE(report.ok()) << report.error().message;
    return library;
  };
  const fs::path library = compile_with("one", 2), other = compile_with("b", 3);
  const fs::path weights = fs::path(library).replace_extension(".weights");
  {
    // Two models of one library share the file.
    const auto a = ModelLibrary::open(library, "net_program", 1);
    const auto b = ModelLibrary::open(library, "net_program", 1);
    ASSERT_TRUE(a.ok()) << a.error().message;
    ASSERT_TRUE(b.ok()) << b.error().message;
    const std::vector<float> x = {1, 10, 100};
    std::vector<float> y(3);
    const void* const in[] = {x.data()};
    void* const out[] = {y.data()};
    for (const auto* model : {&*a, &*b}) {
      y.assign(3, 0);
      ASSERT_TRUE(model->run(in, out).ok());
      EXPECT_EQ(y, (std::vector<float>{2, 50, 700}));
    }
  }
  const auto expect_refused = [&](std::string_view piece) {
    const auto refused = ModelLibrary::open(library, "net_program", 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find(piece), std::string::npos)
        << refused.error().message;
  };
  fs::copy_file(fs::path(other).replace_extension(".weights"), weights,
                fs::copy_options::overwrite_existing);
  expect_refused("another model's");
  fs::resize_file(weights, 70);
  expect_refused("cut off");
  fs::remove(weights);
  expect_refused("cannot be opened");
}

TEST(CompiledModel, ALibraryOfAnotherNameIsRefused) {
  const Model model = compile();
  const auto library = ModelLibrary::open(model.library, "other_program", 1);
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().kind, ErrorKind::NotFound);
}

TEST(CompiledModel, ItsHeaderSaysWhichSizesAndTypesTheCallerBrings) {
  const TempDir folder = *TempDir::make();
  const auto graph = folder.path() / "net.graph";
  const auto library = folder.path() / "net.a";
  ASSERT_TRUE(write_file(graph, R"(graph "g" (%"x*/": f32[N, 3], %w: string[M])
      -> (%y, %n) {
    %one: i64[1] = const [1]
    %y: f32[N, 3] = Softmax(%"x*/")
    %n: string[M, 1] = Unsqueeze(%w, %one)
  })")
                  .ok());
  const auto report = compile_model({.model = graph, .output = library});
  ASSERT_TRUE(report.ok()) << report.error().message;
  const std::string header = *read_file(folder.path() / "net.h");
  EXPECT_NE(header.find("input   f32 x* /[s0][3]"), std::string::npos)
      << header;
  EXPECT_NE(header.find("input   w: string[M]"), std::string::npos) << header;
}

TEST(CompiledModel, ErrorsOfShapesSayWhatThereIs) {
  const TempDir folder = *TempDir::make();
  const auto graph = folder.path() / "net.graph";
  const auto error = [&](std::string_view text, std::string shape) {
    EXPECT_TRUE(write_file(graph, text).ok());
    std::vector<std::string> shapes;
    if (!shape.empty()) shapes.push_back(std::move(shape));
    const auto report = compile_model({.model = graph,
                                       .output = folder.path() / "net.so",
                                       .shapes = std::move(shapes)});
    return report.ok() ? "" : report.error().message;
  };
  EXPECT_EQ(error(kGraph, "z=1,2"),
            "--shape z: the model has no such input; it has x");
  EXPECT_EQ(error(kGraph, "x=96,63"),
            "--shape x: the input is f32[96, 64]; given [96, 63]");
  const std::string open = error(
      R"(graph "g" (%x: u8[N]) -> (%y) {
    %y = ImageDecoder(%x)
  })",
      "");
  EXPECT_NE(open.find("leaves sizes open (x u8[N])"), std::string::npos)
      << open;
}

}  // namespace
}  // namespace hone::toolkit
