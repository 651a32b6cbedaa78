// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions of f32 over any number of axes, and transposed ones, as loop
// trees on plain tensors.
//
// A transposed convolution of stride s is s convolutions of stride 1 for each
// axis: output s*q + r - pad takes the taps r, r + s, r + 2*s, … of the kernel.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tensor/plan/loop_step.h"
#include "tensor/plan/spatial.h"

namespace hone::tensor {

namespace {

using Dims = std::vector<int64_t>;

// Fewer pixels than this in a row leave most of a vector empty.
constexpr int64_t kFewPixels = 8;

int64_t product(const Dims& dims) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

// sum over c, k: x[n, g, c, p*stride + k*dilation] * w[g, m, c, tap(k)], for
// every n, g, m, p.
struct SpatialSum {
  int64_t images, groups, maps, channels;  // maps, channels: of one group
  Dims pixels, taps, strides, dilations;
  Dims x_extents;  // of what is read, with what it is padded by
  Dims w_extents;  // the kernel's, of which `taps` are taken
  // Transposed: the last tap first, these apart, and channels before maps.
  bool transposed = false;
  Dims tap_steps;
};

// Letters and extents of the dimensions that a sum has.
struct SpatialText {
  explicit SpatialText(const SpatialSum& sum, bool maps_last)
      : text("convolution") {
    if (sum.images > 1) outer.emplace_back("n", text.size("N", sum.images));
    if (sum.groups > 1) outer.emplace_back("g", text.size("G", sum.groups));
    maps = {"m", text.size("M", sum.maps)};
    channels = {"c", text.size("C", sum.channels)};
    for (size_t d = 0; d < sum.pixels.size(); ++d)
      pixels.emplace_back(fmt::format("p{}", d),
                          text.size(fmt::format("P{}", d), sum.pixels[d]));
    loops = outer;
    if (!maps_last) loops.push_back(maps);
    loops.insert(loops.end(), pixels.begin(), pixels.end());
    if (maps_last) loops.push_back(maps);
  }

  using Loop = std::pair<std::string, std::string>;
  LoopText text;
  Loop maps, channels;
  std::vector<Loop> outer, pixels, loops;
};

struct Written {
  std::vector<std::string> extents, at;
  void add(const std::string& extent, const std::string& index) {
    extents.push_back(extent);
    at.push_back(index);
  }
};

// With maps_last, w stands [g, c, taps, m] and the sums [n, g, pixels, m].
SpatialText describe_sum(const SpatialSum& sum, bool maps_last) {
  SpatialText t(sum, maps_last);
  Written x, w, y;
  for (const auto& [name, extent] : t.outer) {
    x.add(extent, name);
    if (name == "g") w.add(extent, name);
  }
  x.add(t.channels.second, t.channels.first);
  if (!maps_last && !sum.transposed) w.add(t.maps.second, t.maps.first);
  w.add(t.channels.second, t.channels.first);
  if (!maps_last && sum.transposed) w.add(t.maps.second, t.maps.first);
  std::vector<SpatialText::Loop> reduced = {t.channels};
  for (size_t d = 0; d < sum.pixels.size(); ++d) {
    const auto& [p, extent] = t.pixels[d];
    const std::string k = fmt::format("k{}", d);
    const int64_t span = (sum.taps[d] - 1) * sum.dilations[d];
    const int64_t used = (sum.pixels[d] - 1) * sum.strides[d] + span;
    // What is read of x, and the rest of its extent: at least 1.
    const std::string rest =
        t.text.size(fmt::format("E{}", d), sum.x_extents[d] - used);
    x.add(fmt::format("{}*({} - 1) + {} + {}", sum.strides[d], extent, span,
                      rest),
          fmt::format("{}*{} + {}*{}", sum.strides[d], p, sum.dilations[d], k));
    const int64_t step = sum.transposed ? sum.tap_steps[d] : 1;
    const std::string tap =
        sum.transposed
            ? fmt::format("{} - {}*{}", (sum.taps[d] - 1) * step, step, k)
            : k;
    w.add(std::to_string(sum.w_extents[d]), tap);
    reduced.emplace_back(k, std::to_string(sum.taps[d]));
  }
  if (maps_last) w.add(t.maps.second, t.maps.first);
  for (const auto& [name, extent] : t.loops) y.add(extent, name);
  t.text.tensor("input", "x", x.extents);
  t.text.tensor("input", "w", w.extents);
  t.text.tensor("output", "y", y.extents);
  std::vector<SpatialText::Loop> loops = t.loops;
  loops.insert(loops.end(), reduced.begin(), reduced.end());
  t.text.node(fmt::format("y[{}] += x[{}] * w[{}]", fmt::join(y.at, ", "),
                          fmt::join(x.at, ", "), fmt::join(w.at, ", ")),
              loops);
  return t;
}

// x within zeros, or x itself.
Result<At> padded(Planner& planner, const Node& node, const Dims& before,
                  const Dims& extents) {
  const ValueId id = node.inputs[0];
  const Dims& dims = planner.dims(id);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
  if (spatial(dims) == extents) return At{stored.buffer, 0};
  Dims all = {dims[0], dims[1]};
  all.insert(all.end(), extents.begin(), extents.end());
  const View whole =
      planner.view({.buffer = planner.new_buffer(product(all) * 4)}, all);
  planner.add_elementwise(
      node.name,
      {.inputs = 0, .steps = {{.kind = ExpressionStep::Kind::Constant}}}, whole,
      {});
  View inside = whole;
  inside.dims = as_sizes(dims);
  for (size_t d = 0; d < before.size(); ++d)
    inside.start += before[d] * whole.strides[d + 2];
  planner.add_copy(node.name, Element::F32, inside, planner.view(stored, dims));
  return At{whole.buffer, 0};
}

// to = sums + bias, of dimensions [images, groups, maps, pixels…].
Status add_bias(Planner& planner, const Node& node, const View& to,
                const View* sums) {
  std::vector<View> inputs;
  Expression expression = {.inputs = 0};
  if (sums != nullptr) inputs.push_back(*sums);
  if (node.has_input(2)) {
    HONE_ASSIGN_OR_RETURN(const Stored bias, planner.plain(node.inputs[2]));
    View repeated = {.buffer = bias.buffer,
                     .dims = to.dims,
                     .strides = std::vector<Dim>(to.dims.size(), 0)};
    repeated.strides[1] = to.dims[2];
    repeated.strides[2] = 1;
    inputs.push_back(repeated);
  }
  expression.inputs = static_cast<int>(inputs.size());
  if (inputs.size() == 2)
    expression.steps = {{.op = KernelOp::Add, .operands = {0, 1}}};
  if (inputs.empty())
    expression.steps = {{.kind = ExpressionStep::Kind::Constant}};
  planner.add_elementwise(node.name, expression, to, inputs);
  return {};
}

// [g, m, c, taps] as [g, c, taps, m].
Result<At> maps_last_weights(Planner& planner, const Node& node,
                             const SpatialSum& sum) {
  const ValueId id = node.inputs[1];
  const int64_t each = sum.channels * product(sum.w_extents);
  if (const auto w = planner.floats(id)) {
    std::vector<float> turned(w->size());
    for (int64_t g = 0; g < sum.groups; ++g)
      for (int64_t m = 0; m < sum.maps; ++m)
        for (int64_t i = 0; i < each; ++i)
          turned[(g * each + i) * sum.maps + m] =
              (*w)[(g * sum.maps + m) * each + i];
    return At{planner.add_weights(turned), 0};
  }
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
  const View to = planner.view(
      {.buffer = planner.new_buffer(sum.groups * sum.maps * each * 4)},
      Dims{sum.groups, each, sum.maps});
  planner.add_copy(node.name, Element::F32, to,
                   {.buffer = stored.buffer,
                    .dims = to.dims,
                    .strides = {each * sum.maps, 1, each}});
  return At{to.buffer, 0};
}

bool is_empty(const Planner& planner, const Node& node) {
  const auto empty = [&](ValueId id) { return planner.elements(id) == 0; };
  return empty(node.inputs[0]) || empty(node.inputs[1]) ||
         empty(node.outputs[0]);
}

}  // namespace

Status lower_spatial_convolution(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const Dims &x = planner.dims(node.inputs[0]),
             &w = planner.dims(node.inputs[1]),
             &y = planner.dims(node.outputs[0]);
  if (is_empty(planner, node)) return planner.unsupported(node, "no elements");
  HONE_ASSIGN_OR_RETURN(const Window window, find_window(node, x, spatial(w)));
  const int64_t groups = node.integer("group");
  SpatialSum sum = {.images = x[0],
                    .groups = groups,
                    .maps = w[0] / groups,
                    .channels = w[1],
                    .pixels = spatial(y),
                    .taps = spatial(w),
                    .strides = window.strides,
                    .dilations = window.dilations,
                    .x_extents = spatial(x),
                    .w_extents = spatial(w)};
  for (size_t d = 0; d < sum.pixels.size(); ++d)
    sum.x_extents[d] += window.before[d] + window.after[d];
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const At from,
                        padded(planner, node, window.before, sum.x_extents));
  const bool maps_last = y.back() < kFewPixels && sum.maps >= 2 * kFewPixels;
  At weights;
  if (maps_last) {
    HONE_ASSIGN_OR_RETURN(weights, maps_last_weights(planner, node, sum));
  } else {
    HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(node.inputs[1]));
    weights = {stored.buffer, 0};
  }
  const Stored to = planner.new_plain(node.outputs[0]);
  const bool direct = !maps_last && !node.has_input(2);
  const int buffer = direct ? to.buffer : planner.new_buffer(product(y) * 4);
  HONE_RETURN_IF_ERROR(add_loops(planner, node,
                                 describe_sum(sum, maps_last).text,
                                 {from, weights, {buffer, 0}}));
  if (!direct) {
    const int64_t area = product(sum.pixels);
    const View result =
        planner.view(to, Dims{sum.images, groups, sum.maps, area});
    View sums = result;
    sums.buffer = buffer;
    if (maps_last)
      sums.strides = {groups * area * sum.maps, area * sum.maps, 1, sum.maps};
    HONE_RETURN_IF_ERROR(add_bias(planner, node, result, &sums));
  }
  planner.define(node.outputs[0], to);
  return {};
}

namespace {

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

// The outputs stride*q + rest - pad of an axis, for q from `first` on, which
// take `taps` of the kernel's elements.
struct Phase {
  int64_t rest, first, count, taps;
};

std::vector<Phase> phases_of(int64_t stride, int64_t pad, int64_t kernel,
                             int64_t output) {
  std::vector<Phase> phases;
  for (int64_t rest = 0; rest < stride; ++rest) {
    const int64_t first = ceil_div(pad - rest, stride);
    const int64_t last = floor_div(output - 1 + pad - rest, stride);
    if (last >= first)
      phases.push_back({rest, first, last - first + 1,
                        std::max<int64_t>(ceil_div(kernel - rest, stride), 0)});
  }
  return phases;
}

}  // namespace

Status lower_spatial_transpose(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const Dims &x = planner.dims(node.inputs[0]),
             &w = planner.dims(node.inputs[1]),
             &y = planner.dims(node.outputs[0]);
  if (x.size() < 3 || is_empty(planner, node))
    return planner.unsupported(node, "no elements, or no axes");
  const size_t axes = x.size() - 2;
  const Dims strides = list_or(node, "strides", 1, axes);
  const Dims dilations = list_or(node, "dilations", 1, axes);
  if (std::ranges::count(dilations, 1) != static_cast<int64_t>(axes))
    return planner.unsupported(node, "dilations");
  const Dims pads = transposed_pads(node, x, w, y, strides, dilations);
  const int64_t groups = node.integer("group");

  std::vector<std::vector<Phase>> phases;
  Dims before, extents;
  size_t combinations = 1;
  for (size_t d = 0; d < axes; ++d) {
    phases.push_back(phases_of(strides[d], pads[d], w[d + 2], y[d + 2]));
    int64_t low = 0, high = x[d + 2] - 1;
    for (const Phase& phase : phases[d]) {
      low = std::min(low, phase.first - std::max<int64_t>(phase.taps - 1, 0));
      high = std::max(high, phase.first + phase.count - 1);
    }
    before.push_back(-low);
    extents.push_back(high - low + 1);
    combinations *= phases[d].size();
  }
  constexpr size_t kMostPhases = 64;
  if (combinations > kMostPhases)
    return planner.unsupported(node, "large strides");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const At from, padded(planner, node, before, extents));
  HONE_ASSIGN_OR_RETURN(const Stored weights, planner.plain(node.inputs[1]));
  const Stored to = planner.new_plain(node.outputs[0]);

  Dims all = {x[0], groups, w[1]};
  const Dims out = spatial(y);
  all.insert(all.end(), out.begin(), out.end());
  const View whole = planner.view(to, all);
  for (size_t number = 0; number < combinations; ++number) {
    SpatialSum sum = {.images = x[0],
                      .groups = groups,
                      .maps = w[1],
                      .channels = x[1] / groups,
                      .strides = Dims(axes, 1),
                      .dilations = Dims(axes, 1),
                      .x_extents = extents,
                      .w_extents = spatial(w),
                      .transposed = true,
                      .tap_steps = strides};
    View result = whole;
    At of_x = from, of_w = {weights.buffer, 0};
    int64_t x_stride = 1, w_stride = 1;
    size_t rest = number;
    sum.pixels.resize(axes);
    sum.taps.resize(axes);
    for (size_t d = axes; d-- > 0;) {
      const Phase& phase = phases[d][rest % phases[d].size()];
      rest /= phases[d].size();
      sum.pixels[d] = phase.count;
      sum.taps[d] = phase.taps;
      of_x.element += (phase.first + before[d] - phase.taps + 1) * x_stride;
      of_w.element += phase.rest * w_stride;
      x_stride *= extents[d];
      w_stride *= w[d + 2];
      result.start += (strides[d] * phase.first + phase.rest - pads[d]) *
                      whole.strides[d + 3];
      result.strides[d + 3] *= strides[d];
      result.dims[d + 3] = phase.count;
    }
    if (std::ranges::count(sum.taps, 0) > 0) {
      HONE_RETURN_IF_ERROR(add_bias(planner, node, result, nullptr));
      continue;
    }
    View sums = planner.view({}, result.dims);
    Dim count = 1;
    for (const Dim& dim : result.dims) count *= dim;
    sums.buffer = planner.new_buffer(count * 4);
    HONE_RETURN_IF_ERROR(add_loops(planner, node, describe_sum(sum, false).text,
                                   {of_x, of_w, {sums.buffer, 0}}));
    HONE_RETURN_IF_ERROR(add_bias(planner, node, result, &sums));
  }
  planner.define(node.outputs[0], to);
  return {};
}

}  // namespace hone::tensor
