// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recurrent layers of f32 with constant weights: one product for all steps'
// inputs, then a kernel that goes from step to step, for each direction.
#include <algorithm>

#include "tensor/kernel/recurrent.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/packed_product.h"

namespace hone::tensor {

namespace {

std::optional<GateFunction> function_of(std::string_view name) {
  if (name == "Sigmoid") return GateFunction::Sigmoid;
  if (name == "Tanh") return GateFunction::Tanh;
  if (name == "Relu") return GateFunction::Relu;
  return {};
}

RecurrentCell cell_of(const Node& node) {
  if (node.op == Op::LSTM) return RecurrentCell::Lstm;
  if (node.op == Op::RNN) return RecurrentCell::Rnn;
  return node.integer("linear_before_reset") != 0 ? RecurrentCell::GruLinear
                                                  : RecurrentCell::Gru;
}

// The cell with its functions; nothing where a function is not a vector's.
std::optional<RecurrentTile> tile_of(const Planner& planner, const Node& node,
                                     int64_t direction) {
  RecurrentTile tile = {.cell = cell_of(node), .lanes = kBlock};
  const std::vector<std::string> names = node.texts("activations");
  std::vector<GateFunction*> functions = {&tile.gate, &tile.candidate,
                                          &tile.output};
  if (node.op == Op::GRU) functions = {&tile.gate, &tile.candidate};
  if (node.op == Op::RNN) functions = {&tile.candidate};
  for (size_t i = 0; i < functions.size() && !names.empty(); ++i) {
    const size_t at = static_cast<size_t>(direction) * functions.size() + i;
    if (at >= names.size()) continue;
    const auto function = function_of(names[at]);
    if (!function) return {};
    *functions[i] = *function;
  }
  // As many sums as registers hold, 8 where they do: so many multiplications
  // are under way at a time.
  const int parts = std::max(1, kBlock * 4 / planner.target().vector_bytes);
  const int gates = recurrent_gates(tile.cell);
  tile.split = 1;
  while (tile.split * gates < 8 && (2 * tile.split * gates + 1) * parts <
                                       planner.target().vector_registers)
    tile.split *= 2;
  return tile;
}

// The layer with the extents that all directions share.
struct Layer {
  const Node& node;
  bool batch_first;
  Dim steps, batch;
  int64_t inputs, hidden, directions, gates;
  std::vector<float> w, r, b;  // b is of zeros where there is none

  int64_t blocks() const { return (hidden + kBlock - 1) / kBlock; }
  int64_t row() const { return blocks() * kBlock; }
  int64_t depth() const {
    return (hidden + kRecurrentDepth - 1) / kRecurrentDepth * kRecurrentDepth;
  }
  // Of a matrix of `columns`: the row of a direction's gate and unit.
  size_t weight(int64_t direction, int64_t gate, int64_t unit, int64_t columns,
                int64_t column) const {
    return ((direction * gates + gate) * hidden + unit) * columns + column;
  }
  float bias(int64_t direction, int64_t gate, int64_t unit) const {
    return b[(direction * 2 * gates + gate) * hidden + unit];
  }
};

// W as a product's right matrix: [block][gate] panels of [inputs][16].
std::vector<float> pack_inputs(const Layer& l, int64_t d) {
  std::vector<float> packed(l.blocks() * l.gates * l.inputs * kBlock);
  for (int64_t g = 0; g < l.gates; ++g)
    for (int64_t u = 0; u < l.hidden; ++u)
      for (int64_t i = 0; i < l.inputs; ++i)
        packed[((u / kBlock * l.gates + g) * l.inputs + i) * kBlock +
               u % kBlock] = l.w[l.weight(d, g, u, l.inputs, i)];
  return packed;
}

// [block][depth][gate][16] of the gates from `first` on.
void pack_states(const Layer& l, int64_t d, int64_t first, int64_t count,
                 std::vector<float>& packed) {
  const size_t start = packed.size();
  packed.resize(start + l.blocks() * l.depth() * count * kBlock);
  for (int64_t g = 0; g < count; ++g)
    for (int64_t u = 0; u < l.hidden; ++u)
      for (int64_t k = 0; k < l.hidden; ++k)
        packed[start + ((u / kBlock * l.depth() + k) * count + g) * kBlock +
               u % kBlock] = l.r[l.weight(d, first + g, u, l.hidden, k)];
}

// Both biases, but for what a linear GRU resets, which `apart` gets.
std::vector<float> pack_bias(const Layer& l, int64_t d,
                             std::vector<float>& apart) {
  const bool linear = cell_of(l.node) == RecurrentCell::GruLinear;
  std::vector<float> packed(l.row() * l.gates);
  for (int64_t g = 0; g < l.gates; ++g)
    for (int64_t u = 0; u < l.hidden; ++u) {
      float& sum = packed[(u / kBlock * l.gates + g) * kBlock + u % kBlock];
      sum = l.bias(d, g, u);
      if (linear && g == 2)
        apart[u] = l.bias(d, l.gates + g, u);
      else
        sum += l.bias(d, l.gates + g, u);
    }
  return packed;
}

struct Ports {
  Stored x, h0, c0, y, yh, yc;
  int state = -1, gates = -1;
  bool has_y = false;
};

void emit_direction(Planner& planner, const Layer& l, const Ports& p,
                    const RecurrentTile& tile, int64_t d) {
  const bool backward = l.node.text("direction") == "reverse" || d == 1;
  std::vector<float> apart(l.row());
  const int bias = planner.add_weights(pack_bias(l, d, apart));
  const int64_t columns = l.row() * l.gates;
  add_packed_product(planner, l.node,
                     {.m = l.steps * l.batch,
                      .n = columns,
                      .k = l.inputs,
                      .a = p.x.buffer,
                      .weights = planner.add_weights(pack_inputs(l, d)),
                      .c = p.gates,
                      .bias = bias});
  std::vector<float> r;
  if (tile.cell == RecurrentCell::Gru) {
    pack_states(l, d, 0, 2, r);
    pack_states(l, d, 2, 1, r);
  } else {
    pack_states(l, d, 0, l.gates, r);
  }
  const bool f = l.batch_first;
  const Dim one = 1;
  Dim gates_step = (f ? one : l.batch) * columns;
  const Dim gates_batch = (f ? l.steps : one) * columns;
  Dim y_step = (f ? one : l.batch) * l.directions * l.hidden;
  const Dim y_batch = (f ? l.steps * l.directions : one) * l.hidden;
  Dim gates_at = 0, y_at = d * (f ? one : l.batch) * l.hidden;
  const int64_t h_batch = (f ? l.directions : 1) * l.hidden;
  const Dim h_at = d * (f ? one : l.batch) * l.hidden;
  if (backward) {
    gates_at = (l.steps - 1) * gates_step;
    y_at += (l.steps - 1) * y_step;
    gates_step = 0 - gates_step;
    y_step = 0 - y_step;
  }
  if (!p.has_y) y_at = y_step = 0;
  const double products = planner.estimate(l.steps * l.batch) *
                          static_cast<double>(l.depth() * columns);
  planner.add_step(planner.add_kernel(build_recurrent(tile)),
                   {.node = l.node.name,
                    .pointers = {{p.gates, gates_at},
                                 {planner.add_weights(r), 0},
                                 {planner.add_weights(apart), 0},
                                 {p.h0.buffer, h_at},
                                 {p.c0.buffer, h_at},
                                 {p.state, 0},
                                 {p.y.buffer, y_at},
                                 {p.yh.buffer, h_at},
                                 {p.yc.buffer, h_at}},
                    .sizes = {l.steps, l.batch, l.hidden, l.depth(), gates_step,
                              gates_batch, y_step, y_batch, h_batch},
                    .flops = 2 * products,
                    .bytes = 4 * static_cast<double>(l.depth() * columns)});
}

// Weights, or memory that grows and is cleared.
Stored zeros_of(Planner& planner, const Dim& count) {
  if (count.is_constant())
    return {.buffer =
                planner.add_weights(std::vector<float>(count.value(), 0))};
  const Stored zeros = {.buffer = planner.new_buffer(count * 4)};
  planner.add_elementwise(
      "zeros",
      {.inputs = 0, .steps = {{.kind = ExpressionStep::Kind::Constant}}},
      planner.view(zeros, std::vector<Dim>{count}), {});
  return zeros;
}

// Whether all values have the extents that input 0 and the weights give.
bool has_sizes_of_layer(const Planner& planner, const Node& node,
                        const std::vector<Dim>& x,
                        const std::vector<int64_t>& states) {
  if (x.size() != 3 || states.size() != 3 || !x[2].is_constant()) return false;
  const bool f = node.integer("layout") != 0;
  const Dim &steps = x[f ? 1 : 0], &batch = x[f ? 0 : 1];
  const Dim hidden = states[2], directions = states[0];
  const std::vector<Dim> state = f ? std::vector{batch, directions, hidden}
                                   : std::vector{directions, batch, hidden};
  const std::vector<Dim> all =
      f ? std::vector{batch, steps, directions, hidden}
        : std::vector{steps, directions, batch, hidden};
  for (const size_t input : {5, 6})
    if (node.has_input(input) && planner.sizes(node.inputs[input]) != state)
      return false;
  for (size_t output = 0; output < node.outputs.size(); ++output)
    if (node.has_output(output) &&
        planner.sizes(node.outputs[output]) != (output == 0 ? all : state))
      return false;
  return true;
}

}  // namespace

Status lower_recurrence(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (node.has_input(4) || node.has_input(7) || node.number("clip") > 0 ||
      (node.op == Op::LSTM && node.integer("input_forget") != 0))
    return planner.unsupported(
        node, "lengths, peepholes, a bound or gates that are coupled");
  const auto w = planner.floats(node.inputs[1]);
  const auto r = planner.floats(node.inputs[2]);
  std::optional<std::vector<float>> b = std::vector<float>();
  if (node.has_input(3)) b = planner.floats(node.inputs[3]);
  if (!w || !r || !b)
    return planner.unsupported(node, "weights that are no constants of f32");
  const std::vector<Dim> x = planner.sizes(node.inputs[0]);
  const std::vector<int64_t>& states = planner.dims(node.inputs[2]);
  const bool f = node.integer("layout") != 0;
  if (!has_sizes_of_layer(planner, node, x, states))
    return planner.unsupported(node, "sizes that contradict the weights'");
  Layer l = {.node = node,
             .batch_first = f,
             .steps = x[f ? 1 : 0],
             .batch = x[f ? 0 : 1],
             .inputs = x[2].value(),
             .hidden = states[2],
             .directions = states[0],
             .gates = recurrent_gates(cell_of(node)),
             .w = *w,
             .r = *r,
             .b = *b};
  if (l.steps == 0 || l.batch == 0 || l.inputs == 0 || l.hidden == 0)
    return planner.unsupported(node, "nothing to compute");
  l.b.resize(2 * l.directions * l.gates * l.hidden);
  std::vector<RecurrentTile> tiles;
  for (int64_t d = 0; d < l.directions; ++d) {
    const auto tile = tile_of(planner, node, d);
    if (!tile)
      return planner.unsupported(node, "an activation without vectors");
    tiles.push_back(*tile);
  }
  planner.mark_done(index);
  Ports p;
  const Dim all = l.directions * l.batch * l.hidden;
  HONE_ASSIGN_OR_RETURN(p.x, planner.plain(node.inputs[0]));
  std::optional<Stored> zeros;
  const auto first = [&](size_t input) -> Result<Stored> {
    if (input != 0 && node.has_input(input))
      return planner.plain(node.inputs[input]);
    if (!zeros) zeros = zeros_of(planner, all);
    return *zeros;
  };
  HONE_ASSIGN_OR_RETURN(p.h0, first(5));
  HONE_ASSIGN_OR_RETURN(p.c0, first(0));
  if (node.op == Op::LSTM) {
    HONE_ASSIGN_OR_RETURN(p.c0, first(6));
  }
  p.has_y = node.has_output(0) && planner.is_used(node.outputs[0]);
  const auto result = [&](size_t output) {
    if (node.has_output(output) && planner.is_used(node.outputs[output]))
      return planner.new_plain(node.outputs[output]);
    return Stored{.buffer = planner.new_buffer(all * 4)};
  };
  p.y = result(0);
  p.yh = result(1);
  p.yc = result(2);
  p.state = planner.new_buffer(5 * l.batch * l.row() * 4);
  p.gates = planner.new_buffer(l.steps * l.batch * l.gates * l.row() * 4);
  for (int64_t d = 0; d < l.directions; ++d)
    emit_direction(planner, l, p, tiles[d], d);
  const Stored* const results[] = {&p.y, &p.yh, &p.yc};
  for (size_t i = 0; i < 3; ++i)
    if (node.has_output(i) && planner.is_used(node.outputs[i]))
      planner.define(node.outputs[i], *results[i]);
  return {};
}

}  // namespace hone::tensor
