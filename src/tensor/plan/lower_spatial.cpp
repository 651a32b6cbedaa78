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

using Numbers = std::vector<int64_t>;

// Fewer pixels than this in a row leave most of a vector empty.
constexpr int64_t kFewPixels = 8;
// What schedules rely on of an open number of rows; vectors are masked.
constexpr int64_t kLargeRows = 4;

Dim product(const Shape& dims) {
  Dim count = 1;
  for (const Dim& dim : dims) count *= dim;
  return count;
}

int64_t product(const Numbers& dims) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

Shape behind_two(const Shape& dims) { return {dims.begin() + 2, dims.end()}; }

// sum over c, k: x[n, g, c, p*stride + k*dilation] * w[g, m, c, tap(k)], for
// every n, g, m, p.
struct SpatialSum {
  Dim images;
  int64_t groups, maps, channels;  // maps, channels: of one group
  Shape pixels;
  Numbers taps, strides, dilations;
  Shape x_extents;    // of what is read, with what it is padded by
  Numbers w_extents;  // the kernel's, of which `taps` are taken
  // Transposed: the last tap first, these apart, and channels before maps.
  bool transposed = false;
  Numbers tap_steps;
};

// Letters and extents of the dimensions that a sum has.
struct SpatialText {
  SpatialText(const Planner& planner, const SpatialSum& sum, bool maps_last)
      : text(planner, "convolution") {
    if (!sum.images.is(1)) outer.emplace_back("n", text.size("N", sum.images));
    if (sum.groups > 1) outer.emplace_back("g", text.size("G", sum.groups));
    maps = {"m", text.size("M", sum.maps)};
    channels = {"c", text.size("C", sum.channels)};
    for (size_t d = 0; d < sum.pixels.size(); ++d)
      pixels.emplace_back(
          fmt::format("p{}", d),
          text.size(fmt::format("P{}", d), sum.pixels[d],
                    d + 2 == sum.pixels.size() ? kLargeRows : 1));
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
SpatialText describe_sum(const Planner& planner, const SpatialSum& sum,
                         bool maps_last) {
  SpatialText t(planner, sum, maps_last);
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
    const Dim used = (sum.pixels[d] - 1) * sum.strides[d] + span;
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
Result<At> padded(Planner& planner, const Node& node, const Numbers& before,
                  const Shape& extents) {
  const ValueId id = node.inputs[0];
  const Shape dims = planner.sizes(id);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
  if (behind_two(dims) == extents) return At{stored.buffer, 0};
  Shape all = {dims[0], dims[1]};
  all.insert(all.end(), extents.begin(), extents.end());
  const View whole =
      planner.view({.buffer = planner.new_buffer(product(all) * 4)}, all);
  planner.add_elementwise(
      node.name,
      {.inputs = 0, .steps = {{.kind = ExpressionStep::Kind::Constant}}}, whole,
      {});
  View inside = whole;
  inside.dims = dims;
  for (size_t d = 0; d < before.size(); ++d)
    inside.start += whole.strides[d + 2] * before[d];
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
      Numbers{sum.groups, each, sum.maps});
  planner.add_copy(node.name, Element::F32, to,
                   {.buffer = stored.buffer,
                    .dims = to.dims,
                    .strides = {each * sum.maps, 1, each}});
  return At{to.buffer, 0};
}

// Open sizes must be what the window says, whatever they turn out to be.
Result<Window> open_window(const Planner& planner, const Node& node) {
  const Numbers& w = planner.dims(node.inputs[1]);
  Numbers x = planner.dims(node.inputs[0]);
  if (has_slot(w) || x.size() < 3 || is_slot(x[1]) || x.size() != w.size())
    return planner.unsupported(node, "an open number of channels or taps");
  const bool is_open = planner.is_dynamic(node);
  if (!is_open) return find_window(node, x, spatial(w));
  if (node.text("auto_pad").starts_with("SAME"))
    return planner.unsupported(node, "padding of open sizes");
  for (int64_t& size : x)
    if (is_slot(size)) size = 1;
  HONE_ASSIGN_OR_RETURN(Window window, find_window(node, x, spatial(w)));
  const Shape from = planner.sizes(node.inputs[0]),
              to = planner.sizes(node.outputs[0]);
  bool fits = from[0] == to[0];
  for (size_t d = 0; d < window.kernel.size(); ++d) {
    const Dim room = from[d + 2] + window.before[d] + window.after[d] -
                     window.extent(static_cast<int64_t>(d));
    fits = fits && to[d + 2] == floor_div(room, window.strides[d]) + 1;
  }
  if (!fits)
    return planner.unsupported(node, "sizes that contradict its result's");
  return window;
}

// The same of a transposed one, whose pads are an attribute.
bool has_transposed_sizes(const Planner& planner, const Node& node,
                          const Numbers& before) {
  const Shape x = planner.sizes(node.inputs[0]),
              y = planner.sizes(node.outputs[0]);
  const Numbers& w = planner.dims(node.inputs[1]);
  const size_t axes = x.size() - 2;
  if (node.text("auto_pad").starts_with("SAME") ||
      !node.integers("output_shape").empty() || x[0] != y[0])
    return false;
  const Numbers strides = list_or(node, "strides", 1, axes);
  const Numbers extra = list_or(node, "output_padding", 0, axes);
  Numbers pads = list_or(node, "pads", 0, 2 * axes);
  if (node.text("auto_pad") == "VALID") pads.assign(2 * axes, 0);
  for (size_t d = 0; d < axes; ++d)
    if (y[d + 2] != (x[d + 2] - 1) * strides[d] + extra[d] + w[d + 2] -
                        before[d] - pads[d + axes])
      return false;
  return true;
}

bool is_empty(const Planner& planner, const Node& node) {
  const auto empty = [&](ValueId id) { return planner.elements(id) == 0; };
  return empty(node.inputs[0]) || empty(node.inputs[1]) ||
         empty(node.outputs[0]);
}

}  // namespace

Status lower_spatial_convolution(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const Shape x = planner.sizes(node.inputs[0]),
              y = planner.sizes(node.outputs[0]);
  const Numbers& w = planner.dims(node.inputs[1]);
  if (is_empty(planner, node)) return planner.unsupported(node, "no elements");
  HONE_ASSIGN_OR_RETURN(const Window window, open_window(planner, node));
  const int64_t groups = node.integer("group");
  SpatialSum sum = {.images = x[0],
                    .groups = groups,
                    .maps = w[0] / groups,
                    .channels = w[1],
                    .pixels = behind_two(y),
                    .taps = spatial(w),
                    .strides = window.strides,
                    .dilations = window.dilations,
                    .x_extents = behind_two(x),
                    .w_extents = spatial(w)};
  for (size_t d = 0; d < sum.pixels.size(); ++d)
    sum.x_extents[d] += window.before[d] + window.after[d];
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const At from,
                        padded(planner, node, window.before, sum.x_extents));
  const bool maps_last = y.back().is_constant() &&
                         y.back().value() < kFewPixels &&
                         sum.maps >= 2 * kFewPixels;
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
                                 describe_sum(planner, sum, maps_last).text,
                                 {from, weights, {buffer, 0}}));
  if (!direct) {
    const Dim area = product(sum.pixels);
    const View result =
        planner.view(to, Shape{sum.images, groups, sum.maps, area});
    View sums = result;
    sums.buffer = buffer;
    if (maps_last)
      sums.strides = {area * (groups * sum.maps), area * sum.maps, 1, sum.maps};
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
  int64_t rest, first;
  Dim count;
  int64_t taps;
};

std::vector<Phase> phases_of(int64_t stride, int64_t pad, int64_t kernel,
                             const Dim& output) {
  std::vector<Phase> phases;
  for (int64_t rest = 0; rest < stride; ++rest) {
    const int64_t first = ceil_div(pad - rest, stride);
    const Dim last = floor_div(output - 1 + pad - rest, stride);
    if (!last.is_constant() || last.value() >= first)
      phases.push_back({rest, first, last - first + 1,
                        std::max<int64_t>(ceil_div(kernel - rest, stride), 0)});
  }
  return phases;
}

}  // namespace

Status lower_spatial_transpose(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const Shape x = planner.sizes(node.inputs[0]),
              y = planner.sizes(node.outputs[0]);
  const Numbers& w = planner.dims(node.inputs[1]);
  if (x.size() < 3 || is_empty(planner, node))
    return planner.unsupported(node, "no elements, or no axes");
  const size_t axes = x.size() - 2;
  const Numbers strides = list_or(node, "strides", 1, axes);
  const Numbers dilations = list_or(node, "dilations", 1, axes);
  if (std::ranges::count(dilations, 1) != static_cast<int64_t>(axes))
    return planner.unsupported(node, "dilations");
  if (has_slot(w) || !x[1].is_constant())
    return planner.unsupported(node, "an open number of channels or taps");
  const Numbers pads =
      transposed_pads(node, planner.dims(node.inputs[0]), w,
                      planner.dims(node.outputs[0]), strides, dilations);
  if (planner.is_dynamic(node) && !has_transposed_sizes(planner, node, pads))
    return planner.unsupported(node, "padding of open sizes");
  const int64_t groups = node.integer("group");

  std::vector<std::vector<Phase>> phases;
  Numbers before;
  Shape extents;
  size_t combinations = 1;
  for (size_t d = 0; d < axes; ++d) {
    phases.push_back(phases_of(strides[d], pads[d], w[d + 2], y[d + 2]));
    int64_t low = 0;
    Dim high = x[d + 2] - 1;
    for (const Phase& phase : phases[d]) {
      low = std::min(low, phase.first - std::max<int64_t>(phase.taps - 1, 0));
      high = max_dim(high, phase.first + phase.count - 1);
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

  Shape all = {x[0], groups, w[1]};
  const Shape out = behind_two(y);
  all.insert(all.end(), out.begin(), out.end());
  const View whole = planner.view(to, all);
  for (size_t number = 0; number < combinations; ++number) {
    SpatialSum sum = {.images = x[0],
                      .groups = groups,
                      .maps = w[1],
                      .channels = x[1].value() / groups,
                      .strides = Numbers(axes, 1),
                      .dilations = Numbers(axes, 1),
                      .x_extents = extents,
                      .w_extents = spatial(w),
                      .transposed = true,
                      .tap_steps = strides};
    View result = whole;
    At of_x = from, of_w = {weights.buffer, 0};
    Dim x_stride = 1;
    int64_t w_stride = 1;
    size_t rest = number;
    sum.pixels.resize(axes);
    sum.taps.resize(axes);
    for (size_t d = axes; d-- > 0;) {
      const Phase& phase = phases[d][rest % phases[d].size()];
      rest /= phases[d].size();
      sum.pixels[d] = phase.count;
      sum.taps[d] = phase.taps;
      of_x.element += x_stride * (phase.first + before[d] - phase.taps + 1);
      of_w.element += phase.rest * w_stride;
      x_stride *= extents[d];
      w_stride *= w[d + 2];
      result.start += whole.strides[d + 3] *
                      (strides[d] * phase.first + phase.rest - pads[d]);
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
    HONE_RETURN_IF_ERROR(add_loops(planner, node,
                                   describe_sum(planner, sum, false).text,
                                   {of_x, of_w, {sums.buffer, 0}}));
    HONE_RETURN_IF_ERROR(add_bias(planner, node, result, &sums));
  }
  planner.define(node.outputs[0], to);
  return {};
}

}  // namespace hone::tensor
