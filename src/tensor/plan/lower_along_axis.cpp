// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of f32 that take elements along one axis, or along one axis after
// the other, by a table: Gather, Resize and the modes of Pad.
//
//   y[a, o, b] = sum over k of weights[o, k] * x[a, places[o, k], b]
//
// Vectors go along b. Where nothing stands behind the axis, x is turned first.
#include <fmt/format.h>

#include <algorithm>

#include "tensor/interpreter/resize.h"
#include "tensor/plan/loop_step.h"
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

namespace {

using Numbers = std::vector<int64_t>;

// Below this a vector is mostly empty.
constexpr int64_t kLeastInner = 4;

// A dense tensor on its way from the input to the result.
struct Moving {
  int buffer;
  Shape dims;
};

// [outer][extent][inner]
struct Around {
  Dim outer = 1, inner = 1;
};

Around around(const Shape& dims, size_t axis) {
  Around result;
  for (size_t d = 0; d < dims.size(); ++d)
    if (d != axis) (d < axis ? result.outer : result.inner) *= dims[d];
  return result;
}

struct Table {
  Dim outputs = 0;
  int64_t taps = 1;
  At places;  // [outputs][taps]
  const char* element = "i64";
  bool wraps = false;  // negative places count from the end
  std::optional<int> weights;
};

Table constant_table(Planner& planner, const std::vector<int64_t>& places) {
  return {.outputs = static_cast<int64_t>(places.size()),
          .places = {planner.add_weight_bytes(
              std::string(reinterpret_cast<const char*>(places.data()),
                          places.size() * sizeof(int64_t)))}};
}

Status take_dense(Planner& planner, const Node& node, const Table& table,
                  const Around& a, const Dim& extent, int from, int to) {
  LoopText text(planner, "along_axis");
  std::vector<std::pair<std::string, std::string>> loops;
  const std::string size = text.size("I", extent);
  std::vector<std::string> x = {size}, y, of_x, of_y, of_table = {"o"};
  if (!a.outer.is(1)) {
    loops.emplace_back("a", text.size("A", a.outer));
    x.insert(x.begin(), loops.back().second);
    y.push_back(loops.back().second);
    of_x.emplace_back("a");
  }
  loops.emplace_back("o", text.size("O", table.outputs));
  std::vector<std::string> shape = {loops.back().second};
  y.push_back(loops.back().second);
  of_y = of_x;
  of_y.emplace_back("o");
  if (table.taps > 1) {
    shape.push_back(std::to_string(table.taps));
    of_table.emplace_back("k");
  }
  const std::string at = fmt::format("{}", fmt::join(of_table, ", "));
  of_x.push_back(fmt::format(
      fmt::runtime(table.wraps ? "(places[{}]) mod I" : "places[{}]"), at));
  loops.emplace_back("b", text.size("B", a.inner));
  x.push_back(loops.back().second);
  y.push_back(loops.back().second);
  of_x.emplace_back("b");
  of_y.emplace_back("b");
  std::vector<At> places = {{from}, table.places};
  text.tensor("input", "x", x);
  text.tensor("input", "places", shape, table.element);
  std::string value = fmt::format("x[{}]", fmt::join(of_x, ", "));
  if (table.weights) {
    text.tensor("input", "weights", shape);
    places.push_back({*table.weights});
    value = fmt::format("weights[{}] * {}", at, value);
  }
  text.tensor("output", "y", y);
  places.push_back({to});
  if (table.taps > 1) loops.emplace_back("k", std::to_string(table.taps));
  text.node(fmt::format("y[{}] {} {}", fmt::join(of_y, ", "),
                        table.taps > 1 ? "+=" : "=", value),
            loops);
  return add_loops(planner, node, text, std::move(places));
}

// `to`: where the result goes, -1 for a new buffer.
Result<Moving> take(Planner& planner, const Node& node, const Table& table,
                    const Moving& x, size_t axis, int to = -1) {
  Moving y = {.buffer = to, .dims = x.dims};
  const Dim extent = x.dims[axis];
  y.dims[axis] = table.outputs;
  const auto room = [&](const Shape& dims) {
    Dim count = 1;
    for (const Dim& dim : dims) count *= dim;
    return planner.new_buffer(count * 4);
  };
  if (to < 0) y.buffer = room(y.dims);
  Around a = around(x.dims, axis);
  if (planner.estimate(a.inner) >= kLeastInner || a.outer.is(1)) {
    HONE_RETURN_IF_ERROR(
        take_dense(planner, node, table, a, extent, x.buffer, y.buffer));
    return y;
  }
  // [outer][extent][inner] as [extent][outer][inner], and back.
  const auto turned = [&](int buffer, const Dim& own) {
    return View{.buffer = buffer,
                .dims = {own, a.outer, a.inner},
                .strides = {a.inner, own * a.inner, 1}};
  };
  const auto dense = [&](const Dim& own) {
    const Shape dims = {own, a.outer, a.inner};
    return planner.view({.buffer = room(dims)}, dims);
  };
  const View before = dense(extent), behind = dense(table.outputs);
  planner.add_copy(node.name, Element::F32, before, turned(x.buffer, extent));
  HONE_RETURN_IF_ERROR(take_dense(planner, node, table, {1, a.outer * a.inner},
                                  extent, before.buffer, behind.buffer));
  planner.add_copy(node.name, Element::F32, turned(y.buffer, table.outputs),
                   behind);
  return y;
}

bool has_elements(const Planner& planner, const Node& node) {
  return planner.elements(node.inputs[0]) > 0 &&
         planner.elements(node.outputs[0]) > 0;
}

// One table for each axis that is not taken as it is; the smallest results
// first, so that what grows grows last.
struct AxisTable {
  size_t axis;
  Table table;
};

Status take_all(Planner& planner, int index, std::vector<AxisTable> tables) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from, planner.plain(node.inputs[0]));
  if (tables.empty()) {
    const Stored to = planner.new_plain(result);
    const Shape dims = planner.sizes(result);
    planner.add_copy(node.name, Element::F32, planner.view(to, dims),
                     planner.view(from, dims));
    planner.define(result, to);
    return {};
  }
  Moving moving = {from.buffer, planner.sizes(node.inputs[0])};
  std::ranges::sort(tables, {}, [&](const AxisTable& t) {
    return std::pair(planner.estimate(t.table.outputs) /
                         planner.estimate(moving.dims[t.axis]),
                     t.axis);
  });
  const Stored to = planner.new_plain(result);
  for (size_t i = 0; i < tables.size(); ++i) {
    const bool is_last = i + 1 == tables.size();
    HONE_ASSIGN_OR_RETURN(
        moving, take(planner, node, tables[i].table, moving, tables[i].axis,
                     is_last ? to.buffer : -1));
  }
  planner.define(result, to);
  return {};
}

Table resize_table(Planner& planner, const ResizeTaps& taps) {
  size_t most = 1;
  for (const auto& own : taps) most = std::max(most, own.size());
  std::vector<int64_t> places;
  std::vector<float> weights;
  for (const auto& own : taps)
    for (size_t k = 0; k < most; ++k) {
      places.push_back(k < own.size() ? own[k].place : 0);
      weights.push_back(k < own.size() ? static_cast<float>(own[k].weight) : 0);
    }
  Table table = constant_table(planner, places);
  table.outputs = static_cast<int64_t>(taps.size());
  table.taps = static_cast<int64_t>(most);
  if (std::ranges::count(weights, 1.0f) !=
      static_cast<std::ptrdiff_t>(weights.size()))
    table.weights = planner.add_weights(weights);
  return table;
}

bool is_identity(const ResizeTaps& taps, int64_t extent) {
  if (static_cast<int64_t>(taps.size()) != extent) return false;
  for (int64_t i = 0; i < extent; ++i)
    if (taps[i].size() != 1 || taps[i][0].place != i || taps[i][0].weight != 1)
      return false;
  return true;
}

// Which element of an axis a place around it repeats.
int64_t repeated_place(std::string_view mode, int64_t at, int64_t extent) {
  const auto mod = [](int64_t a, int64_t b) { return (a % b + b) % b; };
  if (mode == "edge") return std::clamp<int64_t>(at, 0, extent - 1);
  if (mode == "wrap") return mod(at, extent);
  const int64_t period = std::max<int64_t>(2 * (extent - 1), 1);
  const int64_t place = mod(at, period);
  return std::min(place, period - place);
}

// Of each axis, before and behind; nothing where they are not known.
std::optional<std::pair<Numbers, Numbers>> pads_of(const Planner& planner,
                                                   const Node& node) {
  const auto given = planner.integers(node.inputs[1]);
  if (!given) return {};
  const size_t rank = planner.dims(node.inputs[0]).size();
  Numbers axes;
  if (node.has_input(3)) {
    const auto named = planner.integers(node.inputs[3]);
    if (!named) return {};
    axes = *named;
  } else {
    for (size_t d = 0; d < rank; ++d) axes.push_back(static_cast<int64_t>(d));
  }
  if (given->size() != 2 * axes.size()) return {};
  std::pair<Numbers, Numbers> pads = {Numbers(rank), Numbers(rank)};
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(
        axes[i] < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
    pads.first[axis] = (*given)[i];
    pads.second[axis] = (*given)[i + axes.size()];
  }
  return pads;
}

Dim max_or_zero(const Dim& size) {
  return size.is_constant() ? Dim(std::max<int64_t>(size.value(), 0))
                            : max_dim(size, 0);
}

Status pad_with(Planner& planner, int index, double fill, const Numbers& before,
                const Numbers& behind) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(node.inputs[0]));
  const Stored to = planner.new_plain(result);
  const View whole = planner.view(to, planner.sizes(result));
  planner.add_elementwise(
      node.name,
      {.inputs = 0,
       .steps = {{.kind = ExpressionStep::Kind::Constant, .number = fill}}},
      whole, {});
  View inside = whole,
       from = planner.view(stored, planner.sizes(node.inputs[0]));
  // Negative pads cut elements off.
  for (size_t d = 0; d < before.size(); ++d) {
    const int64_t cut = std::max<int64_t>(-before[d], 0);
    const int64_t at = std::max<int64_t>(before[d], 0);
    from.start += cut * from.strides[d];
    inside.start += at * whole.strides[d];
    from.dims[d] =
        max_or_zero(from.dims[d] - cut - std::max<int64_t>(-behind[d], 0));
  }
  inside.dims = from.dims;
  planner.add_copy(node.name, Element::F32, inside, from);
  planner.define(result, to);
  return {};
}

}  // namespace

Status lower_row_gather(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const Shape x = planner.sizes(node.inputs[0]);
  const auto rank = static_cast<int64_t>(x.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  const Around a = around(x, static_cast<size_t>(axis));
  const auto type = planner.graph()[node.inputs[1]].type.element;
  if (planner.graph()[node.inputs[0]].type.element != ElementType::F32)
    return planner.unsupported(node, "elements that are not f32");
  if (!has_elements(planner, node) || planner.estimate(a.inner) < kLeastInner ||
      (type != ElementType::I64 && type != ElementType::I32))
    return planner.unsupported(node, "single elements");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from, planner.plain(node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const Stored places, planner.plain(node.inputs[1]));
  const Stored to = planner.new_plain(node.outputs[0]);
  Dim count = 1;
  for (const Dim& dim : planner.sizes(node.inputs[1])) count *= dim;
  const Table table = {.outputs = count,
                       .places = {places.buffer},
                       .element = type == ElementType::I64 ? "i64" : "i32",
                       .wraps = true};
  HONE_RETURN_IF_ERROR(
      take_dense(planner, node, table, a, x[axis], from.buffer, to.buffer));
  planner.define(node.outputs[0], to);
  return {};
}

Status lower_resize_by_axes(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (!has_elements(planner, node) ||
      node.text("coordinate_transformation_mode") == "tf_crop_and_resize")
    return planner.unsupported(node, "elements from outside");
  if (planner.is_dynamic(node)) {
    HONE_ASSIGN_OR_RETURN(const auto computed,
                          add_resize_tables(planner, node));
    std::vector<AxisTable> tables;
    for (const ResizeTable& table : computed)
      tables.push_back(
          {table.axis,
           {.outputs = planner.sizes(node.outputs[0])[table.axis],
            .taps = table.taps,
            .places = {table.places},
            .weights = table.weights < 0 ? std::nullopt
                                         : std::optional(table.weights)}});
    return take_all(planner, index, std::move(tables));
  }
  std::vector<RunValue> values(node.inputs.size());
  std::vector<const RunValue*> inputs(node.inputs.size());
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!node.has_input(i)) continue;
    const Literal* const literal = planner.constant(node.inputs[i]);
    if (literal == nullptr)
      return planner.unsupported(node, "scales or sizes that are computed");
    values[i] = Tensor::from(*literal);
    inputs[i] = &values[i];
  }
  const RunLimits limits;
  const Numbers& x = planner.dims(node.inputs[0]);
  HONE_ASSIGN_OR_RETURN(const std::vector<ResizeTaps> taps,
                        resize_taps(Call(node, inputs, limits), x));
  std::vector<AxisTable> tables;
  for (size_t d = 0; d < x.size(); ++d)
    if (!is_identity(taps[d], x[d]))
      tables.push_back({d, resize_table(planner, taps[d])});
  return take_all(planner, index, std::move(tables));
}

Status lower_pad_by_axes(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const auto pads = pads_of(planner, node);
  if (!has_elements(planner, node) || !pads)
    return planner.unsupported(node, "pads that are computed");
  const std::string mode = node.text("mode");
  if (mode == "constant") {
    double fill = 0;
    if (node.has_input(2)) {
      const auto number = planner.floats(node.inputs[2]);
      if (!number || number->size() != 1)
        return planner.unsupported(node, "a number that is computed");
      fill = (*number)[0];
    }
    const Shape given = planner.sizes(node.inputs[0]);
    Shape padded = given;
    for (size_t d = 0; d < given.size(); ++d)
      padded[d] += Dim(pads->first[d]) + Dim(pads->second[d]);
    if (planner.is_dynamic(node) && padded != planner.sizes(node.outputs[0]))
      return planner.unsupported(node, "sizes that contradict its result's");
    return pad_with(planner, index, fill, pads->first, pads->second);
  }
  const Numbers &x = planner.dims(node.inputs[0]),
                &y = planner.dims(node.outputs[0]);
  std::vector<AxisTable> tables;
  for (size_t d = 0; d < x.size(); ++d) {
    if (pads->first[d] == 0 && pads->second[d] == 0) continue;
    if (is_slot(x[d]) || is_slot(y[d]))
      return planner.unsupported(node, "a table of open length");
    std::vector<int64_t> places;
    for (int64_t i = 0; i < y[d]; ++i)
      places.push_back(repeated_place(mode, i - pads->first[d], x[d]));
    tables.push_back({d, constant_table(planner, places)});
  }
  return take_all(planner, index, std::move(tables));
}

}  // namespace hone::tensor
