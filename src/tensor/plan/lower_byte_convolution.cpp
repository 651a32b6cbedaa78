// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions of quantised numbers with integer weights. The sum over
// (x - zero) * w is that over x * w, which one instruction makes of four
// products, and a constant that the sums start from:
//
//   y = sx * sw * (sum(x * w) + bias / (sx * sw) - zero * sum(w))
//
// (Jacob et al., "Quantization and Training of Neural Networks for Efficient
// Integer-Arithmetic-Only Inference", CVPR 2018, section 2.)
#include <algorithm>
#include <cmath>

#include "tensor/plan/choose_tile.h"
#include "tensor/plan/expression_of.h"
#include "tensor/plan/lower_quantized.h"

namespace hone::tensor {

namespace {

int64_t blocks_of(int64_t n) { return (n + kBlock - 1) / kBlock; }

// The integers behind a constant's DequantizeLinear, with a scale for each
// output channel.
struct Weights {
  std::vector<int64_t> numbers;  // OIHW
  std::vector<float> scale;
};

std::optional<Weights> weights_of(const Planner& planner, ValueId id) {
  const int maker = planner.maker(id);
  if (maker < 0) return {};
  const Node& node = planner.graph().nodes[maker];
  if (node.op != Op::DequantizeLinear || node.integer("block_size") != 0 ||
      planner.graph()[node.inputs[0]].type.element != ElementType::I8)
    return {};
  const auto numbers = planner.integers(node.inputs[0]);
  const auto scale = planner.floats(node.inputs[1]);
  if (!numbers || !scale) return {};
  if (node.has_input(2)) {
    const auto zero = planner.integers(node.inputs[2]);
    if (!zero || std::ranges::any_of(*zero, [](int64_t z) { return z != 0; }))
      return {};
  }
  Weights w = {*numbers, *scale};
  const int64_t channels = planner.dims(id)[0];
  if (w.scale.size() == 1)
    w.scale.assign(channels, w.scale[0]);
  else if (node.integer("axis") != 0 ||
           static_cast<int64_t>(w.scale.size()) != channels)
    return {};
  if (std::ranges::any_of(w.scale, [](float s) { return !(s > 0); })) return {};
  return w;
}

struct Convolution {
  const Node& node;
  const WindowShape& shape;
  int64_t images, in, out;
  Weights weights;
  ValueId result;
  Quantization from, to;  // `to` of bytes only
  bool is_bytes = false;  // the result
  bool is_relu = false;   // before the bytes
  Chain chain;
  Expression post;

  int64_t taps() const {
    return int64_t{shape.window.height} * shape.window.width;
  }
  // Words of 4 channels in a block.
  int64_t words() const { return (std::min<int64_t>(in, kBlock) + 3) / 4; }
};

// [O / 16][C / 16][taps][words][16][4]; a word of at most four channels is a
// block of its own.
std::string pack(const Convolution& c) {
  const int64_t words = c.words(), blocks = blocks_of(c.in);
  std::string packed(blocks_of(c.out) * blocks * c.taps() * words * 4 * kBlock,
                     '\0');
  for (int64_t o = 0; o < c.out; ++o)
    for (int64_t i = 0; i < c.in; ++i)
      for (int64_t t = 0; t < c.taps(); ++t) {
        const int64_t word =
            ((o / kBlock * blocks + i / kBlock) * c.taps() + t) * words +
            i % kBlock / 4;
        packed[(word * kBlock + o % kBlock) * 4 + i % 4] =
            static_cast<char>(c.weights.numbers[(o * c.in + i) * c.taps() + t]);
      }
  return packed;
}

// What the sums start from, as 32 bits; nothing where it does not fit.
std::optional<std::string> pack_start(const Convolution& c,
                                      const std::vector<float>& bias) {
  std::vector<int32_t> start(blocks_of(c.out) * kBlock);
  const int64_t each = c.in * c.taps();
  for (int64_t o = 0; o < c.out; ++o) {
    int64_t sum = 0;
    for (int64_t i = 0; i < each; ++i) sum += c.weights.numbers[o * each + i];
    const double unit = static_cast<double>(c.from.scale) *
                        static_cast<double>(c.weights.scale[o]);
    const double number =
        (bias.empty() ? 0
                      : std::nearbyint(static_cast<double>(bias[o]) / unit)) -
        static_cast<double>(c.from.zero * sum);
    if (!(std::fabs(number) < 0x1p30)) return {};
    start[o] = static_cast<int32_t>(number);
  }
  return std::string(reinterpret_cast<const char*>(start.data()),
                     start.size() * sizeof(int32_t));
}

// The number that a sum's unit stands for, or how many of the result's units.
std::vector<float> scales(const Convolution& c) {
  std::vector<float> scale(blocks_of(c.out) * kBlock, 1);
  for (int64_t o = 0; o < c.out; ++o) {
    const double unit = static_cast<double>(c.from.scale) *
                        static_cast<double>(c.weights.scale[o]);
    scale[o] = static_cast<float>(
        c.is_bytes ? unit / static_cast<double>(c.to.scale) : unit);
  }
  return scale;
}

// A rectifier and a QuantizeLinear behind, or element-wise nodes.
void take_readers(Planner& planner, Convolution& c) {
  const int reader = planner.only_reader(c.result);
  ValueId behind = c.result;
  if (reader >= 0 && !planner.is_done(reader) &&
      planner.graph().nodes[reader].op == Op::Relu) {
    c.is_relu = true;
    behind = planner.graph().nodes[reader].outputs[0];
  }
  if (const auto quantized = quantized_result(planner, behind)) {
    if (c.is_relu) planner.mark_done(reader);
    planner.mark_done(quantized->node);
    c.is_bytes = true;
    c.result = quantized->value;
    c.to = quantized->quantization;
    return;
  }
  ExpressionBuilder builder;
  c.chain = {.result = c.result, .number = builder.input()};
  follow_chain(planner, {.most_inputs = 0, .full_only = true}, c.chain,
               builder);
  c.result = c.chain.result;
  c.post = std::move(builder).finish(c.chain.number);
}

void emit(Planner& planner, const Convolution& c, const Stored& from,
          const Stored& to, const std::string& start) {
  const Layout &x = from.layout, &y = to.layout;
  // One word a pixel: those of a row of the window stand side by side, and are
  // as many channels.
  const bool words = x.kind == Layout::Kind::Planar;
  const int64_t each = words ? 1 : 4;
  Window window = c.shape.window;
  if (words) window.width = 1;
  const int64_t channels = words ? c.shape.window.width : c.words();
  const int64_t out_blocks = blocks_of(c.out);
  const bool flat = c.taps() == 1 && c.shape.window.stride_x == 1 &&
                    c.shape.window.stride_y == 1 && c.shape.halo == Halo{} &&
                    x.halo == Halo{} && y.halo == Halo{};
  const int64_t out_height = c.shape.out_height.value();
  const int64_t out_width = c.shape.out_width.value();
  const int64_t height = flat ? 1 : out_height;
  const int64_t width = flat ? out_height * out_width : out_width;
  const ConvolutionTile plain = {
      .window = window,
      .lanes = kBlock,
      .planar = words,
      .bytes = c.is_bytes ? ByteResult::Byte : ByteResult::Float,
      .post = c.post};
  const ConvolutionTile tile =
      choose_tile(planner, plain, height, width, out_blocks);
  const int kernel = planner.add_kernel(build_convolution(tile));
  const int64_t rows = (height + tile.rows - 1) / tile.rows;
  const int64_t groups = (out_blocks + tile.vectors - 1) / tile.vectors;
  const int weights = planner.add_weight_bytes(pack(c));
  const int bias = planner.add_weight_bytes(start);
  const int scale = planner.add_weights(scales(c));
  const double outputs =
      static_cast<double>(c.out) * static_cast<double>(height * width);
  // x is counted in words.
  const Dim first =
      x.inside() - c.shape.halo.top * x.row() - c.shape.halo.left * x.pixel();
  Step step = {
      .node = c.node.name,
      .pointers = {{from.buffer, floor_div(first, each),
                    floor_div(x.image(), each)},
                   {weights, 0},
                   {to.buffer, y.inside(), y.image()},
                   {bias, 0},
                   {scale, 0}},
      .sizes = {height, width, blocks_of(c.in), channels, out_blocks,
                words ? Dim(window.dilation_x) : floor_div(x.plane(), each),
                floor_div(x.row(), each),
                blocks_of(c.in) * c.words() * c.taps() * kBlock, y.plane(),
                y.row()},
      .tasks = rows * groups,
      .repeats = c.images,
      .flops = 2 * outputs * static_cast<double>(c.in * c.taps()),
      .bytes = outputs + planner.estimate(x.image()) +
               static_cast<double>(c.out * c.in * c.taps())};
  if (c.is_bytes) {
    const auto zero = static_cast<float>(c.to.zero);
    step.pointers.push_back(
        {planner.add_weights(std::vector<float>{zero, c.is_relu ? zero : 0}),
         0});
  }
  planner.add_step(kernel, std::move(step));
}

}  // namespace

Result<bool> lower_byte_convolution(Planner& planner, int index,
                                    const WindowShape& shape) {
  const Node& node = planner.graph().nodes[index];
  const auto* const from = planner.dequantized(node.inputs[0]);
  if (from == nullptr || node.integer("group") != 1) return false;
  const auto weights = weights_of(planner, node.inputs[1]);
  std::optional<std::vector<float>> bias = std::vector<float>();
  if (node.has_input(2)) bias = planner.floats(node.inputs[2]);
  if (!weights || !bias) return false;
  const std::vector<int64_t>& x = planner.dims(node.inputs[0]);
  Convolution c = {.node = node,
                   .shape = shape,
                   .images = x[0],
                   .in = x[1],
                   .out = planner.dims(node.inputs[1])[0],
                   .weights = *weights,
                   .result = node.outputs[0],
                   .from = from->second,
                   .to = {},
                   .chain = {},
                   .post = {}};
  const auto start = pack_start(c, *bias);
  // 255 * 128 for each product.
  if (!start || c.in * c.taps() > 32 << 10) return false;
  planner.mark_done(index);
  take_readers(planner, c);
  Stored bytes;
  const Stored* const words =
      planner.byte_words(from->first, shape.halo, c.from.zero);
  if (words != nullptr) {
    bytes = *words;
  } else {
    HONE_ASSIGN_OR_RETURN(
        bytes, planner.byte_blocks(from->first, shape.halo, c.from.zero));
  }
  const Stored to = c.is_bytes ? planner.new_byte_blocks(c.result, c.to.zero)
                               : planner.new_blocked(c.result);
  emit(planner, c, bytes, to, *start);
  planner.define(c.result, to);
  return true;
}

}  // namespace hone::tensor
