// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Models compiled for AArch64, run by QEMU, against the interpreter.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/file.h"
#include "base/random.h"
#include "base/subprocess.h"
#include "program/toolchain.h"
#include "runtime/runtime_files.h"
#include "tensor/interpreter/interpreter.h"
#include "toolkit/check_test_tools.h"
#include "verify/emulator.h"

namespace hone::toolkit {
namespace {

// Behind hone_model.h: reads the only input from standard input, writes the
// only output.
constexpr std::string_view kDriver = R"(
#include <stdio.h>
extern const hone_program net_program;
static char input[1 << 16], output[1 << 16];
static size_t bytes_of(const hone_shape* shape) {
  size_t bytes = 4;
  for (int i = 0; i < shape->rank; ++i) bytes *= (size_t)shape->dims[i];
  return bytes;
}
int main(void) {
  hone_model* model;
  if (hone_model_open(&net_program, NULL, &model) != HONE_OK) return 1;
  const size_t in = bytes_of(hone_model_shape(model, 0));
  const size_t out = bytes_of(hone_model_shape(model, 1));
  if (fread(input, 1, in, stdin) != in) return 2;
  hone_tensor x = {input}, y = {output};
  if (hone_model_run(model, &x, 1, &y, 1) != HONE_OK) return 3;
  return fwrite(output, 1, out, stdout) == out ? 0 : 4;
}
)";

class Aarch64Model : public testing::Test {
 protected:
  void SetUp() override {
    emulator_ = verify::find_emulator("aarch64-unknown-linux-gnu");
    if (!emulator_.missing.empty()) GTEST_SKIP() << emulator_.missing;
  }

  // What the model makes of the input, on the other machine, as a library of
  // this kind.
  std::vector<float> run_there(const tensor::Graph& graph,
                               const std::vector<float>& input,
                               const std::string& kind) {
    const auto folder = TempDir::make();
    const std::string library = (folder->path() / ("net" + kind)).string();
    const std::string main = (folder->path() / "main.c").string();
    const std::string program = (folder->path() / "main").string();
    const auto report = compile_graph(graph, {.output = library,
                                              .cpu = "cortex-a76",
                                              .triple = "aarch64-linux-gnu"});
    EXPECT_TRUE(report.ok()) << report.error().message;
    EXPECT_TRUE(write_file(main, std::string(runtime::kModelHeader) +
                                     std::string(kDriver))
                    .ok());
    Command link = {.argv = {program::find_toolchain()->clang,
                             "--target=aarch64-linux-gnu", "-fuse-ld=lld",
                             "-O1", "-o", program, main, library, "-lm",
                             "-lpthread"}};
    link.argv.push_back(kind == ".a" ? "-static"
                                     : "-Wl,-rpath," + folder->path().string());
    const auto linked = run_checked(link);
    EXPECT_TRUE(linked.ok()) << linked.error().message;
    Command start = {.argv = emulator_.argv};
    start.argv.push_back(program);
    start.input.assign(reinterpret_cast<const char*>(input.data()),
                       input.size() * sizeof(float));
    const auto ran = run_checked(start);
    EXPECT_TRUE(ran.ok()) << ran.error().message;
    if (!ran.ok()) return {};
    std::vector<float> output(ran->out.size() / sizeof(float));
    std::memcpy(output.data(), ran->out.data(), output.size() * sizeof(float));
    return output;
  }

  void expect_same(const std::string& text, std::vector<int64_t> dims,
                   const std::string& kind) {
    const auto parsed = tensor::parse_graph(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    const auto graph = prepare_graph(*parsed, {});
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    tensor::Tensor x(tensor::ElementType::F32, dims);
    Random random(1);
    std::vector<float> input;
    for (double& number : x.data<double>()) {
      input.push_back(static_cast<float>(random.unit() * 2 - 1));
      number = static_cast<double>(input.back());
    }
    const auto wanted = tensor::run_graph(*parsed, {tensor::RunValue(x)});
    ASSERT_TRUE(wanted.ok()) << wanted.error().message;
    const std::vector<float> got = run_there(*graph, input, kind);
    const tensor::Tensor& y = *(*wanted)[0].tensor;
    ASSERT_EQ(static_cast<int64_t>(got.size()), y.size());
    for (int64_t i = 0; i < y.size(); ++i)
      ASSERT_NEAR(got[i], y.number(i), 1e-4 * (1 + std::fabs(y.number(i))));
  }

  verify::Emulator emulator_;
};

TEST_F(Aarch64Model, AConvolutionalNetComputesWhatTheInterpreterDoes) {
  expect_same(
      fmt::format(R"(graph "g" (%x: f32[1, 1, 12, 12]) -> (%y) {{
  %a: f32[8, 1, 5, 5] = {}
  %b: f32[20, 8, 3, 3] = {}
  %w: f32[180, 10] = {}
  %flat: i64[2] = const [1, 180]
  %c: f32[1, 8, 12, 12] = Conv(%x, %a) {{pads = [2, 2, 2, 2]}}
  %r: f32[1, 8, 12, 12] = Relu(%c)
  %p: f32[1, 8, 6, 6] = MaxPool(%r) {{kernel_shape = [2, 2], strides = [2, 2]}}
  %d: f32[1, 20, 6, 6] = Conv(%p, %b) {{pads = [1, 1, 1, 1]}}
  %s: f32[1, 20, 6, 6] = Sigmoid(%d)
  %q: f32[1, 20, 3, 3] = AveragePool(%s) {{kernel_shape = [2, 2], strides = [2, 2]}}
  %f: f32[1, 180] = Reshape(%q, %flat)
  %m: f32[1, 10] = MatMul(%f, %w)
  %y: f32[1, 10] = Softmax(%m)
}})",
                  numbers(200, 1), numbers(20 * 72, 2), numbers(1800, 3)),
      {1, 1, 12, 12}, ".a");
}

TEST_F(Aarch64Model, ARecurrentLayerAndScalarLoopsToo) {
  expect_same(fmt::format(R"(graph "g" (%x: f32[4, 2, 7]) -> (%y) {{
  %axis: i64[] = const [0]
  %w: f32[1, 80, 7] = {}
  %r: f32[1, 80, 20] = {}
  %l: f32[4, 1, 2, 20] = LSTM(%x, %w, %r) {{hidden_size = 20}}
  %y: f32[4, 1, 2, 20] = CumSum(%l, %axis)
}})",
                          numbers(560, 1), numbers(1600, 2)),
              {4, 2, 7}, ".so");
}

TEST_F(Aarch64Model, ProductsOfBytesToo) {
  expect_same(fmt::format(R"(graph "g" (%x: f32[1, 16, 4, 4]) -> (%y) {{
  %s: f32[] = const [0.0078125]
  %z: u8[] = const [120]
  %w: i8[16, 16, 1, 1] = const [{}]
  %t: f32[] = const [0.01]
  %q: u8[1, 16, 4, 4] = QuantizeLinear(%x, %s, %z)
  %d: f32[1, 16, 4, 4] = DequantizeLinear(%q, %s, %z)
  %v: f32[16, 16, 1, 1] = DequantizeLinear(%w, %t)
  %y: f32[1, 16, 4, 4] = Conv(%d, %v)
}})",
                          [] {
                            std::string text = "-128";
                            for (int i = 1; i < 256; ++i)
                              text += fmt::format(", {}", i * 37 % 255 - 127);
                            return text;
                          }()),
              {1, 16, 4, 4}, ".a");
}

}  // namespace
}  // namespace hone::toolkit
