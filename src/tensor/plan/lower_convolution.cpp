// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions with constant weights on channel blocks. What follows and only
// scales or shifts channels goes into the weights; element-wise operations
// behind that are done while the sums stand in registers.
#include <algorithm>

#include "tensor/plan/choose_tile.h"
#include "tensor/plan/expression_of.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/lower_quantized.h"
#include "tensor/plan/window.h"

namespace hone::tensor {

namespace {

// In layers of less, to skip padding is not worth its code: 0.04 ms at most.
constexpr double kSkipFlops = 1e7;

int64_t round_up(int64_t n) { return (n + kBlock - 1) / kBlock * kBlock; }

// The node, with all that is known about it, on its way to steps.
struct Convolution {
  const Node& node;
  WindowShape shape;
  int64_t groups, in_channels, out_channels;
  Dim images;
  std::vector<float> weights;  // OIHW
  std::vector<float> bias;
  ValueId result;
  Chain chain;
  Expression post;

  // A window on one channel of one row: its taps are channels of their own,
  // whose elements stand side by side.
  bool is_line() const { return in_channels == 1 && shape.window.height == 1; }
  int64_t taps() const {
    return int64_t{shape.window.height} * shape.window.width;
  }
  int64_t group_channels() const { return in_channels / groups; }
};

// Takes the readers that scale and shift channels.
void fold_channel_maps(Planner& planner, Convolution& c) {
  for (;;) {
    const int reader = planner.only_reader(c.result);
    if (reader < 0 || planner.is_done(reader)) return;
    const Node& node = planner.graph().nodes[reader];
    const auto map = channel_map(planner, node, c.result);
    if (!map) return;
    const int64_t each = c.group_channels() * c.taps();
    for (int64_t o = 0; o < c.out_channels; ++o) {
      for (int64_t i = 0; i < each; ++i)
        c.weights[o * each + i] *= map->scale[o];
      c.bias[o] = c.bias[o] * map->scale[o] + map->shift[o];
    }
    planner.mark_done(reader);
    c.result = node.outputs[0];
  }
}

void take_post(Planner& planner, Convolution& c) {
  ExpressionBuilder builder;
  c.chain = {.result = c.result, .number = builder.input()};
  follow_chain(planner, {.most_inputs = 1, .full_only = true}, c.chain,
               builder);
  c.result = c.chain.result;
  c.post = std::move(builder).finish(c.chain.number);
}

// Output channels that are computed from the same input channels: a group, or,
// where groups and blocks do not end together, blocks of the output that touch
// the same groups. Both ranges begin with a block.
struct Slice {
  int64_t first_out, outs;
  int64_t first_in, ins;
};

std::vector<Slice> slices_of(const Convolution& c) {
  const int64_t in = c.group_channels(), out = c.out_channels / c.groups;
  std::vector<Slice> slices;
  if (c.groups == 1) return {{0, out, 0, in}};
  for (int64_t first = 0; first < c.out_channels; first += kBlock) {
    const int64_t behind = std::min(first + kBlock, c.out_channels);
    const int64_t from = first / out * in / kBlock * kBlock;
    const int64_t to =
        std::min(round_up(((behind - 1) / out + 1) * in), c.in_channels);
    if (!slices.empty() && slices.back().first_in == from &&
        slices.back().ins == to - from)
      slices.back().outs += behind - first;
    else
      slices.push_back({first, behind - first, from, to - from});
  }
  return slices;
}

// [O / 16][C / block][taps][block][16], zeros where channels are missing or
// belong to another group.
std::vector<float> pack(const Convolution& c, const Slice& s, int64_t block) {
  const int64_t in = c.group_channels(), out = c.out_channels / c.groups;
  const int64_t blocks = (s.ins + block - 1) / block;
  std::vector<float> packed(round_up(s.outs) * blocks * block * c.taps());
  for (int64_t o = s.first_out; o < s.first_out + s.outs; ++o) {
    const int64_t group_start = o / out * in;
    for (int64_t k = 0; k < in; ++k) {
      const int64_t i = group_start + k - s.first_in, row = o - s.first_out;
      const float* const from = &c.weights[(o * in + k) * c.taps()];
      float* const to =
          &packed[((row / kBlock * blocks + i / block) * c.taps() * block +
                   i % block) *
                      kBlock +
                  row % kBlock];
      for (int64_t t = 0; t < c.taps(); ++t) to[t * block * kBlock] = from[t];
    }
  }
  return packed;
}

std::vector<float> padded(std::vector<float> numbers) {
  numbers.resize(round_up(static_cast<int64_t>(numbers.size())));
  return numbers;
}

// The first element that a window reads.
Dim first_read(const Layout& x, const Halo& pad) {
  return x.inside() - pad.top * x.row() - pad.left * x.pixel();
}

struct Operands {
  Stored x, y, d;
  int bias;
};

void add_d(const Convolution& c, const Operands& o, int64_t block, Step& step) {
  if (c.post.inputs < 2) return;
  const Layout& d = o.d.layout;
  step.pointers.push_back(
      {o.d.buffer, block * d.plane() + d.inside(), d.image()});
  step.sizes.push_back(d.plane());
  step.sizes.push_back(d.row());
}

// A window of one pixel sees rows that follow each other as one long row.
bool is_flat(const Convolution& c, const Operands& o) {
  const Window& w = c.shape.window;
  return c.taps() == 1 && w.stride_x == 1 && w.stride_y == 1 &&
         c.shape.halo == Halo{} && o.x.layout.halo == Halo{} &&
         o.y.layout.halo == Halo{} &&
         (c.post.inputs < 2 || o.d.layout.halo == Halo{});
}

void emit_direct(Planner& planner, const Convolution& c, const Operands& o) {
  const Layout &x = o.x.layout, &y = o.y.layout;
  const bool planar = x.kind == Layout::Kind::Planar;
  const bool flat = is_flat(c, o);
  const Dim height = flat ? 1 : c.shape.out_height;
  const Dim width =
      flat ? c.shape.out_height * c.shape.out_width : c.shape.out_width;
  const bool line = planar && c.is_line();
  Window window = c.shape.window;
  if (line) window.width = 1;
  const int64_t taps = line ? 1 : c.taps();
  for (const Slice& s : slices_of(c)) {
    const int64_t ins = line ? c.taps() : s.ins;
    const int64_t block = planar || ins < kBlock ? ins : kBlock;
    const int64_t blocks = (ins + block - 1) / block;
    const int64_t out_blocks = (s.outs + kBlock - 1) / kBlock;
    const double outputs = static_cast<double>(s.outs) *
                           planner.estimate(c.images * height * width);
    const double flops =
        2 * outputs * static_cast<double>(c.group_channels() * c.taps());
    const ConvolutionTile tile =
        choose_tile(planner,
                    {.window = window,
                     .lanes = kBlock,
                     .planar = planar,
                     .skip_padding = window.height > 1 && flops > kSkipFlops,
                     .post = c.post},
                    height, width, out_blocks);
    const int kernel = planner.add_kernel(build_convolution(tile));
    const Dim rows = ceil_div(height, tile.rows);
    const int64_t groups = (out_blocks + tile.vectors - 1) / tile.vectors;
    const int weights = planner.add_weights(pack(c, s, line ? 1 : block));
    const int64_t x_plane = s.first_in / (planar ? 1 : kBlock);
    const int64_t y_plane = s.first_out / kBlock;
    Step step = {
        .node = c.node.name,
        .pointers = {{o.x.buffer,
                      x_plane * x.plane() + first_read(x, c.shape.halo),
                      x.image()},
                     {weights, 0},
                     {o.y.buffer, y_plane * y.plane() + y.inside(), y.image()},
                     {o.bias, s.first_out}},
        .sizes = {height, width, blocks, block, out_blocks,
                  line ? Dim(window.dilation_x) : x.plane(), x.row(),
                  blocks * block * taps * kBlock, y.plane(), y.row()},
        .tasks = rows * groups,
        .repeats = c.images};
    step.flops = flops;
    step.bytes =
        4 * (outputs + planner.estimate(c.images * blocks * x.plane()) +
             static_cast<double>(s.outs * s.ins * c.taps()));
    if (tile.skip_padding) {
      step.sizes.push_back(c.shape.halo.top);
      step.sizes.push_back(c.shape.halo.top + x.height);
    }
    add_d(c, o, y_plane, step);
    planner.add_step(kernel, std::move(step));
  }
}

void emit_depthwise(Planner& planner, const Convolution& c, const Operands& o) {
  const Layout &x = o.x.layout, &y = o.y.layout;
  const Dim &height = c.shape.out_height, &width = c.shape.out_width;
  const DepthwiseTile tile = choose_tile(
      planner, {.window = c.shape.window, .lanes = kBlock, .post = c.post},
      height, width);
  const int kernel = planner.add_kernel(build_depthwise(tile));
  std::vector<float> packed(round_up(c.out_channels) * c.taps());
  for (int64_t i = 0; i < c.out_channels; ++i)
    for (int64_t t = 0; t < c.taps(); ++t)
      packed[((i / kBlock) * c.taps() + t) * kBlock + i % kBlock] =
          c.weights[i * c.taps() + t];
  const int weights = planner.add_weights(packed);
  const double outputs = static_cast<double>(c.out_channels) *
                         planner.estimate(c.images * height * width);
  Step step = {
      .node = c.node.name,
      .pointers = {{o.x.buffer, first_read(x, c.shape.halo), x.image()},
                   {weights, 0},
                   {o.y.buffer, y.inside(), y.image()},
                   {o.bias, 0}},
      .sizes = {height, width, y.planes(), x.plane(), x.row(),
                c.taps() * kBlock, y.plane(), y.row()},
      .tasks = ceil_div(height, tile.rows) * y.planes(),
      .repeats = c.images,
      .flops = 2 * outputs * static_cast<double>(c.taps()),
      .bytes = 8 * outputs};
  add_d(c, o, 0, step);
  planner.add_step(kernel, std::move(step));
}

}  // namespace

Status lower_convolution(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  HONE_ASSIGN_OR_RETURN(const WindowShape shape, window_of(planner, node));
  HONE_ASSIGN_OR_RETURN(const bool of_bytes,
                        lower_byte_convolution(planner, index, shape));
  if (of_bytes) return {};
  const auto weights = planner.floats(node.inputs[1]);
  if (!weights)
    return planner.unsupported(node, "weights that are no constants of f32");
  const std::vector<int64_t>& x = planner.dims(node.inputs[0]);
  const std::vector<int64_t>& w = planner.dims(node.inputs[1]);
  if (!has_window_sizes(planner, node, shape) ||
      w[1] * node.integer("group") != x[1])
    return planner.unsupported(node, "sizes that contradict its result's");
  Convolution c = {.node = node,
                   .shape = shape,
                   .groups = node.integer("group"),
                   .in_channels = x[1],
                   .out_channels = w[0],
                   .images = planner.size(x[0]),
                   .weights = *weights,
                   .bias = std::vector<float>(w[0]),
                   .result = node.outputs[0],
                   .chain = {},
                   .post = {}};
  if (node.has_input(2)) {
    const auto bias = planner.floats(node.inputs[2]);
    if (!bias) return planner.unsupported(node, "a bias that is no constant");
    c.bias = *bias;
  }
  const bool depthwise =
      c.groups > 1 && c.groups == c.in_channels && c.groups == c.out_channels;
  planner.mark_done(index);
  fold_channel_maps(planner, c);
  take_post(planner, c);

  Operands o;
  const ValueId input = node.inputs[0];
  if (c.in_channels < kBlock && c.groups == 1 && !planner.is_blocked(input)) {
    HONE_ASSIGN_OR_RETURN(o.x, planner.planar(input, shape.halo));
  } else {
    HONE_ASSIGN_OR_RETURN(o.x, planner.blocked(input, shape.halo));
  }
  if (c.post.inputs > 1) {
    HONE_ASSIGN_OR_RETURN(o.d,
                          planner.blocked(c.chain.inputs[0].value, Halo{}));
  }
  o.y = planner.new_blocked(c.result);
  o.bias = planner.add_weights(padded(c.bias));
  if (depthwise)
    emit_depthwise(planner, c, o);
  else
    emit_direct(planner, c, o);
  planner.define(c.result, o.y);
  return {};
}

}  // namespace hone::tensor
