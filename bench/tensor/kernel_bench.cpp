// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Single kernels against oneDNN, in one process and interleaved:
//
//   bench/peers/onednn/install.sh FOLDER
//   taskset -c 0 build/release/bin/kernel_bench FOLDER/libonednn_peer.so
//
// One thread. Each round runs Hone, oneDNN and a probe of the peak of fused
// multiply-adds one after the other; printed are medians of 31 rounds, the
// quartiles of Hone's, and the median of the ratios within a round. Results are
// compared before anything is timed.
//
// Inside the clock: for products everything, from row-major to row-major. For
// convolutions neither side changes layouts (both read and write blocks of
// channels of their own); padding is inside of oneDNN's, and Hone's twice, with
// x in an arena that has a halo ("halo"), and with the copy into such an arena
// in the clock ("copied"). Weights are packed before by both. Multiplications
// with padding count, though they need not be done.
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "../peers/onednn/onednn_peer.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/c/print_c.h"
#include "codegen/llvm/jit.h"
#include "codegen/llvm/machine.h"
#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"

namespace {

using namespace hone;          // NOLINT: a program of one file
using namespace hone::tensor;  // NOLINT

constexpr int kRounds = 31;
constexpr double kRoundSeconds = 0.004;

struct Peer {
  decltype(&peer_sgemm) sgemm;
  decltype(&peer_convolution_open) open;
  decltype(&peer_convolution_run) run;
  decltype(&peer_convolution_read) read;
  decltype(&peer_convolution_close) close;
};

[[noreturn]] void fail(const std::string& message) {
  fmt::print(stderr, "kernel_bench: {}\n", message);
  std::exit(2);
}

Peer load_peer(const char* path) {
  void* const library = dlopen(path, RTLD_NOW);
  if (library == nullptr) fail(dlerror());
  const auto find = [&]<typename F>(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(library, name));
    if (function == nullptr) fail(dlerror());
  };
  Peer peer;
  find(peer.sgemm, "peer_sgemm");
  find(peer.open, "peer_convolution_open");
  find(peer.run, "peer_convolution_run");
  find(peer.read, "peer_convolution_read");
  find(peer.close, "peer_convolution_close");
  return peer;
}

// Page-aligned zeros.
class Array {
 public:
  explicit Array(size_t count)
      : data_(static_cast<float*>(
            std::aligned_alloc(4096, (count * 4 + 8191) / 4096 * 4096))) {
    std::memset(data_, 0, count * 4);
  }
  Array(const Array&) = delete;
  ~Array() { std::free(data_); }
  float* get() const { return data_; }
  float& operator[](size_t i) const { return data_[i]; }

 private:
  float* data_;
};

struct Code {
  codegen::Jit jit;
  codegen::KernelFunction function;
  double milliseconds;
};

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Code compile(VectorKernel kernel) {
  const double start = now();
  auto code = codegen::compile_kernels({{"f", std::move(kernel)}},
                                       *codegen::find_target("native"));
  if (!code.ok()) fail(code.error().message);
  const double milliseconds = (now() - start) * 1e3;
  if (!code->spills.empty()) fail("a kernel spills");
  auto jit = codegen::Jit::load(code->object);
  if (!jit.ok()) fail(jit.error().message);
  const auto function = *jit->find("f");
  return {*std::move(jit), function, milliseconds};
}

// 24 independent chains of fused multiply-adds, 1,000 steps each.
VectorKernel build_probe() {
  KernelBuilder b("probe", 16);
  const Pointer x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Reg factor = b.load(x, 0);
  const std::vector<Reg> chains = b.variables("chain", 24);
  for (size_t i = 0; i < chains.size(); ++i)
    b.set_load(chains[i], x, static_cast<int64_t>(16 * i));
  b.loop("i", begin, end, 1, [&](Ix) {
    for (const Reg chain : chains)
      b.set(chain, KernelOp::Fma, {factor, chain, factor});
  });
  for (size_t i = 0; i < chains.size(); ++i)
    b.store(x, static_cast<int64_t>(16 * i), chains[i]);
  return std::move(b).finish();
}

constexpr double kProbeFlops = 24.0 * 16 * 2 * 1000;

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[static_cast<size_t>(q *
                                    static_cast<double>(values.size() - 1))];
}

using Run = std::function<void()>;

// Seconds of one call, from as many as fill a round.
double time_of(const Run& run, int calls) {
  const double start = now();
  for (int i = 0; i < calls; ++i) run();
  return (now() - start) / calls;
}

class Bench {
 public:
  explicit Bench(const char* peer_path)
      : peer(load_peer(peer_path)),
        probe_(compile(build_probe())),
        probe_x_(24 * 16) {
    // Other numbers in every chain, or they would be one; small enough to stay
    // finite.
    for (int k = 0; k < 24 * 16; ++k)
      probe_x_[k] = 1e-3f * static_cast<float>(k + 1);
    fmt::print("{:<34}{:>8}{:>17}{:>9}{:>8}{:>7}{:>9}\n", "GFLOP/s", "Hone",
               "quartiles", "oneDNN", "ratio", "peak", "compiled");
  }

  void compare(const std::string& name, double flops, double milliseconds,
               const Run& ours, const Run& theirs) {
    const int calls =
        std::max(1, static_cast<int>(kRoundSeconds / time_of(ours, 3)));
    std::vector<double> a, b, peak, ratio;
    for (int i = 0; i < kRounds; ++i) {
      const double own = time_of(ours, calls);
      const double other = time_of(theirs, calls);
      const double probe = time_of([&] { run_probe(); }, 20);
      a.push_back(flops / own / 1e9);
      b.push_back(flops / other / 1e9);
      ratio.push_back(other / own);
      peak.push_back(kProbeFlops / probe / 1e9);
    }
    fmt::print(
        "{:<34}{:>8.1f}{:>9.1f}{:>8.1f}{:>9.1f}{:>8.2f}{:>7.0f}{:>7.1f}ms\n",
        name, quantile(a, 0.5), quantile(a, 0.25), quantile(a, 0.75),
        quantile(b, 0.5), quantile(ratio, 0.5), quantile(peak, 0.5),
        milliseconds);
  }

  Peer peer;

 private:
  void run_probe() {
    void* const pointers[] = {probe_x_.get()};
    const int64_t sizes[] = {0, 1000};
    probe_.function(pointers, sizes);
  }

  Code probe_;
  Array probe_x_;
};

void fill(const Array& array, size_t count, int seed) {
  for (size_t i = 0; i < count; ++i)
    array[i] = static_cast<float>((i * 37 + seed) % 29) / 29 - 0.4f;
}

void check(const std::string& name, float ours, float theirs) {
  if (!(std::fabs(ours - theirs) <= 1e-4f * (1 + std::fabs(theirs))))
    fail(fmt::format("{}: {} and {} differ", name, ours, theirs));
}

// The same kernel as C99, by a compiler of the user's.
class CCode {
 public:
  CCode(const VectorKernel& kernel, const std::string& compiler) {
    const std::string text = codegen::print_c_file({{{"f", kernel}}});
    const auto folder = TempDir::make();
    if (!folder.ok()) fail(folder.error().message);
    const std::string source = folder->path() / "f.c";
    const std::string object = folder->path() / "f.so";
    if (const auto written = write_file(source, text); !written.ok())
      fail(written.error().message);
    const double start = now();
    const auto run =
        run_checked({.argv = {compiler, "-std=c99", "-O3", "-march=native",
                              "-ffp-contract=fast", "-shared", "-fPIC", "-w",
                              source, "-o", object, "-lm"}});
    milliseconds = (now() - start) * 1e3;
    if (!run.ok()) fail(run.error().message);
    void* const library = dlopen(object.c_str(), RTLD_NOW);
    if (library == nullptr) fail(dlerror());
    function = reinterpret_cast<codegen::KernelFunction>(dlsym(library, "f"));
  }

  codegen::KernelFunction function;
  double milliseconds;
};

void bench_product(Bench& bench, int n, const std::string& compiler = "") {
  // A tile that divides n, of those that fill the registers.
  const GemmTile tile = {.rows = n % 12 == 0 ? 12
                                 : n < 128   ? 4
                                             : 6,
                         .vectors = 4};
  const Code code = compile(build_gemm(tile));
  codegen::KernelFunction function = code.function;
  double milliseconds = code.milliseconds;
  if (!compiler.empty()) {
    const CCode c(build_gemm(tile), compiler);
    function = c.function;
    milliseconds = c.milliseconds;
  }
  const size_t count = static_cast<size_t>(n) * n;
  const Array a(count), b(count + 4096), c(count), d(count);
  fill(a, count, 1);
  fill(b, count, 2);
  const Run ours = [&] {
    void* const pointers[] = {a.get(), b.get(), c.get()};
    const int64_t sizes[] = {0, (n + 63) / 64, n, n, n, n, n, 16, n};
    function(pointers, sizes);
  };
  const Run theirs = [&] {
    bench.peer.sgemm(n, n, n, a.get(), b.get(), d.get());
  };
  const std::string name =
      compiler.empty() ? fmt::format("sgemm {}", n)
                       : fmt::format("sgemm {}, as C by {}", n, compiler);
  ours();
  theirs();
  for (size_t i = 0; i < count; ++i) check(name, c[i], d[i]);
  bench.compare(name, 2.0 * n * n * n, milliseconds, ours, theirs);
}

struct Shape {
  int in, out, side, window, stride;
  bool depthwise;
  int rows, columns, vectors;  // of the tile
};

class ConvolutionBench {
 public:
  ConvolutionBench(Bench& bench, const Shape& s)
      : bench_(bench),
        s_(s),
        pad_(s.window / 2),
        out_((s.side + 2 * pad_ - s.window) / s.stride + 1),
        lanes_(s.in < 16 ? 1 : 16),
        blocks_(s.in < 16 ? s.in : s.in / 16),
        pitch_(s.side + 2 * pad_),
        plane_(static_cast<size_t>(pitch_) * pitch_ * lanes_),
        group_in_(s.depthwise ? 1 : s.in),
        x_(static_cast<size_t>(s.in) * s.side * s.side),
        w_(static_cast<size_t>(s.out) * group_in_ * s.window * s.window),
        y_(static_cast<size_t>(s.out) * out_ * out_),
        tight_(static_cast<size_t>(s.in) * s.side * s.side),
        halo_(blocks_ * plane_ + 4096),
        packed_(static_cast<size_t>(s.out) * group_in_ * s.window * s.window),
        result_(static_cast<size_t>(s.out) * out_ * out_),
        code_(compile(kernel())) {
    fill(x_, static_cast<size_t>(s.in) * s.side * s.side, 1);
    fill(w_, static_cast<size_t>(s.out) * group_in_ * s.window * s.window, 2);
    pack();
    copy_into_halo();
  }

  void run() {
    const peer_convolution_shape shape = {s_.in,
                                          s_.side,
                                          s_.side,
                                          s_.out,
                                          out_,
                                          out_,
                                          s_.window,
                                          s_.window,
                                          s_.stride,
                                          pad_,
                                          s_.depthwise ? s_.in : 1};
    void* const peer = bench_.peer.open(&shape, x_.get(), w_.get());
    if (peer == nullptr) fail("oneDNN refuses a convolution");
    const std::string name =
        fmt::format("{} {}x{} {}>{} at {}", s_.depthwise ? "depthwise" : "conv",
                    s_.window, s_.window, s_.in, s_.out, s_.side);
    call();
    bench_.peer.run(peer);
    bench_.peer.read(peer, y_.get());
    const size_t pixels = static_cast<size_t>(out_) * out_;
    for (int o = 0; o < s_.out; ++o)
      for (size_t i = 0; i < pixels; ++i)
        check(name, result_[(o / 16 * pixels + i) * 16 + o % 16],
              y_[o * pixels + i]);
    const double flops = 2.0 * s_.out * static_cast<double>(pixels) *
                         group_in_ * s_.window * s_.window;
    const Run theirs = [&] { bench_.peer.run(peer); };
    bench_.compare(
        name + ", halo", flops, code_.milliseconds, [&] { call(); }, theirs);
    if (pad_ > 0)
      bench_.compare(
          name + ", copied", flops, code_.milliseconds,
          [&] {
            copy_into_halo();
            call();
          },
          theirs);
    bench_.peer.close(peer);
  }

 private:
  Window window() const {
    return {s_.window, s_.window, s_.stride, s_.stride, 1, 1};
  }

  VectorKernel kernel() const {
    if (s_.depthwise)
      return build_depthwise({.window = window(),
                              .rows = s_.rows,
                              .columns = s_.columns,
                              .bias = false});
    return build_convolution({.window = window(),
                              .rows = s_.rows,
                              .columns = s_.columns,
                              .vectors = s_.vectors,
                              .planar = s_.in < 16,
                              .bias = false,
                              .skip_padding = s_.window > 1});
  }

  void pack() {
    const int taps = s_.window * s_.window;
    const size_t pixels = static_cast<size_t>(s_.side) * s_.side;
    for (int c = 0; c < s_.in; ++c)
      for (size_t i = 0; i < pixels; ++i)
        tight_[(c / lanes_ * pixels + i) * lanes_ + c % lanes_] =
            x_[c * pixels + i];
    const int block = s_.in < 16 ? s_.in : 16;
    for (int o = 0; o < s_.out; ++o)
      for (int c = 0; c < group_in_; ++c)
        for (int t = 0; t < taps; ++t) {
          const size_t to =
              s_.depthwise
                  ? static_cast<size_t>(o / 16 * taps + t) * 16 + o % 16
                  : ((static_cast<size_t>(o / 16) * (group_in_ / block) +
                      c / block) *
                         taps +
                     t) * block *
                            16 +
                        c % block * 16 + o % 16;
          packed_[to] = w_[(static_cast<size_t>(o) * group_in_ + c) * taps + t];
        }
  }

  void copy_into_halo() {
    const size_t row = static_cast<size_t>(s_.side) * lanes_;
    for (int b = 0; b < blocks_; ++b)
      for (int i = 0; i < s_.side; ++i)
        std::memcpy(
            halo_.get() + b * plane_ +
                (static_cast<size_t>(i + pad_) * pitch_ + pad_) * lanes_,
            tight_.get() + (static_cast<size_t>(b) * s_.side + i) * row,
            row * 4);
  }

  void call() const {
    void* const pointers[] = {halo_.get(), packed_.get(), result_.get()};
    const int64_t pixels = int64_t{out_} * out_;
    const int64_t rows = (out_ + s_.rows - 1) / s_.rows;
    const auto plane = static_cast<int64_t>(plane_);
    if (s_.depthwise) {
      const int64_t sizes[] = {
          0,           rows * blocks_, out_,        out_,
          blocks_,     plane,          pitch_ * 16, s_.window * s_.window * 16,
          pixels * 16, out_ * 16};
      return code_.function(pointers, sizes);
    }
    const int64_t out_blocks = s_.out / 16;
    const int64_t groups = (out_blocks + s_.vectors - 1) / s_.vectors;
    const bool planar = s_.in < 16;
    const int64_t sizes[] = {0,
                             rows * groups,
                             out_,
                             out_,
                             planar ? 1 : blocks_,
                             planar ? s_.in : 16,
                             out_blocks,
                             plane,
                             pitch_ * lanes_,
                             int64_t{s_.in} * s_.window * s_.window * 16,
                             pixels * 16,
                             out_ * 16,
                             pad_,
                             pad_ + s_.side};
    code_.function(pointers, sizes);
  }

  Bench& bench_;
  Shape s_;
  int pad_, out_, lanes_, blocks_, pitch_;
  size_t plane_;
  int group_in_;
  Array x_, w_, y_, tight_, halo_, packed_, result_;
  Code code_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) fail("expected the path of libonednn_peer.so");
  setenv("OMP_NUM_THREADS", "1", 1);
  Bench bench(arguments[1]);
  for (const int n : {64, 128, 256, 512}) bench_product(bench, n);
  for (const char* compiler : {"clang-22", "gcc"})
    bench_product(bench, 256, compiler);
  for (const Shape& shape : {Shape{64, 64, 56, 3, 1, false, 1, 14, 2},
                             Shape{128, 128, 28, 3, 1, false, 1, 14, 2},
                             Shape{256, 256, 14, 3, 1, false, 1, 14, 2},
                             Shape{512, 512, 7, 3, 1, false, 1, 7, 2},
                             Shape{64, 256, 56, 1, 1, false, 1, 14, 2},
                             Shape{3, 64, 224, 7, 2, false, 1, 14, 2},
                             Shape{32, 32, 112, 3, 1, true, 1, 14, 1},
                             Shape{512, 512, 14, 3, 1, true, 1, 14, 1}})
    ConvolutionBench(bench, shape).run();
}
